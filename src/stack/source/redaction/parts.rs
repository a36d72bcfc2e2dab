//! The parts of a text to hide, as they are found.

use crate::base::redacted;
use crate::stack::messages::wording;
use crate::stack::source::Span;
use crate::stack::source::template::{self, Hole, Part};

/// The hidden parts of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Hidden {
    /// Their places, in the order of the text; they may overlap.
    pub(crate) spans: Vec<Span>,
    /// The values that they belong to, as they are written and as YAML reads them.
    pub(crate) values: Vec<(Span, String)>,
}

impl Hidden {
    /// A message about a place, without the hidden values at it.
    pub(crate) fn redacted(&self, message: &str, places: &[(usize, usize)]) -> String {
        let overlaps = |span: &Span| places.iter().any(|(start, end)| span.start <= *end && *start <= span.end);
        let here = self.values.iter().filter(|(span, _)| overlaps(span)).map(|(_, text)| text.as_str());
        redacted_words(message, here)
    }
}

fn redacted_words<'h>(message: &str, values: impl Iterator<Item = &'h str>) -> String {
    /// A shorter text may be a word of our messages, and is only removed where the message quotes it.
    const LONG: usize = 8;
    let values = values.filter(|text| !text.is_empty());
    let (long, short): (Vec<&str>, Vec<&str>) = values.partition(|text| text.chars().count() >= LONG);
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let shown = redacted(message, &owned(&long));
    if short.is_empty() {
        return shown;
    }
    let short = owned(&short);
    let quoted = |(index, part): (usize, &str)| if index % 2 == 1 { redacted(part, &short) } else { part.to_owned() };
    let mark = if shown.contains('`') { '`' } else { '"' };
    shown.split(mark).enumerate().map(quoted).collect::<Vec<_>>().join(&mark.to_string())
}

/// Collects parts.
pub(super) struct Parts<'t> {
    pub(super) text: &'t str,
    pub(super) found: Hidden,
}

