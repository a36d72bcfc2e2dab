//! The problems of patterns for which `DynamoDB` would refuse a request, or for which it could never find anything.
//!
//! Sources: API reference, `Query` (`KeyConditionExpression`, `FilterExpression`, `ConsistentRead`), `GetItem`;
//! Developer Guide, "Global secondary indexes", "Reading data".

use std::collections::{BTreeMap, BTreeSet};

use super::check_write;
use super::comparison::{Comparison, Operator};
use super::parameter_value::fits;
use super::pattern::AccessPattern;
use super::served::{Unserved, lacks, served, serves};
use super::suggestion::meant;
use super::table_keys::{ScalarType, TableKeys};
use super::uses::{Use, types, uses};
use super::value::AttributeTemplate;
use crate::base::{Problem, PropertyPath, pending};
use crate::path;

/// Finds the problems of all patterns of a table; the paths begin with `access_patterns`.
pub fn check(patterns: &BTreeMap<String, AccessPattern>, keys: &TableKeys) -> Vec<Problem> {
    patterns.iter().flat_map(|(name, pattern)| one(name, pattern, keys)).collect()
}

fn one(name: &str, pattern: &AccessPattern, keys: &TableKeys) -> Vec<Problem> {
    let mut found = Vec::new();
    let form = form(pattern, &mut found);
    if form {
        if pattern.is_read() {
            read(pattern, keys, &mut found);
        } else {
            check_write::check(pattern, keys, &mut found);
        }
    }
    values(pattern, keys, &mut found);
    parameters(pattern, keys, &mut found);
    let at = path!["access_patterns", name];
    let below = |path: &PropertyPath| at.keys().iter().chain(path.keys()).cloned().collect::<PropertyPath>();
    for problem in &mut found {
        problem.path = below(&problem.path);
        problem.given = problem.given.iter().map(below).collect();
    }
    found
}

/// Checks that it is a read by a key, a scan, or a write.
fn form(pattern: &AccessPattern, found: &mut Vec<Problem>) -> bool {
    let AccessPattern {
        description: _,
        index,
        key,
        sort,
        filter,
        attributes,
        order,
        limit,
        consistent,
        scan,
        write,
        parameters: _,
        item_size: _,
        items,
    } = pattern;
    let of_reads = [
        ("index", index.is_some()),
        ("key", !key.is_empty()),
        ("sort", sort.is_some()),
        ("filter", !filter.is_empty()),
        ("attributes", !attributes.is_empty()),
        ("order", order.is_some()),
        ("limit", limit.is_some()),
        ("consistent", *consistent),
        ("scan", *scan),
        ("items", items.is_some()),
    ];
    if write.is_some() {
        let given = of_reads.into_iter().filter(|(_, given)| *given);
        let before = found.len();
        found.extend(given.map(|(word, _)| {
            let message = format!("`{word}` is of a read, and this pattern writes");
            Problem::new(path![word], message).hint("make two patterns of it, or remove one of both").of_key()
        }));
        return found.len() == before;
    }
    if *scan {
        for (word, given) in [("key", !key.is_empty()), ("sort", sort.is_some()), ("order", order.is_some())] {
            if given {
                let message = format!("a scan reads the whole table, and has no `{word}`");
                found.push(Problem::new(path![word], message).hint("remove `scan: true`, or this").of_key());
            }
        }
    } else if key.is_empty() {
        let message = "this pattern neither reads nor writes";
        let hint = "a read has `key: {attribute: \"…\"}`, a write has `write:`, and what reads the whole table has \
                    `scan: true`";
        found.push(Problem::new(PropertyPath::root(), message).hint(hint));
        return false;
    }
    true
}

