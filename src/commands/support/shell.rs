//! Words of a command line that is shown for a user to copy.

/// The flag that names this file, where it needs one, for a command to copy.
pub(crate) fn file_flag(file: &std::path::Path) -> String {
    if file == std::path::Path::new("stack.yaml") {
        String::new()
    } else {
        format!(" --file {}", quoted(&file.display().to_string()))
    }
}

/// A word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=+,%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
