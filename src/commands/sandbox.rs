//! `sandbox`: the local AWS emulators, one for each account.

use std::fmt::Write as _;

use serde_json::json;

use super::source;
use crate::cli::{Common, Format, SandboxAction, WhichSandbox};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::report::to_json;
use crate::sandbox::{self, Authorization, Home, Options, Sandbox, SandboxError};
use crate::ui::Ui;

/// The account of a sandbox where no file pins one.
const ACCOUNT: &str = "123456789012";

/// The region of a sandbox where nothing names one.
const REGION: &str = "us-east-1";

/// The region of the sandbox: one that is named, else that of the AWS configuration's variables.
pub(super) fn region(named: Option<String>) -> String {
    let configured = ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().find_map(|name| source::variable(name));
    named.or(configured.filter(|region| !region.is_empty())).unwrap_or_else(|| REGION.to_owned())
}

/// The region that a stack file or the command line names.
fn named(common: &Common) -> Option<String> {
    let settings = || source::read(common).ok().map(|source| source.settings);
    common.region.clone().or_else(|| settings().and_then(|settings| settings.region))
}

/// Makes sure that the sandbox of an account runs; `check` is asked before one is started.
pub(super) fn ensure(
    account: Option<&str>,
    check: impl FnOnce() -> Result<(), CommandError>,
    ui: &Ui,
) -> Result<Sandbox, CommandError> {
    let options = options(account)?;
    if let Some(sandbox) = sandbox::find(&options) {
        return Ok(sandbox);
    }
    check()?;
    sandbox::ensure(&options, &|text| ui.say(text)).map_err(failed)
}

fn options(account: Option<&str>) -> Result<Options, CommandError> {
    Options::new(account.unwrap_or(ACCOUNT), |name| std::env::var_os(name)).map_err(failed)
}

pub(super) fn run(action: SandboxAction, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let home = Home::locate(|name| std::env::var_os(name)).map_err(failed)?;
    match action {
        SandboxAction::Start { authorize } => {
            // A stack file is not needed; where there is one, the sandbox is of its account.
            let account = if common.file.exists() { source::read(common)?.settings.account } else { None };
            let mut sandbox = ensure(account.as_deref(), || Ok(()), ui)?;
            if sandbox.authorize != authorize {
                let wanted = if authorize { Authorization::On } else { Authorization::Off };
                sandbox = sandbox::authorize(&options(account.as_deref())?, wanted).map_err(failed)?;
            }
            show(&[sandbox], common, ui)
        }
        SandboxAction::Status => show(&sandbox::status(&home), common, ui),
        SandboxAction::Stop(WhichSandbox { account }) => {
            let ran = sandbox::stop(&home, account.as_deref(), &|text| ui.say(text)).map_err(failed)?;
            if ui.format == Format::Json {
                ui.data(&to_json(&json!({"stopped": ran})))?;
            } else if ran.is_empty() {
                ui.data("No sandbox ran.\n")?;
            } else {
                let line = |Sandbox { account, .. }: &Sandbox| {
                    format!("Stopped the sandbox of account {account}: all that was made in it is gone.\n")
                };
                ui.data(&ran.iter().map(line).collect::<String>())?;
            }
            Ok(Exit::Done)
        }
        SandboxAction::Reset(WhichSandbox { account }) => {
            let emptied = sandbox::reset(&home, account.as_deref()).map_err(failed)?;
            if ui.format == Format::Json {
                ui.data(&to_json(&json!({"emptied": emptied})))?;
            } else {
                let line = |Sandbox { account, .. }: &Sandbox| {
                    format!("Emptied the sandbox of account {account}: all that was made in it is gone; it runs on.\n")
                };
                ui.data(&emptied.iter().map(line).collect::<String>())?;
            }
            Ok(Exit::Done)
        }
    }
}

/// Shows the sandboxes that run.
fn show(running: &[Sandbox], common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
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
        let judges = if *authorize { "\n  authorises  users and roles that were made in it" } else { "" };
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
        "Look inside with the AWS CLI, which wants credentials (any will do) and the stack's region:\n  \
         AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x aws --endpoint-url {endpoint} --region {region} \
         dynamodb list-tables"
    );
    ui.data(&text)?;
    Ok(Exit::Done)
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
fn failed(error: SandboxError) -> CommandError {
    let (message, hint) = (format!("failed to {error}"), error.hint());
    let failed = match std::error::Error::source(&error) {
        Some(cause) => CommandError::failed(message, cause),
        None => CommandError::Failed { message, causes: Vec::new(), hint: None },
    };
    match hint {
        Some(hint) => failed.hint(hint),
        None => failed,
    }
}
