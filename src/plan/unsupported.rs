//! Properties that an endpoint does not support: they are left out of changes, and reported where the file needs them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::base::PropertyPath;
use crate::kind::{Difference, ErasedOperation, PureKind, ReadOutcome, Rule, holds};

/// The properties that an endpoint does not support, and those of them that matter for a resource.
pub(super) struct UnsupportedProperties<'a> {
    properties: Vec<&'a str>,
    matter: BTreeSet<String>,
}

impl<'a> UnsupportedProperties<'a> {
    /// The unsupported properties of a read. Tags always matter if they are unsupported: they tell the owner.
    pub(super) fn of(reading: Option<&'a ReadOutcome<Value>>) -> Self {
        let lacking = reading.into_iter().flat_map(|reading| &reading.unsupported);
        let properties: Vec<&str> = lacking.map(|skipped| skipped.property.as_str()).collect();
        let matter = properties.iter().filter(|property| **property == "tags").map(|text| (*text).to_owned()).collect();
        Self { properties, matter }
    }

    /// Returns whether tags are unsupported.
    pub(super) fn tags(&self) -> bool {
        self.properties.contains(&"tags")
    }

    /// The unsupported properties that matter.
    pub(super) fn that_matter(self) -> BTreeSet<String> {
        self.matter
    }

    /// The unsupported property at or above a path.
    fn at(&self, path: &PropertyPath) -> Option<&'a str> {
        self.properties.iter().copied().find(|property| {
            let (count, keys) = (property.split('.').count(), path.keys());
            keys.len() >= count && property.split('.').zip(keys).all(|(one, key)| one == "*" || one == key)
        })
    }

    /// Leaves out the differences that the endpoint can't set.
    pub(super) fn without(&mut self, differences: &mut Vec<Difference>) {
        differences.retain(|difference| match self.at(&difference.path) {
            Some(property) => {
                self.matter.insert(property.to_owned());
                false
            }
            None => true,
        });
    }

    /// The desired properties of a live resource, with unsupported ones left as they are: a call that also does
    /// something else must not ask for them.
    pub(super) fn doable(&self, desired: &Value, live: &Value) -> Value {
        let mut doable = desired.clone();
        for property in &self.properties {
            let keys: Vec<&str> = property.split('.').collect();
            leave(&mut doable, live, &keys);
        }
        doable
    }

    /// Notes unsupported properties that a new resource asks for and that the endpoint accepts silently: they matter
    /// where the file names them, and where they protect data.
    pub(super) fn made(&mut self, kind: &dyn PureKind, body: &Value, desired: &Value) {
        for property in &self.properties {
            let keys: Vec<&str> = property.split('.').collect();
            let path = keys.iter().fold(PropertyPath::root(), |path, key| path.child(*key));
            let protects = holds(kind.rules(), Rule::Protection, &path);
            if names(body, &keys) || (protects && names(desired, &keys)) {
                self.matter.insert((*property).to_owned());
            }
        }
    }

    /// Leaves out the calls that are only about unsupported properties.
    pub(super) fn supported(&mut self, moves: Vec<ErasedOperation>) -> Vec<ErasedOperation> {
        if self.properties.is_empty() {
            return moves;
        }
        let mut keep = Vec::with_capacity(moves.len());
        for one in &moves {
            let about: Vec<Option<&str>> = one.covers.iter().map(|path| self.at(path)).collect();
            let lacking = !about.is_empty() && about.iter().all(Option::is_some);
            if lacking {
                self.matter.extend(about.into_iter().flatten().map(str::to_owned));
            }
            keep.push(!lacking);
        }
        let position = |old: usize| keep.iter().take(old).filter(|kept| **kept).count();
        let is_kept = |old: usize| keep.get(old).copied().unwrap_or(false);
        let mut kept = Vec::new();
        for (_, mut one) in moves.into_iter().enumerate().filter(|(index, _)| is_kept(*index)) {
            if let Some(after) = &mut one.after {
                after.retain(|old| is_kept(*old));
                for old in after {
                    *old = position(*old);
                }
            }
            kept.push(one);
        }
        kept
    }
}

/// Replaces desired values with live ones; `*` is any key.
fn leave(desired: &mut Value, live: &Value, keys: &[&str]) {
    let (Some((key, below)), Value::Object(map)) = (keys.split_first(), desired) else { return };
    if below.is_empty() {
        match live.get(key) {
            Some(value) => map.insert((*key).to_owned(), value.clone()),
            None => map.shift_remove(*key),
        };
        return;
    }
    for (name, value) in map.iter_mut().filter(|(name, _)| *key == "*" || name == key) {
        leave(value, live.get(name).unwrap_or(&Value::Null), below);
    }
}

/// Returns whether a tree sets a property.
fn names(tree: &Value, keys: &[&str]) -> bool {
    match (keys.split_first(), tree) {
        (None, tree) => !matches!(tree, Value::Null | Value::Bool(false)),
        (Some((&"*", below)), Value::Object(map)) => map.values().any(|value| names(value, below)),
        (Some((key, below)), tree) => tree.get(key).is_some_and(|value| names(value, below)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kind::Unsupported;

    #[test]
    fn unsupported_properties_keep_live_values() {
        let lacking = |property: &str| Unsupported { property: property.to_owned(), reason: String::new() };
        let unsupported = ["billing.most", "indexes.*.most", "policy"].map(lacking).to_vec();
        let reading = ReadOutcome { live: None, unsupported };
        let desired =
            json!({"billing": {"mode": "b", "most": 9}, "indexes": {"i": {"most": 9, "key": "k"}}, "policy": 1});
        let live = json!({"billing": {"mode": "a"}, "indexes": {"i": {"most": 3}}});
        assert_eq!(
            UnsupportedProperties::of(Some(&reading)).doable(&desired, &live),
            json!({"billing": {"mode": "b"}, "indexes": {"i": {"most": 3, "key": "k"}}})
        );
        assert!(names(&desired, &["indexes", "*", "most"]) && !names(&live, &["billing", "most"]));
    }
}
