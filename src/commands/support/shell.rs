//! Words of a command line that a user can copy.

/// The flag that names this file, if it is needed, for a command to copy.
pub(crate) fn file_flag(file: &std::path::Path) -> String {
    if file == std::path::Path::new("stack.yaml") {
        String::new()
    } else {
        format!(" --file {}", quoted(&file.display().to_string()))
    }
}

/// A word in a shell's spelling.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=+,%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
