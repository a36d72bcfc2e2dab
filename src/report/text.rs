//! A plan as text for a terminal: what a Terraform user reads at a glance.

use std::fmt::Write as _;

use super::{Paint, value};
use crate::base::Address;
use crate::plan::{Action, Outcome, Plan, PlannedChange, Summary, Verdict};
use crate::stack::OnUnknown;

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
    for change in plan.changes.iter().filter(|change| change.action != Action::NoOp) {
        write_change(&mut out, change, paint);
    }
    if !plan.steps.is_empty() {
        write_steps(&mut out, plan, paint);
    }
    write_notes(&mut out, plan, paint);
    let (news, left_out) = news(plan);
    let verdicts = verdicts_text(news, paint);
    let left_out = left_out.map(|line| format!("{} {line}\n", paint.dim("note:"))).unwrap_or_default();
    if !verdicts.is_empty() || !left_out.is_empty() {
        let _ = writeln!(out, "{verdicts}{left_out}");
    }
    let _ = writeln!(out, "{}", summary(plan, paint));
    out
}

/// Where calls go, if not to AWS's own endpoints.
pub(super) fn at(plan: &Plan) -> String {
    plan.endpoint_url.as_ref().map(|url| format!(", at {url}")).unwrap_or_default()
}

/// The verdicts that a plan is worth reading for, and a line for the rest: what rules advise about resources that stay
/// as they are is said by `validate`, and by a plan that changes them.
pub(super) fn news(plan: &Plan) -> (Vec<&Verdict>, Option<String>) {
    let stays = |address: &Address| {
        plan.changes.iter().any(|change| change.address == *address && change.action == Action::NoOp)
    };
    let advice = |verdict: &&Verdict| {
        let milder = verdict.outcome == Outcome::Warn || verdict.excused.is_some();
        milder && verdict.severity.is_some() && verdict.address.as_ref().is_some_and(stays)
    };
    let (rest, news): (Vec<_>, Vec<_>) = plan.verdicts.iter().partition(advice);
    let warnings = rest.iter().filter(|verdict| verdict.outcome == Outcome::Warn).count();
    let left_out = (warnings > 0).then(|| {
        let plural = if warnings == 1 { "" } else { "s" };
        format!("{warnings} warning{plural} about what stays as it is: `underpin validate` shows them")
    });
    (news, left_out)
}

pub(super) fn glyph(action: Action, paint: Paint) -> String {
    match action {
        Action::Create => paint.green("+"),
        Action::Update => paint.yellow("~"),
        Action::Replace => paint.magenta("-/+"),
        Action::Delete => paint.red("-"),
        Action::Adopt => paint.cyan(">"),
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
    for beyond in &change.beyond {
        let _ = writeln!(
            out,
            "    {} {}: {} (not expressible in the file)",
            paint.yellow("?"),
            beyond.feature,
            beyond.detail
        );
    }
    let _ = writeln!(out);
}

fn write_steps(out: &mut String, plan: &Plan, paint: Paint) {
    let steps = &plan.steps;
    let _ = writeln!(out, "{}", paint.bold("API calls, in order"));
    let width = steps.iter().map(|step| step.service.len() + 1 + step.operation.len()).max().unwrap_or_default();
    let mut shown = None;
    for (index, step) in steps.iter().enumerate() {
        // The resource stands above its calls, so that their lines are short and begin alike.
        if shown.replace(&step.address) != Some(&step.address) {
            let _ = writeln!(out, "  {}", step.address);
        }
        let call = format!("{}:{}", step.service, step.operation);
        let padding = " ".repeat(width - call.len());
        let call = if step.destructive { paint.red(&call) } else { call };
        let _ = writeln!(out, "  {:>3}. {call}{padding}  {}", index + 1, step.title);
        for verdict in plan.verdicts.iter().filter(|verdict| verdict.step.as_ref() == Some(&step.id)) {
            let said = match verdict.outcome {
                Outcome::Fail => paint.red("forbidden"),
                Outcome::Unknown => paint.yellow("unknown"),
                Outcome::Warn => paint.yellow("warning"),
                Outcome::Pass => continue,
            };
            let statement = verdict.statement.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
            let action = verdict.action.as_ref().map(|action| format!("{action} ")).unwrap_or_default();
            let _ = writeln!(out, "       {said}: {action}[{}/{}{statement}]", verdict.guardrail, verdict.rule);
        }
    }
    let _ = writeln!(out);
}

fn write_notes(out: &mut String, plan: &Plan, paint: Paint) {
    for note in &plan.notes {
        let about = note.address.as_ref().map(|address| format!("{address}: ")).unwrap_or_default();
        let _ = writeln!(out, "{} {about}{}", paint.yellow("note:"), note.message);
    }
    if !plan.notes.is_empty() {
        let _ = writeln!(out);
    }
}

/// What guardrails say, a few lines for each verdict.
pub fn verdicts_text<'v>(verdicts: impl IntoIterator<Item = &'v Verdict>, paint: Paint) -> String {
    let mut out = String::new();
    for verdict in verdicts {
        let label = match verdict.outcome {
            Outcome::Fail => paint.red("forbidden:"),
            Outcome::Unknown => paint.yellow("unknown:"),
            Outcome::Warn => paint.yellow("warning:"),
            Outcome::Pass => paint.green(&format!("{}:", passed(verdict))),
        };
        let _ = writeln!(out, "{label} {}", sentence(verdict));
        if let Some(source) = &verdict.source {
            let _ = writeln!(out, "    at {}:{}:{}", source.file.display(), source.line, source.column);
        }
        if let Some(hint) = &verdict.hint {
            let _ = writeln!(out, "    {} {hint}", paint.cyan("hint:"));
        }
    }
    out
}

