//! Redaction of a text that can't be read as YAML: by lines and their indentation.
//!
//! Nobody can know where an unclosed quote or bracket should have ended. So the text is read twice: each
//! line on its own, and with open quotes and brackets carried on; text that either reading hides is hidden.

use super::flow::{self, Flow};
use super::parts::{Parts, is_assignment};
use super::place::{self, Place, Places};
use crate::stack::source::Span;

/// The two readings of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    /// Each line on its own.
    Apart,
    /// With open quotes and brackets carried on.
    Joined,
}

/// A key or element that may have later lines below it.
struct Level<'s> {
    indent: usize,
    is_element: bool,
    place: Place<'s>,
    /// True if a value begins on its line, which other lines may continue.
    has_value: bool,
    /// True after a sensitive property without a value below it.
    after_empty: bool,
}

/// Hides all that no place allows to be shown.
pub(super) fn hide(places: &Places<'_>, parts: &mut Parts<'_>, lines: Lines) {
    let text = parts.text;
    let root = Level { indent: 0, is_element: false, place: places.whole(), has_value: true, after_empty: false };
    let mut pass = Pass { places, parts, levels: Vec::new(), root, flow: Flow::default() };
    let mut at = 0;
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end();
        let next = text[at + whole.len()..].lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        if pass.flow.is_open() && lines == Lines::Joined {
            pass.flow.go_on(at, line, places, pass.parts);
        } else {
            pass.flow = Flow::default();
            pass.line(at, line, next);
            pass.flow.forget_unended(&text[at + whole.len()..]);
        }
        at += whole.len();
    }
}

struct Pass<'p, 's, 't> {
    places: &'p Places<'s>,
    parts: &'p mut Parts<'t>,
    levels: Vec<Level<'s>>,
    root: Level<'s>,
    flow: Flow<'s>,
}

impl<'s> Pass<'_, 's, '_> {
    fn line(&mut self, at: usize, line: &str, next: &str) {
        let mut rest = line.trim_start();
        let mut indent = line.len() - rest.len();
        if rest.is_empty() || matches!(rest, "---" | "...") {
            return;
        }
        if rest.starts_with('#') {
            // The owner of a comment is unknown if the lines around it are broken.
            self.parts.hide(Span::new(at + indent, at + line.len()), None);
            return;
        }
        if line[..indent].contains('\t') {
            // The depth of this line is unknown.
            self.content(&Place::Hidden, at + indent, rest, false);
            return;
        }
        while rest == "-" || rest.starts_with("- ") {
            self.levels.retain(|level| level.indent < indent || (level.indent == indent && !level.is_element));
            let place = self.places.item(&self.parent().place);
            self.levels.push(Level { indent, is_element: true, place, has_value: true, after_empty: false });
            let after = rest[1..].trim_start();
            indent += rest.len() - after.len();
            rest = after;
        }
        let at = at + indent;
        if rest.is_empty() {
            return;
        }
        while self.levels.last().is_some_and(|level| level.indent >= indent) {
            self.levels.pop();
        }
        let parent = self.parent();
        let (place, after_empty, has_value) = (parent.place.clone(), parent.after_empty, parent.has_value);
        // Below a key that has a value already, the line continues a text.
        let in_text = place == Place::Hidden && has_value && !parent.is_element;
        match key(rest) {
            Some(key) => {
                let below = self.places.below(&place, key.text, after_empty);
                let is_plain = !rest[key.start..].starts_with(['"', '\'']);
                if in_text {
                    self.parts.hide(Span::new(at + key.start, at + key.end), None);
                } else if below == Place::Hidden || (is_plain && is_assignment(key.text)) {
                    self.parts.hide_key(Span::new(at + key.start, at + key.end));
                }
                let value = rest[key.value..].trim_start();
                let value_at = at + rest.len() - value.len();
                let is_empty = value.is_empty() || value.starts_with('#');
                if is_empty && self.places.is_sensitive_name(key.text) {
                    self.parent_mut().after_empty = true;
                }
                if key.start > 0 && below == Place::Hidden {
                    self.parts.hide_gap(Span::new(at, at + key.start));
                }
                self.content(&below, value_at, value, true);
                self.levels.push(Level {
                    indent,
                    is_element: false,
                    place: below,
                    has_value: !is_empty,
                    after_empty: false,
                });
            }
            None if self.is_key(&place, rest, indent, next) => {
                let word = first_word(rest);
                let below = self.places.below(&place, word, after_empty);
                let value = rest[word.len()..].trim_start();
                self.content(&below, at + rest.len() - value.len(), value, true);
                let has_value = !value.is_empty();
                self.levels.push(Level { indent, is_element: false, place: below, has_value, after_empty: false });
            }
            None if after_empty || is_assignment(rest) || !(has_value || rest.starts_with(['{', '['])) => {
                self.content(&Place::Hidden, at, rest, false);
                self.levels.push(Level {
                    indent,
                    is_element: false,
                    place: Place::Hidden,
                    has_value: true,
                    after_empty: false,
                });
            }
            None => self.content(&place, at, rest, false),
        }
    }

