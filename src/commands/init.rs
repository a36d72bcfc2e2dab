//! `init`: writes a first stack file that validates.

use clap::Args;

use super::support::shell::file_flag;
use super::support::stack_file;
use crate::cli::Common;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::stack::unknown_region;
use crate::ui::{Readers, Ui, write_whole};

const TEMPLATE: &str = include_str!("init.yaml");

/// The region of a first file if none is given.
const REGION: &str = "eu-central-1";

/// `init`
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The stack's name; else the folder's
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
}

pub(super) fn run(args: &InitArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let file = &common.file;
    if file.exists() {
        let message = format!("`{}` exists already", file.display());
        return Err(CommandError::Failed { message, causes: Vec::new(), hint: None }
            .hint("it is left as it is; name another file with `--file`"));
    }
    let name = args.name.clone().unwrap_or_else(|| name_of_folder(file));
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || !name.chars().all(valid) {
        return Err(CommandError::usage(format!("`{name}` is not a valid name for a stack"))
            .hint("letters, digits, `-` and `_`: give one with `--name`"));
    }
    let region = region(common)?;
    if let Some((message, hint)) = unknown_region(&region) {
        ui.say(&format!("warning: {message}\n  hint: {hint}"));
    }
    write_whole(file, &TEMPLATE.replace("STACK", &name).replace("REGION", &region), Readers::Usual)?;
    let flag = file_flag(file);
    ui.say(&format!("Wrote `{}`. Look at it, then: underpin plan --sandbox{flag}", file.display()));
    Ok(Exit::Done)
}

/// The given region: from the command line, else from the AWS configuration, as for other commands.
fn region(common: &Common) -> Result<String, CommandError> {
    let set = |name: &str| stack_file::variable(name).filter(|value| !value.is_empty());
    let configured = || set("AWS_REGION").or_else(|| set("AWS_DEFAULT_REGION")).or_else(|| of_profile(common));
    let region = common.region.clone().or_else(configured).unwrap_or_else(|| REGION.to_owned());
    if region.is_empty() || !region.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        return Err(CommandError::usage(format!("`{region}` is not a region")).hint("such as `eu-central-1`"));
    }
    Ok(region)
}

#[cfg(feature = "aws")]
fn of_profile(common: &Common) -> Option<String> {
    super::support::runtime::blocking(async { Ok(crate::aws::region_of_profile(common.profile.as_deref()).await) })
        .ok()?
}

#[cfg(not(feature = "aws"))]
fn of_profile(_: &Common) -> Option<String> {
    None
}

/// The name of the file's folder, as far as it is allowed as a stack's name.
fn name_of_folder(file: &std::path::Path) -> String {
    let folder = std::path::absolute(file).ok().and_then(|file| file.parent().map(std::path::Path::to_path_buf));
    let name =
        folder.as_deref().and_then(std::path::Path::file_name).unwrap_or_default().to_string_lossy().to_lowercase();
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let name = name.trim_matches('-').to_owned();
    if name.is_empty() { "my-stack".to_owned() } else { name }
}
