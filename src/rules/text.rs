//! The text of a Guard file: its validity for AWS Config, and facts that can be found without evaluating it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::differs::{self, EngineDifference};
use super::engine::{self, EngineError};
use super::footprint::Footprint;
use super::lexer::{TokenKind, Word, is_type, words};
use super::sections::{Section, Sections};
use super::unknown_rewrite::{self, Conditions, Unanswerable};

/// The longest policy text that AWS Config accepts.
/// Source: AWS Config API reference, `CustomPolicyDetails.PolicyText`: at most 10,000 characters.
const MOST: usize = 10_000;
/// The deepest nesting of brackets. Guard's parser recurses once for each, and no rule needs many.
const DEEPEST: usize = 64;
/// The functions of Guard 3, which AWS Config's runtime (`guard-2.x.x`) does not know.
/// Source: `cfn-guard`'s documentation, `docs/FUNCTIONS.md`, and `FunctionName` in its source.
const FUNCTIONS: &[&str] = &[
    "count",
    "join",
    "json_parse",
    "now",
    "parse_boolean",
    "parse_char",
    "parse_epoch",
    "parse_float",
    "parse_int",
    "parse_string",
    "regex_replace",
    "substring",
    "to_lower",
    "to_upper",
    "url_decode",
];

/// A Guard file that can be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardText {
    /// The name of its unnamed clauses.
    pub name: String,
    /// The text.
    pub text: String,
    /// Its `rule` blocks, in their order; the file's own name for clauses outside of any.
    pub blocks: Vec<GuardBlock>,
    /// Every text between quotes in it, except names of types.
    pub literals: Vec<String>,
    /// The message of its clauses, if all messages are the same.
    pub message: Option<String>,
    /// True if it has a pattern.
    pub(super) patterns: bool,
    /// The questions that the engine passes over silently when a value is unknown.
    pub(super) silent: Unanswerable,
    /// True if it selects resources of a template by their types alone, so that others make no difference.
    pub confined: bool,
    /// The part of a configuration item, or of a resource of a template, that it can see.
    footprint: Footprint,
    /// Its blocks, each cut out of the file with the sections that it refers to; empty in such a part itself.
    pub parts: Vec<GuardPart>,
}

/// One block of a file, and the text that it needs: it is judged separately, whatever else is in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardPart {
    /// The name of the block.
    pub block: String,
    /// The block, and the variables and rules of the file that it refers to.
    pub text: GuardText,
    /// The places of these in the file, in bytes.
    pieces: Vec<(usize, usize)>,
}

/// One `rule` block of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardBlock {
    /// Its name.
    pub name: String,
    /// AWS's types in it, and in the values of the variables that it uses.
    pub types: Vec<String>,
}

/// An error in a Guard file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TextError {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The error.
    pub message: String,
    /// A way to fix it.
    pub hint: Option<&'static str>,
}

impl TextError {
    fn at(text: &str, byte: usize, message: impl Into<String>) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { line, column, message: message.into(), hint: None }
    }

    fn hint(self, hint: &'static str) -> Self {
        Self { hint: Some(hint), ..self }
    }
}

impl GuardText {
    /// Makes a [`GuardText`] from a text that Guard can parse.
    pub fn new(name: &str, text: &str) -> Result<Self, TextError> {
        let words = words(text);
        let mut depth = 0_usize;
        for word in &words {
            match word.what {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEEPEST {
                let message = format!("brackets are nested deeper than {DEEPEST} levels");
                return Err(TextError::at(text, word.at, message));
            }
        }
        match engine::run(name, text, "{}") {
            Ok(None) => {
                let hint = "write at least one `rule name { … }`";
                return Err(TextError::at(text, 0, "the file holds no rule").hint(hint));
            }
            Err(EngineError::Syntax { line, column, message }) => {
                return Err(TextError { line, column, message, hint: None });
            }
            // It could be parsed; an error may come from the empty document.
            Ok(Some(_)) | Err(EngineError::Evaluation(_) | EngineError::Panic) => {}
        }
        Ok(Self::divided(name, text, &words))
    }

    /// Makes a [`GuardText`] from a text of ours, without asking the engine whether it can be parsed: a test has done
    /// that. The engine compiles every pattern of a text to find out, which would be half of the work of a plan.
    pub fn proven(name: &str, text: &str) -> Self {
        Self::divided(name, text, &words(text))
    }

    /// The text of a rule that is written in Rust: it is empty.
    pub fn none(name: &str) -> Self {
        Self::read(name, "", &[])
    }

    /// Reads a whole file, and each of its blocks.
    fn divided(name: &str, text: &str, words: &[Word]) -> Self {
        let sections = Sections::of(text, words);
        let part = |(block, needed): (String, Vec<&Section>)| {
            let pieces: Vec<(usize, usize)> = needed.iter().map(|section| section.bytes).collect();
            let own: Vec<&str> = pieces.iter().filter_map(|(from, until)| text.get(*from..*until)).collect();
            let own = own.join("\n");
            GuardPart { text: Self::read(name, &own, &self::words(&own)), block, pieces }
        };
        let parts = sections.needed(name).into_iter().map(part).collect();
        Self { parts, ..Self::read(name, text, words) }
    }

    fn read(name: &str, text: &str, words: &[Word]) -> Self {
        let (mut literals, mut seen): (Vec<String>, BTreeSet<&str>) = (Vec::new(), BTreeSet::new());
        for word in words.iter().filter(|word| word.what == TokenKind::Literal && !is_type(&word.text)) {
            if seen.insert(&word.text) {
                literals.push(word.text.clone());
            }
        }
        let sections = Sections::of(text, words);
        let needed = sections.needed(name).into_iter();
        let blocks = needed.map(|(name, needed)| GuardBlock { types: sections.types(&needed), name });
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
            blocks: blocks.collect(),
            literals,
            message: only_message(words),
            patterns: words.iter().any(|word| word.what == TokenKind::Pattern),
            silent: Unanswerable::of(text, words, &|at| sections.names_rule(at), FUNCTIONS),
            confined: confined(words),
            footprint: Footprint::of(text, words),
            parts: Vec::new(),
        }
    }

