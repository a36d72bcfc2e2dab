//! The execution of an approved plan in rounds, the read of AWS after it, and its report.
//!
//! A round ends when all its calls have. Where another run has changed the same resources meanwhile (twenty workspaces
//! start at once), a new plan is made, judged by the guardrails again, and held against the one that was shown: only a
//! part of that is done in a further round.

use std::time::Duration;

use serde_json::json;

use super::planner::Planner;
use super::progress::{Progress, Signals};
use super::request::Request;
use super::verification;
use crate::apply::{self, Applier, ApplyReport, Interrupt, Round};
use crate::cli::Format;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::guard::{self, ApprovedPlan};
use crate::kinds::LIVE;
use crate::plan::Plan;
use crate::report::{self, Goal};
use crate::ui::Ui;

/// The number of rounds at most. With twenty runs at once, three were needed at most.
const ROUNDS: usize = 10;

/// The number of new plans until one fits: AWS shows changes late, an emulator at once.
const LOOKS: u32 = 5;

/// The number of plans on an emulator.
const LOOKS_ELSEWHERE: u32 = 3;

/// The pause before the first new plan; each is twice as long as the one before, more or less.
const PAUSE: Duration = Duration::from_millis(300);

/// The answer to another run that changes the same resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnRace {
    /// Make a new plan, and go on with what is left of the shown one.
    GoOn,
    /// Stop: a saved plan is applied exactly as shown.
    Stop,
}

/// Applies an approved plan, reads AWS again, and reports.
pub(crate) async fn carry_out(
    planner: &mut Planner,
    plan: Plan,
    request: &Request,
    on_race: OnRace,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    let Ok(approved) = guard::approve(plan) else { return Ok(Exit::Denied) };
    let report = execute(planner, &approved, request, on_race, &mut Signals::listen(), ui).await;
    let searched = approved.plan().not_searched.is_empty();
    let whole = request.targets.is_empty() && request.excludes.is_empty();
    let goal = match (request.destroy, whole, searched) {
        _ if !request.releases.is_empty() => Goal::Release,
        _ if !request.fixes.is_empty() => Goal::Fix,
        (false, true, _) => Goal::Apply,
        (false, false, _) => Goal::ApplyTargets,
        (true, false, _) => Goal::DestroyTargets,
        (true, true, true) => Goal::Destroy,
        (true, true, false) => Goal::DestroyFound,
    };
    match ui.format {
        Format::Json | Format::DynamodbJson => ui.line(&json!({"event": "report", "report": report}).to_string()),
        _ => say(&report, goal, ui),
    }
    Ok(exit(&report))
}

/// Reports the end to a person.
pub(crate) fn say(report: &ApplyReport, goal: Goal, ui: &Ui) {
    ui.say(&ui.folded_err(report::report_text(report, goal, ui.paint_err())));
    let lines = report.denial.iter().flat_map(|denial| report::denial_lines(denial, ui.paint_err()));
    lines.for_each(|line| ui.say(&ui.folded_err(line)));
}

/// Applies an approved plan in rounds, and reads AWS again.
pub(crate) async fn execute(
    planner: &mut Planner,
    approved: &ApprovedPlan,
    request: &Request,
    on_race: OnRace,
    stop: &mut impl Interrupt,
    ui: &Ui,
) -> ApplyReport {
    let shown = approved.plan();
    let mut rounds: Vec<Round> = Vec::new();
    let mut round = approved.clone();
    loop {
        let mut report = make_round(planner, &round, stop, ui).await;
        if report.failures.is_empty() {
            read_again(planner, request, round.plan(), &mut report, stop).await;
        }
        let raced = on_race == OnRace::GoOn && !report.interrupted && apply::all_raced(&report, round.plan());
        if !raced {
            rounds.push((round.plan().clone(), report));
            return replanned(apply::merged(shown, &rounds, None), rounds.len());
        }
        if rounds.is_empty() && ui.format != Format::Json {
            ui.say("Another run may be changing the same resources: looking again …");
        }
        let last = rounds.len() + 1 >= ROUNDS;
        let next = if last { Next::Stop(None) } else { next(planner, request, shown, &round, &report, stop).await };
        rounds.push((round.plan().clone(), report));
        let count = rounds.len();
        match next {
            Next::Nothing(plan) => return replanned(apply::merged(shown, &rounds, Some(&plan)), count + 1),
            Next::Stop(stopped) => {
                return replanned(ApplyReport { stopped, ..apply::merged(shown, &rounds, None) }, count);
            }
            Next::Interrupted => {
                return replanned(ApplyReport { interrupted: true, ..apply::merged(shown, &rounds, None) }, count);
            }
            Next::Round(approved) => {
                if ui.format == Format::Json {
                    let plan = approved.plan();
                    ui.line(&json!({"event": "replanned", "round": count + 1, "plan": plan}).to_string());
                }
                round = *approved;
            }
        }
    }
}

