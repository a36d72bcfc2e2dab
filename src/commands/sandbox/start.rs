//! `sandbox start`: installs the sandbox of an account if needed, and starts it.

use super::view::show;
use crate::cli::Common;
use crate::commands::support::emulator::{ensure, failed, options};
use crate::commands::support::stack_file;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::sandbox::{self, Authorization};
use crate::ui::Ui;

pub(super) fn run(authorize: bool, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    // A stack file is not needed; if there is one, the sandbox is for its account.
    let account = if common.file.exists() { stack_file::read(common)?.settings.account } else { None };
    let mut sandbox = ensure(account.as_deref(), || Ok(()), ui)?;
    if sandbox.authorize != authorize {
        let wanted = if authorize { Authorization::On } else { Authorization::Off };
        sandbox = sandbox::authorize(&options(account.as_deref())?, wanted).map_err(failed)?;
    }
    show(&[sandbox], common, ui)
}
