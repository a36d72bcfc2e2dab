//! Redaction of a text that can be read as YAML: each scalar has its place.

use saphyr_parser::{Event, Parser, ScalarStyle, Span as Marks};

use super::parts::{Parts, is_assignment};
use super::place::{Place, Places};
use crate::stack::source::{Bytes, MAX_DEPTH, Span};

/// Hides all that no place allows to be shown; false if the text can't be read to its end.
pub(super) fn hide(places: &Places<'_>, parts: &mut Parts<'_>) -> bool {
    let text = parts.text;
    let bytes = Bytes::new(text);
    let mut pass = Pass { places, parts, frames: Vec::new(), end: 0, after_hidden: false };
    let mut parser = Parser::new_from_str(text);
    let mut before = (0, 0);
    loop {
        match parser.next_event() {
            Some(Ok((Event::StreamEnd, _))) | None => break,
            Some(Ok((event, marks))) => {
                if matches!(event, Event::Scalar(..)) {
                    before = (pass.parts.found.spans.len(), pass.parts.found.values.len());
                }
                if !pass.take(event, span(&bytes, marks)) {
                    return false;
                }
            }
            Some(Err(_)) => {
                // The last token may hold text that was meant as several; its lines are more precise.
                pass.parts.found.spans.truncate(before.0);
                pass.parts.found.values.truncate(before.1);
                return false;
            }
        }
    }
    pass.gap(text.len(), false);
    true
}

fn span(bytes: &Bytes, marks: Marks) -> Span {
    Span::new(bytes.of(marks.start.index()), bytes.of(marks.end.index()))
}

/// The collection that is being read.
enum Frame<'s> {
    List { place: Place<'s>, item: Place<'s> },
    Mapping { place: Place<'s>, key: Option<Place<'s>>, after_empty: bool },
}

struct Pass<'p, 's, 't> {
    places: &'p Places<'s>,
    parts: &'p mut Parts<'t>,
    frames: Vec<Frame<'s>>,
    /// The end of the last token.
    end: usize,
    after_hidden: bool,
}

impl<'s> Pass<'_, 's, '_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> bool {
        match event {
            Event::Scalar(text, style, ..) => self.scalar(&text, style, span),
            Event::Alias(_) => self.scalar("", ScalarStyle::Plain, span),
            Event::SequenceStart(..) => {
                let place = self.open(span);
                let in_brackets = self.parts.text[span.start..].starts_with('[');
                let item = if in_brackets { self.places.listed(&place) } else { self.places.item(&place) };
                self.frames.push(Frame::List { place, item });
            }
            Event::MappingStart(..) => {
                let place = self.open(span);
                self.frames.push(Frame::Mapping { place, key: None, after_empty: false });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let hides = self.frames.pop().is_some_and(|frame| match frame {
                    Frame::List { place, .. } | Frame::Mapping { place, .. } => self.places.holds_secrets(&place),
                });
                self.gap(span.start, hides);
                self.after_hidden |= hides;
                self.complete(false);
            }
            _ => {}
        }
        self.frames.len() <= MAX_DEPTH
    }

    /// Returns whether a key comes next.
    fn awaits_key(&self) -> bool {
        matches!(self.frames.last(), Some(Frame::Mapping { key: None, .. }))
    }

    /// The place of the value that comes next.
    fn place(&self) -> Place<'s> {
        match self.frames.last() {
            None => self.places.whole(),
            Some(Frame::List { item, .. }) => item.clone(),
            Some(Frame::Mapping { key, .. }) => key.clone().unwrap_or(Place::Hidden),
        }
    }

    fn open(&mut self, span: Span) -> Place<'s> {
        let place = self.place();
        self.gap(span.start, self.places.holds_secrets(&place));
        place
    }

    /// Notes the end of a value, or of a key that is not a scalar.
    fn complete(&mut self, is_empty: bool) {
        if let Some(Frame::Mapping { key, after_empty, .. }) = self.frames.last_mut() {
            match key.take() {
                None => *key = Some(Place::Hidden),
                Some(_) => *after_empty |= is_empty,
            }
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span) {
        if self.awaits_key() {
            self.key(text, style, span);
            return;
        }
        let place = self.place();
        let in_list = matches!(self.frames.last(), Some(Frame::List { .. }));
        // A value on another line than its key may have been meant for another key.
        let apart = !in_list && self.parts.slice(Span::new(self.end, span.start)).contains('\n');
        let shows = self.places.shows(&place) && !apart && !(in_list && is_assignment(text));
        self.gap(span.start, !shows);
        if shows {
            self.lines(text, matches!(style, ScalarStyle::Literal | ScalarStyle::Folded), span);
        } else {
            self.parts.hide(span, Some(text));
        }
        self.end = span.end.max(self.end);
        self.after_hidden = !shows;
        let is_empty = text.is_empty() && style == ScalarStyle::Plain;
        self.complete(is_empty && self.places.holds_secrets(&place));
    }

    fn key(&mut self, text: &str, style: ScalarStyle, span: Span) {
        let below = match self.frames.last() {
            Some(Frame::Mapping { place, after_empty, .. }) => self.places.below(place, text, *after_empty),
            _ => Place::Hidden,
        };
        let within = match self.frames.last() {
            Some(Frame::Mapping { place, .. }) => self.places.holds_secrets(place),
            _ => false,
        };
        self.gap(span.start, within);
        let is_plain = style == ScalarStyle::Plain;
        if below == Place::Hidden || (is_plain && is_assignment(text)) {
            self.parts.hide_key(span);
        }
        self.end = span.end.max(self.end);
        self.after_hidden = false;
        if let Some(Frame::Mapping { key, .. }) = self.frames.last_mut() {
            *key = Some(below);
        }
    }

    /// Returns whether the next value belongs to a property that the schema names.
    fn is_named(&self) -> bool {
        matches!(self.frames.last(), Some(Frame::Mapping { key: Some(Place::Named(_)), .. }))
    }

    /// Hides the gap between two tokens: comments, tags and anchors belong to a hidden token beside them.
    fn gap(&mut self, start: usize, before_hidden: bool) {
        let gap = Span::new(self.end, start);
        if before_hidden || self.after_hidden {
            self.parts.hide_gap(gap);
        } else {
            self.parts.hide_comments(gap);
            if !self.is_named() {
                self.parts.hide_marks(gap);
            }
        }
        self.end = start.max(self.end);
    }

    /// Hides lines of a text that may include text meant to be outside of it: a quote or a bracket is not
    /// closed, or a colon is missing. Errors show its first line; other lines are hidden if they look like that.
    fn lines(&mut self, text: &str, is_block: bool, span: Span) {
        let raw = self.parts.slice(span).to_owned();
        let Some(first) = raw.find('\n') else { return };
        let is_key = |line: &str| {
            let word = line.split([':', '=', ' ']).next().unwrap_or_default().trim_matches(['"', '\'', '-', '?']);
            self.places.is_sensitive_name(word) || (!is_block && line.contains([':', '=']))
        };
        if raw[first..].lines().any(|line| is_key(line.trim())) {
            self.parts.hide(Span::new(span.start + first, span.end), None);
            self.parts.found.values.push((span, text.to_owned()));
        }
    }
}
