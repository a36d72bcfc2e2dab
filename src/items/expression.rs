//! DynamoDB's expressions on conditions and projections: their tokens, and the names and values that they use.
//!
//! Responsible for mistakes that can be named before anything is read; the grammar itself is DynamoDB's. Source: Developer
//! Guide, "Expression attribute names (aliases)", "Using expression attribute values", "Condition and filter expressions".

use std::collections::{BTreeMap, BTreeSet};

use super::value::AttributeValue;

/// The largest expression, in bytes. Source: DynamoDB Developer Guide, "Quotas", "Expression parameters".
const LARGEST: usize = 4096;

/// The words of the language that are no attributes.
const WORDS: [&str; 5] = ["AND", "OR", "NOT", "BETWEEN", "IN"];

/// The kind of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpressionKind {
    /// A condition on what is read.
    Filter,
    /// The attributes to return.
    Projection,
}

/// The names and values that an expression uses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expression {
    /// The placeholders of names: `#name`.
    pub names: BTreeSet<String>,
    /// The placeholders of values: `:value`.
    pub values: BTreeSet<String>,
    /// The attributes that it is about, a placeholder where one stands for it: of a path the first.
    pub attributes: BTreeSet<String>,
}

/// A mistake in an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExpressionError {
    /// The fact.
    pub message: String,
    /// A way to fix it.
    pub hint: String,
}

impl ExpressionError {
    fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }
}

impl Expression {
    /// Reads the tokens of an expression.
    pub fn read(text: &str, kind: ExpressionKind) -> Result<Self, ExpressionError> {
        if text.trim().is_empty() {
            return Err(ExpressionError::new("it is empty", "leave the option out to have everything"));
        }
        if text.len() > LARGEST {
            let message = format!("it has {} bytes, and an expression has at most {LARGEST}", text.len());
            return Err(ExpressionError::new(message, "put long values into `--expression-attribute-values`"));
        }
        let mut found = Self::default();
        let (mut open, mut is_after_dot, mut rest) = (Vec::new(), false, text);
        while let Some(first) = rest.chars().next() {
            let at = text.len() - rest.len();
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let begins_word = is_word(first) || matches!(first, '#' | ':');
            let length = if begins_word {
                let start = usize::from(!is_word(first));
                start + rest[start..].find(|c| !is_word(c)).unwrap_or(rest.len() - start)
            } else {
                first.len_utf8()
            };
            let (token, after) = rest.split_at(length);
            rest = after;
            match first {
                _ if first.is_whitespace() => continue,
                '#' | ':' if token.len() == 1 => {
                    let message = format!("`{first}` at character {} has no name", place(text, at));
                    return Err(ExpressionError::new(message, "a placeholder has letters, digits and `_`"));
                }
                '#' => {
                    found.names.insert(token.to_owned());
                    if !is_after_dot {
                        found.attributes.insert(token.to_owned());
                    }
                }
                ':' => {
                    found.values.insert(token.to_owned());
                }
                '(' | '[' => open.push((first, at)),
                ')' | ']' => {
                    let expected = if first == ')' { '(' } else { '[' };
                    if open.pop().is_none_or(|(opened, _)| opened != expected) {
                        let message = format!("`{first}` at character {} closes nothing", place(text, at));
                        return Err(ExpressionError::new(message, "each bracket needs its other half"));
                    }
                }
                _ if first.is_ascii_digit() && open.last().is_some_and(|(opened, _)| *opened == '[') => {}
                _ if first.is_ascii_digit() || matches!(first, '\'' | '"') => {
                    return Err(literal(text, at));
                }
                _ if begins_word => {
                    let is_function = rest.trim_start().starts_with('(');
                    let is_language = WORDS.iter().any(|word| word.eq_ignore_ascii_case(token));
                    if !is_after_dot && !is_function && !is_language {
                        found.attributes.insert(token.to_owned());
                    }
                }
                '.' | ',' => {}
                '=' | '<' | '>' if kind == ExpressionKind::Filter => {}
                _ => {
                    let message = format!("`{first}` at character {} is no part of an expression", place(text, at));
                    return Err(ExpressionError::new(message, other(first, kind)));
                }
            }
            is_after_dot = first == '.';
        }
        if let Some((opened, at)) = open.pop() {
            let message = format!("`{opened}` at character {} is not closed", place(text, at));
            return Err(ExpressionError::new(message, "each bracket needs its other half"));
        }
        if let (ExpressionKind::Projection, Some(value)) = (kind, found.values.first()) {
            let message = format!("`{value}` is a value, and a projection has only names of attributes");
            return Err(ExpressionError::new(message, "a name that is a reserved word is written `#name`"));
        }
        Ok(found)
    }

    /// The attributes with their own names.
    pub fn attributes<'a>(&'a self, names: &'a BTreeMap<String, String>) -> impl Iterator<Item = &'a str> {
        self.attributes.iter().map(|one| names.get(one).unwrap_or(one).as_str())
    }
}

