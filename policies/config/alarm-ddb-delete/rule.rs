//! Deletion protection and backups help only if somebody learns of the change in time. Source: `EventBridge` user
//! guide, "AWS service events delivered via AWS `CloudTrail`".

use crate::rules::metric_alarm::{Wanted, judge_alarm};
use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};
use serde_json::Value;

const RULES: &str = "/supplementaryConfiguration/ListRules";

const WANTED: Wanted = Wanted {
    what: "deletions and changes of tables",
    source: Some("dynamodb.amazonaws.com"),
    events: &["DeleteTable", "UpdateTable"],
};

/// Fails for tables in whose region neither a rule of `EventBridge` nor an alarm tells of changes.
pub(crate) fn judge(table: &Subject<'_>, world: &World<'_>) -> Answer {
    let mut regions = world.of("AWS::::Region")?;
    let region = regions.find(|one| one.account() == table.account() && one.region() == table.region());
    let region = region.ok_or_else(|| Unknown("the rules of EventBridge were not read".to_owned()))?;
    let by_filter = || judge_alarm(table, world, &WANTED);
    let rules = region.get(RULES).and_then(|list| {
        list.ok_or_else(|| Unknown("the rules of EventBridge were not read".to_owned()))?;
        region.entries(RULES, "Rules")
    });
    match rules {
        Ok(rules) if rules.iter().any(|rule| tells(rule, table.id())) => return Ok(Verdict::Pass),
        Ok(_) => {}
        // A metric filter is enough; without one, nobody knows.
        Err(why) => return by_filter().ok().filter(|verdict| *verdict == Verdict::Pass).ok_or(why),
    }
    match by_filter()? {
        Verdict::Fail(_) => {
            let fault = Fault::new("", "nobody is told when the table is deleted or changed");
            let expected = "a rule of EventBridge, or a metric filter with an alarm, on DeleteTable and UpdateTable";
            Ok(Verdict::Fail(vec![fault.expected(expected).actual("none")]))
        }
        other => Ok(other),
    }
}

/// Returns whether a rule is on and matches both calls on a table. Parts of a pattern that are not known here might match
/// less: such a rule does not count.
fn tells(rule: &Value, table: &str) -> bool {
    let text = |key: &str| rule.get(key).and_then(Value::as_str).unwrap_or_default();
    let pattern: Value = serde_json::from_str(text("EventPattern")).unwrap_or_default();
    let Some(pattern) = pattern.as_object().filter(|_| text("State").starts_with("ENABLED")) else { return false };
    let lists = |value: &Value, wanted: &str| value.as_array().is_some_and(|all| all.iter().any(|one| one == wanted));
    let detail = |detail: &Value| {
        detail.as_object().is_some_and(|detail| {
            detail.iter().all(|(key, value)| match key.as_str() {
                "eventSource" => lists(value, "dynamodb.amazonaws.com"),
                "eventName" => lists(value, "DeleteTable") && lists(value, "UpdateTable"),
                "requestParameters" => value.get("tableName").is_some_and(|names| lists(names, table)),
                _ => false,
            })
        })
    };
    !pattern.is_empty()
        && pattern.iter().all(|(key, value)| match key.as_str() {
            "source" => lists(value, "aws.dynamodb"),
            "detail-type" => lists(value, "AWS API Call via CloudTrail"),
            "detail" => detail(value),
            _ => false,
        })
}
