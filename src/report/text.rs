//! A plan as text for a terminal, readable at a glance for a Terraform user.

use std::fmt::Write as _;

use super::line::label;
use super::verdicts::{VerdictGroups, advice_text, denials_text};
use super::{Paint, value};
use crate::plan::{Action, Outcome, Plan, PlannedChange, Summary};
use crate::stack::OnUnknown;

/// The heading of the calls: they could be made in the order of their numbers, and apply makes independent ones at the
/// same time.
pub(super) const CALLS: &str = "API calls (independent ones run together)";

/// The plan, ready to print.
pub fn plan_text(plan: &Plan, paint: Paint) -> String {
    let mut out = String::new();
    let place = &plan.environment;
    let _ = writeln!(
        out,
        "{} {}",
        paint.bold(&format!("Stack {}", plan.stack)),
        paint.dim(&format!("in account {}, {}{}", place.account, place.region, at(plan)))
    );
    let _ = writeln!(out);
    let told = VerdictGroups::of(plan);
    paragraph(&mut out, &advice_text(&told, plan.unknown, paint));
    for change in plan.changes.iter().filter(|change| is_shown(change)) {
        write_change(&mut out, change, paint);
    }
    if !plan.steps.is_empty() {
        write_steps(&mut out, plan, paint);
    }
    paragraph(&mut out, &denials_text(&told, plan.unknown, paint));
    let _ = writeln!(out, "{}", summary(plan, paint));
    out
}

/// Returns whether a change is shown to a person: any action, and ignored differences, which never count as equal.
pub(super) fn is_shown(change: &PlannedChange) -> bool {
    change.action != Action::NoOp || !change.ignored.is_empty()
}

/// Writes lines with an empty one below them; nothing for no lines.
fn paragraph(out: &mut String, lines: &str) {
    if !lines.is_empty() {
        let _ = writeln!(out, "{lines}");
    }
}

/// The endpoint, if calls don't go to AWS's own endpoints.
pub(super) fn at(plan: &Plan) -> String {
    plan.endpoint_url.as_ref().map(|url| format!(", at {url}")).unwrap_or_default()
}

pub(super) fn glyph(action: Action, paint: Paint) -> String {
    match action {
        Action::Create => paint.green("+"),
        Action::Update => paint.yellow("~"),
        Action::Replace => paint.magenta("-/+"),
        Action::Delete => paint.red("-"),
        Action::Adopt => paint.cyan(">"),
        Action::Release => paint.cyan("<"),
        Action::NoOp => " ".to_owned(),
    }
}

pub(super) fn verb(action: Action) -> &'static str {
    match action {
        Action::Create => "create",
        Action::Update => "update in place",
        Action::Replace => "replace",
        Action::Delete => "delete",
        Action::Adopt => "adopt",
        Action::Release => "release",
        Action::NoOp => "no change",
    }
}

fn write_change(out: &mut String, change: &PlannedChange, paint: Paint) {
    let address = paint.bold(&change.address.to_string());
    let named = if change.name == change.address.name() { String::new() } else { format!(" ({})", change.name) };
    let (glyph, verb) = (glyph(change.action, paint), verb(change.action));
    let _ = writeln!(out, "{glyph} {address}{named}  {verb}: {}", change.reason);
    if change.action != Action::Delete {
        for line in change.properties.iter().flat_map(|property| value::property(property, paint)) {
            let _ = writeln!(out, "    {line}");
        }
    }
    for line in change.ignored.iter().flat_map(|ignored| value::ignored(ignored, paint)) {
        let _ = writeln!(out, "    {line}");
    }
    for unmanaged in change.unmanaged.iter().filter(|_| change.action != Action::NoOp) {
        let what = if unmanaged.manager().is_some() { "" } else { " (not expressible in the file)" };
        let _ = writeln!(out, "    {} {}: {}{what}", paint.yellow("?"), unmanaged.feature, unmanaged.detail);
    }
    let _ = writeln!(out);
}

