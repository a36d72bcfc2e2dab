//! Alarms on what a trail writes into a log group: a metric filter that looks for events, and an alarm on its metric.
//!
//! Sources: CIS AWS Foundations Benchmark, section 4; CloudWatch Logs user guide, "Filter pattern syntax".

use serde_json::Value;

use super::rust::{Answer, Fault, Subject, Unknown, Verdict, World};
use super::trail::trails;

/// The events that an alarm has to look for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// What happens, in words that complete "no alarm tells of …".
    pub what: &'static str,
    /// The service, if the events' names are not enough: `ec2.amazonaws.com`.
    pub source: Option<&'static str>,
    /// The events; all of them.
    pub events: &'static [&'static str],
}

/// Judges whether an account has an alarm: a trail of it delivers to a log group with such a metric filter, on whose metric
/// an alarm with an action stands.
pub fn judge_alarm(subject: &Subject<'_>, world: &World<'_>, wanted: &Wanted) -> Answer {
    let account = subject.account();
    let groups = log_groups(world, account)?;
    if groups.is_empty() {
        let message = format!("no alarm tells of {}: no trail delivers to CloudWatch Logs", wanted.what);
        return Ok(Verdict::Fail(vec![Fault::new("", message)]));
    }
    let (mut seen, mut unknown) = (None, None);
    for group in &groups {
        match in_group(world, account, group, wanted) {
            Ok(Found::Alarm) => return Ok(Verdict::Pass),
            Ok(Found::Filter(name)) => seen = Some(name),
            Ok(Found::Nothing) => {}
            Err(why) => unknown = Some(why),
        }
    }
    if let Some(why) = unknown {
        return Err(why);
    }
    let what = wanted.what;
    let fault = match seen {
        Some(filter) => Fault::new("", format!("no alarm tells of {what}"))
            .expected("an alarm with an action on the metric of the filter")
            .actual(format!("the metric filter `{filter}` without an alarm that does something")),
        None => Fault::new("", format!("no metric filter looks for {what}"))
            .expected(format!("a metric filter with an alarm on {}", wanted.events.join(", "))),
    };
    Ok(Verdict::Fail(vec![fault]))
}

/// The log groups that the account's trails deliver to: their ARNs.
fn log_groups(world: &World<'_>, account: &str) -> Result<Vec<String>, Unknown> {
    let mut all = Vec::new();
    for trail in trails(world, account)? {
        if let Some(arn) = trail.text("/configuration/CloudWatchLogsLogGroupArn")? {
            all.push(arn.to_owned());
        }
    }
    all.sort();
    all.dedup();
    Ok(all)
}

enum Found {
    Alarm,
    /// A metric filter without an alarm, by name.
    Filter(String),
    Nothing,
}

fn in_group(world: &World<'_>, account: &str, group: &str, wanted: &Wanted) -> Result<Found, Unknown> {
    let mut parts = group.split(':').skip(3);
    let (region, owner) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let name = parts.nth(1).unwrap_or_default();
    let place = world.of("AWS::::Region")?.find(|one| one.account() == owner && one.region() == region);
    let Some(place) = place else {
        let whose = if owner == account { String::new() } else { format!(" of account {owner}") };
        return Err(Unknown(format!("the trail delivers to {region}{whose}, which was not looked at")));
    };
    let filters = place.entries("/supplementaryConfiguration/DescribeMetricFilters", "metricFilters")?;
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut found = Found::Nothing;
    for filter in filters {
        if text(filter, "logGroupName") != name || !looks_for(&text(filter, "filterPattern"), wanted) {
            continue;
        }
        let metrics = filter.get("metricTransformations").and_then(Value::as_array).into_iter().flatten();
        let metrics: Vec<(String, String)> =
            metrics.map(|metric| (text(metric, "metricName"), text(metric, "metricNamespace"))).collect();
        let alarms = place.entries("/supplementaryConfiguration/DescribeAlarms", "MetricAlarms")?;
        let on_metric = |alarm: &Value| {
            let acts = alarm.get("ActionsEnabled").and_then(Value::as_bool).unwrap_or(true)
                && alarm.get("AlarmActions").and_then(Value::as_array).is_some_and(|actions| !actions.is_empty());
            acts && metrics.contains(&(text(alarm, "MetricName"), text(alarm, "Namespace")))
        };
        if alarms.iter().any(on_metric) {
            return Ok(Found::Alarm);
        }
        found = Found::Filter(text(filter, "filterName"));
    }
    Ok(found)
}

