//! The values of a pattern, each with its attribute and its place.

use std::collections::BTreeMap;

use super::pattern::AccessPattern;
use super::table_keys::{ScalarType, TableKeys};
use super::value::AttributeTemplate;
use super::writes::{Write, Writes};
use crate::base::PropertyPath;
use crate::path;

/// The attribute that `sort` compares, where none is known: no key serves.
const NO_ATTRIBUTE: &str = "";

/// A value of a pattern.
#[derive(Debug)]
pub(super) struct Use<'p> {
    /// Its place, from the pattern down.
    pub(super) at: PropertyPath,
    /// The attribute that it is a value of.
    pub(super) attribute: &'p str,
    /// The value.
    pub(super) value: &'p AttributeTemplate,
    /// True if it is added to a number.
    pub(super) added: bool,
}

/// The place of a write, from the pattern down.
pub(super) fn place(write: &Write) -> PropertyPath {
    std::iter::once("write").chain(write.at.iter().map(String::as_str)).collect()
}

/// The place of an attribute of a write: of an item, or of a key.
pub(super) fn attribute_place(write: &Write, attribute: &str) -> PropertyPath {
    let place = place(write);
    if write.nested { place.child(write.kind.body()).child(attribute) } else { place.child(attribute) }
}

/// All values of a pattern but words of `exists`; `sort_on` is the attribute that `sort` compares, if one is known.
pub(super) fn uses<'p>(pattern: &'p AccessPattern, sort_on: Option<&'p str>) -> Vec<Use<'p>> {
    let mut found = Vec::new();
    for (name, value) in &pattern.key {
        found.push(Use { at: path!["key", name], attribute: name, value, added: false });
    }
    if let Some(sort) = &pattern.sort {
        compared(&path!["sort"], sort_on.unwrap_or(NO_ATTRIBUTE), sort, &mut found);
    }
    for (name, comparison) in &pattern.filter {
        compared(&path!["filter", name], name, comparison, &mut found);
    }
    for write in pattern.write.iter().flat_map(|Writes { writes, .. }| writes) {
        let of_item = write.attributes.iter().map(|(name, value)| (attribute_place(write, name), name, value, false));
        let within = |word: &'static str| move |name: &String| place(write).child(word).child(name);
        let of_set = write.set.iter().map(|(name, value)| (within("set")(name), name, value, false));
        let of_add = write.add.iter().map(|(name, value)| (within("add")(name), name, value, true));
        found.extend(of_item.chain(of_set).chain(of_add).map(|(at, attribute, value, added)| Use {
            at,
            attribute,
            value,
            added,
        }));
        for (name, comparison) in &write.condition {
            compared(&within("condition")(name), name, comparison, &mut found);
        }
    }
    found
}

fn compared<'p>(
    at: &PropertyPath,
    attribute: &'p str,
    comparison: &'p super::comparison::Comparison,
    found: &mut Vec<Use<'p>>,
) {
    use super::comparison::Operator;
    let several = comparison.operator == Operator::Between;
    if comparison.operator == Operator::Exists {
        return;
    }
    for (index, value) in comparison.values.iter().enumerate() {
        // The short form of equality has no key of its own; a place that the file does not give is found above it.
        let at = at.child(comparison.operator.word());
        let at = if several { at.child(index.to_string()) } else { at };
        found.push(Use { at, attribute, value, added: false });
    }
}

/// The type of each parameter of a pattern: as declared, else that of the key attribute whose whole value it is.
pub(super) fn types(pattern: &AccessPattern, keys: &TableKeys, sort_on: Option<&str>) -> BTreeMap<String, ScalarType> {
    let mut types: BTreeMap<String, ScalarType> = BTreeMap::new();
    for one in uses(pattern, sort_on) {
        let Some(template) = one.value.template() else { continue };
        for name in template.parameters() {
            let declared = pattern.parameters.get(&name).and_then(|declared| declared.kind);
            let whole = template.only_parameter().is_some();
            let of_attribute = if one.added { Some(ScalarType::N) } else { keys.type_of(one.attribute) };
            let inferred = of_attribute.filter(|_| whole);
            let kind = declared.or(inferred);
            let known = types.entry(name).or_insert(ScalarType::S);
            if let Some(kind) = kind {
                *known = kind;
            }
        }
    }
    types
}