fn write_steps(out: &mut String, plan: &Plan, paint: Paint) {
    let steps = &plan.steps;
    let _ = writeln!(out, "{}", paint.bold(CALLS));
    let width = steps.iter().map(|step| step.service.len() + 1 + step.operation.len()).max().unwrap_or_default();
    let mut shown = None;
    for (index, step) in steps.iter().enumerate() {
        // The address is above its calls, so that their lines are short and begin alike.
        if shown.replace(&step.address) != Some(&step.address) {
            let _ = writeln!(out, "  {}", step.address);
        }
        let call = format!("{}:{}", step.service, step.operation);
        let padding = " ".repeat(width - call.len());
        let call = if step.destructive { paint.red(&call) } else { call };
        let _ = writeln!(out, "  {:>3}. {call}{padding}  {}", index + 1, step.title);
        for verdict in plan.verdicts.iter().filter(|verdict| verdict.step.as_ref() == Some(&step.id)) {
            if verdict.outcome == Outcome::Pass {
                continue;
            }
            let said = label(verdict, plan.unknown, paint);
            let statement = verdict.statement.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
            let action = verdict.action.as_ref().map(|action| format!("{action} ")).unwrap_or_default();
            let _ = writeln!(out, "       {said} {action}[{}/{}{statement}]", verdict.guardrail, verdict.rule);
        }
    }
    let _ = writeln!(out);
}

fn summary(plan: &Plan, paint: Paint) -> String {
    if plan.is_empty() {
        return format!("{}{}", unchanged(plan, |words| paint.bold(words)), judged(plan, paint));
    }
    let calls = plan.steps.len();
    format!(
        "{} {} API call{}.{}",
        paint.bold(&format!("Plan: {}.", counts(&plan.summary))),
        calls,
        if calls == 1 { "" } else { "s" },
        judged(plan, paint)
    )
}

/// The sentence for a plan without changes, its first words made `bold`.
pub(super) fn unchanged(plan: &Plan, bold: impl Fn(&str) -> String) -> String {
    let ignored = plan.changes.iter().map(|change| change.ignored.len()).sum::<usize>();
    let but = match ignored {
        0 => String::new(),
        1 => " but for 1 ignored property".to_owned(),
        count => format!(" but for {count} ignored properties"),
    };
    let live =
        |resources: &str| format!("{} The live resources match the file{but} ({resources}).", bold("No changes."));
    match plan.summary.no_op {
        _ if plan.releases && !plan.blocked => bold("Nothing to release."),
        0 if plan.blocked => bold("No plan was made."),
        0 => bold("Nothing to do."),
        1 => live("1 resource"),
        count => live(&format!("{count} resources")),
    }
}

/// The counts of verdicts, such as " 2 forbidden, 1 unknown.", or nothing.
fn judged(plan: &Plan, paint: Paint) -> String {
    let count = |outcome| plan.verdicts.iter().filter(|verdict| verdict.outcome == outcome).count();
    let (forbidden, unknown) = (count(Outcome::Fail), count(Outcome::Unknown));
    let forbidden = (forbidden > 0).then(|| paint.red(&format!("{forbidden} forbidden")));
    let (words, besides) = match plan.unknown {
        OnUnknown::Warn => {
            (paint.yellow(&format!("{unknown} unknown")), " With `--unknown deny` this blocks the plan.")
        }
        OnUnknown::Deny => (paint.red(&format!("{unknown} unknown, which counts as forbidden")), ""),
    };
    match (forbidden, unknown) {
        (None, 0) => String::new(),
        (Some(forbidden), 0) => format!(" {forbidden}."),
        (None, _) => format!(" {words}.{besides}"),
        (Some(forbidden), _) => format!(" {forbidden}, {words}.{besides}"),
    }
}

/// The counts of actions, such as "2 to create, 1 to delete", without zeros.
pub(super) fn counts(summary: &Summary) -> String {
    let Summary { create, update, replace, delete, adopt, release, no_op } = *summary;
    let said = [
        (create, "to create"),
        (update, "to update"),
        (replace, "to replace"),
        (delete, "to delete"),
        (adopt, "to adopt"),
        (release, "to release"),
        (no_op, "unchanged"),
    ];
    let said = said.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    said.collect::<Vec<_>>().join(", ")
}
