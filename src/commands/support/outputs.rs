//! Checks of the files that a command may write: never the stack file, and a plan never replaces another kind of file.

use std::path::Path;

#[cfg(feature = "aws")]
use crate::base::{Streams, read_file};
use crate::cli::Common;
use crate::error::CommandError;

/// The largest plan that is read, in bytes. A plan of a thousand resources with policies has tens of megabytes.
pub(crate) const MOST: u64 = 256 << 20;

/// Refuses the stack file itself, under any name.
pub(crate) fn is_not_the_stack(file: &Path, common: &Common, flag: &str) -> Result<(), CommandError> {
    let same = match (file.canonicalize(), common.file.canonicalize()) {
        // A terminal may be read and written at once.
        (Ok(file), Ok(stack)) => file == stack && file.is_file(),
        _ => false,
    };
    if same {
        let message = format!("{flag} names `{}`, which is the stack file", file.display());
        return Err(CommandError::usage(message).hint("it is left as it is; name another file"));
    }
    Ok(())
}

/// Checks that a plan may be saved here: there is no file yet, or a saved plan.
#[cfg(feature = "aws")]
pub(crate) fn is_free(file: &Path, common: &Common) -> Result<(), CommandError> {
    is_not_the_stack(file, common, "--out")?;
    if !file.is_file() {
        return Ok(());
    }
    let text = read_file(file, MOST, Streams::Taken).map_err(|error| CommandError::io("read", file, &error))?;
    // A file made by `mktemp` is empty.
    let is_plan = || {
        let plan: Option<serde_json::Value> = serde_json::from_slice(&text).ok();
        plan.is_some_and(|plan| plan.get("format_version").is_some() && plan.get("steps").is_some())
    };
    if text.is_empty() || is_plan() {
        return Ok(());
    }
    let message = format!("--out names `{}`, which exists already and is not a saved plan", file.display());
    Err(CommandError::usage(message).hint("it is left as it is; name another file, or delete this one"))
}
