//! The output about running sandboxes.

use std::fmt::Write as _;

use serde_json::json;

use crate::cli::{Common, Format};
use crate::commands::support::emulator::region;
use crate::commands::support::stack_file;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::report::to_json;
use crate::sandbox::Sandbox;
use crate::ui::Ui;

/// Shows the running sandboxes.
pub(super) fn show(running: &[Sandbox], common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    if ui.format == Format::Json {
        ui.data(&to_json(&json!({"running": running})))?;
        return Ok(Exit::Done);
    }
    let Some(first) = running.first() else {
        ui.data("No sandbox runs. Start one: underpin sandbox start\n")?;
        return Ok(Exit::Done);
    };
    let mut text = String::new();
    for Sandbox { endpoint, account, pid, emulator, authorize, log } in running {
        let judges = if *authorize { "\n  authorizes  users and roles that were made in it" } else { "" };
        let log = log.display();
        let _ = writeln!(
            text,
            "The sandbox of account {account} runs: {emulator}, process {pid}\n  endpoint  {endpoint}\n  \
             requests  {log}{judges}"
        );
    }
    let (endpoint, region) = (&first.endpoint, region(named(common)));
    let _ = writeln!(
        text,
        "Look inside with the AWS CLI, which needs credentials (any value works) and the stack's region:\n  \
         AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x aws --endpoint-url {endpoint} --region {region} dynamodb \
         list-tables"
    );
    ui.data(&text)?;
    Ok(Exit::Done)
}

/// The region of a stack file or the command line.
fn named(common: &Common) -> Option<String> {
    let settings = || stack_file::read(common).ok().map(|source| source.settings);
    common.region.clone().or_else(|| settings().and_then(|settings| settings.region))
}
