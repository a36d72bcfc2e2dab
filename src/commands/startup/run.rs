//! Runs `startup` within its deadline.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::args::StartupArgs;
use super::last_line;
use super::provision::{Ended, provision};
use super::rule;
use super::stage::Stage;
use crate::aws;
use crate::base::printable;
use crate::cli::Common;
use crate::commands::reset::{Seeds, on_this_machine};
use crate::commands::support::connection::{self, Reach};
use crate::commands::support::planner::{Planner, salt};
use crate::commands::support::progress::interrupted_before_apply;
use crate::commands::support::stack_file::{self, variable};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;
use crate::workspace::{Detected, detect};

/// Runs it. Errors end with a report as all else does.
pub(in crate::commands) fn run(args: StartupArgs, common: &Common, ui: &Ui) -> Exit {
    let (deadline, common, shown) = (args.deadline, common.clone(), ui.clone());
    run_within(deadline, ui, async move |stage, start| startup(&args, &common, start, &stage, &shown).await)
}

/// Runs a command within a deadline, and ends with its report.
pub(in crate::commands) fn run_within<F>(deadline: Duration, ui: &Ui, command: F) -> Exit
where
    F: AsyncFnOnce(Stage, Instant) -> Result<Ended, CommandError> + Send + 'static,
{
    let start = Instant::now();
    let Detected { place, id: _ } = detect(variable);
    let stage = Stage::new(place);
    let ended = within(deadline, &stage, async move |stage| command(stage, start).await);
    end(&stage, ended, deadline, ui)
}

/// Runs a command on a thread of its own, so that nothing that blocks outlasts the deadline; `None` at the deadline.
/// An interrupt before anything is applied ends it at once.
fn within<F>(deadline: Duration, stage: &Stage, command: F) -> Option<Result<Ended, CommandError>>
where
    F: AsyncFnOnce(Stage) -> Result<Ended, CommandError> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel();
    let stage = stage.clone();
    let work = move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let ended = match runtime {
            Ok(runtime) => {
                let interrupts = sender.clone();
                runtime.spawn(async move {
                    interrupted_before_apply().await;
                    drop(interrupts.send(Err(CommandError::Interrupted)));
                });
                let ended = runtime.block_on(command(stage));
                // What still blocks one of its threads is not waited for.
                runtime.shutdown_background();
                ended
            }
            Err(error) => Err(CommandError::failed("failed to start", &error)),
        };
        // The deadline may have come before.
        drop(sender.send(ended));
    };
    if let Err(error) = std::thread::Builder::new().name("startup".to_owned()).spawn(work) {
        return Some(Err(CommandError::failed("failed to start", &error)));
    }
    match receiver.recv_timeout(deadline) {
        Ok(ended) => Some(ended),
        Err(RecvTimeoutError::Timeout) => None,
        Err(RecvTimeoutError::Disconnected) => {
            let message = "the start-up ended without a result".to_owned();
            Some(Err(CommandError::Failed { message, causes: Vec::new(), hint: None }))
        }
    }
}

/// Prints the end for a person, and the last line.
fn end(stage: &Stage, ended: Option<Result<Ended, CommandError>>, deadline: Duration, ui: &Ui) -> Exit {
    let (doing, mut report) = stage.read();
    let (exit, message) = match ended {
        Some(Ok(Ended { exit, message })) => (exit, message),
        // A workspace without credentials is none that failed.
        Some(Err(CommandError::SignedOut { why, command, .. })) => {
            let profile = variable("AWS_PROFILE").filter(|name| !name.is_empty());
            let how = command.map(|command| format!("run `{command}`"));
            let how = how.unwrap_or_else(|| report.workspace.how_to_sign_in(profile.as_deref()));
            (Exit::Done, format!("not signed in to AWS ({why}): {how}, then run the same command again"))
        }
        Some(Err(error)) => {
            ui.say(&error.text(ui.paint_err()));
            (error.exit(), error.sentence())
        }
        None => {
            let seconds = deadline.as_secs();
            let message = format!("the deadline of {seconds} s came while {doing}: running again is safe");
            (Exit::Incomplete, message)
        }
    };
    report.message = printable(&message);
    ui.say(&ui.folded_err(report.message.clone()));
    last_line::print(report, exit, Some(ui))
}

