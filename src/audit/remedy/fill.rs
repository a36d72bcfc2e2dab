//! The remedy of a finding, from the templates of its check.

use std::sync::Arc;

use super::Known;
use super::placeholders::explained;
use super::shell::in_shell;
use super::template::{Values, words};
use super::yaml::in_yaml;
use crate::audit::{Check, Finding, Remediation};
use crate::rules::Rule;

/// The remedy of a finding, with its resource in it.
pub fn remedy(check: &Check, finding: &Finding) -> Remediation {
    if let Some(own) = &finding.remedy {
        return own.as_ref().clone();
    }
    let Remediation { text, yaml, cli } = &check.remediation;
    filled(text, yaml, cli, &Values::of(finding))
}

/// The remedy of a finding where it is another than its check says of every resource: there are several for several cases,
/// or the resource's document says what stands for a word in brackets.
pub fn own_remedy(rule: &Rule, finding: &Finding, known: &Known) -> Option<Arc<Remediation>> {
    let explained = &rule.explanation;
    let type_name = &finding.resource.type_name;
    let is_known = |word: &str| known.contains_key(word);
    let (yaml, cli) = (explained.yaml.of(type_name, &is_known), explained.cli.of(type_name, &is_known));
    let is_usual = yaml == explained.yaml.usual() && cli == explained.cli.usual();
    if is_usual && !words(yaml).into_iter().chain(words(cli)).any(is_known) {
        return None;
    }
    let text = rule.remediation.as_deref().unwrap_or_default();
    Some(Arc::new(filled(text, yaml, cli, &Values::of(finding).with(known))))
}

fn filled(text: &str, yaml: &str, cli: &str, values: &Values<'_>) -> Remediation {
    Remediation {
        text: text.to_owned(),
        yaml: explained(&in_yaml(yaml, values)),
        cli: explained(&in_shell(cli, values)),
    }
}
