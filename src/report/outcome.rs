//! The outcome of an apply: completed calls, others, and the next action.

use std::fmt::Write as _;

use super::{Paint, denial_lines};
use crate::apply::{ApplyReport, Failure, NotTaken, State};
use crate::base::count;
use crate::guard::said_in_short;
use crate::plan::Plan;

/// The goal of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// To make the live resources equal to the file.
    Apply,
    /// To delete all resources of the stack.
    Destroy,
    /// The same, if some orphans could not be searched.
    DestroyFound,
    /// To make a part of the stack equal to the file.
    ApplyTargets,
    /// To fix findings of an audit.
    Fix,
    /// To delete a part of the stack.
    DestroyTargets,
    /// To release a part of the stack.
    Release,
}

/// The text at the end of an apply.
pub fn report_text(report: &ApplyReport, goal: Goal, paint: Paint) -> String {
    let mut out = String::new();
    for failure in &report.failures {
        let answered = failure.code.as_deref().map(|code| format!(" answered {code}")).unwrap_or_default();
        let _ = writeln!(
            out,
            "{} {}: failed to {}\n    {}:{}{answered}: {}",
            paint.red("error:"),
            failure.address,
            failure.title,
            failure.service,
            failure.operation,
            said_in_short(&failure.message)
        );
        for line in failure.denial.iter().flat_map(|denial| denial_lines(denial, paint)) {
            let _ = writeln!(out, "    {line}");
        }
        if let Some(id) = &failure.request_id {
            let _ = writeln!(out, "    {}", paint.dim(&format!("request {id}")));
        }
    }
    // After a denial, the user who asks for a permission must know which calls are done and which are missing.
    let denied = report.failures.iter().any(|failure| failure.denial.is_some());
    let done = denied.then_some(State::Done);
    for state in done.into_iter().chain([State::Running, State::Skipped, State::Cancelled]) {
        let mut steps = report.steps.iter().filter(|step| step.state == state).peekable();
        if steps.peek().is_some() {
            let what = match state {
                State::Done => "done",
                State::Running => "still running",
                State::Skipped => "skipped, since something before it failed",
                _ => "not started",
            };
            let _ = writeln!(out, "{} {what}:", paint.yellow("note:"));
            for step in steps {
                let address = step.step.rsplit_once('#').map_or(step.step.as_str(), |(address, _)| address);
                let _ = writeln!(out, "    {address}: {}", step.title);
            }
        }
    }
    for NotTaken { address, what, reason } in &report.not_taken {
        let _ = writeln!(
            out,
            "{} {address}: {what} is skipped: this endpoint did not apply it ({reason})",
            paint.yellow("warning:")
        );
    }
    for difference in &report.differences {
        let _ = writeln!(out, "{} still differs after apply: {difference}", paint.red("error:"));
    }
    if let Some(reason) = &report.stopped {
        let _ = writeln!(out, "{} {reason}", paint.red("error:"));
    }
    if let Some(reason) = &report.not_verified {
        let _ = writeln!(out, "{} could not read the live state: {reason}", paint.red("error:"));
    }
    let (done, all) = (report.count(State::Done), report.steps.len());
    let line = if report.is_complete() {
        let (verb, state) = match goal {
            Goal::Apply => ("Applied", "the live resources match the file"),
            Goal::Destroy => ("Destroyed", "nothing of the stack is left"),
            Goal::ApplyTargets => ("Applied", "the targets match the file"),
            Goal::Fix => ("Applied", "the plan's findings are fixed"),
            Goal::DestroyTargets => ("Destroyed", "the targets are deleted"),
            Goal::Release => ("Released", "it is left as it is, and no stack owns it any more"),
            Goal::DestroyFound => (
                "Destroyed",
                "what was found of the stack is deleted; what was removed from the file earlier could not be \
                     searched",
            ),
        };
        let made = count(done, "API call");
        let elsewhere = match report.count(State::DoneElsewhere) {
            0 => String::new(),
            number => format!(" (another run made {number} more at the same time)"),
        };
        paint.green(&format!("{verb}. {made} made{elsewhere}; {state}.{}", kept(report)))
    } else if report.ended_well() {
        let verb = if matches!(goal, Goal::Apply | Goal::ApplyTargets | Goal::Fix) { "Applied" } else { "Destroyed" };
        paint.yellow(&format!(
            "{verb}, except what this endpoint did not apply: {done} of {all} API calls made. It will be planned \
             again, and not applied again unless the endpoint supports it.{}",
            kept(report)
        ))
    } else {
        let lasts = report.failures.iter().any(Failure::may_last);
        let mend = if lasts { " Fix what failed, or it may fail again." } else { "" };
        paint.red(&format!(
            "Incomplete: {done} of {all} API calls made.{mend} Running again is safe and goes on from here."
        ))
    };
    let _ = writeln!(out, "{line}");
    out
}

/// The backups that a run has made, which remain when their tables are deleted.
fn kept(report: &ApplyReport) -> String {
    let backups = report.steps.iter().filter(|step| step.operation == "CreateBackup" && step.state == State::Done);
    let names: Vec<&str> = backups.map(|step| step.title.trim_start_matches("take ")).collect();
    if names.is_empty() {
        return String::new();
    }
    format!(" Kept, and charged until you delete it: {}.", names.join(", "))
}

/// A line about the next action after a plan; `command` carries the plan out.
pub fn what_next(plan: &Plan, command: &str) -> Option<String> {
    match (plan.blocked, plan.is_empty()) {
        (true, false) => Some("This plan can't be applied as it is: see what is forbidden above.".to_owned()),
        (true, true) if plan.changes.is_empty() => {
            Some("Nothing may be done here: see what is forbidden above.".to_owned())
        }
        (true, true) => Some("What is in the file, and live, is forbidden: see above.".to_owned()),
        (false, true) => None,
        (false, false) => Some(format!("To make these changes: {command}")),
    }
}