async fn startup(
    args: &StartupArgs,
    common: &Common,
    start: Instant,
    stage: &Stage,
    ui: &Ui,
) -> Result<Ended, CommandError> {
    stage.enter("reading the stack file");
    let apply = args.apply || told_by_environment()?;
    let source = stack_file::read(common)?;
    let settings = &source.settings;
    stage.report(|report| {
        report.stack = Some(settings.stack.clone());
        report.account.clone_from(&settings.account);
        report.region = common.region.clone().or_else(|| settings.region.clone());
    });
    if let Some(message) = another_region(common, settings.region.as_deref()) {
        return Ok(Ended { exit: Exit::Denied, message });
    }
    let seeds = Seeds::read(settings, None)?;
    if !seeds.is_empty() {
        return Box::pin(local(args, common, start, (&source, seeds), stage, ui)).await;
    }
    stage.enter("looking for credentials");
    let options = connection::options(&source, common);
    if !aws::has_credential_source(&options).await {
        let place = stage.read().1.workspace;
        let profile = options.profile.or_else(|| variable("AWS_PROFILE").filter(|name| !name.is_empty()));
        let how = place.how_to_sign_in(profile.as_deref());
        return Ok(Ended::done(format!(
            "no AWS credentials in {}: {how}, then run the same command again",
            place.name()
        )));
    }
    let mut planner = match connected(Reach::Anywhere, common, stage, ui).await? {
        Ok(planner) => planner,
        Err(ended) => return Ok(ended),
    };
    if args.rule.stop {
        return Box::pin(rule::close(&planner, &args.rule, args.deadline, stage, ui)).await;
    }
    // It comes first, since the rest may take until the deadline.
    Box::pin(rule::open(&planner, &args.rule, apply, args.deadline, stage, ui)).await;
    let rule_left = stage.read().1.left;
    let ended = Box::pin(provision(&mut planner, apply, (start, args.deadline), stage, ui)).await;
    // The plan's own list of what is left is without the rule.
    stage.report(|report| report.left.extend(rule_left));
    ended
}

/// Connects, and refuses another account or region than the file's before anything is read.
pub(in crate::commands) async fn connected(
    reach: Reach,
    common: &Common,
    stage: &Stage,
    ui: &Ui,
) -> Result<Result<Planner, Ended>, CommandError> {
    stage.enter(match reach {
        Reach::Anywhere => "connecting to AWS",
        Reach::ThisMachine => "connecting to the endpoint of this machine",
    });
    let planner = Box::pin(Planner::open_within(reach, common, ui, salt()?)).await?;
    let env = planner.connection.aws.env();
    stage.report(|report| {
        report.account = Some(env.account.clone());
        report.region = Some(env.region.clone());
    });
    if let Some(verdict) = planner.connection.place.first() {
        return Ok(Err(Ended { exit: Exit::Denied, message: verdict.message.clone() }));
    }
    let place = stage.read().1.workspace;
    let name = &planner.project.owner.stack;
    ui.say(&format!("Stack {name} in account {}, {}, from {}", env.account, env.region, place.name()));
    Ok(Ok(planner))
}

/// Starts a local environment: on this machine it is told to apply by its seeds, and what is there stays.
async fn local(
    args: &StartupArgs,
    common: &Common,
    start: Instant,
    (source, seeds): (&stack_file::Source, Seeds),
    stage: &Stage,
    ui: &Ui,
) -> Result<Ended, CommandError> {
    let endpoint_url = match on_this_machine(source, common) {
        Ok(endpoint) => endpoint,
        Err(message) => return Ok(Ended { exit: Exit::Denied, message }),
    };
    let common = &Common { endpoint_url, ..common.clone() };
    let mut planner = match connected(Reach::ThisMachine, common, stage, ui).await? {
        Ok(planner) => planner,
        Err(ended) => return Ok(ended),
    };
    let ended = Box::pin(provision(&mut planner, true, (start, args.deadline), stage, ui)).await?;
    if ended.exit != Exit::Done {
        return Ok(ended);
    }
    let message = Box::pin(seeds.write(&planner, stage)).await?;
    Ok(Ended::done(format!("{}; {message}", ended.message)))
}

/// Returns whether the environment says to apply.
fn told_by_environment() -> Result<bool, CommandError> {
    const NAME: &str = "UNDERPIN_STARTUP_APPLY";
    match variable(NAME).unwrap_or_default().to_ascii_lowercase().as_str() {
        "1" | "true" => Ok(true),
        "" | "0" | "false" => Ok(false),
        _ => Err(CommandError::usage(format!("the variable `{NAME}` is neither `1` nor `0`"))),
    }
}

/// The refusal of a region on the command line that is not the file's. A start-up works where the file says.
pub(in crate::commands) fn another_region(common: &Common, of_file: Option<&str>) -> Option<String> {
    let (given, of_file) = (common.region.as_deref()?, of_file?);
    let message =
        format!("the stack's region is {of_file}, and `--region` names {given}: a start-up works nowhere else");
    (given != of_file).then_some(message)
}