/// How a pass is called: what was consented to is no news of the guardrail's own.
pub(super) fn passed(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict { excused: Some(_), .. } => "excused",
        Verdict { resolved: true, .. } => "resolved",
        verdict if verdict.guardrail == "consent" => "consented",
        _ => "judged",
    }
}

pub(super) fn sentence(verdict: &Verdict) -> String {
    let about = verdict.address.as_ref().map(|address| format!("{address}: ")).unwrap_or_default();
    format!("{about}{} [{}/{}]", verdict.message, verdict.guardrail, verdict.rule)
}

fn summary(plan: &Plan, paint: Paint) -> String {
    if plan.is_empty() && plan.blocked {
        return paint.bold("No plan was made.");
    }
    if plan.is_empty() {
        return match plan.summary.no_op {
            0 => paint.bold("Nothing to do."),
            1 => paint.bold("No changes. What is live is what the file says (1 resource)."),
            count => paint.bold(&format!("No changes. What is live is what the file says ({count} resources).")),
        };
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

/// " 2 forbidden, 1 unknown.", or nothing.
fn judged(plan: &Plan, paint: Paint) -> String {
    let count = |outcome| plan.verdicts.iter().filter(|verdict| verdict.outcome == outcome).count();
    let (forbidden, unknown) = (count(Outcome::Fail), count(Outcome::Unknown));
    let unknown_words = match plan.unknown {
        OnUnknown::Warn => paint.yellow(&format!("{unknown} unknown")),
        OnUnknown::Deny => paint.red(&format!("{unknown} unknown, which is taken for forbidden")),
    };
    match (forbidden, unknown) {
        (0, 0) => String::new(),
        (0, _) => format!(" {unknown_words}."),
        (_, 0) => format!(" {}.", paint.red(&format!("{forbidden} forbidden"))),
        (_, _) => format!(" {}, {unknown_words}.", paint.red(&format!("{forbidden} forbidden"))),
    }
}

/// "2 to create, 1 to delete", without what is zero.
pub(super) fn counts(summary: &Summary) -> String {
    let Summary { create, update, replace, delete, adopt, no_op } = *summary;
    let said = [
        (create, "to create"),
        (update, "to update"),
        (replace, "to replace"),
        (delete, "to delete"),
        (adopt, "to adopt"),
        (no_op, "unchanged"),
    ];
    let said = said.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    said.collect::<Vec<_>>().join(", ")
}
