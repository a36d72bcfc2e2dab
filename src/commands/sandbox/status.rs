//! `sandbox status`: shows the running sandboxes.

use super::view::show;
use crate::cli::Common;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::sandbox::{self, Home};
use crate::ui::Ui;

pub(super) fn run(home: &Home, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    show(&sandbox::status(home), common, ui)
}
