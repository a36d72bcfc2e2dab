//! `audit merge`: several reports as one.

use super::args::MergeArgs;
use super::outputs::{Gate, Outputs, exit, shown};
use super::reading;
use crate::audit::merge;
use crate::cli::Common;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

pub(super) fn run(args: &MergeArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let outputs = Outputs::of(common)?;
    let reports = args.reports.iter().map(|file| reading::report(file)).collect::<Result<Vec<_>, _>>()?;
    let merged = merge(reports);
    for note in &merged.notes {
        ui.say(note);
    }
    outputs.write(&merged.report, shown(args.all), ui)?;
    let least = args.fail_on.map(super::args::Least::severity);
    Ok(exit(&merged.report, Gate { least, ..Gate::default() }, ui))
}