    fn parent(&self) -> &Level<'s> {
        self.levels.last().unwrap_or(&self.root)
    }

    fn parent_mut(&mut self) -> &mut Level<'s> {
        self.levels.last_mut().unwrap_or(&mut self.root)
    }

    /// Reads a value; `is_value` is false for the rest of an earlier line's value, or for text that belongs to nothing.
    fn content(&mut self, place: &Place<'s>, at: usize, rest: &str, is_value: bool) {
        if rest.is_empty() {
            return;
        }
        if !is_value
            && *place == Place::Hidden
            && let Some(key) = key(rest)
        {
            self.parts.hide_key(Span::new(at + key.start, at + key.end));
            let value = rest[key.value..].trim_start();
            self.content(place, at + rest.len() - value.len(), value, true);
            return;
        }
        self.flow.value(place, at, rest, self.places, self.parts);
    }

    /// Returns whether a line without a colon is still a key.
    fn is_key(&self, place: &Place<'s>, rest: &str, indent: usize, next: &str) -> bool {
        let word = first_word(rest);
        if word.is_empty() {
            return false;
        }
        if place::is_key(place, word) {
            return true;
        }
        // A resource's name, if the next line has a property of such a resource.
        let deeper = next.len() - next.trim_start().len() > indent;
        let below = self.places.is_named(place).filter(|_| deeper && word.len() == rest.len());
        below.is_some_and(|below| key(next.trim_start()).is_some_and(|key| place::is_key(&below, key.text)))
    }
}

fn first_word(rest: &str) -> &str {
    let end = rest.find(|c: char| !(c.is_alphanumeric() || "_-".contains(c))).unwrap_or(rest.len());
    let ends = rest[end..].chars().next().is_none_or(char::is_whitespace);
    if ends { &rest[..end] } else { "" }
}

/// A key at the beginning of a line.
struct Key<'t> {
    text: &'t str,
    start: usize,
    end: usize,
    /// The start of its value.
    value: usize,
}

fn key(line: &str) -> Option<Key<'_>> {
    let mut start = 0;
    // Skips an anchor, a tag, or the mark of a key.
    while line[start..].starts_with(['&', '!', '?']) {
        let rest = &line[start..];
        let word = rest.find(' ')?;
        start += word + (rest[word..].len() - rest[word..].trim_start().len());
    }
    let rest = &line[start..];
    let (end, text) = match rest.chars().next()? {
        quote @ ('"' | '\'') => {
            let end = flow::close(&rest[1..], quote)? + 1;
            (end, &rest[1..end - 1])
        }
        '{' | '}' | '[' | ']' | ',' | '#' | '|' | '>' | '@' | '%' | '`' | '*' => return None,
        _ => {
            let is_end = |at: usize| rest[at + 1..].chars().next().is_none_or(char::is_whitespace);
            let end = rest.match_indices(':').map(|(at, _)| at).find(|at| is_end(*at))?;
            (end, rest[..end].trim_end())
        }
    };
    let after = rest[end..].trim_start();
    let colon = start + rest.len() - after.len();
    after.starts_with(':').then_some(Key { text, start, end: start + end, value: colon + 1 })
}
