//! The local AWS emulator of a stack: found, or installed and started.

use super::stack_file;
use crate::error::CommandError;
use crate::sandbox::{self, Options, Sandbox, SandboxError};
use crate::ui::Ui;

/// The account of a sandbox if no file pins one.
const ACCOUNT: &str = "123456789012";

/// The region of a sandbox if none is given.
const REGION: &str = "us-east-1";

/// The region of the sandbox: the given one, else that of the AWS configuration's variables.
pub(crate) fn region(named: Option<String>) -> String {
    let configured = ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().find_map(|name| stack_file::variable(name));
    named.or(configured.filter(|region| !region.is_empty())).unwrap_or_else(|| REGION.to_owned())
}

/// Makes sure that the sandbox of an account runs; `check` is called before one is started.
pub(crate) fn ensure(
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

/// Returns the sandbox of an account if it runs.
pub(crate) fn running(account: Option<&str>) -> Option<Sandbox> {
    sandbox::find(&options(account).ok()?)
}

pub(crate) fn options(account: Option<&str>) -> Result<Options, CommandError> {
    Options::new(account.unwrap_or(ACCOUNT), |name| std::env::var_os(name)).map_err(failed)
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
pub(crate) fn failed(error: SandboxError) -> CommandError {
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
