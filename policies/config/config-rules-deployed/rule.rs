//! Rules of AWS Config judge each change when it is made. Which ones are wanted, the parameters say.

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};
use serde_json::Value;

const RULES: &str = "/supplementaryConfiguration/DescribeConfigRules";

/// Fails for a region in which a managed rule is missing whose parameter lists it, and whose type the region has.
pub(crate) fn judge(region: &Subject<'_>, world: &World<'_>) -> Answer {
    let wanted = |parameter: &str| -> Vec<&str> {
        let list = world.parameter(parameter).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let mut rules = Vec::new();
    for (name, parameter) in [("AWS::DynamoDB::Table", "tableRules"), ("AWS::Lambda::Function", "functionRules")] {
        let here = |one: &Subject<'_>| one.account() == region.account() && one.region() == region.region();
        if world.of(name)?.any(|one| here(&one)) {
            rules.extend(wanted(parameter));
        }
    }
    if rules.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    region.get(RULES)?.ok_or_else(|| Unknown("the rules of AWS Config were not read".to_owned()))?;
    let deployed = region.entries(RULES, "ConfigRules")?;
    let is = |rule: &Value, name: &str| rule.pointer("/Source/SourceIdentifier").and_then(Value::as_str) == Some(name);
    rules.retain(|name| !deployed.iter().any(|rule| is(rule, name)));
    if rules.is_empty() {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(RULES, "managed rules of AWS Config are not deployed");
    Ok(Verdict::Fail(vec![fault.expected("deployed").actual(format!("missing: {}", rules.join(", ")))]))
}
