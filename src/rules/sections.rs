//! The parts of a Guard file, and the text that one rule of it needs.
//!
//! AWS's engine evaluates a file as a whole and judges each of its rules separately. So a rule is cut out of its file
//! with the rules and variables that it refers to, and with nothing else: other parts of a file neither change a
//! verdict nor cost time.

use std::collections::{BTreeMap, BTreeSet};

use super::lexer::{TokenKind, Word, is_type};

/// A section at the outermost level of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) kind: SectionKind,
    /// Its name; empty for clauses outside of rules.
    pub(super) name: String,
    /// Its bytes, from the first to after the last.
    pub(super) bytes: (usize, usize),
    /// Its words, likewise.
    words: (usize, usize),
}

/// The sorts of sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SectionKind {
    /// `let name = …`
    Variable,
    /// `rule name … { … }`
    Rule,
    /// `rule name(parameters) { … }`: it is evaluated only where another rule calls it.
    Parameterized,
    /// Clauses outside of rules, which the engine treats as one rule with the file's name.
    Default,
}

/// A file, divided.
pub(super) struct Sections<'t> {
    text: &'t str,
    words: &'t [Word],
    all: Vec<Section>,
    /// The names of all rules that others may refer to.
    rules: BTreeSet<&'t str>,
}

impl<'t> Sections<'t> {
    pub(super) fn of(text: &'t str, words: &'t [Word]) -> Self {
        let (mut all, mut at, mut depth) = (Vec::new(), 0, 0_usize);
        // The start of clauses outside of rules, as a word and as a byte.
        let (mut open, mut behind) = (None, 0);
        while let Some(word) = words.get(at) {
            let head = if depth == 0 { head(text, words, at) } else { None };
            let Some((kind, end)) = head else {
                match word.what {
                    TokenKind::Open => depth += 1,
                    TokenKind::Close => depth = depth.saturating_sub(1),
                    _ => {}
                }
                open = open.or(Some((at, behind)));
                at += 1;
                continue;
            };
            close(&mut all, open.take(), (at, word.at));
            let name = words.get(at + 1).map(name_of).unwrap_or_default().to_owned();
            behind = end.checked_sub(1).and_then(|last| words.get(last)).map_or(text.len(), |last| last.end);
            all.push(Section { kind, name, bytes: (word.at, behind), words: (at, end) });
            at = end;
        }
        close(&mut all, open, (words.len(), text.len()));
        let named = |section: &Section| matches!(section.kind, SectionKind::Rule | SectionKind::Parameterized);
        let rules = all.iter().filter(|one| named(one)).filter_map(|one| words.get(one.words.0 + 1));
        let rules = rules.map(|name| name.text.as_str()).collect();
        Self { text, words, all, rules }
    }

    /// The names of the rules that the engine judges, each once: first the name for clauses outside of rules, if there
    /// are any, which is made from the file's name.
    pub(super) fn names(&self, file: &str) -> Vec<String> {
        let default = self.all.iter().any(|one| one.kind == SectionKind::Default).then(|| default_name(file));
        let rules = self.all.iter().filter(|one| one.kind == SectionKind::Rule).map(|one| one.name.clone());
        let mut names: Vec<String> = Vec::new();
        let mut seen = BTreeSet::new();
        for name in default.into_iter().chain(rules) {
            if seen.insert(name.clone()) {
                names.push(name);
            }
        }
        names
    }

    /// Returns whether a word is the name of a rule in the place of a clause.
    pub(super) fn names_rule(&self, at: usize) -> bool {
        names_rule(self.text, self.words, at, &|name| self.rules.contains(name))
    }

