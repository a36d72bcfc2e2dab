//! An alarm that nobody gets is none: a topic without a confirmed subscription sends to nobody, and says so to nobody. Looked at are
//! the topics of this account and region to which enabled alarms of the region send. Whether somebody reads what is sent can't be
//! seen. Source: CIS AWS Foundations Benchmark, section 4 ("at least one active subscriber"); SNS API reference,
//! `ListSubscriptions`, `PendingConfirmation`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const ALARMS: &str = "/supplementaryConfiguration/DescribeAlarms";
const SUBSCRIPTIONS: &str = "/supplementaryConfiguration/ListSubscriptions";

/// Fails for each topic of an alarm that nobody has subscribed to.
pub(crate) fn judge(place: &Subject<'_>, _: &World<'_>) -> Answer {
    let mut topics: BTreeMap<&str, &str> = BTreeMap::new();
    for alarm in place.entries(ALARMS, "MetricAlarms")? {
        let enabled = alarm.get("ActionsEnabled").and_then(Value::as_bool).unwrap_or(true);
        let name = alarm.get("AlarmName").and_then(Value::as_str).unwrap_or_default();
        let actions = alarm.get("AlarmActions").and_then(Value::as_array).into_iter().flatten();
        for topic in actions.filter_map(Value::as_str).filter(|action| enabled && is_here(action, place)) {
            topics.entry(topic).or_insert(name);
        }
    }
    if topics.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let subscriptions = place.entries(SUBSCRIPTIONS, "Subscriptions")?;
    let text = |one: &Value, member: &str| one.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
    let confirmed = |topic: &str| {
        subscriptions
            .iter()
            .any(|one| text(one, "TopicArn") == topic && text(one, "SubscriptionArn").starts_with("arn:"))
    };
    let silent = topics.iter().filter(|(topic, _)| !confirmed(topic));
    let fault = |(topic, alarm): (&&str, &&str)| {
        let message = format!("nobody has confirmed a subscription to {topic}, to which the alarm `{alarm}` sends");
        Fault::new(SUBSCRIPTIONS, message).expected("a confirmed subscription").actual("none")
    };
    Ok(Verdict::of(silent.map(fault).collect()))
}

/// Returns whether an action is a topic whose subscriptions are among those of the place.
fn is_here(action: &str, place: &Subject<'_>) -> bool {
    let parts: Vec<&str> = action.split(':').collect();
    matches!(parts.as_slice(), ["arn", _, "sns", region, account, _] if *region == place.region() && *account == place.account())
}