fn read(pattern: &AccessPattern, keys: &TableKeys, found: &mut Vec<Problem>) {
    let mut index = None;
    if let Some(name) = &pattern.index {
        let Some(known) = keys.indexes.get_key_value(name) else {
            let message = format!("the table has no index `{name}`");
            let hint = meant(name, keys.indexes.keys().map(String::as_str));
            let hint =
                hint.unwrap_or_else(|| "the table has no index; without `index:` its own key is used".to_owned());
            found.push(Problem::new(path!["index"], message).hint(hint));
            return;
        };
        index = Some(known);
    }
    if !pattern.scan {
        key(pattern, keys, index, found);
    }
    let served = served(pattern, keys);
    let index = match &served {
        Some(served) => served.index.as_ref().and_then(|name| keys.indexes.get_key_value(name)),
        None => index,
    };
    if let Some((name, held)) = index.filter(|(_, index)| index.global) {
        if pattern.consistent {
            let message = format!("`{name}` is a global index: it has no strongly consistent reads");
            let hint = "remove `consistent`, or read from the table or a local index";
            found.push(Problem::new(path!["consistent"], message).hint(hint).given(path!["index"]).of_key());
        }
        if !pattern.scan || pattern.index.is_some() {
            not_projected(pattern, keys, (name, held), found);
        }
    }
    if let Some(served) = &served {
        let of_key = index.map_or_else(
            || keys.own().map(|key| key.name.clone()).collect::<Vec<_>>(),
            |(_, index)| index.keys().map(|key| key.name.clone()).collect(),
        );
        for name in pattern.filter.keys().filter(|name| of_key.contains(name)) {
            let message = format!("`{name}` is a part of the key that is queried: a filter can't have it");
            let hint = if served.key.contains(name) {
                "remove it here: it is in `key` already"
            } else {
                "compare it by `key` or by `sort`"
            };
            found.push(Problem::new(path!["filter", name], message).hint(hint).of_key());
        }
    }
    let mut seen = BTreeSet::new();
    for (position, name) in pattern.attributes.iter().enumerate() {
        if !seen.insert(name) {
            let message = format!("`{name}` is listed twice");
            found.push(Problem::new(path!["attributes", position.to_string()], message).hint("keep one of them"));
        }
    }
}

/// Checks that the index that is named serves, and that a comparison has a sort key.
fn key(
    pattern: &AccessPattern,
    keys: &TableKeys,
    index: Option<(&String, &super::table_keys::IndexKeys)>,
    found: &mut Vec<Problem>,
) {
    let this = index.map_or_else(|| "the table".to_owned(), |(name, _)| format!("the index `{name}`"));
    match (serves(pattern, keys, index), index) {
        (Err(Unserved::Partition), Some((_, index))) => {
            let missing = index.partition.iter().filter(|key| !pattern.key.contains_key(&key.name));
            let missing: Vec<String> = missing.map(|key| format!("`{}`", key.name)).collect();
            let message = format!("{this} is read by {}, which `key` does not give", missing.join(" and "));
            let names: Vec<&str> = index.keys().map(|key| key.name.as_str()).collect();
            let unknown = pattern.key.keys().filter(|given| !names.contains(&given.as_str()));
            let mut near = unknown.filter_map(|given| meant(given, names.iter().copied()));
            let near = near.find(|hint| hint.starts_with("did"));
            let hint = near.unwrap_or_else(|| "give it, or remove `index` so that another one may serve".to_owned());
            found.push(Problem::new(path!["key"], message).hint(hint).of_key());
        }
        (Err(Unserved::Sort), named) if named.is_some() || served(pattern, keys).is_none() => {
            let message = format!("{this} has no sort key that `sort` could compare");
            let hint =
                "remove `sort`, or give the table or an index a sort key; an attribute of `key` is compared already";
            found.push(Problem::new(path!["sort"], message).hint(hint).of_key());
        }
        _ => {}
    }
}

/// Checks that a global index holds what is read. Source: Developer Guide, "Global secondary indexes", "Attribute
/// projections": a query of such an index can't fetch attributes from the table.
fn not_projected(
    pattern: &AccessPattern,
    keys: &TableKeys,
    (name, index): (&String, &super::table_keys::IndexKeys),
    found: &mut Vec<Problem>,
) {
    let missing: BTreeSet<&String> = lacks(pattern, keys, index).collect();
    for attribute in missing {
        let message =
            format!("the index `{name}` does not hold `{attribute}`, and a global index has no other attributes");
        let path = match pattern.attributes.iter().position(|one| one == attribute) {
            Some(position) => path!["attributes", position.to_string()],
            None if pattern.filter.contains_key(attribute) => path!["filter", attribute],
            None => path!["key", attribute],
        };
        let all = keys.held(index).unwrap_or_default();
        let near = meant(attribute, all.iter().map(String::as_str)).filter(|hint| hint.starts_with("did"));
        let hint = near.unwrap_or_else(|| {
            let kept = match &index.projected {
                super::table_keys::Projected::Include(names) => {
                    names.iter().chain([attribute]).cloned().collect::<Vec<_>>()
                }
                _ => vec![attribute.clone()],
            };
            format!("give the index `projection: {{include: [{}]}}` or `projection: all`", kept.join(", "))
        });
        found.push(Problem::new(path, message).hint(hint));
    }
}

