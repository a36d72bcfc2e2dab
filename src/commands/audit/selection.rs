//! Which checks an audit makes.

use std::collections::BTreeMap;

use super::args::{AuditArgs, Least};
use crate::error::CommandError;
use crate::rules::Rule;
use crate::stack::did_you_mean;

/// The choice of some checks.
#[derive(Clone, Copy)]
pub(super) struct Choice<'a> {
    /// These alone; all if there is none.
    pub(super) checks: &'a [String],
    /// Without these.
    pub(super) skipped: &'a [String],
    /// Those of these areas; of all if there is none.
    pub(super) areas: &'a [String],
    /// Those of this severity and above.
    pub(super) severity: Option<Least>,
}

impl<'a> From<&'a AuditArgs> for Choice<'a> {
    fn from(args: &'a AuditArgs) -> Self {
        Self { checks: &args.check, skipped: &args.skip_check, areas: &args.area, severity: args.severity }
    }
}

/// The rules that are asked for. A name that means none is an error.
pub(super) fn selected(rules: Vec<Rule>, choice: Choice<'_>) -> Result<Vec<Rule>, CommandError> {
    for name in choice.checks.iter().chain(choice.skipped) {
        known(name, &rules)?;
    }
    for area in choice.areas {
        let mut areas: Vec<&str> =
            rules.iter().map(|rule| rule.explanation.area.as_str()).filter(|area| !area.is_empty()).collect();
        areas.sort_unstable();
        areas.dedup();
        if !areas.iter().any(|one| one.eq_ignore_ascii_case(area)) {
            let error = CommandError::usage(format!("there is no area `{area}`"));
            return Err(error.hint(format!("the areas are {}", areas.join(", "))));
        }
    }
    let wanted = |rule: &Rule| {
        let named = |names: &[String]| names.iter().any(|name| means(rule, name));
        (choice.checks.is_empty() || named(choice.checks))
            && !named(choice.skipped)
            && (choice.areas.is_empty()
                || choice.areas.iter().any(|area| rule.explanation.area.eq_ignore_ascii_case(area)))
            && choice.severity.is_none_or(|least| rule.severity >= least.severity())
    };
    let rules: Vec<Rule> = rules.into_iter().filter(wanted).collect();
    if rules.is_empty() {
        return Err(CommandError::usage("no check is left to be made").hint("`underpin audit checks` lists them"));
    }
    Ok(rules)
}

/// Returns whether a name means a rule: its own, or that of another catalogue, in large or small letters.
pub(super) fn means(rule: &Rule, name: &str) -> bool {
    let explained = &rule.explanation;
    let others = rule.security_hub.iter().chain(&explained.prowler).chain(&explained.checkov);
    let own = rule.config_rule.iter().chain(&rule.also_named).chain([&rule.name]);
    rule.answers_to(name) || others.chain(own).any(|one| one.eq_ignore_ascii_case(name))
}

fn known(name: &str, rules: &[Rule]) -> Result<(), CommandError> {
    if rules.iter().any(|rule| means(rule, name)) {
        return Ok(());
    }
    let error = CommandError::usage(format!("there is no check `{name}`"));
    let hint = did_you_mean(name, rules.iter().map(|rule| rule.name.as_str()));
    Err(error.hint(hint.unwrap_or_else(|| "`underpin audit checks` lists them".to_owned())))
}

/// What was asked for, as the report's scope has it.
pub(super) fn parameters(args: &AuditArgs) -> BTreeMap<String, String> {
    let mut given = BTreeMap::new();
    let lists =
        [("check", &args.check), ("skip-check", &args.skip_check), ("area", &args.area), ("account", &args.account)];
    for (name, values) in lists {
        if !values.is_empty() {
            given.insert(name.to_owned(), values.join(", "));
        }
    }
    if let Some(least) = args.severity {
        given.insert("severity".to_owned(), format!("{:?} and above", least.severity()).to_lowercase());
    }
    given
}