    /// For each rule that the engine judges, in the order of their names: the parts of the file that it needs, with
    /// itself.
    pub(super) fn needed(&self, file: &str) -> Vec<(String, Vec<&Section>)> {
        let mut by_name: BTreeMap<(bool, &str), Vec<usize>> = BTreeMap::new();
        for (index, section) in self.all.iter().enumerate() {
            match section.kind {
                // Of several variables of one name the engine takes the last, separately for each sort of value.
                SectionKind::Variable => {
                    let known = by_name.entry((true, &section.name)).or_default();
                    known
                        .retain(|other| self.all.get(*other).map(|other| self.sort(other)) != Some(self.sort(section)));
                    known.push(index);
                }
                SectionKind::Rule | SectionKind::Parameterized => {
                    by_name.entry((false, &section.name)).or_default().push(index);
                }
                SectionKind::Default => {}
            }
            if section.kind == SectionKind::Variable {
                // `let a = Resources[ name | … ]` gives a value to `name`, too.
                for name in self.captured(section) {
                    by_name.entry((true, name)).or_default().push(index);
                }
            }
        }
        let uses: Vec<BTreeSet<usize>> = self
            .all
            .iter()
            .map(|section| self.uses(section).iter().filter_map(|used| by_name.get(used)).flatten().copied().collect())
            .collect();
        let default = default_name(file);
        let of = |name: String| {
            let own = |section: &Section| match section.kind {
                SectionKind::Default => name == default,
                SectionKind::Rule => name == section.name,
                SectionKind::Variable | SectionKind::Parameterized => false,
            };
            let mut next: Vec<usize> =
                (0..self.all.len()).filter(|index| self.all.get(*index).is_some_and(own)).collect();
            let mut needed: BTreeSet<usize> = next.iter().copied().collect();
            while let Some(index) = next.pop() {
                next.extend(uses.get(index).into_iter().flatten().filter(|used| needed.insert(**used)));
            }
            let sections = needed.into_iter().filter_map(|index| self.all.get(index)).collect();
            (name, sections)
        };
        self.names(file).into_iter().map(of).collect()
    }

    /// Returns whether a variable has a literal value, and whether it has the result of a function.
    fn sort(&self, section: &Section) -> (bool, bool) {
        let mut value = self.words.get(section.words.0 + 2..section.words.1).unwrap_or_default().iter();
        let Some(first) = value.next() else { return (false, false) };
        let called = value.next().is_some_and(|open| open.at == first.end && open.is_bracket(self.text, '('));
        let range = first.is("r") && self.text[first.end..].starts_with(['(', '[']);
        let constant = first.text.starts_with(|c: char| c.is_ascii_digit())
            || ["true", "false", "null"].iter().any(|name| first.is(name));
        let literal = range || constant || first.what != TokenKind::Word;
        (literal && !self.text[..first.at].ends_with('%'), called && !range)
    }

    /// AWS's types in sections, each once.
    pub(super) fn types(&self, sections: &[&Section]) -> Vec<String> {
        let mut types: Vec<String> = Vec::new();
        let words = sections.iter().filter_map(|one| self.words.get(one.words.0..one.words.1)).flatten();
        for word in words.filter(|word| is_type(&word.text)) {
            if !types.contains(&word.text) {
                types.push(word.text.clone());
            }
        }
        types
    }

    /// The variables (`true`) and rules (`false`) of the file that a section refers to.
    fn uses(&self, section: &Section) -> BTreeSet<(bool, &'t str)> {
        let (start, end) = section.words;
        let mut used = BTreeSet::new();
        let locals = self.locals(section);
        let mut open: Vec<usize> = Vec::new();
        // The name of the section itself is no reference.
        let body = if section.kind == SectionKind::Default { start } else { start + 2 };
        for at in body..end {
            let Some(word) = self.words.get(at) else { break };
            match word.what {
                TokenKind::Open => open.push(at),
                TokenKind::Close => {
                    open.pop();
                }
                TokenKind::Word if self.text[..word.at].ends_with(['%']) || self.text[..word.at].ends_with("%{") => {
                    let own = |block: &usize| locals.get(block).is_some_and(|names| names.contains(word.text.as_str()));
                    if !open.iter().any(own) && !locals.get(&start).is_some_and(|all| all.contains(word.text.as_str()))
                    {
                        used.insert((true, word.text.as_str()));
                    }
                }
                TokenKind::Word if self.names_rule(at) => {
                    used.insert((false, word.text.as_str()));
                }
                _ => {}
            }
        }
        used
    }

