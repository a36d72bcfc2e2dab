//! The catalogue: the rules that an audit judges by, and what a report explains of each.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{Check, Remediation, Standards};
use crate::rules::{Enforcement, Rule};

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

/// The rules with the regions where data may be, where nobody gave others. A rule that must be given values, and was given
/// none, asks nothing and is left out.
pub fn with_regions(mut rules: Vec<Rule>, regions: &[String]) -> Vec<Rule> {
    for rule in &mut rules {
        if let Some(one) = rule.parameters.get_mut(REGIONS).filter(|one| one.value.is_none()) {
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
        remediation: Remediation { yaml: explained.yaml.clone(), cli: explained.cli.clone() },
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
