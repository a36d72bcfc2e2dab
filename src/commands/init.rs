//! `init`: writes a first stack file that validates.

use crate::cli::{Common, InitArgs};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::{Readers, Ui, write_whole};

const TEMPLATE: &str = include_str!("init.yaml");

pub(super) fn run(args: &InitArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let file = &common.file;
    if file.exists() {
        let message = format!("`{}` is there already", file.display());
        return Err(CommandError::Failed { message, causes: Vec::new(), hint: None }
            .hint("it is left as it is; name another file with `--file`"));
    }
    let name = args.name.clone().unwrap_or_else(|| name_of_folder(file));
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || !name.chars().all(valid) {
        return Err(CommandError::usage(format!("`{name}` is no name for a stack"))
            .hint("letters, digits, `-` and `_`: give one with `--name`"));
    }
    write_whole(file, &TEMPLATE.replace("STACK", &name), Readers::Usual)?;
    let flag = super::file_flag(file);
    ui.say(&format!("Wrote `{}`. Look at it, then: underpin plan --sandbox{flag}", file.display()));
    Ok(Exit::Done)
}

/// The name of the folder that the file will lie in, as far as a stack can be called that.
fn name_of_folder(file: &std::path::Path) -> String {
    let folder = std::path::absolute(file).ok().and_then(|file| file.parent().map(std::path::Path::to_path_buf));
    let name =
        folder.as_deref().and_then(std::path::Path::file_name).unwrap_or_default().to_string_lossy().to_lowercase();
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let name = name.trim_matches('-').to_owned();
    if name.is_empty() { "my-stack".to_owned() } else { name }
}
