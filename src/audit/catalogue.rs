//! The catalogue: the rules that an audit judges by, and what a report explains of each.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Check, Remediation, Standards};
use crate::rules::{Enforcement, Parameter, Rule};

/// The rules of an audit: those that come with underpin, all of them on, and those of the stack, which go before. A rule
/// that the stack has switched off although it is on by default stays off.
pub fn rules_of_audit(shipped: Vec<Rule>, stack: &[Rule]) -> Vec<Rule> {
    let own = |name: &str| stack.iter().find(|rule| rule.name == name);
    let mut rules = Vec::with_capacity(shipped.len());
    for rule in shipped {
        match own(&rule.name) {
            Some(own) if own.enforcement == Enforcement::Off && rule.enforcement != Enforcement::Off => {}
            Some(own) if own.enforcement == Enforcement::Off && rule.on_request => {}
            Some(own) => rules.push(on(own.clone())),
            None if rule.on_request => {}
            None => rules.push(on(rule)),
        }
    }
    let others = stack.iter().filter(|rule| rule.enforcement != Enforcement::Off);
    let others: Vec<Rule> = others.filter(|one| rules.iter().all(|rule| rule.name != one.name)).cloned().collect();
    rules.extend(others);
    rules
}

/// The name of the parameter for the regions where data may be.
const REGIONS: &str = "regions";

/// The name of those regions among what a report says of its scope.
pub const RESIDENCY: &str = "residency";

/// The rules with the regions where data may be, where nobody gave others: an empty list is none. A rule that must be given
/// values, and was given none, asks nothing and is left out.
pub fn with_regions(mut rules: Vec<Rule>, regions: &[String]) -> Vec<Rule> {
    for rule in &mut rules {
        let is_open =
            |one: &&mut Parameter| one.value.as_ref().is_none_or(|value| value.as_array().is_some_and(Vec::is_empty));
        if let Some(one) = rule.parameters.get_mut(REGIONS).filter(is_open) {
            one.value = Some(regions.iter().map(String::as_str).collect());
        }
    }
    rules.retain(|rule| rule.parameters.values().all(|one| one.value.is_some()));
    rules
}

/// The types that rules look at.
pub fn types_of(rules: &[Rule]) -> BTreeSet<String> {
    rules.iter().flat_map(|rule| rule.resource_types.iter().chain(&rule.also_reads)).cloned().collect()
}

fn on(rule: Rule) -> Rule {
    match rule.enforcement {
        Enforcement::Off => Rule { enforcement: Enforcement::Warn, ..rule },
        Enforcement::Deny | Enforcement::Warn => rule,
    }
}

/// What a report explains of the rules.
pub fn checks(rules: &[Rule]) -> BTreeMap<Arc<str>, Arc<Check>> {
    rules.iter().map(|rule| (Arc::from(rule.name.as_str()), Arc::new(check(rule)))).collect()
}

/// What a report explains of a rule.
pub fn check(rule: &Rule) -> Check {
    let explained = &rule.explanation;
    Check {
        id: rule.name.clone(),
        title: rule.title.clone(),
        severity: rule.severity,
        severity_reason: explained.severity_reason.clone(),
        area: if explained.area.is_empty() { "Own rules".to_owned() } else { explained.area.clone() },
        risk: explained.risk.clone(),
        remediation: Remediation {
            text: rule.remediation.clone().unwrap_or_default(),
            yaml: explained.yaml.usual().to_owned(),
            cli: explained.cli.usual().to_owned(),
        },
        fixable: explained.fix,
        also_touches: explained.also_touches.clone(),
        standards: Standards {
            aws_config: rule.config_rule.clone(),
            security_hub: rule.security_hub.clone(),
            fsbp: explained.fsbp,
            prowler: explained.prowler.clone(),
            checkov: explained.checkov.clone(),
            cis: explained.cis.clone(),
        },
    }
}

/// The parameters of rules that have another value than the shipped rule, as `RULE.PARAMETER`. Those that `residency` gives
/// are left out.
pub fn changed_parameters(rules: &[Rule], shipped: &[Rule]) -> BTreeMap<String, String> {
    let mut changed = BTreeMap::new();
    for rule in rules {
        let default = shipped.iter().find(|one| one.name == rule.name);
        for (name, parameter) in &rule.parameters {
            let default = default.and_then(|rule| rule.parameters.get(name)).and_then(|one| one.value.as_ref());
            let Some(value) = parameter.value.as_ref().filter(|value| Some(*value) != default) else { continue };
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Array(items) => items
                    .iter()
                    .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
                    .collect::<Vec<_>>()
                    .join(", "),
                other => other.to_string(),
            };
            changed.insert(format!("{}.{name}", rule.name), text);
        }
    }
    changed
}

/// A digest over the texts and parameters of rules: the same rules judge alike. Those in Rust are part of the program, whose
/// version is in it.
pub fn rules_version(rules: &[Rule]) -> String {
    let mut digest = Sha256::new();
    digest.update(env!("CARGO_PKG_VERSION"));
    for rule in rules {
        digest.update(&rule.name);
        digest.update(&rule.text.text);
        for (name, value) in rule.values() {
            digest.update(format!("{name}={value}\n"));
        }
    }
    let digest = digest.finalize();
    digest.iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::stack::shipped_rules;

    #[test]
    fn residency_is_the_regions_of_every_rule_that_asks_where_data_may_be() {
        let residency = ["eu-central-1".to_owned(), "eu-west-1".to_owned()];
        let rules = with_regions(shipped_rules(), &residency);
        let asking: Vec<_> = rules.iter().filter_map(|rule| rule.parameters.get(REGIONS)).collect();
        assert!(asking.len() > 3, "{asking:?}");
        for parameter in asking {
            assert_eq!(parameter.value, Some(json!(residency)));
        }
        let mut given = shipped_rules();
        for rule in &mut given {
            if let Some(parameter) = rule.parameters.get_mut(REGIONS) {
                parameter.value = Some(json!(["us-east-1"]));
            }
        }
        let given = with_regions(given, &residency);
        let kept =
            |rule: &&Rule| rule.parameters.get(REGIONS).is_some_and(|one| one.value == Some(json!(["us-east-1"])));
        assert!(given.iter().filter(kept).count() > 3, "what the file gives a rule goes first");
    }

    #[test]
    fn version_of_rules_depends_on_their_parameters_and_not_on_what_is_chosen() {
        let shipped = shipped_rules();
        let mut changed = shipped.clone();
        let age = changed.iter_mut().find(|rule| rule.name == "iam-key-rotation").expect("it is shipped");
        age.parameters.values_mut().for_each(|one| one.value = Some(json!(7)));
        assert_ne!(rules_version(&shipped), rules_version(&changed));
        let said = changed_parameters(&changed, &shipped);
        assert_eq!(said.into_values().collect::<Vec<_>>(), ["7"]);
        assert!(changed_parameters(&shipped, &shipped).is_empty());
    }
}
