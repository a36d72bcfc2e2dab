//! The access patterns of a stack's tables: their findings, costs, and places.

use std::collections::BTreeMap;

use crate::access_patterns::{self, AccessPattern, PatternSummary, TableKeys};
use crate::base::{Address, Problem, PropertyPath, Vault};
use crate::guard;
use crate::kind::Kind as _;
use crate::kinds::table::{Table, TableSpec};
use crate::plan::{Plan, Verdict};
use crate::stack::{Failure, Stack};

/// A table with its patterns.
#[derive(Debug)]
pub(crate) struct PatternedTable {
    /// The table's address.
    pub(crate) address: Address,
    /// Its physical name.
    pub(crate) name: String,
    /// Its keys.
    pub(crate) keys: TableKeys,
    /// The patterns.
    pub(crate) patterns: BTreeMap<String, AccessPattern>,
}

impl PatternedTable {
    /// Returns whether a text names the table: its name in the file, its address, or its physical name.
    pub(crate) fn is_named(&self, text: &str) -> bool {
        self.address.name() == text || self.address.to_string() == text || self.name == text
    }
}

/// The patterns of a name: of all tables, or as `table/pattern` of one.
pub(crate) fn named<'t>(
    tables: &'t [PatternedTable],
    named: &str,
) -> Vec<(&'t PatternedTable, &'t str, &'t AccessPattern)> {
    let (of, name) = match named.rsplit_once('/') {
        Some((table, name)) => (Some(table), name),
        None => (None, named),
    };
    let chosen = tables.iter().filter(|table| of.is_none_or(|of| table.is_named(of)));
    chosen
        .filter_map(|table| table.patterns.get_key_value(name).map(|(name, pattern)| (table, name.as_str(), pattern)))
        .collect()
}

/// All tables of a stack, in the order of the file.
pub(crate) fn tables(stack: &Stack) -> Vec<PatternedTable> {
    let tables = stack.resources.iter().filter(|declared| declared.address.section() == Table::SECTION);
    let read = |declared: &crate::stack::Declared| {
        let spec: TableSpec = serde_json::from_value(declared.body.clone()).ok()?;
        let (address, name) = (declared.address.clone(), declared.name.clone());
        Some(PatternedTable { address, name, keys: spec.keys(), patterns: spec.access_patterns })
    };
    tables.filter_map(read).collect()
}

/// Refuses values of the environment in patterns: they are shown in findings, and in requests.
pub(crate) fn without_secrets(stack: &Stack) -> Result<(), Failure> {
    let tables = stack.resources.iter().filter(|declared| declared.address.section() == Table::SECTION);
    let failures = tables.filter_map(|declared| {
        let mut found = Vec::new();
        let at = crate::path!["access_patterns"];
        if let Some(patterns) = at.get(&declared.body) {
            sealed(patterns, &at, &mut found);
        }
        let problem = |path| {
            let message =
                "a pattern can't hold a value of an environment variable: it is shown in findings and requests";
            Problem::new(path, message).hint("write it out, or make it a parameter: `{name}`")
        };
        let problems: Vec<Problem> = found.into_iter().map(problem).collect();
        (!problems.is_empty()).then(|| stack.source.failure(&declared.address, problems))
    });
    failures.reduce(Failure::merge).map_or(Ok(()), Err)
}

fn sealed(value: &serde_json::Value, at: &PropertyPath, found: &mut Vec<PropertyPath>) {
    match value {
        serde_json::Value::String(text) if Vault::is_sealed(text) => found.push(at.clone()),
        serde_json::Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| sealed(item, &at.child(index.to_string()), found));
        }
        serde_json::Value::Object(map) => map.iter().for_each(|(key, item)| sealed(item, &at.child(key), found)),
        _ => {}
    }
}

/// The verdicts on all tables with patterns.
pub(crate) fn verdicts(stack: &Stack, plan: Option<&Plan>) -> Vec<Verdict> {
    let locate = |address: &Address, path: &PropertyPath| stack.source.locate(address, path);
    let of = |table: PatternedTable| {
        let findings = access_patterns::findings(&table.patterns, &table.keys);
        guard::access_patterns(&table.address, findings, plan, &locate)
    };
    tables(stack).into_iter().flat_map(of).collect()
}

/// The patterns of each table that has any.
pub(crate) fn summaries(stack: &Stack) -> Vec<(Address, Vec<PatternSummary>)> {
    let with_patterns = tables(stack).into_iter().filter(|table| !table.patterns.is_empty());
    with_patterns.map(|table| (table.address, access_patterns::summaries(&table.patterns, &table.keys))).collect()
}
