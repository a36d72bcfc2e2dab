//! Foreign text made fit for a terminal.

/// Takes out of a text that somebody else wrote what a terminal would obey instead of showing: control characters
/// (escape sequences begin with one), and what turns the direction of a line. A line break becomes a space, so that
/// what is quoted in a line stays in it.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\n' | '\r' | '\t' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            // Unicode's bidirectional formatting characters (UAX #9, section 2), and what has no width.
            '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' => {}
            char if char.is_control() => {}
            char => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_that_a_terminal_obeys() {
        assert_eq!(printable("\u{1b}[2J\u{1b}]0;title\u{7}User: é is\r\n\tnot"), "[2J]0;titleUser: é is not");
        assert_eq!(printable("a\u{9b}31mb\u{202e}c\u{200b}d\u{7f}"), "a31mbcd");
        assert_eq!(printable("one\ntwo\u{2028}three"), "one two three");
        let kept = "Über `x` — „y“ \u{E000}tables.t.arn\u{E001}";
        assert_eq!(printable(kept), kept, "what isn't known yet is still to be recognised");
    }
}
