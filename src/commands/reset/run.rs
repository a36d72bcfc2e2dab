//! Runs `reset`: tables, items and users of a local environment, from any state.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures::future;

use super::args::ResetArgs;
use super::endpoint::on_this_machine;
use super::seeds::{Seeds, write_all};
use super::users::Rows;
use crate::base::{Address, count};
use crate::cli::{Common, Selection};
use crate::commands::startup::{Ended, Stage, another_region, carry_out, connected, planned, run_within};
use crate::commands::support::connection::Reach;
use crate::commands::support::planner::Planner;
use crate::commands::support::request::Request;
use crate::commands::support::stack_file;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::guard::Consents;
use crate::plan::{Plan, Verdict};
use crate::ui::Ui;
use crate::workspace::remove_table;

pub(in crate::commands) fn run(args: ResetArgs, common: &Common, ui: &Ui) -> Exit {
    let (deadline, common, shown) = (args.deadline, common.clone(), ui.clone());
    run_within(deadline, ui, async move |stage, start| reset(&args, &common, start, &stage, &shown).await)
}

async fn reset(
    args: &ResetArgs,
    common: &Common,
    start: Instant,
    stage: &Stage,
    ui: &Ui,
) -> Result<Ended, CommandError> {
    let denied = |message: String| Ok(Ended { exit: Exit::Denied, message });
    stage.enter("reading the stack file");
    let source = stack_file::read(common)?;
    let settings = &source.settings;
    stage.report(|report| {
        report.stack = Some(settings.stack.clone());
        report.account.clone_from(&settings.account);
        report.region = common.region.clone().or_else(|| settings.region.clone());
    });
    if let Some(message) = another_region(common, settings.region.as_deref()) {
        return denied(message);
    }
    let endpoint_url = match on_this_machine(&source, common) {
        Ok(endpoint) => endpoint,
        Err(message) => return denied(message),
    };
    let seeds = Seeds::read(settings, args.database_url.as_deref())?;
    let common = &Common { endpoint_url, ..common.clone() };
    let mut planner = match connected(Reach::ThisMachine, common, stage, ui).await? {
        Ok(planner) => planner,
        Err(ended) => return Ok(ended),
    };
    stage.enter("reading the live resources");
    let request = Request::new(&Selection::default(), false);
    // What is forbidden whatever the consent is found before anything is lost.
    let before = consented(&planner, &request).await?;
    // A table of the file is made anew, whoever made it here.
    let of_table = |one: &Verdict| {
        one.guardrail == "ownership" && one.address.as_ref().is_some_and(|address| address.section() == "tables")
    };
    let mut forbidding = before.verdicts.iter().filter(|one| one.outcome.forbids(before.unknown));
    if let Some(verdict) = forbidding.find(|one| !of_table(one)) {
        let address = verdict.address.as_ref().map(|address| format!("{address}: ")).unwrap_or_default();
        return denied(format!("{address}{} [{}/{}]", verdict.message, verdict.guardrail, verdict.rule));
    }
    stage.enter("bringing the users to their state");
    let items = Box::pin(seeds.items(&planner.project.wanted, Rows::Anew, stage)).await?;
    stage.enter("deleting the tables");
    let removed = remove_tables(&planner).await?;
    planner.connection.forget();
    stage.enter("reading the live resources");
    let plan = consented(&planner, &request).await?;
    stage.report(|report| report.planned = planned(&plan));
    let ended = apply(&mut planner, plan, &request, (start, args.deadline), stage, ui).await?;
    if ended.exit != Exit::Done {
        return Ok(ended);
    }
    let message = write_all(items, &planner.connection.aws, stage).await?;
    let tables = planner.project.wanted.iter().filter(|one| one.address.section() == "tables").count();
    let again = if removed == 0 { String::new() } else { format!(" ({removed} there before)") };
    Ok(Ended::done(format!("{} made anew{again}; {message}", count(tables, "table"))))
}

async fn apply(
    planner: &mut Planner,
    plan: Plan,
    request: &Request,
    time: (Instant, Duration),
    stage: &Stage,
    ui: &Ui,
) -> Result<Ended, CommandError> {
    if plan.is_empty() {
        return Ok(Ended::done("nothing is declared here"));
    }
    Box::pin(carry_out(planner, plan, request, Vec::new(), time, stage, ui)).await
}

/// A plan with consent to all that it does: a local environment holds nothing that its file does not give back.
async fn consented(planner: &Planner, request: &Request) -> Result<Plan, CommandError> {
    let mut plan = planner.plan(request).await?;
    let all: BTreeSet<Address> = plan.changes.iter().map(|change| change.address.clone()).collect();
    let consents = Consents { delete: all.clone(), replace: all.clone(), unprotect: all.clone(), adopt: all };
    planner.consent(&mut plan, &consents);
    Ok(plan)
}

/// Deletes the tables of the file, as far as they are there; returns their number.
async fn remove_tables(planner: &Planner) -> Result<usize, CommandError> {
    let tables = planner.project.wanted.iter().filter(|one| one.address.section() == "tables");
    let removals = tables.map(|table| async {
        let removed = remove_table(&planner.connection.aws, &table.name).await;
        removed.map_err(|error| CommandError::failed(format!("failed to delete {}", table.address), &error))
    });
    Ok(future::try_join_all(removals).await?.into_iter().filter(|removed| *removed).count())
}