    /// The variables that blocks within a section set, by the word that opens the block; its parameters, by its first.
    fn locals(&self, section: &Section) -> BTreeMap<usize, BTreeSet<&'t str>> {
        let (start, end) = section.words;
        let mut locals: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        let mut open: Vec<usize> = Vec::new();
        for at in start..end {
            let Some(word) = self.words.get(at) else { break };
            match word.what {
                TokenKind::Open => open.push(at),
                TokenKind::Close => {
                    open.pop();
                }
                TokenKind::Word if word.is("let") && !open.is_empty() => {
                    if let (Some(block), Some(name)) = (open.last(), self.words.get(at + 1)) {
                        locals.entry(*block).or_default().insert(name_of(name));
                    }
                }
                TokenKind::Word if section.kind == SectionKind::Parameterized && open.as_slice() == [start + 2] => {
                    locals.entry(start).or_default().insert(&word.text);
                }
                _ => {}
            }
        }
        locals
    }

    /// The names in `[ name | … ]`.
    fn captured(&self, section: &Section) -> impl Iterator<Item = &'t str> {
        let (start, end) = section.words;
        let text = self.text;
        self.words.get(start..end).unwrap_or_default().windows(2).filter_map(move |pair| {
            let [bracket, name] = pair else { return None };
            let piped = text[name.end..].trim_start().starts_with('|');
            (bracket.is_bracket(text, '[') && name.what == TokenKind::Word && piped).then_some(name.text.as_str())
        })
    }
}

/// The name that a word defines: in `let a:= 1` a sign follows it directly.
fn name_of(word: &Word) -> &str {
    word.text.trim_end_matches(':')
}

/// The engine's name for clauses outside of rules.
fn default_name(file: &str) -> String {
    if file.trim().is_empty() { "default".to_owned() } else { format!("{file}/default") }
}

fn close(all: &mut Vec<Section>, open: Option<(usize, usize)>, (word, byte): (usize, usize)) {
    if let Some((first, start)) = open {
        all.push(Section {
            kind: SectionKind::Default,
            name: String::new(),
            bytes: (start, byte),
            words: (first, word),
        });
    }
}

/// The `rule` or `let` that begins with a word, and the word after its end.
fn head(text: &str, words: &[Word], at: usize) -> Option<(SectionKind, usize)> {
    let (word, name) = (words.get(at)?, words.get(at + 1)?);
    let keyword = word.what == TokenKind::Word && !text[..word.at].ends_with(['.', '%', '{']);
    let apart = name.what == TokenKind::Word && !text[word.end..name.at].contains(['=', '<', '>', '.']);
    if !keyword || !apart {
        return None;
    }
    match word.text.as_str() {
        "let" => {
            let sign = text[name.end..].trim_start();
            let sets = (sign.starts_with('=') && !sign.starts_with("==")) || sign.starts_with(":=");
            sets.then(|| (SectionKind::Variable, value_end(text, words, at + 2)))
        }
        "rule" => {
            let parameters = words.get(at + 2).is_some_and(|open| open.is_bracket(text, '('));
            let kind = if parameters { SectionKind::Parameterized } else { SectionKind::Rule };
            Some((kind, body_end(text, words, at + 2)))
        }
        _ => None,
    }
}

/// The word after the block of a rule whose head continues with a word.
fn body_end(text: &str, words: &[Word], mut at: usize) -> usize {
    while let Some(word) = words.get(at) {
        if word.is_bracket(text, '{') {
            let before = text[..word.at].trim_end();
            let is_value = before.ends_with(['=', ',', ':', '[', '(', '<', '>', '%']);
            let listed = at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|word| word.is("in"));
            let end = closed(words, at);
            if !is_value && !listed {
                return end;
            }
            at = end;
        } else if word.what == TokenKind::Open {
            at = closed(words, at);
        } else {
            at += 1;
        }
    }
    words.len()
}