/// Checks each value: its form, and its type where it is of a key.
fn values(pattern: &AccessPattern, keys: &TableKeys, found: &mut Vec<Problem>) {
    let served = served(pattern, keys);
    let sort_on = served.as_ref().and_then(|served| served.sort_on.as_deref());
    let types = types(pattern, keys, sort_on);
    for one in uses(pattern, sort_on) {
        if let Some(template) = one.value.template() {
            if pending::is_pending(&template.0) {
                let message = "a pattern can't hold what is known only after apply";
                found.push(Problem::new(one.at, message).hint("write it out, or make it a parameter: `{name}`"));
                continue;
            }
            if let Err(error) = template.parse() {
                found.push(Problem::new(one.at, error.message).hint(error.hint));
                continue;
            }
        }
        if let Some(kind) = keys.type_of(one.attribute) {
            // `exists` was left out, and a condition may compare with any type.
            let beginning = one.at.keys().last().is_some_and(|key| key == "begins_with") && kind == ScalarType::N;
            if !beginning && !one.at.keys().iter().any(|key| key == "condition") {
                of_key(&one, kind, &types, found);
            }
        } else if one.added && !is_number(one.value, &types) {
            let message = format!("`{}` is added to, and `{}` is not a number", one.attribute, one.value.shown());
            found.push(Problem::new(one.at, message).hint("write a number, or a parameter alone: `\"{count}\"`"));
        }
    }
    let sort = pattern.sort.as_ref().map(|sort| (path!["sort"], sort, sort_on.and_then(|name| keys.type_of(name))));
    let filters = pattern.filter.iter().map(|(name, filter)| (path!["filter", name], filter, keys.type_of(name)));
    for (at, comparison, kind) in sort.into_iter().chain(filters) {
        operator(&at, comparison, kind, found);
    }
}

fn is_number(value: &AttributeTemplate, types: &BTreeMap<String, ScalarType>) -> bool {
    match value {
        AttributeTemplate::Number(_) => true,
        AttributeTemplate::Flag(_) => false,
        AttributeTemplate::Text(template) => {
            template.only_parameter().is_some_and(|name| types.get(&name) == Some(&ScalarType::N))
        }
    }
}

/// Checks the value of a key attribute. Source: API reference, `KeySchemaElement`; Developer Guide, "Quotas",
/// "Partition keys and sort keys": the value is not empty.
fn of_key(one: &Use<'_>, kind: ScalarType, types: &BTreeMap<String, ScalarType>, found: &mut Vec<Problem>) {
    let Use { at, attribute, value, added: _ } = one;
    let is = format!("`{attribute}` is {} in the key", kind.noun());
    let mut wrong = |message: String, hint: &str| {
        found.push(Problem::new(at.clone(), message).hint(hint));
    };
    match value {
        AttributeTemplate::Number(number) if kind != ScalarType::N => {
            wrong(format!("{is}, and `{number}` is a number"), &format!("put it in quotes: `\"{number}\"`"));
        }
        AttributeTemplate::Flag(flag) => {
            wrong(format!("{is}, and `{flag}` is a truth value"), "put it in quotes, if this text is meant");
        }
        AttributeTemplate::Number(_) => {}
        AttributeTemplate::Text(template) => match (template.literal(), template.only_parameter()) {
            (Some(text), _) if text.is_empty() && !at.keys().iter().any(|key| key == "begins_with") => {
                wrong(format!("`{attribute}` is in the key, and can't be empty"), "a key attribute has a value");
            }
            (Some(text), _) if kind == ScalarType::N => {
                wrong(
                    format!("{is}, and `{text}` is a text"),
                    "write a number without quotes, or a parameter: `\"{name}\"`",
                );
            }
            (Some(_), _) if kind == ScalarType::B => {
                wrong(format!("{is}, and can only be given as a parameter"), "write `\"{name}\"`");
            }
            (None, None) if kind != ScalarType::S => {
                let hint = "write a parameter alone: `\"{name}\"`";
                wrong(format!("{is}, and `{}` joins texts", template.0), hint);
            }
            (None, Some(name)) if types.get(&name).is_some_and(|known| *known != kind) => {
                let known = types.get(&name).map_or("", |known| known.noun());
                wrong(format!("{is}, and `{{{name}}}` is {known}"), "use two parameters, or correct its `type`");
            }
            _ => {}
        },
    }
}

