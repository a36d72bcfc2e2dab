//! The text of a Guard file: whether AWS Config would take it, and what can be told without evaluating it.

use serde_json::Value;

use super::engine::{self, EngineError};
use super::sight::Sight;
use super::turned::{self, Conditions, Silent};
use super::words::{What, Word, is_type, words};

/// The longest policy text that AWS Config takes.
/// Source: AWS Config API reference, `CustomPolicyDetails.PolicyText`: at most 10,000 characters.
const MOST: usize = 10_000;
/// How deep brackets may be nested. Guard's parser goes down one call for each, and no rule needs many.
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
    /// What its unnamed clauses are called.
    pub name: String,
    /// The text.
    pub text: String,
    /// Its `rule` blocks, in their order; the file's own name for clauses outside of any.
    pub blocks: Vec<GuardBlock>,
    /// Every text that stands in it between quotes, but for names of types.
    pub literals: Vec<String>,
    /// The message of its clauses, where all that have one have the same.
    pub message: Option<String>,
    /// Whether a pattern stands in it.
    pub(super) patterns: bool,
    /// What it asks that the engine passes over in silence where something is not known.
    pub(super) silent: Silent,
    /// Whether it looks at resources of a template by their types alone, so that others make no difference.
    pub confined: bool,
    /// What it can see of a configuration item, or of a resource of a template.
    sight: Sight,
}

/// One `rule` block of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardBlock {
    /// Its name.
    pub name: String,
    /// AWS's types that stand in it, and in what the variables that it uses stand for.
    pub types: Vec<String>,
}

/// What is wrong with a Guard file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TextError {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What.
    pub message: String,
    /// How to mend it.
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
    /// Takes a text that Guard can parse.
    pub fn new(name: &str, text: &str) -> Result<Self, TextError> {
        let words = words(text);
        let mut depth = 0_usize;
        for word in &words {
            match word.what {
                What::Open => depth += 1,
                What::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEEPEST {
                let message = format!("brackets are nested deeper than {DEEPEST} levels");
                return Err(TextError::at(text, word.at, message));
            }
        }
        let names: Vec<String> = match engine::run(name, text, "{}") {
            Ok(None) => {
                let hint = "write at least one `rule name { … }`";
                return Err(TextError::at(text, 0, "the file holds no rule").hint(hint));
            }
            Ok(Some(tree)) => tree.rules().map(|(name, _)| name.to_owned()).collect(),
            Err(EngineError::Syntax { line, column, message }) => {
                return Err(TextError { line, column, message, hint: None });
            }
            // It could be parsed; what it lacks is a document.
            Err(EngineError::Evaluation(_) | EngineError::Panic) => blocks(&words),
        };
        Ok(Self::read(name, text, &words, names))
    }

    /// Takes a text of ours without asking the engine whether it can parse it: a test has asked it. The engine compiles
    /// every pattern of a text to tell, which would be half of the work of a plan.
    pub fn proven(name: &str, text: &str) -> Self {
        let words = words(text);
        Self::read(name, text, &words, blocks(&words))
    }

    fn read(name: &str, text: &str, words: &[Word], names: Vec<String>) -> Self {
        let mut literals: Vec<String> = Vec::new();
        for word in words.iter().filter(|word| word.what == What::Literal) {
            if !is_type(&word.text) && !literals.contains(&word.text) {
                literals.push(word.text.clone());
            }
        }
        let sections = sections(words);
        let silent = Silent::of(text, words, &names, FUNCTIONS);
        let blocks = names.into_iter().map(|name| GuardBlock { types: types_of(&name, &sections, words), name });
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
            blocks: blocks.collect(),
            literals,
            message: only_message(words),
            patterns: words.iter().any(|word| word.what == What::Pattern),
            silent,
            confined: confined(words),
            sight: Sight::of(text, words),
        }
    }

    /// What it can see of a configuration item, or of a resource of a template: the rest makes no difference to it.
    pub fn seen(&self, item: &Value) -> Value {
        self.sight.on(item)
    }

    /// The text for a document in which these marks stand.
    pub(super) fn turned(&self, marks: &[String], conditions: Conditions) -> String {
        turned::turned(&self.text, &words(&self.text), marks, conditions)
    }

    /// All types that its blocks name.
    pub fn types(&self) -> Vec<String> {
        let all: std::collections::BTreeSet<_> = self.blocks.iter().flat_map(|block| &block.types).collect();
        all.into_iter().cloned().collect()
    }

    /// Whether it speaks of a template, and not of a configuration item.
    pub fn speaks_of_templates(&self) -> bool {
        let words = words(&self.text);
        let names = |word: &Word| word.what == What::Word && (word.text == "Resources" || is_type(&word.text));
        words.iter().any(names)
    }

    /// What keeps AWS Config from taking it as a custom policy.
    pub fn undeployable(&self) -> Option<TextError> {
        let count = self.text.chars().count();
        if count > MOST {
            let at = self.text.char_indices().nth(MOST).map_or(0, |(at, _)| at);
            let message = format!("the text has {count} characters; AWS Config takes {MOST}");
            return Some(TextError::at(&self.text, at, message).hint("split the rule"));
        }
        let words = words(&self.text);
        let call = words.windows(2).find(|pair| {
            let [name, bracket] = pair else { return false };
            let own = name.what == What::Word && FUNCTIONS.contains(&name.text.as_str());
            own && bracket.what == What::Open && self.text[bracket.at..].starts_with('(')
        })?;
        let message = format!("`{}(…)` is a function of Guard 3, and AWS Config runs Guard 2", call[0].text);
        Some(
            TextError::at(&self.text, call[0].at, message)
                .hint("say it with clauses, or give the value as a parameter"),
        )
    }
}

