//! Runs `audit`.

use super::args::{AuditAction, AuditArgs, Least};
use super::judgement::{accounts, judged};
use super::outputs::{Gate, Outputs, exit, shown};
use super::subject::Subject;
use super::{checks, fix, merge, reach, reading};
use crate::audit::{Report, compare};
use crate::base::Environment;
use crate::cli::Common;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

pub(in crate::commands) async fn run(args: &AuditArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    match &args.action {
        Some(AuditAction::Merge(merged)) => merge::run(merged, common, ui),
        Some(AuditAction::Checks(args)) => checks::run(args, common, ui),
        None if args.reach.is_some() => {
            Box::pin(reach::run(args.reach.as_deref().unwrap_or_default(), args, common, ui)).await
        }
        None if args.fix_plan => Box::pin(fix::run(args, common, ui)).await,
        None => Box::pin(audit(args, common, ui)).await,
    }
}

async fn audit(args: &AuditArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let outputs = Outputs::of(common)?;
    let baseline = args.baseline.as_deref().map(reading::report).transpose()?;
    let subject = Subject::open(args, common, ui).await?;
    if let Some(baseline) = &baseline {
        is_of_these_accounts(baseline, args, subject.aws().env())?;
    }
    let mut report = judged(&subject, args, common, ui).await?;
    if let Some(baseline) = &baseline {
        for note in compare(&mut report, baseline) {
            ui.say(&note);
        }
    }
    outputs.write(&report, shown(args.all), ui)?;
    let gate =
        Gate { least: args.fail_on.map(Least::severity), unknown: args.fail_on_unknown, only_new: args.only_new };
    Ok(exit(&report, gate, ui))
}

/// Refuses a baseline of other accounts, before anything is read: every failure would seem to be new, or to have no history.
fn is_of_these_accounts(baseline: &Report, args: &AuditArgs, env: &Environment) -> Result<(), CommandError> {
    let given = accounts(args, env)?;
    let own = [env.account.as_str()];
    let wanted: Vec<&str> =
        if given.is_empty() { own.to_vec() } else { given.iter().map(|one| one.account.as_str()).collect() };
    let theirs = &baseline.scope.accounts;
    if theirs.iter().any(|account| wanted.contains(&account.as_str())) {
        return Ok(());
    }
    let theirs = if theirs.is_empty() { "no account".to_owned() } else { theirs.join(", ") };
    let message = format!("the baseline is a report on {theirs}, and this audit is of {}", wanted.join(", "));
    Err(CommandError::usage(message).hint("name a report on the same account; nothing was read"))
}
