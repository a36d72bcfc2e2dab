//! Texts that YAML reads as they are.

/// Returns whether a text is itself as a plain scalar of YAML, as key and as value.
pub(super) fn is_plain(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || "-_./:".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let reserved = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    begins && text.chars().all(word) && !text.ends_with(':') && !reserved.contains(&text.to_lowercase().as_str())
        || text.len() == 12 && text.chars().all(|c| c.is_ascii_digit()) && !text.starts_with('0')
}
