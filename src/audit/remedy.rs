//! The remedy of a finding: the lines and the command of its check, with the resource's own name, ARN, region and account.

use std::fmt::Write as _;

use super::{Check, Finding, Remediation};
use crate::base::{is_hidden, is_plain, printable, shell_quoted};

/// A part of a remedy's template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'t> {
    /// A text that stays.
    Text(&'t str),
    /// `NAME`: the resource's key in the stack, else its physical name.
    Name,
    /// `ARN`.
    Arn,
    /// `REGION`.
    Region,
    /// `ACCOUNT`.
    Account,
}

/// The placeholders, as templates have them.
const PLACEHOLDERS: [(&str, Part<'static>); 4] =
    [("NAME", Part::Name), ("ARN", Part::Arn), ("REGION", Part::Region), ("ACCOUNT", Part::Account)];

/// The values of the placeholders for one finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Values<'f> {
    /// The name in the stack's file.
    pub key: &'f str,
    /// The physical name.
    pub name: &'f str,
    /// The ARN.
    pub arn: &'f str,
    /// The region.
    pub region: &'f str,
    /// The account.
    pub account: &'f str,
}

impl<'f> Values<'f> {
    /// The values for a finding.
    pub fn of(finding: &'f Finding) -> Self {
        let resource = finding.resource.as_ref();
        let key = finding.address.as_deref().and_then(|address| address.split_once('.')).map(|(_, name)| name);
        Self {
            key: key.unwrap_or(&resource.id),
            name: &resource.id,
            arn: &resource.arn,
            region: &resource.region,
            account: &resource.account,
        }
    }

    /// Returns whether every value stands for itself in YAML and in a shell, so that no place needs quotes.
    pub fn are_plain(&self) -> bool {
        let Self { key, name, arn, region, account } = self;
        [key, name, arn, region, account].iter().all(|value| yaml_is_plain(value))
    }

    fn get(&self, part: Part<'f>) -> &'f str {
        match part {
            Part::Text(text) => text,
            Part::Name => self.name,
            Part::Arn => self.arn,
            Part::Region => self.region,
            Part::Account => self.account,
        }
    }
}

/// The remedy of a finding, with its resource in it.
pub fn remedy(check: &Check, finding: &Finding) -> Remediation {
    let Remediation { yaml, cli } = &check.remediation;
    let values = Values::of(finding);
    Remediation { yaml: in_yaml(yaml, &values), cli: in_shell(cli, &values) }
}

/// The parts of a template. A placeholder is a word of its own: `ROLE_NAME` holds none.
pub fn parts(template: &str) -> Vec<Part<'_>> {
    let in_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut parts = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(char) = template[at..].chars().next() {
        let found = PLACEHOLDERS.iter().find(|(word, _)| {
            template[at..].starts_with(word)
                && !template[..at].ends_with(in_word)
                && !template[at + word.len()..].starts_with(in_word)
        });
        if let Some((word, part)) = found {
            parts.push(Part::Text(&template[from..at]));
            parts.push(*part);
            at += word.len();
            from = at;
        } else {
            at += char.len_utf8();
        }
    }
    parts.push(Part::Text(&template[from..]));
    parts.retain(|part| *part != Part::Text(""));
    parts
}

/// The quotes in which a place of a command is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    None,
    Single,
    Double,
}

fn in_shell(template: &str, values: &Values<'_>) -> String {
    let mut out = String::new();
    let mut quotes = Quotes::None;
    // In single quotes JSON is usual; a value within one of its texts is escaped as JSON has it.
    let mut in_text = false;
    let mut escaped = false;
    for part in parts(template) {
        let value = match part {
            Part::Text(text) => {
                for char in text.chars() {
                    match (quotes, char) {
                        _ if escaped => escaped = false,
                        (Quotes::None | Quotes::Double, '\\') => escaped = true,
                        (Quotes::None, '\'') => (quotes, in_text) = (Quotes::Single, false),
                        (Quotes::None, '"') => quotes = Quotes::Double,
                        (Quotes::Single, '\'') | (Quotes::Double, '"') => quotes = Quotes::None,
                        (Quotes::Single, '"') => in_text = !in_text,
                        _ => {}
                    }
                }
                out.push_str(text);
                continue;
            }
            part => values.get(part),
        };
        let json = serde_json::Value::from(value).to_string();
        let value = if quotes == Quotes::Single && in_text { &json[1..json.len() - 1] } else { value };
        // A value that looks like an option is given as `--option=value`.
        if quotes == Quotes::None && value.starts_with('-') && out.ends_with(' ') {
            let option = out.trim_end().rsplit(' ').next().is_some_and(|word| word.starts_with("--"));
            if option {
                out.truncate(out.trim_end().len());
                out.push('=');
            }
        }
        if value.chars().all(is_plain) && !(value.is_empty() && quotes == Quotes::None) {
            out.push_str(value);
            continue;
        }
        // The quotes are left for the value, and opened again: no character of it has a meaning in any of them.
        let mark = match quotes {
            Quotes::None => "",
            Quotes::Single => "'",
            Quotes::Double => "\"",
        };
        out.extend([mark, &shell_quoted(value), mark]);
    }
    out
}

fn in_yaml(template: &str, values: &Values<'_>) -> String {
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
            part => values.get(*part),
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
        if quotes == Quotes::None && yaml_is_plain(value) {
            out.push_str(value);
        } else if quotes == Quotes::None && begins && ends {
            out.push_str(&yaml_quoted(value));
        } else {
            // Within a longer text, as double quotes have it: nothing of it ends the text, or its line.
            let text = yaml_quoted(value);
            out.push_str(&text[1..text.len() - 1]);
        }
    }
    out
}

/// Returns whether a text is itself as a plain scalar of YAML, as key and as value.
fn yaml_is_plain(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || "-_./:".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let reserved = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    begins && text.chars().all(word) && !text.ends_with(':') && !reserved.contains(&text.to_lowercase().as_str())
        || text.len() == 12 && text.chars().all(|c| c.is_ascii_digit()) && !text.starts_with('0')
}

/// A text between double quotes, as YAML 1.2 and JSON have it, with what a reader does not see spelled out.
fn yaml_quoted(text: &str) -> String {
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
