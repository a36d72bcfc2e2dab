//! A plan as Markdown, for a comment on a pull request.

use std::fmt::Write as _;

use super::escape::{cell, code, html, plain};
use super::line::{label, sentence};
use super::posture::posture_markdown;
use super::text::{self, CALLS, at, counts, glyph, is_shown, verb};
use super::verdicts::VerdictGroups;
use super::{Paint, value};
use crate::plan::{Action, Note, Plan, Verdict};

/// The plan, ready to post.
pub fn plan_markdown(plan: &Plan) -> String {
    let mut out = String::new();
    let place = &plan.environment;
    let _ = writeln!(out, "## Plan for stack `{}`\n", plan.stack);
    let _ = writeln!(out, "Account `{}`, region `{}`{}.\n", place.account, place.region, at(plan));
    if plan.is_empty() {
        let _ = writeln!(out, "{}", text::unchanged(plan, |words| format!("**{words}**")));
    } else {
        let _ = writeln!(out, "**{}**; {} API calls.", counts(&plan.summary), plan.steps.len());
    }
    let told = VerdictGroups::of(plan);
    // Whatever forbids the plan is shown where nobody can miss it.
    let denials = items(plan, &told.denials) + &notes(&told.losses);
    if !denials.is_empty() {
        let title = if plan.blocked { "This plan can't be applied as it is" } else { "Taken away" };
        let _ = write!(out, "\n### {title}\n\n{denials}");
    }
    if !plan.is_empty() || plan.changes.iter().any(is_shown) {
        let _ = writeln!(out);
        write_changes(&mut out, plan);
    }
    let rest = items(plan, &told.advice) + &notes(&told.notes);
    let left_out = told.left_out.map(|line| format!("- {line}\n")).unwrap_or_default();
    if !rest.is_empty() || !left_out.is_empty() {
        let _ = writeln!(out, "\n<details><summary>Warnings and notes</summary>\n\n{rest}{left_out}\n</details>");
    }
    out + &posture_markdown(&plan.verdicts)
}

fn write_changes(out: &mut String, plan: &Plan) {
    let _ = writeln!(out, "| | Resource | Action | Why |\n|---|---|---|---|");
    for change in plan.changes.iter().filter(|change| is_shown(change)) {
        let (glyph, verb) = (glyph(change.action, Paint::Plain), verb(change.action));
        let (address, reason) = (code(&change.address.to_string()), plain(&change.reason));
        let _ = writeln!(out, "| `{glyph}` | {} | {verb} | {} |", cell(&address), cell(&reason));
    }
    let _ = writeln!(out);
    for change in plan.changes.iter().filter(|c| is_shown(c) && c.action != Action::Delete) {
        let properties = change.properties.iter().flat_map(|p| value::property(p, Paint::Plain));
        let lines = properties.chain(change.ignored.iter().flat_map(|one| value::ignored(one, Paint::Plain)));
        let lines: Vec<String> = lines.map(coloured).collect();
        let fence = fence(&lines);
        let _ = writeln!(out, "<details><summary><code>{}</code></summary>\n", html(&change.address.to_string()));
        let _ = writeln!(out, "{fence}diff\n{}\n{fence}\n\n</details>\n", lines.join("\n"));
    }
    if plan.steps.is_empty() {
        return;
    }
    let _ = writeln!(out, "<details><summary>{CALLS}</summary>\n");
    for (number, step) in (1_usize..).zip(&plan.steps) {
        let (title, address) = (plain(&step.title), code(&step.address.to_string()));
        let _ = writeln!(out, "{number}. `{}:{}` {title} ({address})", step.service, step.operation);
    }
    let _ = writeln!(out, "\n</details>");
}

/// Verdicts, each as an item of a list.
fn items(plan: &Plan, verdicts: &[&Verdict]) -> String {
    verdicts.iter().fold(String::new(), |mut out, verdict| {
        let label = label(verdict, plan.unknown, Paint::Plain);
        let forbids = verdict.outcome.forbids(plan.unknown);
        let label = if forbids { format!("**{}**:", label.trim_end_matches(':')) } else { label };
        let at =
            verdict.source.as_ref().map(|at| format!(" at {}", code(&format!("{}:{}", at.file.display(), at.line))));
        let hint = verdict.hint.as_ref().map(|hint| format!(" ({})", plain(hint)));
        let (at, hint) = (at.unwrap_or_default(), hint.unwrap_or_default());
        let _ = writeln!(out, "- {label} {}{at}{hint}", plain(&sentence(verdict)));
        out
    })
}

fn notes(notes: &[&Note]) -> String {
    notes.iter().fold(String::new(), |mut out, note| {
        let about =
            note.address.as_ref().map(|address| format!("{}: ", code(&address.to_string()))).unwrap_or_default();
        let _ = writeln!(out, "- {about}{}", plain(&note.message));
        out
    })
}

/// A line of a difference in a form that renderers colour: they look at its first character only, and know `!` for a
/// change, not `~`.
fn coloured(line: String) -> String {
    let inner = |sign: char| line.strip_prefix(&format!("  {sign} "));
    let moved = ['-', '+'].into_iter().find_map(|sign| Some(format!("{sign}   {}", inner(sign)?)));
    let changed = || line.strip_prefix("~ ").map(|rest| format!("! {rest}"));
    moved.or_else(changed).unwrap_or(line)
}

/// A fence longer than any run of backticks within the lines.
fn fence(lines: &[String]) -> String {
    let longest = lines.iter().flat_map(|line| line.split(|c| c != '`').map(str::len)).max().unwrap_or_default();
    "`".repeat(longest.max(2) + 1)
}
