//! The words of a Guard text: as much of its grammar as is needed without parsing it.

/// The key under which AWS Config passes a rule its parameters.
/// Source: Lambda developer guide, "Detect non-compliant Lambda deployments and configurations with AWS Config".
pub(super) const PARAMETERS: &str = "CONFIG_RULE_PARAMETERS";

/// The kind of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word,
    Literal,
    Pattern,
    Message,
    /// `==`
    Equals,
    /// `!=`
    Differs,
    /// `!` before something else.
    Not,
    Star,
    Open,
    Close,
}

/// A word with its place in the text.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) what: TokenKind,
    pub(super) at: usize,
    /// The byte after its last one.
    pub(super) end: usize,
    pub(super) text: String,
}

impl Word {
    /// Returns whether it is that word of the language, in any case.
    pub(super) fn is(&self, name: &str) -> bool {
        self.what == TokenKind::Word && self.text.eq_ignore_ascii_case(name)
    }

    /// Returns whether it is one of these brackets.
    pub(super) fn is_bracket(&self, text: &str, bracket: char) -> bool {
        matches!(self.what, TokenKind::Open | TokenKind::Close) && text[self.at..].starts_with(bracket)
    }
}

/// Names, quoted texts, patterns (`/…/`), messages (`<<…>>`), `==`, `!=`, `!`, `*` and brackets, in their order.
/// Comments are left out.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let mut add = |what: TokenKind, length: usize, text: String| {
            words.push(Word { what, at, end: at + length, text });
            length
        };
        at += match first {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '<' if rest.starts_with("<<") => {
                let end = rest.find(">>").unwrap_or(rest.len());
                let text = rest[2..end].split_whitespace().collect::<Vec<_>>().join(" ");
                add(TokenKind::Message, (end + 2).min(rest.len()), text)
            }
            '=' if rest.starts_with("==") => add(TokenKind::Equals, 2, String::new()),
            '!' if rest.starts_with("!=") => add(TokenKind::Differs, 2, String::new()),
            '!' => add(TokenKind::Not, 1, String::new()),
            '*' => add(TokenKind::Star, 1, "*".to_owned()),
            '"' | '\'' | '/' => {
                let length = closed(rest, first);
                let inner = rest.get(1..length.saturating_sub(1)).unwrap_or_default();
                let what = if first == '/' { TokenKind::Pattern } else { TokenKind::Literal };
                add(what, length, inner.replace(&format!("\\{first}"), &first.to_string()))
            }
            '(' | '[' | '{' => add(TokenKind::Open, 1, String::new()),
            ')' | ']' | '}' => add(TokenKind::Close, 1, String::new()),
            c if c.is_alphanumeric() || c == '_' => {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').unwrap_or(rest.len());
                add(TokenKind::Word, end, rest[..end].to_owned())
            }
            other => other.len_utf8(),
        };
    }
    words
}

/// The length of a text between marks. A mark after a backslash is none, whatever is before that: Guard reads it so.
fn closed(rest: &str, mark: char) -> usize {
    let mut before = mark;
    for (at, c) in rest.char_indices().skip(1) {
        if c == mark && before != '\\' {
            return at + c.len_utf8();
        }
        before = c;
    }
    rest.len()
}

/// Returns whether a text is the name of an AWS resource type.
pub(super) fn is_type(text: &str) -> bool {
    let mut parts = text.split("::");
    let sound = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric());
    let (first, rest) = (parts.next(), parts.collect::<Vec<_>>());
    first == Some("AWS") && rest.len() == 2 && rest.into_iter().all(sound)
}