/// Checks that expressions use all names and values that are given, and no others: DynamoDB refuses both.
pub fn check_placeholders(
    expressions: &[Expression],
    names: &BTreeMap<String, String>,
    values: &BTreeMap<String, AttributeValue>,
) -> Result<(), ExpressionError> {
    let used =
        |of: fn(&Expression) -> &BTreeSet<String>| -> BTreeSet<&String> { expressions.iter().flat_map(of).collect() };
    let sides = [
        ("--expression-attribute-names", used(|one| &one.names), names.keys().collect::<BTreeSet<_>>()),
        ("--expression-attribute-values", used(|one| &one.values), values.keys().collect()),
    ];
    for (option, used, given) in sides {
        if let Some(missing) = used.difference(&given).next() {
            let message = format!("`{missing}` is used, and `{option}` does not define it");
            let example = if option.ends_with("names") { "\"handle\"" } else { "{\"S\": \"ada\"}" };
            return Err(ExpressionError::new(message, format!("add it: `{option} '{{\"{missing}\": {example}}}'`")));
        }
        if let Some(unused) = given.difference(&used).next() {
            let message = format!("`{option}` defines `{unused}`, which no expression uses");
            return Err(ExpressionError::new(message, "DynamoDB refuses what is not used: remove it"));
        }
    }
    Ok(())
}

/// The place of a byte, counted in characters from 1.
fn place(text: &str, at: usize) -> usize {
    text.get(..at).map_or(0, |before| before.chars().count()) + 1
}

fn literal(text: &str, at: usize) -> ExpressionError {
    let message = format!("a value stands at character {}, and an expression holds placeholders only", place(text, at));
    ExpressionError::new(message, "write `:value` there, and give it in `--expression-attribute-values`")
}

fn other(found: char, kind: ExpressionKind) -> &'static str {
    match (found, kind) {
        ('!', ExpressionKind::Filter) => "unequal is written `<>`",
        ('&' | '|', ExpressionKind::Filter) => "conditions are joined by `AND` and `OR`",
        ('*', ExpressionKind::Projection) => "leave `--projection-expression` out to have all attributes",
        (_, ExpressionKind::Projection) => "a projection is a list of attributes, separated by commas",
        (_, ExpressionKind::Filter) => "a name with such characters is written `#name`, and a value `:value`",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str, kind: ExpressionKind) -> Result<(String, String, String), String> {
        let joined = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" ");
        Expression::read(text, kind)
            .map(|one| (joined(&one.names), joined(&one.values), joined(&one.attributes)))
            .map_err(|error| format!("{error}; {}", error.hint))
    }

    #[test]
    fn names_values_and_attributes_of_expressions_are_found() {
        for (text, names, values, attributes) in [
            ("price > :p", "", ":p", "price"),
            ("#n = :a OR #n = :b", "#n", ":a :b", "#n"),
            ("begins_with ( sk, :p ) and not (a.b[0].#c IN (:x,:y))", "#c", ":p :x :y", "a sk"),
            ("size(#a.#b) BETWEEN :one AND :two", "#a #b", ":one :two", "#a"),
            ("attribute_not_exists(seen)", "", "", "seen"),
        ] {
            let expected = Ok((names.to_owned(), values.to_owned(), attributes.to_owned()));
            assert_eq!(read(text, ExpressionKind::Filter), expected, "{text}");
        }
        let expected = Ok(("#c".to_owned(), String::new(), "a b".to_owned()));
        assert_eq!(read("a, b[12].#c", ExpressionKind::Projection), expected);
    }

    #[test]
    fn mistakes_in_expressions_are_named_with_their_place() {
        let cases = [
            ("handle = 'ada'", ExpressionKind::Filter),
            ("price > 5", ExpressionKind::Filter),
            ("price > -5", ExpressionKind::Filter),
            ("price != :p", ExpressionKind::Filter),
            ("a = :a && b = :b", ExpressionKind::Filter),
            ("(a = :a", ExpressionKind::Filter),
            ("ä = :a)", ExpressionKind::Filter),
            ("a = :a)", ExpressionKind::Filter),
            ("# = :a", ExpressionKind::Filter),
            ("  ", ExpressionKind::Filter),
            ("*", ExpressionKind::Projection),
            ("a = b", ExpressionKind::Projection),
            ("a, :b", ExpressionKind::Projection),
            ("a[:b]", ExpressionKind::Projection),
        ];
        let shown = cases.map(|(text, kind)| {
            let error = read(text, kind).err();
            assert!(error.is_some(), "{text}");
            format!("{text}: {}", error.unwrap_or_default())
        });
        insta::assert_snapshot!(shown.join("\n"));
        assert!(read(&"a".repeat(4097), ExpressionKind::Filter).is_err());
    }

    #[test]
    fn placeholders_are_used_and_defined() {
        let expression = Expression::read("#h = :h", ExpressionKind::Filter).expect("it is one");
        let names = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), "handle".to_owned())).collect();
        let values = |names: &[&str]| {
            names.iter().map(|name| ((*name).to_owned(), AttributeValue::string("ada"))).collect::<BTreeMap<_, _>>()
        };
        let check = |known: &[&str], given: &[&str]| {
            check_placeholders(std::slice::from_ref(&expression), &names(known), &values(given))
                .map_err(|error| error.message)
        };
        assert_eq!(check(&["#h"], &[":h"]), Ok(()));
        assert!(check(&[], &[":h"]).is_err_and(|error| error.contains("`#h` is used")));
        assert!(check(&["#h"], &[]).is_err_and(|error| error.contains("`:h` is used")));
        assert!(check(&["#h", "#x"], &[":h"]).is_err_and(|error| error.contains("defines `#x`")));
        assert!(check(&["#h"], &[":h", ":x"]).is_err_and(|error| error.contains("defines `:x`")));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[a-z#:.,()\\[\\]0-9 =<>'ä!]{0,40}") {
            for kind in [ExpressionKind::Filter, ExpressionKind::Projection] {
                let _ = Expression::read(&text, kind);
            }
        }
    }
}
