//! Lists in brackets and mappings in braces, on one line or over several, also unclosed ones.

use super::parts::{Parts, is_assignment};
use super::place::{Place, Places};
use crate::stack::source::Span;

/// An open list or mapping.
#[derive(Clone)]
struct Level<'s> {
    place: Place<'s>,
    is_mapping: bool,
    /// The place of the value that comes next; `None` before a key.
    value: Option<Place<'s>>,
    /// True after a text without a comma after it: something that looks like a key may be the rest of it.
    in_text: bool,
}

/// The open quotes and brackets at the end of a line.
#[derive(Clone, Default)]
pub(super) struct Flow<'s> {
    levels: Vec<Level<'s>>,
    /// The quote of an open text, and whether the text is shown.
    quote: Option<(char, bool)>,
}

impl<'s> Flow<'s> {
    /// Returns whether anything is open.
    pub(super) fn is_open(&self) -> bool {
        self.quote.is_some() || !self.levels.is_empty()
    }

    /// Ends an unclosed quote at the end of its line: the next lines are judged on their own.
    pub(super) fn forget_unended(&mut self, rest: &str) {
        if self.quote.is_some_and(|(quote, _)| close(rest, quote).is_none()) {
            self.quote = None;
            self.levels.clear();
        }
    }

    /// Reads a line's value at a place, from a byte of the text on.
    pub(super) fn value(
        &mut self,
        place: &Place<'s>,
        at: usize,
        line: &str,
        places: &Places<'s>,
        parts: &mut Parts<'_>,
    ) {
        let hides = !places.shows(place);
        match line.chars().next() {
            Some(open @ ('{' | '[')) => {
                self.open(open, place.clone(), places);
                self.go_on(at + 1, &line[1..], places, parts);
            }
            Some(quote @ ('"' | '\'')) => {
                if hides {
                    parts.hide(Span::new(at, at + line.len()), None);
                }
                if close(&line[1..], quote).is_none() {
                    self.quote = Some((quote, !hides));
                }
            }
            Some(c) if hides && !(matches!(c, '|' | '>') && line.len() <= 3 && !line.contains(char::is_alphabetic)) => {
                parts.hide_gap(Span::new(at, at + line.len()));
            }
            _ => {}
        }
    }

    fn open(&mut self, open: char, place: Place<'s>, places: &Places<'s>) {
        let is_mapping = open == '{';
        let value = (!is_mapping).then(|| places.listed(&place));
        self.levels.push(Level { place, is_mapping, value, in_text: false });
    }

    /// Continues with the open quotes and brackets.
    pub(super) fn go_on(&mut self, at: usize, line: &str, places: &Places<'s>, parts: &mut Parts<'_>) {
        let mut here = 0;
        if let Some((quote, shown)) = self.quote {
            let end = close(line, quote);
            if !shown {
                parts.hide(Span::new(at, at + end.unwrap_or(line.len())), None);
            }
            let Some(end) = end else { return };
            self.quote = None;
            here = end;
            self.ended();
        }
        while let Some(c) = line[here..].chars().next() {
            let Some(level) = self.levels.last() else {
                // Text after the end belongs to no place.
                parts.hide_gap(Span::new(at + here, at + line.len()));
                return;
            };
            let place = level.value.clone().unwrap_or(Place::Hidden);
            match c {
                c if c.is_whitespace() => here += c.len_utf8(),
                ',' => {
                    self.ended();
                    here += 1;
                }
                '{' | '[' => {
                    self.open(c, place, places);
                    here += 1;
                }
                '}' | ']' => {
                    self.levels.pop();
                    here += 1;
                }
                '#' if line[..here].ends_with(char::is_whitespace) => {
                    if self.levels.iter().any(|level| places.holds_secrets(&level.place)) {
                        parts.hide(Span::new(at + here, at + line.len()), None);
                    }
                    return;
                }
                _ => here = self.token(at, line, here, places, parts),
            }
        }
    }

    /// Reads a key or a text; returns the byte after it.
    fn token(&mut self, at: usize, line: &str, start: usize, places: &Places<'s>, parts: &mut Parts<'_>) -> usize {
        let rest = &line[start..];
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (length, ended) = match quote {
            Some(quote) => match close(&rest[1..], quote) {
                Some(end) => (end + 1, true),
                None => (rest.len(), false),
            },
            None => (plain(rest), true),
        };
        let span = Span::new(at + start, at + start + length);
        let after = &rest[length..];
        let gap = after.len() - after.trim_start().len();
        let colon = after.trim_start().starts_with(':');
        let Some(level) = self.levels.last_mut() else { return start + length };
        if colon && ended && (level.value.is_none() || !level.is_mapping) {
            let key = rest[..length].trim_matches(['"', '\'']);
            let outer =
                if level.is_mapping { level.place.clone() } else { level.value.clone().unwrap_or(Place::Hidden) };
            let below = places.below(&outer, key, false);
            if level.in_text && below == Place::Hidden {
                parts.hide(span, None);
            } else if below == Place::Hidden || (quote.is_none() && is_assignment(key)) {
                parts.hide_key(span);
            }
            level.value = Some(below);
            return start + length + gap + 1;
        }
        let place = level.value.clone().unwrap_or(Place::Hidden);
        let shown = places.shows(&place) && (level.is_mapping || !is_assignment(&rest[..length]));
        level.in_text = true;
        if !shown {
            parts.hide(span, None);
        }
        if !ended && let Some(quote) = quote {
            self.quote = Some((quote, shown));
        }
        start + length
    }

    /// Notes that the next key or element begins.
    fn ended(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            level.in_text = false;
            if level.is_mapping {
                level.value = None;
            }
        }
    }
}

/// The length of a text without quotes.
fn plain(rest: &str) -> usize {
    let ends = |(at, c): &(usize, char)| match c {
        ',' | '{' | '}' | '[' | ']' => !rest[..*at].ends_with('$') && !in_hole(&rest[..*at]),
        ':' => rest[at + 1..].chars().next().is_none_or(|next| next.is_whitespace() || ",{}[]".contains(next)),
        '#' => rest[..*at].ends_with(char::is_whitespace),
        _ => false,
    };
    let end = rest.char_indices().find(ends).map_or(rest.len(), |(at, _)| at);
    rest[..end].trim_end().len().max(1)
}

/// Returns whether a text ends within a `${…}`.
fn in_hole(before: &str) -> bool {
    before.rfind("${").is_some_and(|start| !before[start..].contains('}'))
}

/// The byte after the closing quote, in the text after the opening one.
pub(super) fn close(rest: &str, quote: char) -> Option<usize> {
    let mut within = rest.char_indices().peekable();
    while let Some((at, c)) = within.next() {
        if quote == '"' && c == '\\' {
            within.next();
        } else if c == quote && !(quote == '\'' && within.next_if(|(_, next)| *next == quote).is_some()) {
            return Some(at + 1);
        }
    }
    None
}