    /// The part of a configuration item, or of a resource of a template, that it can see: the rest makes no difference.
    pub fn seen(&self, item: &Value) -> Value {
        self.footprint.on(item)
    }

    /// The text for a document that has these marks.
    pub(super) fn rewritten(&self, marks: &[String], conditions: Conditions) -> String {
        unknown_rewrite::rewritten(&self.text, &words(&self.text), marks, conditions)
    }

    /// All types that its blocks name.
    pub fn types(&self) -> Vec<String> {
        let all: std::collections::BTreeSet<_> = self.blocks.iter().flat_map(|block| &block.types).collect();
        all.into_iter().cloned().collect()
    }

    /// The types that a block names.
    pub fn types_of(&self, block: &str) -> Vec<String> {
        self.blocks.iter().find(|one| one.name == block).map(|one| one.types.clone()).unwrap_or_default()
    }

    /// Returns whether the outcome for a resource of a template can't depend on resources of other types, nor on one that a
    /// clause compares it with.
    pub fn keeps_resources_apart(&self) -> bool {
        self.confined && !self.silent.mixes()
    }

    /// Returns whether it is about a template, and not about a configuration item.
    pub fn speaks_of_templates(&self) -> bool {
        let words = words(&self.text);
        let names = |word: &Word| word.what == TokenKind::Word && (word.text == "Resources" || is_type(&word.text));
        words.iter().any(names)
    }

    /// The clauses that engines judge differently.
    pub fn differences(&self) -> Vec<EngineDifference> {
        differs::differences(&self.text, &words(&self.text))
    }

    /// The reason why AWS Config would refuse it as a custom policy, if there is one.
    pub fn undeployable(&self) -> Option<TextError> {
        self.obstacle().map(|(at, message, hint)| TextError::at(&self.text, at, message).hint(hint))
    }

    /// The same reason, as the byte of the text, the error there, and a hint.
    fn obstacle(&self) -> Option<(usize, String, &'static str)> {
        let count = self.text.chars().count();
        if count > MOST {
            let at = self.text.char_indices().nth(MOST).map_or(0, |(at, _)| at);
            let message = format!("the text has {count} characters; AWS Config takes {MOST}");
            return Some((at, message, "split the rule"));
        }
        let words = words(&self.text);
        let call = words.windows(2).find(|pair| {
            let [name, bracket] = pair else { return false };
            let own = name.what == TokenKind::Word && FUNCTIONS.contains(&name.text.as_str());
            own && bracket.what == TokenKind::Open && self.text[bracket.at..].starts_with('(')
        })?;
        let message = format!("`{}(…)` is a function of Guard 3, and AWS Config runs Guard 2", call[0].text);
        Some((call[0].at, message, "write it with clauses, or give the value as a parameter"))
    }
}

impl GuardPart {
    /// Returns whether a byte of the file is part of it, or of a section that it refers to.
    pub fn holds(&self, byte: usize) -> bool {
        self.pieces.iter().any(|(from, until)| (*from..*until).contains(&byte))
    }

    /// The reason why AWS Config would refuse it as a custom policy of its own, at its place in its file.
    pub fn undeployable(&self, file: &GuardText) -> Option<TextError> {
        let (at, message, hint) = self.text.obstacle()?;
        Some(TextError::at(&file.text, self.place(at), message).hint(hint))
    }

    /// The byte of the file for a byte of this text.
    fn place(&self, mut at: usize) -> usize {
        for (from, until) in &self.pieces {
            let length = until - from;
            if at <= length {
                return from + at;
            }
            // A line break follows each piece.
            at -= length + 1;
        }
        self.pieces.last().map_or(0, |(_, until)| *until)
    }
}

fn only_message(words: &[Word]) -> Option<String> {
    let mut messages = words.iter().filter(|word| word.what == TokenKind::Message).map(|word| &word.text);
    let first = messages.next()?;
    messages.all(|other| other == first).then(|| first.clone())
}

/// Returns whether each `Resources` is followed by a filter that begins with `Type` and names of types, without `or`.
fn confined(words: &[Word]) -> bool {
    (0..words.len()).filter(|at| words[*at].text == "Resources" && words[*at].what != TokenKind::Message).all(|at| {
        let mut after = words[at + 1..].iter().filter(|word| word.what != TokenKind::Star);
        let opens = after.next().is_some_and(|word| word.what == TokenKind::Open);
        let by_type = after.next().is_some_and(|word| word.what == TokenKind::Word && word.text == "Type");
        let names_type =
            |word: Option<&Word>| word.is_some_and(|word| word.what == TokenKind::Literal && is_type(&word.text));
        // `Type == 'AWS::…'` or `Type in ['AWS::…', …]`.
        let types = match after.next() {
            Some(word) if word.what == TokenKind::Equals => names_type(after.next()),
            Some(word) if word.is("in") && after.next().is_some_and(|word| word.what == TokenKind::Open) => {
                let mut listed = after.by_ref().take_while(|word| word.what != TokenKind::Close).peekable();
                listed.peek().is_some() && listed.all(|word| names_type(Some(word)))
            }
            _ => false,
        };
        let mut depth = 1_usize;
        let mut rest = after.take_while(|word| {
            match word.what {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth -= 1,
                _ => {}
            }
            depth > 0
        });
        words[at].what == TokenKind::Word && opens && by_type && types && !rest.any(|word| word.is("or"))
    })
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
