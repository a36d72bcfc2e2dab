//! Words in a shell's spelling.

use std::fmt::Write as _;

use super::printable::is_hidden;

/// A word in the spelling of a POSIX shell, for a command that a user can copy. Characters that a terminal would obey
/// instead of showing are written as `$'\u202e'`, which bash, ksh and zsh read.
pub fn shell_quoted(word: &str) -> String {
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    if !word.contains(is_hidden) {
        return format!("'{}'", word.replace('\'', r"'\''"));
    }
    let mut out = String::from("$'");
    for char in word.chars() {
        match char {
            '\'' | '\\' => out.extend(['\\', char]),
            // Eight digits: a digit that follows is not taken for one of them.
            char if is_hidden(char) => {
                let _ = write!(out, "\\U{:08x}", u32::from(char));
            }
            char => out.push(char),
        }
    }
    out + "'"
}

/// Returns whether a character stands for itself in every place of a command.
pub fn is_plain(char: char) -> bool {
    char.is_ascii_alphanumeric() || "-_./:@=+,%".contains(char)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!(shell_quoted("orders-1.eu:a/b"), "orders-1.eu:a/b");
        assert_eq!(shell_quoted(""), "''");
        assert_eq!(shell_quoted("a b; rm -rf $HOME"), "'a b; rm -rf $HOME'");
        assert_eq!(shell_quoted("it's"), r"'it'\''s'");
        assert_eq!(shell_quoted("a\u{1b}[2J\nb'\u{202e}1"), r"$'a\U0000001b[2J\U0000000ab\'\U0000202e1'");
    }
}