impl Parts<'_> {
    pub(super) fn slice(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    /// Hides a part, but for valid `${…}` in it. `means` is its value as YAML reads it, if that is known.
    pub(super) fn hide(&mut self, span: Span, means: Option<&str>) {
        let raw = self.slice(span).to_owned();
        let (mut at, mut rest) = (span.start, raw.as_str());
        while !rest.is_empty() {
            let (before, hole) = rest.find("${").map_or((rest.len(), 0), |start| match hole(&rest[start..]) {
                0 => (start + 2, 0),
                length => (start, length),
            });
            self.push(at, &rest[..before]);
            at += before + hole;
            rest = &rest[before + hole..];
        }
        if let Some(means) = means {
            // A message about a `${…}` quotes only that part.
            let holes = means.match_indices("${").map(|(start, _)| &means[start..]);
            let closed = holes.clone().filter_map(|hole| hole.find('}').map(|end| &hole[..=end]));
            let closed = closed.filter(|text| hole(text) == 0);
            let texts =
                std::iter::once(means).chain(holes.clone().filter(|text| hole(text) == 0)).chain(closed.clone());
            self.found.values.extend(texts.map(|text| (span, text.to_owned())));
            // It quotes the word without the blanks and line breaks around it.
            let trimmed = closed.map(|text| format!("${{{}}}", text["${".len()..text.len() - 1].trim()));
            self.found.values.extend(trimmed.map(|text| (span, text)));
        }
    }

    fn push(&mut self, at: usize, raw: &str) {
        let text = raw.trim();
        if text.is_empty() {
            return;
        }
        let start = at + raw.len() - raw.trim_start().len();
        let span = Span::new(start, start + text.len());
        self.found.spans.push(span);
        let bare = text.trim_matches(['"', '\'']);
        self.found.values.extend([text, bare].map(|text| (span, text.to_owned())));
    }

    /// Hides a part, but for the characters that give it structure.
    pub(super) fn hide_gap(&mut self, span: Span) {
        let gap = self.slice(span);
        let bare = gap.trim_start_matches(|c: char| c.is_whitespace() || "{}[],:-?|>+".contains(c));
        let start = span.start + gap.len() - bare.len();
        let length = bare.trim_end_matches(|c: char| c.is_whitespace() || "{}[],:-?".contains(c)).len();
        self.hide(Span::new(start, start + length), None);
    }

    /// Hides anchors and tags: a secret may begin like one.
    pub(super) fn hide_marks(&mut self, span: Span) {
        let gap = self.slice(span).to_owned();
        let mut at = span.start;
        for line in gap.split_inclusive('\n') {
            let comment = line.find('#').unwrap_or(line.len());
            if let Some(start) = line[..comment].find(['!', '&']) {
                let word = line[start..comment].split(char::is_whitespace).next().unwrap_or_default();
                self.hide(Span::new(at + start, at + start + word.len()), None);
            }
            at += line.len();
        }
    }

    /// Hides comments that may be former parts of the file: those on a line of their own, those that look
    /// like a variable, and `#secret`, which its author did not mean as a comment.
    pub(super) fn hide_comments(&mut self, span: Span) {
        let gap = self.slice(span).to_owned();
        let mut at = span.start;
        for line in gap.split_inclusive('\n') {
            if let Some(start) = line.find('#') {
                let comment = line[start..].trim_start_matches('#');
                let before = &self.text[..at + start];
                let own_line = before[before.rfind('\n').map_or(0, |end| end + 1)..].trim().is_empty();
                let is_joined = comment.starts_with(|next: char| !next.is_whitespace());
                if is_joined {
                    self.hide(Span::new(at + start, at + line.len()), None);
                } else if own_line || is_assignment(comment) {
                    self.hide(Span::new(at + line.len() - comment.len(), at + line.len()), None);
                }
            }
            at += line.len();
        }
    }

    /// Hides the part of a key that can't belong to a name: the value that was joined with it.
    pub(super) fn hide_key(&mut self, span: Span) {
        let raw = self.slice(span);
        let quote = usize::from(raw.starts_with(['"', '\'']));
        let is_name = |c: char| c.is_alphanumeric() || "_.-".contains(c);
        let Some(end) = raw[quote..].find(|c| !is_name(c)).map(|end| end + quote) else { return };
        if end + 1 < raw.len() || quote == 0 {
            self.hide(Span::new(span.start + end, span.end), None);
        }
    }
}

/// Returns whether a text is a variable with its value, in a shell's form or without a blank: it was meant for
/// another place than one for a single text.
pub(super) fn is_assignment(text: &str) -> bool {
    let text = text.trim_start_matches(['"', '\'', '-', '?', ' ']);
    let name = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    let (name, rest) = text.split_at(name);
    let after = rest.trim_start();
    let is_shouted = name.starts_with(|c: char| c.is_ascii_uppercase());
    // A colon is missing altogether.
    let is_bare = after.len() < rest.len() && !after.is_empty() && !name.contains(|c: char| c.is_ascii_lowercase());
    !name.is_empty() && (after.starts_with('=') || (is_shouted && (after.starts_with(':') || is_bare)))
}

/// The length of the `${…}` at the beginning of a text, if underpin fills it in.
fn hole(text: &str) -> usize {
    let Some(end) = text.find('}').map(|end| end + 1) else { return 0 };
    let parts = template::parts(&text[..end]);
    let [Part::Hole { hole, .. }] = parts.as_slice() else { return 0 };
    let is_ours = match hole {
        Hole::Variable(name) => name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'),
        Hole::Word(word) => {
            wording::nearest(word, ["account", "region", "partition", "stack", "environment"]).is_some()
        }
        Hole::Reference(_) => true,
        Hole::Broken(_) => text[..end].starts_with("${env:"),
    };
    if is_ours { end } else { 0 }
}