fn replanned(report: ApplyReport, rounds: usize) -> ApplyReport {
    ApplyReport { replans: rounds.saturating_sub(1), ..report }
}

/// Makes the calls of one round.
async fn make_round(planner: &Planner, approved: &ApprovedPlan, stop: &mut impl Interrupt, ui: &Ui) -> ApplyReport {
    let applier = Applier {
        kinds: LIVE,
        aws: &planner.connection.aws,
        owner: &planner.project.owner,
        ignore_tags: &planner.project.stack.settings.ignore_tags,
    };
    let mut progress = Progress::new(ui, approved.plan());
    let mut report = apply::apply(applier, approved, stop, &mut |event| progress.tell(event)).await;
    progress.finish();
    planner.connection.explain_denials(&mut report, approved.plan(), &planner.project).await;
    report
}

/// Reads AWS after calls that all succeeded. They are reported, whatever the result.
async fn read_again(
    planner: &mut Planner,
    request: &Request,
    plan: &Plan,
    report: &mut ApplyReport,
    stop: &mut impl Interrupt,
) {
    let interrupted = Some("interrupted".to_owned());
    if report.interrupted {
        // All calls may have been made before the interrupt took effect, and the result was not read.
        if report.ended_well() {
            report.not_verified = interrupted;
        }
        return;
    }
    tokio::select! {
        seen = verification::verify(planner, request, plan, report) => match seen {
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
        () = stop.asked() => {
            report.interrupted = true;
            report.not_verified = interrupted;
        }
    }
}

/// The way to go on after a round that another run has disturbed.
enum Next {
    /// Nothing is left to do.
    Nothing(Box<Plan>),
    /// A part of the shown plan is left.
    Round(Box<ApprovedPlan>),
    /// No new plan fits, and the reason if it is not that of the failed calls.
    Stop(Option<String>),
    /// The user asked to stop.
    Interrupted,
}

/// Makes new plans until one fits in what was shown.
async fn next(
    planner: &mut Planner,
    request: &Request,
    shown: &Plan,
    round: &ApprovedPlan,
    report: &ApplyReport,
    stop: &mut impl Interrupt,
) -> Next {
    let request = &Request { consents: guard::shown_consents(shown), ..request.clone() };
    let looks = if planner.connection.aws.is_at_aws() { LOOKS } else { LOOKS_ELSEWHERE };
    let mut stopped = None;
    for look in 0..looks {
        let looked = async {
            tokio::time::sleep(jitter(PAUSE * 2_u32.pow(look))).await;
            planner.connection.forget();
            planner.plan(request).await
        };
        let plan = tokio::select! {
            plan = looked => plan,
            () = stop.asked() => return Next::Interrupted,
        };
        let plan = match plan {
            Ok(plan) => plan,
            Err(error) => {
                stopped = Some(format!("no new plan could be made: {}", error.sentence()));
                continue;
            }
        };
        if plan.blocked {
            let forbids = plan.verdicts.iter().find(|verdict| verdict.outcome.forbids(plan.unknown));
            stopped = forbids.map(|verdict| {
                let address = verdict.address.as_ref().map(|address| format!("{address}: ")).unwrap_or_default();
                format!("a new plan is forbidden: {address}{}", verdict.message)
            });
            continue;
        }
        if let Some(first) = guard::exceeds(shown, &plan).first() {
            stopped = Some(format!("another run has left something that this one may not change: {first}"));
            continue;
        }
        if plan.is_empty() {
            return Next::Nothing(Box::new(plan));
        }
        if apply::repeats(report, round.plan(), &plan) {
            stopped = None;
            continue;
        }
        match guard::approve(plan) {
            Ok(approved) => return Next::Round(Box::new(approved)),
            Err(_) => stopped = None,
        }
    }
    Next::Stop(stopped)
}

/// Between half of a time and all of it, at random: runs that were started together part.
fn jitter(time: Duration) -> Duration {
    let mut random = [0; 2];
    // Without random bytes the pause is the shortest.
    let _ = getrandom::fill(&mut random);
    time / 2 + time / 2 * u32::from(u16::from_le_bytes(random)) / u32::from(u16::MAX)
}

/// The exit code of an apply.
pub(crate) fn exit(report: &ApplyReport) -> Exit {
    if report.interrupted {
        Exit::Interrupted
    } else if report.ended_well() {
        Exit::Done
    } else if report.did_nothing() && report.stopped.is_none() {
        Exit::Error
    } else {
        Exit::Incomplete
    }
}
