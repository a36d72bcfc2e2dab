//! The check of one ARN against the forms that its property takes.

use super::parts::Parts;
use super::{ArnForm, ArnRule, Reach};
use crate::base::pending::{self, Part};
use crate::base::{Environment, Problem, PropertyPath};

/// Returns the first problem of an ARN only, since the others may follow from it.
pub(super) fn check(rule: &ArnRule, path: &PropertyPath, text: &str, env: &Environment) -> Option<Problem> {
    let problem = |message: String, hint: String| Problem::new(path.clone(), message).hint(hint);
    if let [Part::Pending(reference)] = pending::parts(text).as_slice() {
        let fits = rule.takes.is_empty() || rule.takes.iter().any(|form| form.is(reference));
        let message = format!("`${{{reference}}}` is not {}", rule.noun);
        return (!fits).then(|| problem(message, format!("this takes {}", rule.noun)));
    }
    let parts = Parts::of(text)?;
    let shown = pending::display(text);
    if let Some((partition, own)) = parts.partition.zip(env.known_partition()).filter(|(named, own)| named != own) {
        let message = format!("`{shown}` is of the partition `{partition}`; this stack is in `{own}`");
        return Some(problem(message, "`${partition}` stands for the right one".to_owned()));
    }
    if rule.takes.is_empty() {
        return None;
    }
    let (Some(service), resource) = (parts.service, parts.resource) else { return None };
    let of_service: Vec<&ArnForm> = rule.takes.iter().filter(|form| form.service == service).collect();
    let fits = |form: &&ArnForm| resource.is_none_or(|resource| resource.starts_with(form.resource));
    let forms: Vec<&ArnForm> = of_service.into_iter().filter(fits).collect();
    if forms.is_empty() {
        return Some(problem(format!("`{shown}` is not {}", rule.noun), format!("this takes {}", rule.noun)));
    }
    let refusals: Vec<(String, String)> = forms.iter().filter_map(|form| refusal(form, &parts, &shown, env)).collect();
    // One form that fits is enough.
    let (message, hint) = refusals.first().filter(|_| refusals.len() == forms.len())?;
    Some(problem(message.clone(), hint.clone()))
}

/// The message and hint for an ARN that has a form, but a region or account that AWS does not take.
fn refusal(form: &ArnForm, parts: &Parts<'_>, shown: &str, env: &Environment) -> Option<(String, String)> {
    let region = |named: &str, own: &str| {
        let message = format!("`{shown}` is in `{named}`, and AWS takes one of the stack's own region here, `{own}`");
        (message, "`${region}` stands for the right one".to_owned())
    };
    let account = |named: &str, own: &str| {
        let message = format!("`{shown}` is of the account `{named}`, and AWS takes one of the stack's own, `{own}`");
        (message, "`${account}` stands for the right one".to_owned())
    };
    let empty = |what: &str| {
        let message = format!("`{shown}` names {what}, which an ARN of this service leaves empty");
        (
            message,
            format!(
                "write `arn:partition:{}:{}:{}:{}…`",
                form.service,
                place(form.region, "region"),
                place(form.account, "account"),
                form.resource
            ),
        )
    };
    far(form.region, parts.region, env.known_region())
        .map(|far| far.map_or_else(|| empty("a region"), |(named, own)| region(named, own)))
        .or_else(|| {
            far(form.account, parts.account, env.known_account())
                .map(|far| far.map_or_else(|| empty("an account"), |(named, own)| account(named, own)))
        })
}

/// Returns `None` if a part is allowed; else the part and the right one, or nothing if the part should be empty.
#[expect(clippy::option_option, reason = "two ways of being wrong")]
fn far<'t>(reach: Reach, named: Option<&'t str>, own: Option<&'t str>) -> Option<Option<(&'t str, &'t str)>> {
    let named = named?;
    match reach {
        Reach::Any => None,
        Reach::Empty => (!named.is_empty()).then_some(None),
        Reach::OwnOr(word) if word == named => None,
        Reach::Own | Reach::OwnOr(_) => own.filter(|own| *own != named).map(|own| Some((named, own))),
    }
}

fn place(reach: Reach, word: &'static str) -> &'static str {
    if reach == Reach::Empty { "" } else { word }
}
