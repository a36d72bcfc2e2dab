//! What a command may write to: never the stack file, and with a plan never what somebody else wrote.

use std::path::Path;

#[cfg(feature = "aws")]
use crate::base::{Streams, read_file};
use crate::cli::Common;
use crate::error::CommandError;

/// The largest plan that is read. One of a thousand resources with policies has some tens of megabytes.
pub(crate) const MOST: u64 = 256 << 20;

/// Refuses the stack file itself, by whatever name.
pub(crate) fn is_not_the_stack(file: &Path, common: &Common, flag: &str) -> Result<(), CommandError> {
    let same = match (file.canonicalize(), common.file.canonicalize()) {
        // A terminal may be read and written.
        (Ok(file), Ok(stack)) => file == stack && file.is_file(),
        _ => false,
    };
    if same {
        let message = format!("{flag} names `{}`, which is the stack file", file.display());
        return Err(CommandError::usage(message).hint("it is left as it is; name another file"));
    }
    Ok(())
}

/// Whether a plan may be saved here: there is nothing yet, or a saved plan.
#[cfg(feature = "aws")]
pub(crate) fn is_free(file: &Path, common: &Common) -> Result<(), CommandError> {
    is_not_the_stack(file, common, "--out")?;
    if !file.is_file() {
        return Ok(());
    }
    let text = read_file(file, MOST, Streams::Taken).map_err(|error| CommandError::io("read", file, &error))?;
    // What `mktemp` makes is empty.
    let is_plan = || {
        let plan: Option<serde_json::Value> = serde_json::from_slice(&text).ok();
        plan.is_some_and(|plan| plan.get("format_version").is_some() && plan.get("steps").is_some())
    };
    if text.is_empty() || is_plan() {
        return Ok(());
    }
    let message = format!("--out names `{}`, which is there already and is no saved plan", file.display());
    Err(CommandError::usage(message).hint("it is left as it is; name another file, or delete this one"))
}
