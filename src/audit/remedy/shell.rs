//! Commands: a template with its values, each as a shell reads it where it stands.

use super::template::{Part, Values, parts, unrolled};
use crate::base::{is_hidden, is_plain, printable, shell_quoted};

/// The quotes in which a place of a command is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    None,
    Single,
    Double,
    /// A line that the shell leaves out.
    Comment,
}

/// The place in a command.
struct Place {
    quotes: Quotes,
    /// In single quotes JSON is usual; a value within one of its texts is escaped as JSON has it.
    in_text: bool,
    escaped: bool,
    begins_line: bool,
}

impl Place {
    fn past(&mut self, text: &str) {
        for char in text.chars() {
            match (self.quotes, char) {
                _ if self.escaped => self.escaped = false,
                (Quotes::None, '#') if self.begins_line => self.quotes = Quotes::Comment,
                (Quotes::None | Quotes::Double, '\\') => self.escaped = true,
                (Quotes::None, '\'') => (self.quotes, self.in_text) = (Quotes::Single, false),
                (Quotes::None, '"') => self.quotes = Quotes::Double,
                (Quotes::Comment, '\n') | (Quotes::Single, '\'') | (Quotes::Double, '"') => self.quotes = Quotes::None,
                (Quotes::Single, '"') => self.in_text = !self.in_text,
                _ => {}
            }
            self.begins_line = char == '\n';
        }
    }
}

/// The commands of a template, with its values.
pub(super) fn in_shell(template: &str, values: &Values<'_>) -> String {
    let template = unrolled(template, values.words);
    let mut out = String::new();
    let mut place = Place { quotes: Quotes::None, in_text: false, escaped: false, begins_line: true };
    let mut all = parts(&template).into_iter().peekable();
    while let Some(part) = all.next() {
        let Some(found) = values.get(part) else {
            match part {
                Part::Text(text) => {
                    place.past(text);
                    out.push_str(text);
                }
                Part::Word(word) => out.extend(["<", word, ">"]),
                Part::Name | Part::Arn | Part::Region | Part::Account | Part::Kind => {}
            }
            continue;
        };
        // A word alone between its quotes needs those that its value needs.
        let alone = matches!(part, Part::Word(_)) && place.quotes == Quotes::Single && out.ends_with([' ', '=', '\'']);
        if let Some(Part::Text(after)) = all.peek().copied()
            && alone
            && out.ends_with('\'')
            && let Some(after) = after.strip_prefix('\'')
        {
            out.pop();
            place.past("'");
            let quoted: Vec<String> = found.iter().map(|value| shell_quoted(value)).collect();
            as_an_option(&mut out, found.first().copied().unwrap_or_default());
            out.push_str(&quoted.join(" "));
            all.next();
            place.past(after);
            out.push_str(after);
            continue;
        }
        let between = match place.quotes {
            Quotes::Single if place.in_text => "\", \"",
            Quotes::Single => "' '",
            Quotes::None | Quotes::Double | Quotes::Comment => " ",
        };
        for (index, value) in found.into_iter().enumerate() {
            if index > 0 {
                out.push_str(between);
            }
            push(&mut out, &place, value);
        }
    }
    out
}

/// A value that looks like an option is given as `--option=value`.
fn as_an_option(out: &mut String, value: &str) {
    let option = out.ends_with(' ') && out.trim_end().rsplit(' ').next().is_some_and(|word| word.starts_with("--"));
    if value.starts_with('-') && option {
        out.truncate(out.trim_end().len());
        out.push('=');
    }
}

fn push(out: &mut String, place: &Place, value: &str) {
    let json = serde_json::Value::from(value).to_string();
    let in_text = place.quotes == Quotes::Single && place.in_text;
    let value = if in_text { &json[1..json.len() - 1] } else { value };
    if place.quotes == Quotes::None {
        as_an_option(out, value);
    }
    let stands_for_itself = match place.quotes {
        Quotes::None => !value.is_empty() && value.chars().all(is_plain),
        Quotes::Single => !value.contains(|c| c == '\'' || is_hidden(c)),
        Quotes::Double => value.chars().all(is_plain),
        Quotes::Comment => {
            out.push_str(&printable(value));
            return;
        }
    };
    if stands_for_itself {
        out.push_str(value);
        return;
    }
    // The quotes are left for the value, and opened again: no character of it has a meaning in any of them.
    let mark = match place.quotes {
        Quotes::None | Quotes::Comment => "",
        Quotes::Single => "'",
        Quotes::Double => "\"",
    };
    out.extend([mark, &shell_quoted(value), mark]);
}
