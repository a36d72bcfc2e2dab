//! How many of something, in words.

/// A number with what it counts: `1 call`, `2 calls`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
