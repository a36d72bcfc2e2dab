//! What is audited: a stack with the account that it is in, or an account alone.

use std::sync::Arc;

use super::args::AuditArgs;
use crate::aws::Aws;
use crate::base::{Archives, Vault};
use crate::cli::Common;
use crate::commands::support::connection::connect_without_file;
use crate::commands::support::planner::{Planner, salt};
use crate::error::CommandError;
use crate::ui::Ui;

/// What is audited: a stack with the account that it is in, or an account alone.
pub(super) enum Subject {
    /// A stack, and its account.
    Stack(Box<Planner>),
    /// An account.
    Account(Box<Aws>),
}

impl Subject {
    pub(super) async fn open(args: &AuditArgs, common: &Common, ui: &Ui) -> Result<Self, CommandError> {
        // Nobody has to have a stack to look at an account; a file that is named has to be there.
        let without = args.no_stack || (!common.file.exists() && common.file == *"stack.yaml");
        if !without {
            return Ok(Self::Stack(Box::new(Planner::open(common, ui, salt()?).await?)));
        }
        if let Some(env) = &common.env {
            let error = CommandError::usage(format!("there is no environment `{env}` without a stack file"));
            return Err(
                error.hint("name the file with `--file`, or leave `--env` out: `--profile` chooses other credentials")
            );
        }
        if !args.no_stack {
            ui.say("There is no stack.yaml here: the account alone is looked at.");
        }
        let (vault, archives) = (Arc::new(Vault::new(salt()?)), Arc::new(Archives::default()));
        Ok(Self::Account(Box::new(connect_without_file(common, vault, archives, ui).await?)))
    }

    /// The physical name of a table that is given by its address, its key in the file, or its name.
    pub(super) fn table(&self, given: &str) -> String {
        let key = given.strip_prefix("tables.").unwrap_or(given);
        let wanted = self.planner().map(|planner| planner.project.wanted.as_slice()).unwrap_or_default();
        let is_it = |one: &&crate::plan::Desired| one.address.section() == "tables" && one.address.name() == key;
        wanted.iter().find(is_it).map_or_else(|| key.to_owned(), |one| one.name.clone())
    }

    pub(super) fn aws(&self) -> &Aws {
        match self {
            Self::Stack(planner) => &planner.connection.aws,
            Self::Account(aws) => aws,
        }
    }

    pub(super) fn planner(&self) -> Option<&Planner> {
        match self {
            Self::Stack(planner) => Some(planner),
            Self::Account(_) => None,
        }
    }

    /// Refuses an account that the stack is not for: its resources would all seem to be missing.
    pub(super) fn in_place(&self) -> Result<(), CommandError> {
        let pinned = self.planner().and_then(|planner| planner.project.stack.settings.account.as_deref());
        match pinned.filter(|pinned| *pinned != self.aws().env().account) {
            None => Ok(()),
            Some(pinned) => {
                let account = &self.aws().env().account;
                let message = format!("the stack is pinned to account {pinned}, and the credentials are for {account}");
                let hint = "choose the right credentials (`--profile`), or look at this account alone: `--no-stack`";
                Err(CommandError::usage(message).hint(hint))
            }
        }
    }
}