/// The word after the value of a variable: a literal, a call, or a query with its keys and filters.
fn value_end(text: &str, words: &[Word], mut at: usize) -> usize {
    if words.get(at).is_some_and(|word| word.is("some")) {
        at += 1;
    }
    let Some(first) = words.get(at) else { return words.len() };
    let mut end = match first.what {
        TokenKind::Open => closed(words, at),
        _ => at + 1,
    };
    let query = first.what == TokenKind::Word || text[..first.at].ends_with('%');
    // A call's arguments, or the bounds of a range, follow the name directly.
    if words.get(end).is_some_and(|open| query && open.at == first.end && open.is_bracket(text, '(')) {
        return closed(words, end);
    }
    while let (true, Some(last), Some(next)) =
        (query, end.checked_sub(1).and_then(|last| words.get(last)), words.get(end))
    {
        let gap = without_comments(&text[last.end..next.at]);
        let steps = matches!(gap.trim(), "." | ".%" | ".%{" | "-" | "+") && !gap.ends_with(char::is_whitespace);
        let filters = next.is_bracket(text, '[') && gap.trim().is_empty();
        end = if next.what == TokenKind::Open && (filters || steps) {
            closed(words, end)
        } else if steps && matches!(next.what, TokenKind::Word | TokenKind::Literal | TokenKind::Star) {
            end + 1
        } else {
            break;
        };
    }
    end
}

/// The word after the bracket that closes the one at a word.
fn closed(words: &[Word], at: usize) -> usize {
    let mut depth = 0_usize;
    for (index, word) in words.iter().enumerate().skip(at) {
        match word.what {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    words.len()
}

fn without_comments(gap: &str) -> String {
    gap.lines().map(|line| line.split('#').next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Operators that are words.
const OPERATORS: &[&str] =
    &["in", "exists", "empty", "is_string", "is_list", "is_struct", "is_bool", "is_int", "is_float", "is_null"];

/// Returns whether a word is the name of another rule in the place of a clause: it is compared with nothing, and is no
/// part of a path.
pub(super) fn names_rule(text: &str, words: &[Word], at: usize, is_rule: &dyn Fn(&str) -> bool) -> bool {
    let Some(word) = words.get(at).filter(|word| word.what == TokenKind::Word && is_rule(&word.text)) else {
        return false;
    };
    let (before, after) = (at.checked_sub(1).and_then(|before| words.get(before)), words.get(at + 1));
    if before.is_some_and(|before| ["rule", "let", "in", "keys"].contains(&before.text.as_str())) {
        return false;
    }
    if text[..word.at].ends_with(['.', '%', '{']) || text[word.end..].starts_with(['.', '[']) {
        return false;
    }
    let head = text[..word.at].trim_end();
    // The right side of a comparison, an argument, or the name in `[ name | … ]`.
    if before.is_some_and(|before| matches!(before.what, TokenKind::Equals | TokenKind::Differs))
        || (head.ends_with(['=', '<', '>', ',', '(', '[']) && !head.ends_with(">>"))
    {
        return false;
    }
    let Some(after) = after else { return true };
    let gap = without_comments(text.get(word.end..after.at).unwrap_or_default());
    let operator = |word: &Word| OPERATORS.iter().any(|name| word.is(name));
    let rewritten = matches!(after.what, TokenKind::Not) || after.is("not");
    let compared = matches!(after.what, TokenKind::Equals | TokenKind::Differs)
        || gap.contains(['<', '>', '=', '.', '|'])
        || operator(after)
        || (rewritten && words.get(at + 2).is_some_and(operator));
    !compared
}

#[cfg(test)]
#[path = "sections_tests.rs"]
mod tests;
