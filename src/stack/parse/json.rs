//! Reads the tree of a JSON file. The file is first read strictly as JSON, so that its mistakes
//! are reported in JSON's terms; the places are found by a second, simple pass.

use std::collections::HashMap;
use std::sync::Arc;

use super::yaml;
use crate::stack::diagnostics::{Failure, Finding, Reports};
use crate::stack::source::tree::{Entry, Node, Scalar, Shape};
use crate::stack::source::{MAX_DEPTH, Source, Span};

/// Reads a tree.
pub(crate) fn json(source: &Arc<Source>, reports: &Reports) -> Result<Node, Failure> {
    yaml::refuse_size_and_characters(source)?;
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(source.text()) {
        return Err(not_json(source, &error).fail());
    }
    let mut pass = Pass { source, reports, at: 0 };
    pass.value(0)
}

fn not_json(source: &Arc<Source>, error: &serde_json::Error) -> Finding {
    let before: usize = source.text().split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = before + error.column().saturating_sub(1);
    let said = error.to_string();
    let fact = said.split(" at line ").next().unwrap_or(&said);
    let before_brace = source.text().get(at..).is_some_and(|rest| rest.starts_with('}'));
    let fact = if fact == "key must be a string" && before_brace { "trailing comma" } else { fact };
    let hint = match fact {
        "trailing comma" => "remove the comma before the closing bracket",
        "key must be a string" => "put the key in double quotes",
        "trailing characters" => "a JSON file holds one value",
        _ if error.is_eof() => "a closing quote, bracket or brace is missing",
        _ => "JSON has double quotes, commas between elements, and no comments",
    };
    Finding::at(source, Span::new(at, at + 1), "not-json", format!("this is not JSON: {fact}")).hint(hint)
}

/// Reads the places of a text that is known to be JSON.
struct Pass<'s> {
    source: &'s Arc<Source>,
    reports: &'s Reports,
    at: usize,
}

impl Pass<'_> {
    fn rest(&self) -> &str {
        self.source.text().get(self.at..).unwrap_or_default()
    }

    /// The next character that is not white space, which is not consumed.
    fn peek(&mut self) -> char {
        self.at += self.rest().len() - self.rest().trim_start().len();
        self.rest().chars().next().unwrap_or('\0')
    }

    fn value(&mut self, depth: usize) -> Result<Node, Failure> {
        let first = self.peek();
        let start = self.at;
        if depth > MAX_DEPTH {
            return Err(yaml::too_deep(self.source, Span::new(start, start + 1)));
        }
        let shape = match first {
            '{' => Shape::Mapping(self.entries(depth)?),
            '[' => {
                let mut items = Vec::new();
                while self.more(']') {
                    items.push(self.value(depth + 1)?);
                }
                Shape::Sequence(items)
            }
            '"' => Shape::Scalar(Scalar { text: self.text(), plain: false }),
            _ => {
                let end = self.rest().find(|c: char| c.is_whitespace() || ",]}".contains(c));
                let text = self.rest()[..end.unwrap_or(self.rest().len())].to_owned();
                self.at += text.len();
                Shape::Scalar(Scalar { text, plain: true })
            }
        };
        Ok(Node { span: Span::new(start, self.at), shape })
    }

    /// Consumes an opening bracket or a comma; false at the closing one, which is consumed too.
    fn more(&mut self, close: char) -> bool {
        let here = self.peek();
        self.at += here.len_utf8();
        if here == close || here == '\0' {
            return false;
        }
        if self.peek() == close {
            self.at += close.len_utf8();
            return false;
        }
        true
    }

    fn entries(&mut self, depth: usize) -> Result<Vec<Entry>, Failure> {
        let mut entries = Vec::new();
        let mut seen: HashMap<String, Span> = HashMap::new();
        while self.more('}') {
            self.peek();
            let start = self.at;
            let key = self.text();
            let key_span = Span::new(start, self.at);
            self.peek();
            self.at += 1;
            let value = self.value(depth + 1)?;
            if let Some(first) = seen.get(&key) {
                self.reports.push(yaml::duplicate(self.source, &key, *first, key_span));
            } else {
                seen.insert(key.clone(), key_span);
                entries.push(Entry { key, key_span, value });
            }
        }
        Ok(entries)
    }

    fn text(&mut self) -> String {
        let mut stream = serde_json::Deserializer::from_str(self.rest()).into_iter::<String>();
        let text = stream.next().and_then(Result::ok).unwrap_or_default();
        let read = stream.byte_offset();
        self.at += read.max(1);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::source::redaction::Language;

    #[test]
    fn every_json_value_has_a_location() {
        let text = "{ \"a\" : [1, \"\\u00e9\\\"]\", {}], \"b\":null ,\"c\": [ ] }";
        let source = Arc::new(Source::new("p.json".into(), text.to_owned(), Language::Policy));
        let node = json(&source, &Reports::default()).expect("JSON");
        let keys: Vec<&str> = node.entries().iter().map(|entry| source.slice(entry.key_span)).collect();
        assert_eq!(keys, ["\"a\"", "\"b\"", "\"c\""]);
        let Some(Shape::Sequence(items)) = node.get("a").map(|node| &node.shape) else { panic!("a list") };
        assert_eq!(items[1].scalar().map(|s| s.text.as_str()), Some("é\"]"));
        assert_eq!(source.slice(items[1].span), "\"\\u00e9\\\"]\"");
        assert!(node.get("b").is_some_and(Node::is_null));
    }
}
