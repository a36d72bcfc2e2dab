//! Runs a verb of `sandbox`.

use super::args::SandboxAction;
use super::{reset, start, status, stop};
use crate::cli::Common;
use crate::commands::support::emulator::failed;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::sandbox::Home;
use crate::ui::Ui;

pub(in crate::commands) fn run(action: &SandboxAction, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let home = Home::locate(|name| std::env::var_os(name)).map_err(failed)?;
    match action {
        SandboxAction::Start { authorize } => start::run(*authorize, common, ui),
        SandboxAction::Status => status::run(&home, common, ui),
        SandboxAction::Stop(which) => stop::run(which, &home, ui),
        SandboxAction::Reset(which) => reset::run(which, &home, ui),
    }
}
