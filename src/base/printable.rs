//! Foreign text made safe for a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Removes from a foreign text the characters that a terminal would obey instead of showing: control characters (escape
/// sequences begin with one), and characters that change the direction of a line. A line break becomes a space, so that
/// a quoted text stays in its line.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\n' | '\r' | '\t' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            char if char.is_control() || is_format(char) => {}
            char => out.push(char),
        }
    }
    out
}

/// Makes a whole output safe for a terminal: characters that it would obey, or not show, are written as `\u009b`, which
/// JSON reads as the same text. Line breaks and tabs stay, and so do colours (`ESC [ … m`), which are ours.
pub fn escaped(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| c != '\n' && c != '\t' && (c.is_control() || is_format(c));
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(hidden) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let length = colour(after).unwrap_or_default();
        out.push_str(&after[..length]);
        rest = &after[length..];
        if let Some(char) = rest.chars().next().filter(|_| length == 0) {
            // JSON has escapes of 16 bits only.
            for unit in char.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
            rest = &rest[char.len_utf8()..];
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The length of a colour at the beginning of the text.
/// Source: ECMA-48, 8.3.117, "SGR - Select Graphic Rendition".
fn colour(text: &str) -> Option<usize> {
    let parameters = text.strip_prefix("\u{1b}[")?;
    let end = parameters.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    parameters[end..].starts_with('m').then_some(end + 3)
}

/// Returns whether a character is one that a reader does not see, or that changes how others are shown: a control
/// character, a separator of lines, one of direction or without width, a tag of Unicode's.
pub fn is_hidden(char: char) -> bool {
    char.is_control()
        || is_format(char)
        || matches!(char, '\u{AD}' | '\u{34F}' | '\u{180E}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2064}')
        || matches!(char, '\u{206A}'..='\u{206F}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Matches Unicode's bidirectional formatting characters (UAX #9, section 2), and characters that show nothing: without
/// width, invisible operators, annotations, and the tags that can hide a whole text.
fn is_format(char: char) -> bool {
    matches!(
        char,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_keeps_newlines_and_colors_and_escapes_control_characters() {
        let painted = "\u{1b}[1mbold\u{1b}[0m\n\tx \u{1b}[38;5;9mred\u{1b}[0m é";
        assert_eq!(escaped(painted), painted);
        let hostile = "a\u{1b}[2Jb\u{9b}31mc\u{202e}d\u{1b}]0;t\u{7}e\u{200b}\r\u{7f}\u{E0041}\u{1b}";
        let shown = r"a\u001b[2Jb\u009b31mc\u202ed\u001b]0;t\u0007e\u200b\u000d\u007f\udb40\udc41\u001b";
        assert_eq!(escaped(hostile), shown);
        let json = serde_json::json!({"text": hostile});
        let read: serde_json::Value = serde_json::from_str(&escaped(&json.to_string())).expect("JSON");
        assert_eq!(read, json);
    }

    #[test]
    fn terminal_control_characters_are_removed() {
        assert_eq!(printable("\u{1b}[2J\u{1b}]0;title\u{7}User: é is\r\n\tnot"), "[2J]0;titleUser: é is not");
        assert_eq!(printable("a\u{9b}31mb\u{202e}c\u{200b}d\u{7f}\u{E0041}\u{2063}"), "a31mbcd");
        assert_eq!(printable("one\ntwo\u{2028}three"), "one two three");
        let kept = "Über `x` — „y“ \u{E000}tables.t.arn\u{E001}";
        assert_eq!(printable(kept), kept, "what isn't known yet is still to be recognised");
    }
}
