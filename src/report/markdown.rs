//! A plan as Markdown, for a comment on a pull request.

use std::fmt::Write as _;

use super::inert::{cell, code, html, plain};
use super::text::{at, counts, glyph, news, passed, sentence, verb};
use super::{Paint, value};
use crate::plan::{Action, Outcome, Plan};

/// The plan, ready to post.
pub fn plan_markdown(plan: &Plan) -> String {
    let mut out = String::new();
    let place = &plan.environment;
    let _ = writeln!(out, "## Plan for stack `{}`\n", plan.stack);
    let _ = writeln!(out, "Account `{}`, region `{}`{}.\n", place.account, place.region, at(plan));
    if plan.is_empty() {
        let _ = writeln!(out, "**No changes.** What is live is what the file says.");
    } else {
        let _ = writeln!(out, "**{}**; {} API calls.\n", counts(&plan.summary), plan.steps.len());
        let _ = writeln!(out, "| | Resource | Action | Why |\n|---|---|---|---|");
        for change in plan.changes.iter().filter(|change| change.action != Action::NoOp) {
            let (glyph, verb) = (glyph(change.action, Paint::Plain), verb(change.action));
            let (address, reason) = (code(&change.address.to_string()), plain(&change.reason));
            let _ = writeln!(out, "| `{glyph}` | {} | {verb} | {} |", cell(&address), cell(&reason));
        }
        let _ = writeln!(out);
        for change in plan.changes.iter().filter(|c| !matches!(c.action, Action::NoOp | Action::Delete)) {
            let lines = change.properties.iter().flat_map(|p| value::property(p, Paint::Plain));
            let lines: Vec<String> = lines.map(sign_first).collect();
            let fence = fence(&lines);
            let _ = writeln!(out, "<details><summary><code>{}</code></summary>\n", html(&change.address.to_string()));
            let _ = writeln!(out, "{fence}diff\n{}\n{fence}\n\n</details>\n", lines.join("\n"));
        }
        let _ = writeln!(out, "<details><summary>API calls, in order</summary>\n");
        for (index, step) in plan.steps.iter().enumerate() {
            let Some(number) = index.checked_add(1) else { continue };
            let (title, address) = (plain(&step.title), code(&step.address.to_string()));
            let _ = writeln!(out, "{number}. `{}:{}` {title} ({address})", step.service, step.operation);
        }
        let _ = writeln!(out, "\n</details>");
    }
    let (news, left_out) = news(plan);
    if !news.is_empty() || left_out.is_some() {
        let _ = writeln!(out, "\n### Guardrails\n");
        for verdict in news {
            let label = match verdict.outcome {
                Outcome::Fail => "**forbidden**",
                Outcome::Unknown => "unknown",
                Outcome::Warn => "warning",
                Outcome::Pass => passed(verdict),
            };
            let hint = verdict.hint.as_ref().map(|hint| format!(" ({})", plain(hint))).unwrap_or_default();
            let _ = writeln!(out, "- {label}: {}{hint}", plain(&sentence(verdict)));
        }
        if let Some(line) = left_out {
            let _ = writeln!(out, "- {line}");
        }
    }
    if !plan.notes.is_empty() {
        let _ = writeln!(out, "\n### Notes\n");
        for note in &plan.notes {
            let about =
                note.address.as_ref().map(|address| format!("{}: ", code(&address.to_string()))).unwrap_or_default();
            let _ = writeln!(out, "- {about}{}", plain(&note.message));
        }
    }
    out
}

/// Moves the sign of a changed line within a value to its begin: only there do renderers colour it.
fn sign_first(line: String) -> String {
    match line
        .strip_prefix("  - ")
        .map(|rest| ('-', rest))
        .or_else(|| line.strip_prefix("  + ").map(|rest| ('+', rest)))
    {
        Some((sign, rest)) => format!("{sign}   {rest}"),
        None => line,
    }
}

/// A fence longer than any run of backticks within.
fn fence(lines: &[String]) -> String {
    let longest = lines.iter().flat_map(|line| line.split(|c| c != '`').map(str::len)).max().unwrap_or_default();
    "`".repeat(longest.max(2) + 1)
}
