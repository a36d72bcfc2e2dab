//! Plans, and applies what loses nothing, until the deadline.

use std::time::Duration;

use tokio::time::Instant;

use super::left::{cut_off, forbids_all, left, planned};
use super::stage::Stage;
use crate::apply::{ApplyReport, Interrupt, State};
use crate::cli::{Format, Selection};
use crate::commands::support::execution::{self, OnRace};
use crate::commands::support::planner::Planner;
use crate::commands::support::progress::Signals;
use crate::commands::support::request::Request;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::guard;
use crate::plan::{Action, Plan};
use crate::ui::Ui;
use crate::workspace::{Left, PlannedAction};

/// The end of a start-up's own part, with a sentence on it.
pub(in crate::commands) struct Ended {
    pub(in crate::commands) exit: Exit,
    pub(in crate::commands) message: String,
}

impl Ended {
    pub(in crate::commands) fn done(message: impl Into<String>) -> Self {
        Self { exit: Exit::Done, message: message.into() }
    }
}

/// The stop of a run at its deadline: a while before it nothing new is started, and at the deadline nothing more is
/// waited for. The user may stop it earlier.
pub(super) struct UntilDeadline {
    signals: Signals,
    soft: Instant,
    hard: Instant,
    stops: u8,
    /// True once the deadline has stopped it.
    pub(super) by_deadline: bool,
}

/// The longest time before the deadline in which nothing new is started.
const GRACE: Duration = Duration::from_secs(10);

impl UntilDeadline {
    /// Listens to the user from now on.
    pub(super) fn new(start: std::time::Instant, deadline: Duration) -> Self {
        // The report is printed within the deadline, too.
        let hard = Instant::from_std(start) + deadline.saturating_sub(deadline / 20).max(Duration::from_millis(500));
        let soft = hard - GRACE.min(deadline / 4);
        Self { signals: Signals::listen(), soft, hard, stops: 0, by_deadline: false }
    }
}

impl Interrupt for UntilDeadline {
    async fn asked(&mut self) {
        let at = match self.stops {
            0 => self.soft,
            1 => self.hard,
            _ => return self.signals.asked().await,
        };
        tokio::select! {
            () = self.signals.asked() => {}
            () = tokio::time::sleep_until(at) => self.by_deadline = true,
        }
        self.stops += 1;
    }
}

/// Plans, and applies where that was asked for.
pub(super) async fn provision(
    planner: &mut Planner,
    apply: bool,
    (start, deadline): (std::time::Instant, Duration),
    stage: &Stage,
    ui: &Ui,
) -> Result<Ended, CommandError> {
    stage.enter("reading the live resources");
    let mut request = Request::new(&Selection::default(), false);
    let first = planner.plan(&request).await?;
    if let Some(reason) = forbids_all(&first) {
        return Ok(Ended { exit: Exit::Denied, message: reason });
    }
    stage.report(|report| report.planned = planned(&first));
    let mut plan = first.clone();
    let mut all: Vec<Left> = Vec::new();
    loop {
        let more = left(&plan);
        if more.is_empty() {
            break;
        }
        request.excludes.extend(more.iter().map(|one| one.address.clone()));
        all.extend(more);
        stage.report(|report| report.left.clone_from(&all));
        plan = planner.plan(&request).await?;
    }
    all.extend(cut_off(&first, &plan, &all));
    stage.report(|report| report.left.clone_from(&all));
    say_plan(&plan, &all, ui);
    if plan.blocked {
        let forbids = plan.verdicts.iter().find(|verdict| verdict.outcome.forbids(plan.unknown));
        let message = forbids.map_or_else(|| "the plan is forbidden".to_owned(), |verdict| verdict.message.clone());
        return Ok(Ended { exit: Exit::Denied, message });
    }
    let note = note(&all);
    if plan.is_empty() {
        let message = if all.is_empty() { "the live resources match the file" } else { "there is nothing to do here" };
        return Ok(Ended::done(format!("{message}{note}")));
    }
    let count = planned(&plan).len();
    if !apply {
        return Ok(Ended::done(format!(
            "{} to be changed: `underpin startup --apply`, or UNDERPIN_STARTUP_APPLY=1, does it{note}",
            of(count)
        )));
    }
    carry_out(planner, plan, &request, all, (start, deadline), stage, ui).await
}

