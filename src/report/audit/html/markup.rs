//! A writer of HTML into which foreign text comes only as text: tags and attribute names are literals of this program.

use std::fmt::Write as _;

use crate::base::is_hidden;

/// HTML that is being written.
#[derive(Default)]
pub(super) struct Html {
    out: String,
    open: Vec<&'static str>,
}

/// Attributes of an element.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Html {
    /// Opens an element.
    pub(super) fn open(&mut self, tag: &'static str, attributes: Attributes<'_>) -> &mut Self {
        self.tag(tag, attributes);
        self.open.push(tag);
        self
    }

    /// Closes the element that was opened last.
    pub(super) fn close(&mut self) -> &mut Self {
        if let Some(tag) = self.open.pop() {
            self.out.extend(["</", tag, ">"]);
            if BLOCKS.contains(&tag) {
                self.out.push('\n');
            }
        }
        self
    }

    /// Writes an element without content, such as `meta`.
    pub(super) fn void(&mut self, tag: &'static str, attributes: Attributes<'_>) -> &mut Self {
        self.tag(tag, attributes);
        self
    }

    /// Writes text.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        escape(&mut self.out, text);
        self
    }

    /// Writes text in which words between backticks are code.
    pub(super) fn prose(&mut self, text: &str) -> &mut Self {
        let parts: Vec<&str> = text.split('`').collect();
        // A lone backtick is one.
        if parts.len().is_multiple_of(2) {
            return self.text(text);
        }
        for (at, part) in parts.into_iter().enumerate() {
            if at % 2 == 0 {
                self.text(part);
            } else {
                self.element("code", &[], part);
            }
        }
        self
    }

    /// Writes an element with text in it.
    pub(super) fn element(&mut self, tag: &'static str, attributes: Attributes<'_>, text: &str) -> &mut Self {
        self.open(tag, attributes).text(text).close()
    }

    /// Writes a text of this program as it is: scripts, styles.
    pub(super) fn literal(&mut self, text: &'static str) -> &mut Self {
        self.out.push_str(text);
        self
    }

    /// Writes bytes in Base64, whose alphabet has no character of HTML's.
    pub(super) fn base64(&mut self, bytes: &[u8]) -> &mut Self {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode_string(bytes, &mut self.out);
        self
    }

    /// The text.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out
    }

    fn tag(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        self.out.extend(["<", tag]);
        for (name, value) in attributes {
            self.out.extend([" ", *name, "=\""]);
            escape(&mut self.out, value);
            self.out.push('"');
        }
        self.out.push('>');
    }
}

/// The elements after which a line ends, so that the text can be read as it is.
const BLOCKS: [&str; 14] = [
    "head", "title", "style", "script", "header", "main", "section", "article", "table", "tr", "li", "p", "h2",
    "footer",
];

/// Text with what a reader does not see spelled out: `\u202e`. Line breaks and tabs stay.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\n' | '\t' => out.push(char),
            char if is_hidden(char) => {
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            char => out.push(char),
        }
    }
    out
}

fn escape(out: &mut String, text: &str) {
    for char in visible(text).chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Characters that are no text of HTML: the spelled-out form of `visible` leaves none but these.
            '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            char => out.push(char),
        }
    }
}

/// A finding's id as a fragment of a URL, and as the `id` of its element: letters, digits and `-._~:/` stay, all else is
/// percent-encoded. The script makes the same one.
pub(super) fn fragment(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for byte in visible(id).bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A number with its thousands apart: `12,345`.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_text_in_elements_and_attributes() {
        let mut html = Html::default();
        html.open("a", &[("href", "x\" onclick='y'")]).text("</a><script>&\u{202e}\u{1b}[2J\n").close();
        assert_eq!(
            html.finish(),
            "<a href=\"x&quot; onclick=&#39;y&#39;\">&lt;/a&gt;&lt;script&gt;&amp;\\u202e\\u001b[2J\n</a>"
        );
    }

    #[test]
    fn words_between_backticks_are_code_and_a_lone_one_stays() {
        let prose = |text: &str| {
            let mut html = Html::default();
            html.prose(text);
            html.finish()
        };
        assert_eq!(prose("write `a: <b>`, or `c`"), "write <code>a: &lt;b&gt;</code>, or <code>c</code>");
        assert_eq!(prose("a ` b"), "a ` b");
    }

    #[test]
    fn fragments_have_no_character_that_a_url_changes() {
        assert_eq!(fragment("a/arn:aws:x::1:t/b c\"é#%"), "a/arn:aws:x::1:t/b%20c%22%C3%A9%23%25");
    }

    #[test]
    fn thousands_are_apart() {
        assert_eq!([0, 999, 1000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
    }
}
