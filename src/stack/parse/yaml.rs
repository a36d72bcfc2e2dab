//! Reads the tree of a YAML file, with a place for everything, and refuses the parts of YAML
//! beyond scalars, sequences and mappings: they are not part of the language of `stack.yaml`.

use std::collections::HashMap;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span as Marks};

use super::syntax;
use crate::base::pending;
use crate::stack::diagnostics::{Failure, Finding, Reports};
use crate::stack::source::tree::{Entry, Node, Scalar, Shape};
use crate::stack::source::{Bytes, MAX_DEPTH, Source, Span};

/// The largest file that is read, in bytes.
pub(crate) const MAX_BYTES: usize = 8 << 20;

/// Reads a tree. Errors that leave the rest readable (repeated keys, anchors, tags …) go to `reports`; an error
/// that leaves no useful tree is the failure.
pub(crate) fn yaml(source: &Arc<Source>, reports: &Reports) -> Result<Node, Failure> {
    refuse_size_and_characters(source)?;
    let mut builder = Builder { source, reports, bytes: Bytes::new(source.text()), stack: Vec::new(), root: None };
    let mut parser = Parser::new_from_str(source.text());
    loop {
        match parser.next_event() {
            Some(Ok((event, marks))) => {
                if builder.take(event, marks)? {
                    break;
                }
            }
            Some(Err(error)) => return Err(syntax::finding(source, &error, &builder.bytes).fail()),
            None => break,
        }
    }
    Ok(builder.root.unwrap_or_else(|| Node {
        span: Span::default(),
        shape: Shape::Scalar(Scalar { text: String::new(), plain: true }),
    }))
}

/// Refuses a text that is too large or has forbidden characters.
pub(crate) fn refuse_size_and_characters(source: &Arc<Source>) -> Result<(), Failure> {
    let text = source.text();
    if text.len() > MAX_BYTES {
        let message = format!("`{}` has {} bytes; at most 8 MiB are read", source.file().display(), text.len());
        return Err(Finding::nowhere("file-too-large", message).hint("split the stack into several files").fail());
    }
    match text.char_indices().find(|(_, c)| pending::is_reserved(*c)) {
        Some((at, c)) => {
            let span = Span::new(at, at + c.len_utf8());
            let message = format!("the character U+{:04X} is not allowed in a file", u32::from(c));
            let finding = Finding::at(source, span, "reserved-character", message);
            Err(finding.hint("remove it: U+E000 to U+E003 mark unknown and sensitive values within underpin").fail())
        }
        None => Ok(()),
    }
}

/// A refusal of too deep nesting.
pub(crate) fn too_deep(source: &Arc<Source>, span: Span) -> Failure {
    syntax::depth(source, span).fail()
}

/// A refusal of a repeated key.
pub(crate) fn duplicate(source: &Arc<Source>, key: &str, first: Span, second: Span) -> Finding {
    Finding::at(source, second, "duplicate-key", format!("the key `{key}` is given twice"))
        .label("given again here")
        .also(source, first, "first given here")
        .hint("keep one of them")
}

enum Frame {
    Sequence {
        start: usize,
        items: Vec<Node>,
    },
    Mapping {
        start: usize,
        entries: Vec<Entry>,
        seen: HashMap<String, Span>,
        key: Option<(String, Span)>,
        drop_value: bool,
    },
}

struct Builder<'s> {
    source: &'s Arc<Source>,
    reports: &'s Reports,
    bytes: Bytes,
    stack: Vec<Frame>,
    root: Option<Node>,
}

