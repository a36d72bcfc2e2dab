//! The lines of verdicts.

use std::fmt::Write as _;

use super::Paint;
use crate::plan::{Outcome, Verdict};
use crate::stack::OnUnknown;

/// The verdicts of guardrails, each in a few lines.
pub fn verdicts_text<'v>(verdicts: impl IntoIterator<Item = &'v Verdict>, unknown: OnUnknown, paint: Paint) -> String {
    let mut out = String::new();
    for verdict in verdicts {
        let label = label(verdict, unknown, paint);
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

/// The word at the beginning of a verdict.
pub(super) fn label(verdict: &Verdict, unknown: OnUnknown, paint: Paint) -> String {
    match verdict.outcome {
        Outcome::Fail => paint.red("forbidden:"),
        Outcome::Unknown if unknown == OnUnknown::Deny => paint.red("forbidden (unknown):"),
        Outcome::Unknown => paint.yellow("unknown:"),
        Outcome::Warn => paint.yellow("warning:"),
        // A summary is not praise.
        Outcome::Pass if passed(verdict) == "judged" => paint.dim("judged:"),
        Outcome::Pass => paint.green(&format!("{}:", passed(verdict))),
    }
}

/// The word for a passing verdict: a given consent is not the guardrail's own finding.
pub(super) fn passed(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict { excused: Some(_), .. } => "excused",
        Verdict { resolved: true, .. } => "resolved",
        verdict if verdict.guardrail == "consent" => "consented",
        _ => "judged",
    }
}

/// A verdict in one line, after its label.
pub(super) fn sentence(verdict: &Verdict) -> String {
    let about = verdict.address.as_ref().map(|address| format!("{address}: ")).unwrap_or_default();
    format!("{about}{} [{}/{}]", verdict.message, verdict.guardrail, verdict.rule)
}
