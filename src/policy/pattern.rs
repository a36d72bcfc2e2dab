//! Matches texts with wildcards, even if a part of the text is not known yet.
//!
//! `*` matches any text and `?` one character. A text may have holes (values known only after apply), and so may a
//! pattern (policy variables whose key is unknown): then a match can be certain, impossible, or unknown. ARNs are
//! matched segment by segment: no wildcard of the first five matches a colon.

use super::ternary::Truth;
use crate::base::pending;

/// The placeholder for an unknown part.
pub(super) const HOLE: char = pending::OPEN;

/// The placeholder for an unknown part of lower-case letters, digits and dashes: the name of a region. It is used for a
/// reference whose name begins with it.
pub(super) const WORD: char = '\u{E004}';

/// Returns whether a character is a placeholder for an unknown part.
pub(super) fn is_hole(c: char) -> bool {
    c == HOLE || c == WORD
}

/// Returns whether the value of a hole may match a step of a pattern.
fn may_hold(hole: char, token: Token) -> bool {
    match token {
        Token::Char(c) if hole == WORD => c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-',
        Token::Char(_) | Token::One | Token::Many | Token::Unknown => true,
    }
}

/// The name of a sensitive value in verdicts.
const SEALED: &str = "a sensitive value";
const SEGMENTS: usize = 6;

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// This character.
    Char(char),
    /// `?`, any one character.
    One,
    /// `*`, any text.
    Many,
    /// A text that is not known.
    Unknown,
}

/// The tokens of a text with wildcards.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let token = |c| match c {
        '*' => Token::Many,
        '?' => Token::One,
        c => Token::Char(c),
    };
    text.chars().map(token).collect()
}

/// One part of a text.
pub(super) enum Part<'t> {
    Known(&'t str),
    /// A value that isn't known, by its name.
    Unknown(&'t str),
}

/// The parts of a text that may have references and sealed values.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some(at) = rest.find([pending::OPEN, pending::SEAL_OPEN]) {
        let sealed = rest[at..].starts_with(pending::SEAL_OPEN);
        let end = if sealed { pending::SEAL_CLOSE } else { pending::CLOSE };
        let inside = &rest[at + HOLE.len_utf8()..];
        let (name, after) = inside.split_once(end).unwrap_or((inside, ""));
        parts.push(Part::Known(&rest[..at]));
        parts.push(Part::Unknown(if sealed { SEALED } else { name }));
        rest = after;
    }
    parts.push(Part::Known(rest));
    parts
}

/// A text to be matched, in which each unknown part has become one [`HOLE`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subject {
    text: String,
    unknown: Vec<String>,
}

impl Subject {
    /// Reads a text with references to values known only after apply; a sealed value is a hole too.
    pub(super) fn new(text: &str) -> Self {
        let (mut known, mut unknown) = (String::with_capacity(text.len()), Vec::new());
        for part in parts(text) {
            match part {
                Part::Known(text) => known.push_str(text),
                Part::Unknown(name) => {
                    let word = name.strip_prefix(WORD);
                    known.push(if word.is_some() { WORD } else { HOLE });
                    unknown.push(word.unwrap_or(name).to_owned());
                }
            }
        }
        Self { text: known, unknown }
    }

    /// An unknown text, of which only the name is known.
    pub(super) fn unknown(name: &str) -> Self {
        Self { text: HOLE.to_string(), unknown: vec![name.to_owned()] }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The names of the unknown parts.
    pub(super) fn names(&self) -> &[String] {
        &self.unknown
    }

    pub(super) fn is_known(&self) -> bool {
        self.unknown.is_empty()
    }

    /// Returns whether it has some text even if its holes are empty.
    pub(super) fn is_never_empty(&self) -> bool {
        self.text.contains(|c| !is_hole(c))
    }

    pub(super) fn lowercase(&self) -> Self {
        Self { text: self.text.to_lowercase(), unknown: self.unknown.clone() }
    }
}

/// A pattern that is ready to match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pattern {
    /// Matches the text as a whole.
    Text(Glob),
    /// Matches the six segments of an ARN, one by one.
    Arn(Box<[Glob; SEGMENTS]>),
}

impl Pattern {
    /// A pattern over the whole text.
    pub(super) fn text(tokens: &[Token]) -> Self {
        Self::Text(Glob::new(tokens))
    }

    /// A pattern over the segments of an ARN; with fewer than six segments, it is over the whole text.
    pub(super) fn arn(tokens: &[Token]) -> Self {
        let segments: Vec<_> = tokens.splitn(SEGMENTS, |token| *token == Token::Char(':')).map(Glob::new).collect();
        match <[Glob; SEGMENTS]>::try_from(segments) {
            Ok(segments) => Self::Arn(Box::new(segments)),
            Err(_) => Self::text(tokens),
        }
    }

