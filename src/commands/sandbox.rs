//! `sandbox`: the local AWS emulator.

use serde_json::json;

use super::source;
use crate::cli::{Common, Format, SandboxAction};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::report::to_json;
use crate::sandbox::{self, Home, Options, Sandbox, SandboxError, Status};
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

/// Makes sure that the sandbox runs for an account.
pub(super) fn ensure(account: Option<&str>, ui: &Ui) -> Result<Sandbox, CommandError> {
    let options = Options::new(account.unwrap_or(ACCOUNT), |name| std::env::var_os(name)).map_err(failed)?;
    sandbox::ensure(&options, &|text| ui.say(text)).map_err(failed)
}

pub(super) fn run(action: SandboxAction, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let home = Home::locate(|name| std::env::var_os(name)).map_err(failed)?;
    let say = |text: &str| ui.say(text);
    let status = match action {
        SandboxAction::Start => {
            // A stack file is not needed; where there is one, the sandbox is of its account.
            let account = if common.file.exists() { source::read(common)?.settings.account } else { None };
            Status::Running(ensure(account.as_deref(), ui)?)
        }
        SandboxAction::Status => sandbox::status(&home),
        SandboxAction::Stop => {
            sandbox::stop(&home, &say).map_err(failed)?;
            Status::Stopped
        }
        SandboxAction::Reset => Status::Running(sandbox::reset(&home).map_err(failed)?),
    };
    let text = match (ui.format, &status) {
        (Format::Json, _) => to_json(&json!(status)),
        (_, Status::Stopped) => "The sandbox does not run. Start it: underpin sandbox start\n".to_owned(),
        (_, Status::Running(sandbox)) => {
            let Sandbox { endpoint, account, pid, emulator, log } = sandbox;
            let log = log.display();
            let region = region(named(common));
            let first =
                if action == SandboxAction::Reset { "The sandbox is empty and runs" } else { "The sandbox runs" };
            format!(
                "{first}: {emulator}, process {pid}\n  endpoint  {endpoint}\n  account   {account}\n  requests  {log}\n\
                 Look inside with the AWS CLI, which wants credentials (any will do) and the stack's region:\n  \
                 AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x aws --endpoint-url {endpoint} --region {region} \
                 dynamodb list-tables\n"
            )
        }
    };
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
