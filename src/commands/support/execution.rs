//! The execution of an approved plan, the read of AWS after it, and its report.

use serde_json::json;

use super::planner::Planner;
use super::progress::{Progress, Signals};
use super::request::Request;
use super::verification;
use crate::apply::{self, Applier, ApplyReport, Interrupt};
use crate::cli::Format;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::guard;
use crate::kinds::LIVE;
use crate::plan::Plan;
use crate::report::{self, Goal};
use crate::ui::Ui;

/// Applies an approved plan, reads AWS again, and reports.
pub(crate) async fn carry_out(
    planner: &mut Planner,
    plan: Plan,
    request: &Request,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    let Ok(approved) = guard::approve(plan) else { return Ok(Exit::Denied) };
    let applier = Applier {
        kinds: LIVE,
        aws: &planner.connection.aws,
        owner: &planner.project.owner,
        ignore_tags: &planner.project.stack.settings.ignore_tags,
    };
    let mut progress = Progress::new(ui, approved.plan());
    let mut signals = Signals::listen();
    let mut report = apply::apply(applier, &approved, &mut signals, &mut |event| progress.tell(event)).await;
    progress.finish();
    planner.connection.explain_denials(&mut report, approved.plan(), &planner.project).await;
    if report.failures.is_empty() && !report.interrupted {
        // The completed calls are reported, whatever the result of the last read.
        tokio::select! {
            seen = verification::verify(planner, request, approved.plan(), &report) => match seen {
                Ok(seen) => {
                    report.differences = seen.differences;
                    report.not_taken.extend(seen.not_taken);
                }
                Err(error) => {
                    report.not_verified = Some(error.sentence());
                    if let CommandError::Denied { denial, failed: _ } = error {
                        report.denial = Some(denial);
                    }
                }
            },
            () = signals.asked() => {
                report.interrupted = true;
                report.not_verified = Some("interrupted".to_owned());
            }
        }
    } else if report.ended_well() {
        // All calls were made before the interrupt took effect, and the result was not read.
        report.not_verified = Some("interrupted".to_owned());
    }
    let searched = approved.plan().not_searched.is_empty();
    let whole = request.targets.is_empty() && request.excludes.is_empty();
    let goal = match (request.destroy, whole, searched) {
        _ if !request.releases.is_empty() => Goal::Release,
        (false, true, _) => Goal::Apply,
        (false, false, _) => Goal::ApplyTargets,
        (true, false, _) => Goal::DestroyTargets,
        (true, true, true) => Goal::Destroy,
        (true, true, false) => Goal::DestroyFound,
    };
    match ui.format {
        Format::Json => ui.line(&json!({"event": "report", "report": report}).to_string()),
        Format::Text | Format::Markdown => {
            ui.say(&ui.folded_err(report::report_text(&report, goal, ui.paint_err())));
            let lines = report.denial.iter().flat_map(|denial| report::denial_lines(denial, ui.paint_err()));
            lines.for_each(|line| ui.say(&ui.folded_err(line)));
        }
    }
    Ok(exit(&report))
}

fn exit(report: &ApplyReport) -> Exit {
    if report.interrupted {
        Exit::Interrupted
    } else if report.ended_well() {
        Exit::Done
    } else if report.did_nothing() {
        Exit::Error
    } else {
        Exit::Incomplete
    }
}
