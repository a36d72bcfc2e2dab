//! Which checks an audit makes.

use std::collections::BTreeMap;

use super::args::AuditArgs;
use crate::error::CommandError;
use crate::rules::Rule;
use crate::stack::did_you_mean;

/// The rules that are asked for. A name that means none is an error.
pub(super) fn selected(rules: Vec<Rule>, args: &AuditArgs) -> Result<Vec<Rule>, CommandError> {
    for name in args.check.iter().chain(&args.skip_check) {
        known(name, &rules)?;
    }
    for area in &args.area {
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
        (args.check.is_empty() || named(&args.check))
            && !named(&args.skip_check)
            && (args.area.is_empty() || args.area.iter().any(|area| rule.explanation.area.eq_ignore_ascii_case(area)))
            && args.severity.is_none_or(|least| rule.severity >= least.severity())
    };
    let rules: Vec<Rule> = rules.into_iter().filter(wanted).collect();
    if rules.is_empty() {
        return Err(CommandError::usage("no check is left to be made").hint("`underpin audit checks` lists them"));
    }
    Ok(rules)
}

/// Returns whether a name means a rule: its own, or that of another catalogue.
pub(super) fn means(rule: &Rule, name: &str) -> bool {
    let explained = &rule.explanation;
    let others = rule.security_hub.iter().chain(&explained.prowler).chain(&explained.checkov);
    rule.answers_to(name) || others.into_iter().any(|one| one == name)
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