/// Applies a plan until the deadline, and reports what was applied and what was left, beside what is left already.
pub(in crate::commands) async fn carry_out(
    planner: &mut Planner,
    plan: Plan,
    request: &Request,
    mut left: Vec<Left>,
    (start, deadline): (std::time::Instant, Duration),
    stage: &Stage,
    ui: &Ui,
) -> Result<Ended, CommandError> {
    stage.enter("applying the plan");
    let note = note(&left);
    let Ok(approved) = guard::approve(plan) else {
        return Ok(Ended { exit: Exit::Denied, message: "the plan is forbidden".to_owned() });
    };
    let mut stop = UntilDeadline::new(start, deadline);
    let report = execution::execute(planner, &approved, request, OnRace::GoOn, &mut stop, ui).await;
    let (applied, not_applied) = ends(approved.plan(), &report, stop.by_deadline);
    left.extend(not_applied);
    stage.report(|said| {
        said.applied.clone_from(&applied);
        said.left = left;
    });
    if ui.format != Format::Json && !report.is_complete() {
        execution::say(&report, crate::report::Goal::ApplyTargets, ui);
    }
    Ok(ended(&report, &applied, stop.by_deadline, &note))
}

/// The note on what is left, after a sentence.
fn note(left: &[Left]) -> String {
    if left.is_empty() { String::new() } else { format!("; {} left as they are", of(left.len())) }
}

/// The sentence at the end of an apply, and its exit code.
fn ended(report: &ApplyReport, applied: &[PlannedAction], by_deadline: bool, note: &str) -> Ended {
    let exit = match execution::exit(report) {
        // The deadline is no interrupt of the user's.
        Exit::Interrupted if by_deadline && report.ended_well() => Exit::Done,
        Exit::Interrupted if by_deadline => Exit::Incomplete,
        exit => exit,
    };
    let again = "running again is safe, and goes on from here";
    let message = match exit {
        Exit::Done if applied.is_empty() => format!("another run has done all of it{note}"),
        Exit::Done => format!("{} changed{note}", of(applied.len())),
        Exit::Incomplete if by_deadline => format!("the deadline came before everything was done: {again}{note}"),
        Exit::Interrupted => format!("interrupted: {again}{note}"),
        _ => {
            let first = report.failures.first().map(|failure| format!("{}: {}", failure.address, failure.message));
            let first = first.or_else(|| report.stopped.clone()).or_else(|| report.not_verified.clone());
            let first = first.or_else(|| report.differences.first().map(|one| format!("it still differs: {one}")));
            format!("{}; {again}{note}", first.unwrap_or_else(|| "not all was done".to_owned()))
        }
    };
    Ended { exit, message }
}

fn of(number: usize) -> String {
    crate::base::count(number, "resource")
}

/// What was applied by this run, and what was not, with the reason.
fn ends(plan: &Plan, report: &ApplyReport, by_deadline: bool) -> (Vec<PlannedAction>, Vec<Left>) {
    let (mut applied, mut not) = (Vec::new(), Vec::new());
    for change in plan.changes.iter().filter(|change| change.action != Action::NoOp) {
        let states: Vec<State> = plan
            .steps
            .iter()
            .zip(&report.steps)
            .filter(|(step, _)| step.address == change.address)
            .map(|(_, ended)| ended.state)
            .collect();
        let any = |state| states.contains(&state);
        let address = change.address.clone();
        let reason = if any(State::Failed) {
            let failure = report.failures.iter().find(|failure| failure.address == address);
            failure.map_or_else(|| "it failed".to_owned(), |failure| format!("it failed: {}", failure.message))
        } else if any(State::Running) {
            "it was under way at the end: running again is safe".to_owned()
        } else if any(State::Skipped) {
            "something that it depends on failed".to_owned()
        } else if any(State::Cancelled) && by_deadline {
            "the deadline came before it".to_owned()
        } else if any(State::Cancelled) || any(State::Waiting) {
            "it was not started".to_owned()
        } else {
            if any(State::Done) {
                applied.push(PlannedAction { address, action: change.action });
            }
            continue;
        };
        not.push(Left { address, reason });
    }
    (applied, not)
}

/// Says to a person what is planned and what is left.
fn say_plan(plan: &Plan, left: &[Left], ui: &Ui) {
    for PlannedAction { address, action } in planned(plan) {
        let action = serde_json::to_value(action).ok().and_then(|value| value.as_str().map(str::to_owned));
        ui.say(&format!("  {}: {address}", action.unwrap_or_default()));
    }
    for Left { address, reason } in left {
        ui.say(&ui.folded_err(format!("  left: {address}: {reason}")));
    }
}
