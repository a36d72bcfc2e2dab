//! Numbers of things in a sentence.

use std::fmt::Display;

/// Writes a number with its noun: `1 day`, `2 days`.
pub fn count(number: impl Display, noun: &str) -> String {
    let number = number.to_string();
    let ending = if number == "1" { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

/// The same for a noun whose plural takes more than an `s`: `1 policy`, `2 policies`.
pub fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn count_uses_singular_for_one() {
        assert_eq!([count(0, "day"), count(1, "day"), count(35, "day")], ["0 days", "1 day", "35 days"]);
    }
}
