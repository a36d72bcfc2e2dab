//! Runs `audit`.

use super::args::{AuditAction, AuditArgs, Least};
use super::judgement::judged;
use super::outputs::{Outputs, exit, shown};
use super::subject::Subject;
use super::{checks, fix, merge, reach, reading};
use crate::audit::compare;
use crate::cli::Common;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

pub(in crate::commands) async fn run(args: &AuditArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    match &args.action {
        Some(AuditAction::Merge(merged)) => merge::run(merged, common, ui),
        Some(AuditAction::Checks) => checks::run(common, ui),
        None if args.reach.is_some() => {
            Box::pin(reach::run(args.reach.as_deref().unwrap_or_default(), args, common, ui)).await
        }
        None if args.fix_plan => Box::pin(fix::run(args, common, ui)).await,
        None => Box::pin(audit(args, common, ui)).await,
    }
}

/// The report on an account, for whoever writes it elsewhere.
#[cfg(feature = "lambda")]
pub(in crate::commands) async fn report_of(
    args: &AuditArgs,
    common: &Common,
    ui: &Ui,
) -> Result<crate::audit::Report, CommandError> {
    let subject = Subject::open(args, common, ui).await?;
    judged(&subject, args, common, ui).await
}

async fn audit(args: &AuditArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let outputs = Outputs::of(common)?;
    let baseline = args.baseline.as_deref().map(reading::report).transpose()?;
    let subject = Subject::open(args, common, ui).await?;
    let mut report = judged(&subject, args, common, ui).await?;
    if let Some(baseline) = &baseline {
        compare(&mut report, baseline);
    }
    outputs.write(&report, shown(args.all), ui)?;
    Ok(exit(&report, args.fail_on.map(Least::severity), args.fail_on_unknown, ui))
}
