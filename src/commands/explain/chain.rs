//! The chain of policies to judge by.

use super::args::ExplainArgs;
use crate::cli::Common;
use crate::commands::support::stack_file;
use crate::error::CommandError;
use crate::guard::ScpSource;
use crate::policy::{Account, Chain, Policy};
use crate::stack::{Settings, policy_folder};
use crate::ui::Ui;

/// The settings of the stack file, if there is one. With `--scps` it may have errors.
pub(super) fn settings(args: &ExplainArgs, common: &Common) -> Result<Option<Settings>, CommandError> {
    if !common.file.exists() {
        return Ok(None);
    }
    match stack_file::settings(common) {
        Err(_) if args.scps.is_some() => Ok(None),
        settings => settings.map(Some),
    }
}

/// The chain of policies to judge by.
pub(super) fn chain(
    args: &ExplainArgs,
    settings: Option<&Settings>,
    common: &Common,
    ui: &Ui,
) -> Result<Chain, CommandError> {
    let mut chain = match (&args.scps, settings) {
        (Some(folder), _) => {
            let levels = stack_file::told(policy_folder(folder)?, ui);
            if args.beside_full_access {
                ScpSource::of_files("--scps", levels).chain
            } else {
                let bare = levels.iter().find(|level| !level.policies.iter().any(Policy::allows_anything));
                if let Some(level) = bare {
                    ui.say(&format!(
                        "note: no policy of level `{}` allows anything, so nothing is allowed there, as in AWS; a plan \
                         judges such a level of `guardrails.scps` together with AWS's `FullAWSAccess`, and so does \
                         `--beside-full-access`",
                        level.name
                    ));
                }
                Chain::of(levels)
            }
        }
        (None, Some(settings)) => {
            let source = stack_file::policies(common, settings, ui)?.into_iter().next();
            if let Some(ScpSource { beside_full_access, .. }) = source.as_ref()
                && !beside_full_access.is_empty()
            {
                let levels = beside_full_access.join("`, `");
                ui.say(&format!("note: `{levels}` only denies, and is judged together with AWS's `FullAWSAccess`"));
            }
            source.map(|source| source.chain).unwrap_or_default()
        }
        (None, None) => Chain::default(),
    };
    if chain.levels.is_empty() {
        ui.say("note: there are no service control policies to check; name a folder of them with `--scps`");
    }
    if args.management_account {
        chain.account = Account::Management;
    }
    Ok(chain)
}
