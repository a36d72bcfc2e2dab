//! Lines of a stack's file: a template with its values, each as YAML reads it where it stands.

use std::fmt::Write as _;

use super::plain::is_plain;
use super::template::{Part, Values, parts};
use crate::base::{is_hidden, printable};

/// The quotes in which a place of YAML is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    None,
    Single,
    Double,
}

/// Words that stand for numbers.
const NUMBERS: [&str; 2] = ["READ-CAPACITY", "WRITE-CAPACITY"];

/// The lines of a template, with its values.
pub(super) fn in_yaml(template: &str, values: &Values<'_>) -> String {
    let parts = parts(template);
    let mut out = String::new();
    let mut quotes = Quotes::None;
    for (index, part) in parts.iter().enumerate() {
        let value = match part {
            Part::Text(text) => {
                let mut escaped = false;
                for char in text.chars() {
                    quotes = match (quotes, char) {
                        (Quotes::Double, '"') if !escaped => Quotes::None,
                        (Quotes::Single, '\'') => Quotes::None,
                        (Quotes::None, '"') => Quotes::Double,
                        (Quotes::None, '\'') => Quotes::Single,
                        (quotes, _) => quotes,
                    };
                    escaped = char == '\\' && !escaped;
                }
                out.push_str(text);
                continue;
            }
            Part::Name => values.key,
            Part::Word(word) => {
                let Some(value) = values.get(*part).and_then(|all| all.first().copied()) else {
                    out.extend(["<", *word, ">"]);
                    continue;
                };
                if NUMBERS.contains(word) && value.parse::<u64>().is_ok() {
                    out.push_str(value);
                    continue;
                }
                value
            }
            part => values.get(*part).and_then(|all| all.first().copied()).unwrap_or_default(),
        };
        if quotes == Quotes::Single {
            // Single quotes have no way to spell out what a reader does not see.
            out.push_str(&printable(value).replace('\'', "''"));
            continue;
        }
        let after = match parts.get(index + 1) {
            Some(Part::Text(text)) => *text,
            Some(_) => "x",
            None => "",
        };
        let begins = out.is_empty() || out.ends_with([' ', '\n', '[']);
        let ends = after.is_empty() || after.starts_with([':', '\n', ' ', ',', ']', '}']);
        if quotes == Quotes::None && is_plain(value) {
            out.push_str(value);
        } else if quotes == Quotes::None && begins && ends {
            out.push_str(&quoted(value));
        } else {
            // Within a longer text, as double quotes have it: nothing of it ends the text, or its line.
            let text = quoted(value);
            out.push_str(&text[1..text.len() - 1]);
        }
    }
    out
}

/// A text as YAML reads it, as key and as value: plain, else between double quotes.
pub fn yaml_text(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// A text between double quotes, as YAML 1.2 and JSON have it, with what a reader does not see spelled out.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    for char in serde_json::Value::from(text).to_string().chars() {
        if is_hidden(char) {
            let _ = write!(out, "\\U{:08X}", u32::from(char));
        } else {
            out.push(char);
        }
    }
    out
}
