//! Verdicts of guardrails and notes of the planner, in reading order: advice is first, and whatever
//! forbids a plan or asks for consent is last, near the prompt.

use std::fmt::Write as _;

use super::Paint;
use super::line::{label, sentence, verdicts_text};
use crate::base::Address;
use crate::plan::{Action, Note, Outcome, Plan, Verdict};
use crate::stack::OnUnknown;

/// The notes and verdicts of a plan, in groups.
pub(super) struct VerdictGroups<'p> {
    /// Notes on expected effects and unknown facts.
    pub(super) notes: Vec<&'p Note>,
    /// Verdicts that prevent nothing.
    pub(super) advice: Vec<&'p Verdict>,
    /// The line about advice that is left out.
    pub(super) left_out: Option<String>,
    /// Notes on deletions and replacements.
    pub(super) losses: Vec<&'p Note>,
    /// Verdicts that forbid the plan, and those about consent.
    pub(super) denials: Vec<&'p Verdict>,
}

impl<'p> VerdictGroups<'p> {
    pub(super) fn of(plan: &'p Plan) -> Self {
        let last = |verdict: &&Verdict| verdict.outcome.forbids(plan.unknown) || verdict.guardrail == "consent";
        let (denials, rest): (Vec<_>, Vec<_>) = plan.verdicts.iter().partition(last);
        // Rules that already warn about the live resource are no news: `validate` shows them.
        let old =
            |verdict: &&Verdict| verdict.already && (verdict.outcome == Outcome::Warn || verdict.excused.is_some());
        let (old, advice): (Vec<_>, Vec<_>) = rest.into_iter().partition(old);
        let goes = |address: &Address| {
            let gone = |action| matches!(action, Action::Delete | Action::Replace);
            plan.changes.iter().any(|change| change.address == *address && gone(change.action))
        };
        let (losses, notes) = plan.notes.iter().partition(|note| note.address.as_ref().is_some_and(goes));
        let left_out = left_out(&old, advice.iter().any(|verdict| is_short(verdict) && verdict.hint.is_some()));
        Self { notes, advice, left_out, losses, denials }
    }
}

/// The line about findings that a plan does not repeat.
fn left_out(old: &[&Verdict], shortened: bool) -> Option<String> {
    let excused = old.iter().filter(|verdict| verdict.excused.is_some()).count();
    let said = match (old.len() - excused, excused) {
        (0, 0) if shortened => return Some("`underpin validate` shows how to fix the warnings".to_owned()),
        (0, 0) => return None,
        (0, 1) => "1 existing excused finding".to_owned(),
        (0, count) => format!("{count} existing excused findings"),
        (1, 0) => "1 existing warning".to_owned(),
        (1, count) => format!("1 existing warning, {count} excused"),
        (count, 0) => format!("{count} existing warnings"),
        (count, excused) => format!("{count} existing warnings, {excused} excused"),
    };
    let them = if old.len() == 1 { "it" } else { "them" };
    let and = if shortened { ", and how to fix the warnings" } else { "" };
    Some(format!("{said}: `underpin validate` shows {them}{and}"))
}

/// Returns whether a verdict is shown in one line: a warning of a rule, whose remediation `validate` shows.
fn is_short(verdict: &Verdict) -> bool {
    verdict.severity.is_some() && verdict.outcome == Outcome::Warn
}

/// Advice, one line for each finding that can be looked up.
pub(super) fn advice_text(told: &VerdictGroups<'_>, unknown: OnUnknown, paint: Paint) -> String {
    let mut out = String::new();
    for note in &told.notes {
        out.push_str(&note_line(note, paint));
    }
    for verdict in &told.advice {
        if is_short(verdict) {
            let at = verdict.source.as_ref().map(|at| paint.dim(&format!(" at {}:{}", at.file.display(), at.line)));
            let label = label(verdict, unknown, paint);
            let _ = writeln!(out, "{label} {}{}", sentence(verdict), at.unwrap_or_default());
        } else {
            out.push_str(&verdicts_text([*verdict], unknown, paint));
        }
    }
    if let Some(line) = &told.left_out {
        let _ = writeln!(out, "{} {line}", paint.dim("note:"));
    }
    out
}

/// The text just above the summary, and so above the prompt.
pub(super) fn denials_text(told: &VerdictGroups<'_>, unknown: OnUnknown, paint: Paint) -> String {
    let notes = told.losses.iter().map(|note| note_line(note, paint)).collect::<String>();
    notes + &verdicts_text(told.denials.iter().copied(), unknown, paint)
}

fn note_line(note: &Note, paint: Paint) -> String {
    let about = note.address.as_ref().map(|address| format!("{address}: ")).unwrap_or_default();
    format!("{} {about}{}\n", paint.yellow("note:"), note.message)
}

#[cfg(test)]
#[path = "verdicts_tests.rs"]
mod tests;