/// Checks a comparison. Source: API reference, `Condition` (which types an operator takes), and `Query`, for the bounds
/// of `between`.
fn operator(at: &PropertyPath, comparison: &Comparison, kind: Option<ScalarType>, found: &mut Vec<Problem>) {
    let word = comparison.operator.word();
    if comparison.operator == Operator::BeginsWith {
        let number = match kind {
            Some(kind) => kind == ScalarType::N,
            None => matches!(comparison.values.first(), Some(AttributeTemplate::Number(_))),
        };
        if number {
            let message = "numbers have no beginning: `begins_with` compares texts and bytes";
            found.push(Problem::new(at.child(word), message).hint("use `between`, or `at_least`"));
        }
    }
    let flag = |value: &AttributeTemplate| matches!(value, AttributeTemplate::Flag(_));
    let ordered = [Operator::LessThan, Operator::AtMost, Operator::GreaterThan, Operator::AtLeast, Operator::Between];
    if ordered.contains(&comparison.operator) && comparison.values.iter().any(flag) {
        let message = "truth values have no order";
        found.push(Problem::new(at.child(word), message).hint("compare by `equals`, or put the value in quotes"));
    }
    if let (Operator::Between, [low, high]) = (comparison.operator, comparison.values.as_slice()) {
        let reversed = match (low, high) {
            (AttributeTemplate::Number(low), AttributeTemplate::Number(high)) => low.as_f64() > high.as_f64(),
            (AttributeTemplate::Text(low), AttributeTemplate::Text(high)) => {
                matches!((low.literal(), high.literal()), (Some(low), Some(high)) if low.as_bytes() > high.as_bytes())
            }
            _ => {
                let mixed = low.template().is_some_and(|text| text.literal().is_some())
                    || high.template().is_some_and(|text| text.literal().is_some());
                if mixed && kind.is_none() {
                    let message = "the bounds of `between` are of different types";
                    found.push(Problem::new(at.child(word), message).hint("write two texts, or two numbers"));
                }
                false
            }
        };
        if reversed {
            let message = format!("`between` begins with `{}`, which is after `{}`", low.shown(), high.shown());
            found.push(Problem::new(at.child(word), message).hint("swap them"));
        }
    }
}

/// Checks the parameters that are declared.
fn parameters(pattern: &AccessPattern, keys: &TableKeys, found: &mut Vec<Problem>) {
    let served = served(pattern, keys);
    let types = types(pattern, keys, served.as_ref().and_then(|served| served.sort_on.as_deref()));
    for (name, declared) in &pattern.parameters {
        let Some(kind) = types.get(name) else {
            let message = format!("`{{{name}}}` is in no value of this pattern");
            let hint = meant(name, types.keys().map(String::as_str));
            let hint = hint.unwrap_or_else(|| "remove it, or write it into a value".to_owned());
            found.push(Problem::new(path!["parameters", name], message).hint(hint).of_key());
            continue;
        };
        if declared.format.is_some() && *kind != ScalarType::S {
            let message = format!("`{{{name}}}` is {}, and a `format` is of a string", kind.noun());
            found.push(Problem::new(path!["parameters", name, "format"], message).hint("remove it"));
        }
        for (position, value) in declared.values.iter().enumerate() {
            if let Err(expected) = fits(value, *kind, declared.format) {
                let message = format!("`{{{name}}}` can't be `{value}`: expected {expected}");
                let at = path!["parameters", name, "values", position.to_string()];
                found.push(Problem::new(at, message).hint("correct the value, or the parameter's `type` or `format`"));
            }
        }
    }
}