/// Returns whether a filter's pattern looks for all the events: `{ ($.eventName = A) || ($.eventName = B) }`. One that
/// leaves events out (`!=`), or asks for something besides of each, may look for them only at times, and doesn't count.
fn looks_for(pattern: &str, wanted: &Wanted) -> bool {
    let terms = terms(pattern);
    let has = |field: &str, value: &str| {
        terms.iter().any(|(name, operator, is)| name == field && operator == "=" && is == value)
    };
    let elsewhere = |(name, operator, is): &(String, String, String)| {
        name == "$.eventSource" && operator == "=" && wanted.source.is_some_and(|source| is != source)
    };
    if terms.iter().any(elsewhere) {
        return false;
    }
    let by_source = wanted.source.is_some_and(|source| has("$.eventSource", source));
    let names = || wanted.events.iter().all(|event| has("$.eventName", event));
    // A pattern on all events of the service looks for these, too.
    let all_of_service = by_source && !terms.iter().any(|(name, ..)| name == "$.eventName");
    all_of_service || names()
}

/// The comparisons of a pattern: field, operator, value without quotes.
fn terms(pattern: &str) -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    let mut rest = pattern;
    while let Some(start) = rest.find("$.") {
        rest = &rest[start..];
        let end = rest.find(|c: char| c.is_whitespace() || "=!<>()".contains(c)).unwrap_or(rest.len());
        let (field, after) = rest.split_at(end);
        let after = after.trim_start();
        let length = after.len() - after.trim_start_matches(['=', '!', '<', '>']).len();
        let (operator, after) = after.split_at(length);
        let after = after.trim_start();
        let plain = || after.find(|c: char| c.is_whitespace() || "(){}|&".contains(c)).unwrap_or(after.len());
        let quoted = after.strip_prefix('"').map(|quoted| quoted.split_once('"').unwrap_or((quoted, "")));
        let (value, after) = quoted.unwrap_or_else(|| after.split_at(plain()));
        all.push((field.to_owned(), operator.to_owned(), value.to_owned()));
        rest = after;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRAILS: Wanted = Wanted {
        what: "changes of trails",
        source: Some("cloudtrail.amazonaws.com"),
        events: &["CreateTrail", "StopLogging"],
    };

    #[test]
    fn patterns_look_for_events_by_name_or_by_service() {
        for pattern in [
            "{ ($.eventName = CreateTrail) || ($.eventName = StopLogging) }",
            "{($.eventName=\"StopLogging\")||($.eventName=\"CreateTrail\")||($.eventName=DeleteTrail)}",
            "{ $.eventSource = cloudtrail.amazonaws.com && ($.eventName = CreateTrail || $.eventName = StopLogging) }",
            "{ $.eventSource = \"cloudtrail.amazonaws.com\" }",
        ] {
            assert!(looks_for(pattern, &TRAILS), "{pattern}");
        }
        for pattern in [
            "",
            "{ $.eventName = CreateTrail }",
            "{ ($.eventName = CreateTrails) || ($.eventName = StopLogging) }",
            "{ ($.eventName != CreateTrail) || ($.eventName = StopLogging) }",
            "{ $.eventSource = \"ec2.amazonaws.com\" }",
            "{ $.eventSource = cloudtrail.amazonaws.com && $.eventName = CreateTrail }",
            "$.eventName",
            "{ $.eventName = \"CreateTrail",
        ] {
            assert!(!looks_for(pattern, &TRAILS), "{pattern}");
        }
    }
}
