//! Reads the guardrails of the settings.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::guardrails::{
    ConfigRule, Excepted, Exception, GivenParameter, Guardrails, PolicyLevel, RULE_TEXT, RuleSource,
};
use super::read::{Reader, numbered};
use crate::base::PropertyPath;
use crate::path;
use crate::stack::diagnostics::Complaint;
use crate::stack::read::confine::Confinement;

impl Reader<'_> {
    pub(super) fn guardrails(&self, value: &Value, confinement: &Confinement) -> Guardrails {
        let scps = path!["guardrails", "scps"];
        let paths = |value: &Value, at: &PropertyPath| -> Vec<PathBuf> {
            let texts = numbered(value);
            texts.filter_map(|(index, text)| self.file(&text, &at.child(index.to_string()), confinement)).collect()
        };
        let levels = match &value["scps"] {
            Value::Object(levels) => levels
                .iter()
                .map(|(name, value)| {
                    let at = scps.child(name);
                    PolicyLevel { name: Some(name.clone()), paths: paths(value, &at), location: self.location(&at) }
                })
                .collect(),
            Value::Array(_) => {
                vec![PolicyLevel { name: None, paths: paths(&value["scps"], &scps), location: self.location(&scps) }]
            }
            _ => Vec::new(),
        };
        let rules = value["config_rules"].as_array().into_iter().flatten().enumerate();
        let exceptions = value["exceptions"].as_array().into_iter().flatten().enumerate();
        Guardrails {
            scps: levels,
            config_rules: rules.filter_map(|(index, rule)| self.config_rule(index, rule, confinement)).collect(),
            exceptions: exceptions.filter_map(|(index, exception)| self.exception(index, exception)).collect(),
            unknown: serde_json::from_value(value["unknown"].clone()).ok(),
        }
    }

    fn config_rule(&self, index: usize, value: &Value, confinement: &Confinement) -> Option<ConfigRule> {
        let at = path!["guardrails", "config_rules", index.to_string()];
        let location = self.location(&at);
        let (text, place) = match value.as_str() {
            Some(text) => (text, at.clone()),
            None => (value["rule"].as_str()?, at.child("rule")),
        };
        let folder = self.document.folder();
        let rule = if is_path(text, &folder) {
            let moved = text_in_folder(text, &folder);
            RuleSource::Path(self.file(moved.as_deref().unwrap_or(text), &place, confinement)?)
        } else {
            RuleSource::Name(text.to_owned())
        };
        let given = |(name, value): (&String, &Value)| {
            let location = self.location(&at.child("parameters").child(name));
            (name.clone(), GivenParameter { value: value.clone(), location })
        };
        Some(ConfigRule {
            rule,
            parameters: value["parameters"].as_object().into_iter().flatten().map(given).collect(),
            enforcement: serde_json::from_value(value["enforcement"].clone()).ok(),
            location,
        })
    }

    fn exception(&self, index: usize, value: &Value) -> Option<Exception> {
        let at = path!["guardrails", "exceptions", index.to_string()];
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        let expires = text("expires")?;
        let Ok(expires) = expires.parse() else {
            let complaint = Complaint::new("wrong-form", format!("`{expires}` is not a day of the calendar"));
            self.push_at(&at.child("expires"), complaint.hint("write year, month and day: `2027-06-30`"));
            return None;
        };
        Some(Exception {
            rule: text("rule")?,
            resource: Excepted::read(&text("resource")?),
            reason: text("reason")?,
            owner: text("owner")?,
            expires,
            location: self.location(&at),
        })
    }
}

/// Returns whether a rule is given by the path of its file, and not by its name.
fn is_path(text: &str, folder: &Path) -> bool {
    let named = Path::new(text).extension().is_some_and(|ending| ending == "guard");
    named || text.contains(['/', '\\']) || text.starts_with('.') || folder.join(text).exists()
}

/// The text of a rule that has a folder of its own now, if a file still names it by its old path: for
/// `<folder>/<rule>.guard`, which does not exist, `<folder>/<rule>/rule.guard`.
fn text_in_folder(text: &str, folder: &Path) -> Option<String> {
    let inside = format!("{}/{RULE_TEXT}", text.strip_suffix(".guard")?);
    (!folder.join(text).exists() && folder.join(&inside).exists()).then_some(inside)
}
