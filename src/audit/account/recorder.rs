//! AWS Config: the recorder, and the rules with what they say of compliance.

use std::collections::BTreeMap;

use futures::future;
use serde_json::{Value, json};

use super::fields::text;
use super::tagged::{self, TagsByArn};
use super::{Collector, Document, Reader, Unread, Wanted, listing, part};

/// AWS's types.
const RECORDER: &str = "AWS::Config::ConfigurationRecorder";
const RULE: &str = "AWS::Config::ConfigRule";

/// The members, and the operations that show them.
const STATUS: &str = "DescribeConfigurationRecorderStatus";
const STATUSES: &str = "config:DescribeConfigurationRecorderStatus";
const CHANNELS: &str = "DescribeDeliveryChannels";
const DELIVERY: &str = "config:DescribeDeliveryChannels";
const COMPLIANCE: &str = "ComplianceType";
const BY_RULE: &str = "config:DescribeComplianceByConfigRule";

/// Reads the recorders and the rules of a region.
pub(super) async fn read(reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    Box::pin(future::join(recorders(reader, wanted, into), rules(reader, wanted, into))).await;
}

async fn recorders(reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    if !wanted.has(RECORDER) {
        return;
    }
    let operation = "config:DescribeConfigurationRecorders";
    let Some(recorders) = listing::list(RECORDER, reader.list(operation).await, reader, into) else { return };
    if recorders.is_empty() {
        return;
    }
    let statuses = part::if_wanted((RECORDER, STATUS), STATUSES, wanted, reader.list(STATUSES));
    let channels = part::if_wanted((RECORDER, CHANNELS), DELIVERY, wanted, reader.list(DELIVERY));
    let (statuses, channels) = Box::pin(future::join(statuses, channels)).await;
    for recorder in recorders.iter() {
        let (name, env) = (text(recorder, "/name"), reader.env());
        let made = format!("arn:{}:config:{}:{}:configuration-recorder/{name}", env.partition, env.region, env.account);
        let arn = Some(text(recorder, "/arn")).filter(|arn| !arn.is_empty()).unwrap_or(&made);
        let mut document = Document::new(RECORDER, reader, name, Some(name), arn);
        document.seen(reader.evidence(operation));
        document.configuration(recorder.clone());
        let status = statuses.as_ref().map(|all| all.iter().find(|one| text(one, "/name") == name).cloned());
        part::write(&mut document, reader, STATUSES, STATUS, status.map_err(Clone::clone));
        let channels = channels.as_ref().map(|channels| Some(channels.iter().cloned().collect()));
        part::write(&mut document, reader, DELIVERY, CHANNELS, channels.map_err(Clone::clone));
        into.push(document.finish());
    }
}

async fn rules(reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    if !wanted.has(RULE) {
        return;
    }
    let operation = "config:DescribeConfigRules";
    let Some(rules) = listing::list(RULE, reader.list(operation).await, reader, into) else { return };
    if rules.is_empty() {
        return;
    }
    let compliance = async { reader.all(BY_RULE, json!({})).await.map(|answers| types(&answers)) };
    let compliance = part::if_wanted((RULE, COMPLIANCE), BY_RULE, wanted, compliance);
    let (compliance, tags) = future::join(compliance, tagged::of("config", reader)).await;
    for rule in rules.iter() {
        into.push(document(rule, &compliance, &tags, reader).finish());
    }
}

fn document(
    rule: &Value,
    compliance: &Result<BTreeMap<String, Value>, Unread>,
    tags: &Result<TagsByArn, Unread>,
    reader: &Reader,
) -> Document {
    let (name, arn) = (text(rule, "/ConfigRuleName"), text(rule, "/ConfigRuleArn"));
    let mut document = Document::new(RULE, reader, text(rule, "/ConfigRuleId"), Some(name), arn);
    document.seen(reader.evidence("config:DescribeConfigRules"));
    document.configuration(rule.clone());
    document.tags(tagged::of_arn(tags, arn));
    let of_rule = compliance.as_ref().map(|all| all.get(name).cloned());
    part::write(&mut document, reader, BY_RULE, COMPLIANCE, of_rule.map_err(Clone::clone));
    document
}

/// Rule → its compliance.
fn types(answers: &[Value]) -> BTreeMap<String, Value> {
    let of_rule = |one: &Value| {
        let compliance = one.pointer("/Compliance/ComplianceType")?.clone();
        Some((text(one, "/ConfigRuleName").to_owned(), compliance))
    };
    answers.iter().filter_map(of_rule).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compliance_is_kept_by_rule() {
        let answers = [
            json!({"ConfigRuleName": "a", "Compliance": {"ComplianceType": "NON_COMPLIANT",
                "ComplianceContributorCount": {"CappedCount": 2, "CapExceeded": false}}}),
            json!({"ConfigRuleName": "new"}),
        ];
        assert_eq!(types(&answers), [("a".to_owned(), json!("NON_COMPLIANT"))].into());
    }
}