impl Builder<'_> {
    /// Handles an event; true at the end of the stream.
    fn take(&mut self, event: Event<'_>, marks: Marks) -> Result<bool, Failure> {
        let span = Span::new(self.bytes.of(marks.start.index()), self.bytes.of(marks.end.index()));
        match event {
            Event::StreamEnd => return Ok(true),
            Event::DocumentStart(_) if self.root.is_some() => {
                let message = "the file holds several documents";
                let finding = Finding::at(self.source, span, "several-documents", message);
                return Err(finding
                    .label("a second one begins here")
                    .hint("one file is one stack: remove `---`")
                    .fail());
            }
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd => {}
            Event::Alias(_) => {
                self.refuse(span, "alias", "aliases (`*name`) are not part of the language", "write the value out");
                self.put(Node { span, shape: Shape::Refused });
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_extras(span, anchor, tag.is_some());
                let plain = style == ScalarStyle::Plain;
                let span = self.trim(span, plain);
                self.put(Node { span, shape: Shape::Scalar(Scalar { text: text.into_owned(), plain }) });
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_extras(span, anchor, tag.is_some());
                self.open(span, Frame::Sequence { start: span.start, items: Vec::new() })?;
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_extras(span, anchor, tag.is_some());
                let frame = Frame::Mapping {
                    start: span.start,
                    entries: Vec::new(),
                    seen: HashMap::new(),
                    key: None,
                    drop_value: false,
                };
                self.open(span, frame)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
        }
        Ok(false)
    }

    fn refuse(&self, span: Span, code: &'static str, message: &str, hint: &str) {
        self.reports.push(Finding::at(self.source, span, code, message).hint(hint));
    }

    fn refuse_extras(&self, span: Span, anchor: usize, tagged: bool) {
        // The event's place is that of the value: the anchor and the tag are before it.
        let before = |mark: char| {
            let line = self.source.line_start(span.start);
            let at = self.source.slice(Span::new(line, span.start)).rfind(mark).map_or(span.start, |at| line + at);
            let word = self.source.slice(Span::new(at, self.source.text().len()));
            Span::new(at, at + word.find(char::is_whitespace).unwrap_or(word.len()))
        };
        if anchor > 0 {
            let message = "anchors (`&name`) are not part of the language";
            self.refuse(before('&'), "anchor", message, "write the value out where it is needed");
        }
        if tagged {
            let message = "tags (`!name`, `!!type`) are not part of the language";
            let hint = "remove the tag: the property says how its value is read; quote a text that begins with `!`";
            self.refuse(before('!'), "tag", message, hint);
        }
    }

    /// A scalar's span without the text around it; otherwise block scalars reach to the next key.
    fn trim(&self, span: Span, plain: bool) -> Span {
        let text = self.source.slice(span);
        let kept = match text.chars().next().filter(|_| !plain) {
            Some(quote @ ('"' | '\'')) => quoted(text, quote),
            _ => text.trim_end(),
        };
        let end = span.start + kept.len();
        if plain && kept.is_empty() { Span::new(span.start, span.start) } else { Span::new(span.start, end) }
    }

    fn open(&mut self, span: Span, frame: Frame) -> Result<(), Failure> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(too_deep(self.source, span));
        }
        self.stack.push(frame);
        Ok(())
    }

    fn close(&mut self, span: Span) {
        let node = match self.stack.pop() {
            Some(Frame::Sequence { start, items }) => {
                let end = items.last().map_or(span.end, |item| item.span.end).max(span.end);
                Node { span: Span::new(start, end), shape: Shape::Sequence(items) }
            }
            Some(Frame::Mapping { start, entries, .. }) => {
                let end = entries.last().map_or(span.end, |entry| entry.value.span.end).max(span.end);
                Node { span: Span::new(start, end), shape: Shape::Mapping(entries) }
            }
            None => return,
        };
        self.put(node);
    }

    fn put(&mut self, node: Node) {
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Frame::Sequence { items, .. }) => items.push(node),
            Some(Frame::Mapping { entries, seen, key, drop_value, .. }) => match key.take() {
                None => match key_of(&node) {
                    Ok(text) => {
                        *key = Some((text, node.span));
                        *drop_value = false;
                    }
                    Err(finding) => {
                        self.reports.push(finding(self.source, node.span));
                        *key = Some((String::new(), node.span));
                        *drop_value = true;
                    }
                },
                Some(_) if std::mem::take(drop_value) => {}
                Some((text, key_span)) => {
                    if let Some(first) = seen.get(&text) {
                        self.reports.push(duplicate(self.source, &text, *first, key_span));
                    } else {
                        seen.insert(text.clone(), key_span);
                        entries.push(Entry { key: text, key_span, value: node });
                    }
                }
            },
        }
    }
}

type MakeFinding = fn(&Arc<Source>, Span) -> Finding;

fn key_of(node: &Node) -> Result<String, MakeFinding> {
    match node.scalar() {
        Some(scalar) if scalar.plain && scalar.text == "<<" => Err(|source, span| {
            Finding::at(source, span, "merge-key", "merge keys (`<<`) are not part of the language")
                .hint("write the properties out")
        }),
        Some(scalar) if scalar.text.is_empty() => {
            Err(|source, span| Finding::at(source, span, "empty-key", "a key is missing").hint("write `key: value`"))
        }
        Some(scalar) if scalar.plain && [":{", ":["].iter().any(|joined| scalar.text.contains(joined)) => {
            Err(|source, span| {
                Finding::at(source, span, "yaml-syntax", "a space is missing after a key's colon")
                    .hint("write `key: {…}`; quote a key that holds a colon and a bracket")
            })
        }
        Some(scalar) => Ok(scalar.text.clone()),
        None => Err(|source, span| {
            Finding::at(source, span, "key-not-text", "a key must be a text, not a list or a mapping")
                .hint("quote it if it holds brackets or braces")
        }),
    }
}

/// A quoted text up to its closing quote: the parser's span includes the blanks and the comment after it.
fn quoted(text: &str, quote: char) -> &str {
    let mut within = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = within.next() {
        if quote == '"' && c == '\\' {
            within.next();
        } else if c == quote && !(quote == '\'' && within.next_if(|(_, next)| *next == quote).is_some()) {
            return &text[..=at];
        }
    }
    text.trim_end()
}
