//! Completions of the words of `table`: the tables of the stack file, their access patterns, and the names of parameters
//! and key attributes.

use std::collections::BTreeSet;
use std::ffi::OsStr;

use clap_complete::engine::CompletionCandidate;

use super::addresses::is_plain;
use super::typed::TypedLine;
use crate::access_patterns::{AccessPattern, parameters};
use crate::commands::support::stack_file::read_tables_offline;
use crate::commands::support::table_patterns::{self, PatternedTable};

/// The kind of a word.
#[derive(Clone, Copy)]
pub(super) enum TableWord {
    /// A table.
    Table,
    /// An access pattern.
    Pattern,
    /// A parameter of the pattern that was typed: `name=`, and the values that the file lists.
    Parameter,
    /// An attribute of the key of the table that was typed: `name=`.
    KeyAttribute,
}

impl TableWord {
    /// The kind of an option's or argument's word, if it is about tables.
    pub(super) fn of(value_name: &str, id: &str) -> Option<Self> {
        match (value_name, id) {
            ("TABLE", "table") => Some(Self::Table),
            ("PATTERN", "pattern") => Some(Self::Pattern),
            ("NAME=VALUE", "arguments") => Some(Self::Parameter),
            ("KEY=VALUE", "key") => Some(Self::KeyAttribute),
            _ => None,
        }
    }
}

/// The completions of a word.
pub(super) fn candidates(line: &TypedLine, kind: TableWord, word: &OsStr) -> Vec<CompletionCandidate> {
    // A pipe is not read: what stands in it is gone for the command itself.
    let Some(word) = word.to_str().filter(|_| line.common.file.is_file()) else { return Vec::new() };
    let Ok(stack) = read_tables_offline(&line.common) else { return Vec::new() };
    let tables = table_patterns::tables(&stack);
    let found: Vec<(String, String)> = match kind {
        TableWord::Table => tables.iter().map(|table| (table.address.to_string(), "table".to_owned())).collect(),
        TableWord::Pattern => patterns(line, &tables, word),
        TableWord::Parameter => of_pattern(line, &tables),
        TableWord::KeyAttribute => of_key(line, &tables),
    };
    found
        .into_iter()
        .filter(|(text, _)| is_plain(text) && text.starts_with(word))
        // Several values of a parameter come once its name is there.
        .filter(|(text, _)| !text.contains('=') || text.ends_with('=') != word.contains('='))
        .map(|(text, help)| CompletionCandidate::new(text).help(Some(help.into())))
        .collect()
}

/// The patterns that can be asked for, with their tables where several have one of a name, or where one was typed.
fn patterns(line: &TypedLine, tables: &[PatternedTable], word: &str) -> Vec<(String, String)> {
    let prints = line.words("print_request").next().is_some();
    let of = word.rsplit_once('/').map(|(of, _)| of);
    let all = tables.iter().flat_map(|table| table.patterns.iter().map(move |(name, pattern)| (table, name, pattern)));
    let is_asked = |(table, _, pattern): &(&PatternedTable, &String, &AccessPattern)| {
        (prints || (pattern.is_read() && !pattern.scan)) && of.is_none_or(|of| table.is_named(of))
    };
    let all: Vec<_> = all.filter(is_asked).collect();
    let shown = |(table, name, pattern): &(&PatternedTable, &String, &AccessPattern)| {
        let is_shared = all.iter().filter(|(_, other, _)| other == name).count() > 1;
        let text = match of {
            Some(of) => format!("{of}/{name}"),
            None if is_shared => format!("{}/{name}", table.address.name()),
            None => (*name).clone(),
        };
        let verb = if pattern.is_read() { "reads" } else { "writes" };
        (text, pattern.description.clone().unwrap_or_else(|| format!("{verb} {}", table.address)))
    };
    all.iter().map(shown).collect()
}

/// The parameters of the pattern that was typed, without those that are given.
fn of_pattern(line: &TypedLine, tables: &[PatternedTable]) -> Vec<(String, String)> {
    let Some(named) = line.words("pattern").next() else { return Vec::new() };
    let [(table, _, pattern)] = table_patterns::named(tables, named)[..] else { return Vec::new() };
    let given = names(line, "arguments");
    let mut found = Vec::new();
    for (name, kind) in parameters(pattern, &table.keys).iter().filter(|(name, _)| !given.contains(name.as_str())) {
        let declared = pattern.parameters.get(name);
        let help = declared.and_then(|declared| declared.description.clone());
        found.push((format!("{name}="), help.unwrap_or_else(|| kind.noun().to_owned())));
        let values = declared.map(|declared| declared.values.as_slice()).unwrap_or_default();
        found.extend(values.iter().map(|value| (format!("{name}={value}"), String::new())));
    }
    found
}

/// The attributes of the key of the table that was typed, without those that are given.
fn of_key(line: &TypedLine, tables: &[PatternedTable]) -> Vec<(String, String)> {
    let Some(named) = line.words("table").next() else { return Vec::new() };
    let Some(table) = tables.iter().find(|table| table.is_named(named)) else { return Vec::new() };
    let given = names(line, "key");
    let keys = table.keys.own().filter(|key| !given.contains(key.name.as_str()));
    keys.map(|key| (format!("{}=", key.name), key.kind.noun().to_owned())).collect()
}

/// The names of the pairs that an argument has already.
fn names<'l>(line: &'l TypedLine, id: &'l str) -> BTreeSet<&'l str> {
    line.words(id).filter_map(|pair| pair.split_once('=')).map(|(name, _)| name).collect()
}
