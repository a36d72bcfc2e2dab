//! The parts of a table that AWS Config and `CloudFormation` write alike, but for the first letter of keys.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::properties::{IndexKey, KeyAttribute, Projection};
use super::super::spec::{GlobalIndex, LocalIndex, TableSpec};
use super::super::spelling::key_schema;
use crate::kind::Rendering;
use crate::path;

/// The spelling of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// AWS Config's, with a lower-case first letter.
    Config,
    /// CloudFormation's, with an upper-case one.
    CloudFormation,
}

impl Spelling {
    /// A key, given as in templates.
    pub(super) fn key(self, key: &str) -> String {
        let mut letters = key.chars();
        match (self, letters.next()) {
            (Self::Config, Some(first)) => first.to_ascii_lowercase().to_string() + letters.as_str(),
            _ => key.to_owned(),
        }
    }

    fn object<const N: usize>(self, entries: [(&str, Value); N]) -> Value {
        entries.into_iter().map(|(key, value)| (self.key(key), value)).collect::<Map<_, _>>().into()
    }

    /// The keys of a table and its indexes, with their types.
    pub(super) fn attributes(self, spec: &TableSpec) -> Value {
        let types = spec.key_types(|_| true);
        let one = |(name, kind)| self.object([("AttributeName", json!(name)), ("AttributeType", json!(kind))]);
        types.iter().map(one).collect()
    }

    /// A key schema.
    pub(super) fn keys<'k>(
        self,
        partition: impl IntoIterator<Item = &'k KeyAttribute>,
        sort: impl IntoIterator<Item = &'k KeyAttribute>,
    ) -> Value {
        let schema = key_schema(partition, sort);
        let one = |key: &super::super::op::KeySchemaElement| {
            self.object([("AttributeName", json!(key.attribute_name)), ("KeyType", json!(key.key_type))])
        };
        schema.iter().map(one).collect()
    }

    fn projection(self, projection: &Projection) -> Value {
        let held = projection.specification();
        let mut tree = self.object([("ProjectionType", json!(held.projection_type))]);
        if let Some(names) = held.non_key_attributes {
            tree[self.key("NonKeyAttributes")] = json!(names);
        }
        tree
    }

    /// Writes the global indexes at `at`, with the additions of `more` to each.
    pub(super) fn global_indexes(
        self,
        into: &mut Rendering,
        at: &str,
        indexes: &BTreeMap<String, GlobalIndex>,
        more: impl Fn(&mut Rendering, &str, &GlobalIndex),
    ) {
        if indexes.is_empty() {
            return;
        }
        let all = path!["global_secondary_indexes"];
        let (mut list, mut origins) = (Vec::new(), Vec::new());
        for (position, (name, index)) in indexes.iter().enumerate() {
            // Each spelling writes the rest in its own way.
            let GlobalIndex { partition_key, sort_key, projection, .. } = index;
            let from = all.child(name);
            let sort = || sort_key.iter().flat_map(|IndexKey(keys)| keys);
            let mut one = Rendering::new("");
            one.trace("", from.clone());
            one.own(&self.pointer("IndexName"), name.as_str());
            let keys = self.pointer("KeySchema");
            one.own(&keys, self.keys(&partition_key.0, sort()));
            let of_partition = partition_key.0.iter().map(|_| "partition_key");
            for (key, property) in of_partition.chain(sort().map(|_| "sort_key")).enumerate() {
                one.trace(&format!("{keys}/{key}"), from.child(property));
            }
            one.put(&self.pointer("Projection"), self.projection(projection), from.child("projection"));
            more(&mut one, name, index);
            list.push(one.body);
            origins.extend(one.origins.into_iter().map(|(pointer, from)| (format!("{at}/{position}{pointer}"), from)));
        }
        into.put(at, list, all);
        into.origins.extend(origins);
    }

    /// Writes the local indexes at `at`, with the additions of `more` to each.
    pub(super) fn local_indexes(
        self,
        into: &mut Rendering,
        at: &str,
        indexes: &BTreeMap<String, LocalIndex>,
        partition_key: &KeyAttribute,
        more: impl Fn(&mut Value, &str),
    ) {
        if indexes.is_empty() {
            return;
        }
        let one = |(name, index): (&String, &LocalIndex)| {
            let LocalIndex { sort_key, projection } = index;
            let mut tree = self.object([
                ("IndexName", json!(name)),
                ("KeySchema", self.keys([partition_key], [sort_key])),
                ("Projection", self.projection(projection)),
            ]);
            more(&mut tree, name);
            tree
        };
        let all = path!["local_secondary_indexes"];
        into.put(at, indexes.iter().map(one).collect::<Vec<_>>(), all.clone());
        for (position, name) in indexes.keys().enumerate() {
            let (at, from) = (format!("{at}/{position}"), all.child(name));
            into.trace(&at, from.clone());
            into.trace(&format!("{at}{}/1", self.pointer("KeySchema")), from.child("sort_key"));
            into.trace(&format!("{at}{}", self.pointer("Projection")), from.child("projection"));
        }
    }

    fn pointer(self, key: &str) -> String {
        format!("/{}", self.key(key))
    }
}
