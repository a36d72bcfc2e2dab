//! Reads the texts of a policy that may have wildcards and policy variables, and fills in the variables.
//!
//! `${aws:username}` takes the value that the key has in the request, `${aws:PrincipalTag/team, 'none'}` has a default,
//! and `${*}`, `${?}` and `${$}` are those characters themselves. The value of a variable is literal text. A variable
//! without a value matches nothing. Version 2008-10-17 of the language has no variables.

use super::elements::Version;
use super::pattern::{Part, Pattern, Subject, Token, is_hole, parts, tokens};
use super::ternary::Truth;

/// The way to compare a text with one of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Letter by letter; wildcards are plain letters.
    Exact,
    /// The same without regard to case; the other side must be in lower case.
    Folded,
    /// As a text with wildcards.
    Like,
    /// As an ARN, segment by segment.
    Arn,
}

/// The value of a variable in a request.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lookup<'c> {
    /// The key has no value in the request, or several.
    Absent,
    /// Its value.
    Value(&'c Subject),
    /// The value is unknown.
    Unknown,
}

/// Returns the values of keys, which are in lower case.
pub(super) trait Variables {
    fn lookup(&self, key: &str) -> Lookup<'_>;
}

/// A text of a policy, prepared for comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Matcher(Body);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Body {
    Ready(Pattern),
    /// Has variables, or unknown parts: prepared for each request.
    Template(Shape, Vec<Piece>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Fixed(Vec<Token>),
    Variable {
        key: String,
        default: Option<String>,
    },
    /// A value known only after apply, by its name.
    Unknown(String),
}

/// A text with its variables filled in, and the names of its unknown parts.
struct Filled {
    tokens: Vec<Token>,
    unknown: Vec<String>,
}

impl Matcher {
    pub(super) fn new(text: &str, shape: Shape, version: Version) -> Self {
        let pieces = pieces(text, shape, version);
        match pieces.as_slice() {
            [] => Self(Body::Ready(ready(shape, &[]))),
            [Piece::Fixed(tokens)] => Self(Body::Ready(ready(shape, tokens))),
            _ => Self(Body::Template(shape, pieces)),
        }
    }

    /// The keys of its variables, in lower case.
    pub(super) fn variables(&self) -> Vec<&str> {
        let Body::Template(_, pieces) = &self.0 else { return Vec::new() };
        let keys = pieces.iter().filter_map(|piece| match piece {
            Piece::Variable { key, .. } => Some(key.as_str()),
            Piece::Fixed(_) | Piece::Unknown(_) => None,
        });
        keys.collect()
    }

    /// Tests whether a text matches.
    pub(super) fn test(&self, subject: &Subject, variables: &dyn Variables) -> Truth {
        let (shape, pieces) = match &self.0 {
            Body::Ready(pattern) => return pattern.test(subject),
            Body::Template(shape, pieces) => (*shape, pieces),
        };
        let Some(filled) = fill(pieces, variables) else { return Truth::False };
        match ready(shape, &filled.tokens).test(subject) {
            Truth::Unknown(mut names) => {
                names.extend(filled.unknown);
                Truth::Unknown(names)
            }
            known => known,
        }
    }

    /// The text with its variables filled in, if all of it is known.
    pub(super) fn text(&self, variables: &dyn Variables) -> Result<Option<String>, Vec<String>> {
        let Body::Template(_, pieces) = &self.0 else { return Ok(None) };
        let Some(filled) = fill(pieces, variables) else { return Ok(None) };
        if !filled.unknown.is_empty() {
            return Err(filled.unknown);
        }
        let letter = |token: &Token| match token {
            Token::Char(c) => Some(*c),
            _ => None,
        };
        Ok(filled.tokens.iter().map(letter).collect())
    }
}

fn ready(shape: Shape, tokens: &[Token]) -> Pattern {
    match shape {
        Shape::Arn => Pattern::arn(tokens),
        Shape::Exact | Shape::Like => Pattern::text(tokens),
        Shape::Folded => {
            let mut folded = Vec::with_capacity(tokens.len());
            for token in tokens {
                match token {
                    Token::Char(c) => folded.extend(c.to_lowercase().map(Token::Char)),
                    other => folded.push(*other),
                }
            }
            Pattern::text(&folded)
        }
    }
}