    /// Returns whether a text matches with any values in its holes.
    pub(super) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Text(glob) => glob.matches(text),
            Self::Arn(globs) => {
                let mut segments = text.splitn(SEGMENTS, ':');
                let matched = globs.iter().enumerate().all(|(index, glob)| {
                    let restricted = index + 1 < SEGMENTS;
                    segments
                        .next()
                        .is_some_and(|segment| !(restricted && segment.contains(is_hole)) && glob.matches(segment))
                });
                matched && segments.next().is_none()
            }
        }
    }

    /// Tests whether a text matches; the result is unknown if it depends on unknown parts.
    pub(super) fn test(&self, subject: &Subject) -> Truth {
        if self.matches(&subject.text) {
            Truth::True
        } else if (subject.is_known() && !self.has_unknown()) || !self.may_match(&subject.text) {
            Truth::False
        } else {
            Truth::unknown(subject.unknown.iter().cloned())
        }
    }

    fn globs(&self) -> &[Glob] {
        match self {
            Self::Text(glob) => std::slice::from_ref(glob),
            Self::Arn(globs) => globs.as_slice(),
        }
    }

    fn has_unknown(&self) -> bool {
        self.globs().iter().any(|glob| glob.has_unknown)
    }

    /// Returns whether any values in the holes of both would make them match.
    fn may_match(&self, text: &str) -> bool {
        let mut steps: Vec<(Token, bool)> = Vec::new();
        let globs = self.globs();
        for (index, glob) in globs.iter().enumerate() {
            if index > 0 {
                steps.push((Token::Char(':'), true));
            }
            let restricted = index + 1 < globs.len();
            steps.extend(glob.prefix.chars().map(|c| (Token::Char(c), restricted)));
            steps.extend(glob.rest.iter().map(|token| (*token, restricted)));
        }
        let text: Vec<char> = text.chars().collect();
        // reach[i]: the steps from here on can match the text from `i` on.
        let mut reach: Vec<bool> = vec![false; text.len() + 1];
        reach[text.len()] = true;
        for at in (0..text.len()).rev() {
            reach[at] = is_hole(text[at]) && reach[at + 1];
        }
        for (token, restricted) in steps.into_iter().rev() {
            let later = reach;
            reach = vec![false; text.len() + 1];
            for at in (0..=text.len()).rev() {
                let next = text.get(at).copied();
                let free = |c: char| !(restricted && c == ':');
                let skips_hole = next.is_some_and(is_hole) && reach[at + 1];
                // The value of a hole may match this step, and more.
                let in_hole = next.is_some_and(|next| is_hole(next) && may_hold(next, token)) && later[at];
                let here = match token {
                    Token::Char(c) => next == Some(c) && later[at + 1],
                    Token::One => next.is_some_and(|next| !is_hole(next) && free(next)) && later[at + 1],
                    Token::Many => later[at] || (next.is_some_and(free) && reach[at + 1]),
                    Token::Unknown => later[at] || (next.is_some() && reach[at + 1]),
                };
                reach[at] = here || skips_hole || in_hole;
            }
        }
        reach[0]
    }
}

/// A pattern over one text: the characters that must come first, and the steps after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glob {
    prefix: String,
    rest: Vec<Token>,
    has_unknown: bool,
}

impl Glob {
    fn new(tokens: &[Token]) -> Self {
        let mut prefix = String::new();
        for token in tokens {
            let Token::Char(c) = token else { break };
            prefix.push(*c);
        }
        let mut rest = tokens[prefix.chars().count()..].to_vec();
        rest.dedup_by(|next, before| *next == Token::Many && *before == Token::Many);
        let has_unknown = rest.contains(&Token::Unknown);
        Self { prefix, rest, has_unknown }
    }

    fn matches(&self, text: &str) -> bool {
        let Some(mut text) = text.strip_prefix(self.prefix.as_str()) else {
            return false;
        };
        let (mut at, mut retry) = (0, None);
        loop {
            let mut following = text.chars();
            let advanced = match (self.rest.get(at), following.next()) {
                (Some(Token::Many), _) if at + 1 == self.rest.len() => return true,
                (Some(Token::Many), _) => {
                    at += 1;
                    retry = Some((at, text));
                    continue;
                }
                (None, None) => return true,
                (Some(Token::Char(wanted)), Some(found)) => *wanted == found,
                (Some(Token::One), Some(found)) => !is_hole(found),
                (Some(Token::Unknown | Token::Char(_) | Token::One), _) | (None, Some(_)) => false,
            };
            if advanced {
                at += 1;
                text = following.as_str();
                continue;
            }
            // Let the last `*` match one character more.
            let Some((after, from)) = retry else {
                return false;
            };
            let mut longer = from.chars();
            if longer.next().is_none() {
                return false;
            }
            (at, text) = (after, longer.as_str());
            retry = Some((at, text));
        }
    }
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