fn only_message(words: &[Word]) -> Option<String> {
    let mut messages = words.iter().filter(|word| word.what == What::Message).map(|word| &word.text);
    let first = messages.next()?;
    messages.all(|other| other == first).then(|| first.clone())
}

/// Each `Resources` is followed by a filter that begins with `Type` and names of types, and in which `or` names no other.
fn confined(words: &[Word]) -> bool {
    (0..words.len()).filter(|at| words[*at].text == "Resources" && words[*at].what != What::Message).all(|at| {
        let mut after = words[at + 1..].iter().filter(|word| word.what != What::Star);
        let opens = after.next().is_some_and(|word| word.what == What::Open);
        let by_type = after.next().is_some_and(|word| word.what == What::Word && word.text == "Type");
        let names_type =
            |word: Option<&Word>| word.is_some_and(|word| word.what == What::Literal && is_type(&word.text));
        // `Type == 'AWS::…'` or `Type in ['AWS::…', …]`.
        let types = match after.next() {
            Some(word) if word.what == What::Equals => names_type(after.next()),
            Some(word) if word.is("in") && after.next().is_some_and(|word| word.what == What::Open) => {
                let mut listed = after.by_ref().take_while(|word| word.what != What::Close).peekable();
                listed.peek().is_some() && listed.all(|word| names_type(Some(word)))
            }
            _ => false,
        };
        let mut depth = 1_usize;
        let mut rest = after.take_while(|word| {
            match word.what {
                What::Open => depth += 1,
                What::Close => depth -= 1,
                _ => {}
            }
            depth > 0
        });
        words[at].what == What::Word && opens && by_type && types && !rest.any(|word| word.is("or"))
    })
}

/// A `rule` or a `let` of a file.
#[derive(Debug)]
struct Section<'w> {
    head: &'static str,
    name: String,
    words: &'w [Word],
}

/// What stands at the outermost level, each up to where the next begins.
fn sections(words: &[Word]) -> Vec<Section<'_>> {
    let mut depth = 0_usize;
    let mut heads: Vec<(usize, &'static str)> = Vec::new();
    for (index, word) in words.iter().enumerate() {
        match (word.what, word.text.as_str()) {
            (What::Open, _) => depth += 1,
            (What::Close, _) => depth = depth.saturating_sub(1),
            (What::Word, "rule") if depth == 0 => heads.push((index, "rule")),
            (What::Word, "let") if depth == 0 => heads.push((index, "let")),
            _ => {}
        }
    }
    let ends = heads.iter().skip(1).map(|(index, _)| *index).chain([words.len()]);
    let section = |((start, head), end): (&(usize, &'static str), usize)| {
        let name = words.get(start + 1)?.text.clone();
        Some(Section { head, name, words: words.get(start + 2..end)? })
    };
    heads.iter().zip(ends).filter_map(section).collect()
}

/// The names of the `rule` blocks.
fn blocks(words: &[Word]) -> Vec<String> {
    sections(words).into_iter().filter(|one| one.head == "rule").map(|one| one.name).collect()
}

/// The types in a block and in whatever it names; of clauses outside of blocks, those of the whole file.
fn types_of(block: &str, sections: &[Section<'_>], words: &[Word]) -> Vec<String> {
    let mut types: Vec<String> = Vec::new();
    let add = |words: &[Word], types: &mut Vec<String>| {
        for word in words.iter().filter(|word| is_type(&word.text)) {
            if !types.contains(&word.text) {
                types.push(word.text.clone());
            }
        }
    };
    let Some(own) = sections.iter().position(|one| one.head == "rule" && one.name == block) else {
        add(words, &mut types);
        return types;
    };
    let (mut seen, mut next) = (vec![own], vec![own]);
    while let Some(section) = next.pop().and_then(|index| sections.get(index)) {
        add(section.words, &mut types);
        for (index, other) in sections.iter().enumerate() {
            let named = |word: &Word| word.what == What::Word && word.text == other.name;
            if !seen.contains(&index) && section.words.iter().any(named) {
                seen.push(index);
                next.push(index);
            }
        }
    }
    types
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