/// Fills in the values; returns `None` if a variable has none and no default.
fn fill(pieces: &[Piece], variables: &dyn Variables) -> Option<Filled> {
    let mut filled = Filled { tokens: Vec::new(), unknown: Vec::new() };
    for piece in pieces {
        match piece {
            Piece::Fixed(tokens) => filled.tokens.extend(tokens),
            Piece::Unknown(name) => {
                filled.tokens.push(Token::Unknown);
                filled.unknown.push(name.clone());
            }
            Piece::Variable { key, default } => match (variables.lookup(key), default) {
                (Lookup::Value(subject), _) => {
                    let token = |c| if is_hole(c) { Token::Unknown } else { Token::Char(c) };
                    filled.tokens.extend(subject.text().chars().map(token));
                    filled.unknown.extend(subject.names().iter().cloned());
                }
                (Lookup::Absent, Some(default)) => filled.tokens.extend(default.chars().map(Token::Char)),
                (Lookup::Absent, None) => return None,
                (Lookup::Unknown, _) => {
                    filled.tokens.push(Token::Unknown);
                    filled.unknown.push(key.clone());
                }
            },
        }
    }
    Some(filled)
}

fn pieces(text: &str, shape: Shape, version: Version) -> Vec<Piece> {
    let (mut pieces, mut run) = (Vec::new(), Vec::new());
    for part in parts(text) {
        match (part, version) {
            (Part::Known(text), Version::V2008) => run.extend(fixed(text, shape)),
            (Part::Known(text), Version::V2012) => variables(text, shape, &mut run, &mut pieces),
            (Part::Unknown(name), _) => {
                pieces.extend((!run.is_empty()).then(|| Piece::Fixed(std::mem::take(&mut run))));
                pieces.push(Piece::Unknown(name.to_owned()));
            }
        }
    }
    pieces.extend((!run.is_empty()).then_some(Piece::Fixed(run)));
    pieces
}

/// The letters of a text, and its wildcards if the shape has them.
fn fixed(text: &str, shape: Shape) -> Vec<Token> {
    match shape {
        Shape::Exact | Shape::Folded => text.chars().map(Token::Char).collect(),
        Shape::Like | Shape::Arn => tokens(text),
    }
}

/// Splits a text at its variables; the text after the last of them is left in `run`.
fn variables(text: &str, shape: Shape, run: &mut Vec<Token>, pieces: &mut Vec<Piece>) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((inside, after)) = after.split_once('}') else { break };
        run.extend(fixed(before, shape));
        rest = after;
        if let "*" | "?" | "$" = inside {
            run.extend(inside.chars().map(Token::Char));
            continue;
        }
        pieces.extend((!run.is_empty()).then(|| Piece::Fixed(std::mem::take(run))));
        let (key, default) = variable(inside);
        pieces.push(Piece::Variable { key: key.to_lowercase(), default: default.map(str::to_owned) });
    }
    run.extend(fixed(rest, shape));
}

/// The key and the default within `${…}`.
fn variable(inside: &str) -> (&str, Option<&str>) {
    let Some((key, default)) = inside.split_once(',') else { return (inside.trim(), None) };
    let default = default.trim().strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    (key.trim(), default)
}

/// The keys and defaults of the variables of a text.
pub(super) fn variables_of(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once("${")?;
            let (inside, after) = after.split_once('}')?;
            rest = after;
            if !matches!(inside, "*" | "?" | "$") {
                return Some(variable(inside));
            }
        }
    })
}

/// The error for which AWS would refuse the variables of a text.
pub(super) fn refusal(text: &str) -> Option<&'static str> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("${") {
        let Some((inside, after)) = after.split_once('}') else { return Some("a variable lacks its closing brace") };
        rest = after;
        if inside.trim().is_empty() {
            return Some("a variable is empty");
        }
        let (key, default) = variable(inside);
        if key.contains(char::is_whitespace) && !key.contains('/') {
            return Some("the name of a variable holds a space");
        }
        if inside.contains(',') && default.is_none() {
            return Some("the default of a variable must be in single quotes");
        }
    }
    None
}

#[cfg(test)]
#[path = "variable_tests.rs"]
mod tests;
