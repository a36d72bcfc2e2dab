//! The differences between two canonical value trees, property by property.
//!
//! It knows the rules of a kind and nothing else about it. A difference is as small as possible: a leaf, a map entry
//! that only one side has, a whole set, a whole policy document.

use serde_json::{Map, Value};

use crate::base::{PropertyPath, Vault};
use crate::kind::{Difference, PathRule, Rule, holds};
use crate::policy;

/// The inputs of a comparison beside the two trees.
#[derive(Clone, Copy)]
pub struct DiffOptions<'a> {
    /// The kind's rules.
    pub rules: &'a [PathRule],
    /// Seals live values where the desired ones are sealed, so that the two can be compared.
    pub seal: &'a dyn Fn(&str) -> String,
    /// Patterns of tag keys that other tools own (`cost:*`).
    pub ignore_tags: &'a [String],
}

/// Compares the live resource with the desired one.
pub fn diff(live: &Value, desired: &Value, terms: DiffOptions<'_>) -> Vec<Difference> {
    let mut found = Vec::new();
    walk(&PropertyPath::root(), present(live), present(desired), terms, &mut found);
    found
}

/// Treats null as absence.
fn present(value: &Value) -> Option<&Value> {
    (!value.is_null()).then_some(value)
}

fn walk(
    path: &PropertyPath,
    live: Option<&Value>,
    desired: Option<&Value>,
    terms: DiffOptions<'_>,
    found: &mut Vec<Difference>,
) {
    let has = |rule| holds(terms.rules, rule, path);
    if has(Rule::Hidden) || (desired.is_none() && (has(Rule::UnmanagedWhenAbsent) || ignored_tag(path, terms))) {
        return;
    }
    // The live side of a list or a document, with seals where `desired` has them.
    let sealed = match (live, desired) {
        (Some(live), Some(desired))
            if (desired.is_array() || has(Rule::Policy)) && leaves(desired).any(Vault::is_sealed) =>
        {
            Some((like(live, desired, terms.seal), concealed(live, desired, terms.seal)))
        }
        _ => None,
    };
    let (live, shown) = match &sealed {
        Some((compared, shown)) => (Some(compared), Some(shown)),
        None => (live, live),
    };
    let different = match (live, desired) {
        (None, None) => false,
        (Some(live), Some(desired)) if has(Rule::Policy) => !policy::same_meaning(live, desired),
        (Some(Value::Object(live)), Some(Value::Object(desired))) => {
            return entries(path, live, desired, terms, found);
        }
        // An empty map and no map are the same; if rules are about its entries, the entries are the difference.
        (None, Some(Value::Object(desired))) if desired.is_empty() || opens(path, terms) => {
            return entries(path, &Map::new(), desired, terms, found);
        }
        (Some(Value::Object(live)), None) if live.is_empty() || opens(path, terms) => {
            return entries(path, live, &Map::new(), terms, found);
        }
        (Some(Value::Array(live)), Some(Value::Array(desired))) if has(Rule::Set) => as_set(live) != as_set(desired),
        (None, Some(Value::Array(items))) | (Some(Value::Array(items)), None) if items.is_empty() => false,
        (Some(Value::String(live)), Some(Value::String(desired)))
            if Vault::is_sealed(desired) && !Vault::is_sealed(live) =>
        {
            (terms.seal)(live) != *desired
        }
        (live, desired) => live != desired,
    };
    if different {
        let sealed = |value: Option<&Value>| value.is_some_and(Vault::holds_sealed);
        let sensitive = has(Rule::Sensitive) || sealed(live) || sealed(desired);
        let seal = |value: &Value| match value {
            Value::String(text) if sensitive && !Vault::is_sealed(text) => Value::String((terms.seal)(text)),
            other => other.clone(),
        };
        found.push(Difference {
            path: path.clone(),
            before: shown.map(seal),
            after: desired.map(seal),
            sensitive,
            forces_replacement: has(Rule::CreateOnly),
        });
    }
}

fn entries(
    path: &PropertyPath,
    live: &Map<String, Value>,
    desired: &Map<String, Value>,
    terms: DiffOptions<'_>,
    found: &mut Vec<Difference>,
) {
    let added = desired.keys().filter(|key| !live.contains_key(*key));
    for key in live.keys().chain(added) {
        let side = |map: &'_ Map<String, Value>| map.get(key).cloned();
        let (live, desired) = (side(live), side(desired));
        walk(&path.child(key), live.as_ref().and_then(present), desired.as_ref().and_then(present), terms, found);
    }
}

/// Returns whether a map that only one side has is reported entry by entry: the resource itself, and a map with entries
/// that a rule is about.
fn opens(path: &PropertyPath, terms: DiffOptions<'_>) -> bool {
    let telling = |rule| matches!(rule, Rule::Policy | Rule::Sensitive | Rule::Hidden);
    path.is_root() || terms.rules.iter().any(|r| telling(r.rule) && r.path.has_entries_at(path))
}

/// The texts in a tree.
fn leaves(value: &Value) -> Box<dyn Iterator<Item = &str> + '_> {
    match value {
        Value::String(text) => Box::new(std::iter::once(text.as_str())),
        Value::Array(items) => Box::new(items.iter().flat_map(leaves)),
        Value::Object(map) => Box::new(map.values().flat_map(leaves)),
        _ => Box::new(std::iter::empty()),
    }
}

fn with_leaves(value: &Value, change: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(text)),
        Value::Array(items) => items.iter().map(|item| with_leaves(item, change)).collect(),
        Value::Object(map) => map.iter().map(|(key, item)| (key.clone(), with_leaves(item, change))).collect(),
        other => other.clone(),
    }
}

/// `live` with a seal in place of each text that is sealed in `desired`.
fn like(live: &Value, desired: &Value, seal: &dyn Fn(&str) -> String) -> Value {
    with_leaves(live, &|text| {
        let sealed = if Vault::is_sealed(text) { text.to_owned() } else { seal(text) };
        if leaves(desired).any(|wanted| wanted == sealed) { sealed } else { text.to_owned() }
    })
}

/// `live` as it may be shown if `desired` holds secrets: the old texts in their place may be secrets, too.
fn concealed(live: &Value, desired: &Value, seal: &dyn Fn(&str) -> String) -> Value {
    with_leaves(live, &|text| {
        if Vault::is_sealed(text) || leaves(desired).any(|wanted| wanted == text) {
            text.to_owned()
        } else {
            seal(text)
        }
    })
}

/// A list without order and repetition.
fn as_set(items: &[Value]) -> Vec<String> {
    let mut texts: Vec<String> = items.iter().map(Value::to_string).collect();
    texts.sort();
    texts.dedup();
    texts
}

fn ignored_tag(path: &PropertyPath, terms: DiffOptions<'_>) -> bool {
    match path.keys() {
        [tags, key] if tags == "tags" => terms.ignore_tags.iter().any(|pattern| glob(pattern, key)),
        _ => false,
    }
}

/// Returns whether a text matches a pattern in which `*` matches any text.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| glob(tail, &rest[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const RULES: &[PathRule] = &[
        PathRule::new("ids", Rule::Set),
        PathRule::new("keys", Rule::CreateOnly),
        PathRule::new("warm", Rule::UnmanagedWhenAbsent),
        PathRule::new("secret.*", Rule::Sensitive),
        PathRule::new("policies.*", Rule::Policy),
    ];

    fn compare(live: &Value, desired: &Value) -> Vec<Difference> {
        let seal = |text: &str| Vault::new([0; 32]).seal(text);
        diff(live, desired, DiffOptions { rules: RULES, seal: &seal, ignore_tags: &["cost:*".to_owned()] })
    }

    fn paths(live: &Value, desired: &Value) -> Vec<String> {
        compare(live, desired).into_iter().map(|difference| difference.path.to_string()).collect()
    }

    #[test]
    fn sets_have_no_order_and_lists_have() {
        assert!(paths(&json!({"ids": ["a", "b"]}), &json!({"ids": ["b", "a", "a"]})).is_empty());
        assert_eq!(paths(&json!({"l": ["a", "b"]}), &json!({"l": ["b", "a"]})), ["l"]);
    }

    #[test]
    fn an_entry_on_one_side_is_one_difference() {
        let live = json!({"indexes": {"a": {"x": 1, "y": 2}}});
        assert_eq!(paths(&live, &json!({"indexes": {}})), ["indexes.a"]);
        assert_eq!(paths(&json!({"indexes": {}}), &live), ["indexes.a"]);
        assert_eq!(paths(&live, &json!({"indexes": {"a": {"x": 1, "y": 3}}})), ["indexes.a.y"]);
    }

    #[test]
    fn null_equals_absent_and_unmanaged_properties_are_ignored() {
        assert!(paths(&json!({"a": null}), &json!({})).is_empty());
        assert!(paths(&json!({"warm": 5}), &json!({})).is_empty());
        assert_eq!(paths(&json!({"warm": 5}), &json!({"warm": 6})), ["warm"]);
    }

    #[test]
    fn prefixed_tags_of_other_tools_are_ignored() {
        assert_eq!(paths(&json!({"tags": {"cost:x": "1", "y": "2"}}), &json!({"tags": {}})), ["tags.y"]);
    }

    #[test]
    fn sensitive_values_are_sealed_on_both_sides() {
        let found = compare(&json!({"secret": {"A": "hunter2"}}), &json!({"secret": {"A": "hunter3"}}));
        assert!(found[0].sensitive);
        assert!(!format!("{found:?}").contains("hunter"));
        let sealed = Vault::new([0; 32]).seal("hunter2");
        assert!(paths(&json!({"plain": "hunter2"}), &json!({"plain": sealed})).is_empty());
    }

    #[test]
    fn secrets_within_lists_and_documents_are_compared_and_never_shown() {
        let sealed = Vault::new([0; 32]).seal("hunter2");
        let statement = |id: &str| json!({"Effect": "Allow", "Condition": {"StringEquals": {"sts:ExternalId": id}}});
        assert!(paths(&json!({"l": ["a", "hunter2"]}), &json!({"l": ["a", sealed]})).is_empty());
        assert!(paths(&json!({"ids": ["hunter2", "a"]}), &json!({"ids": ["a", sealed]})).is_empty());
        let policies = |id: &str| json!({"policies": {"p": {"Statement": [statement(id)]}}});
        assert!(paths(&policies("hunter2"), &policies(&sealed)).is_empty());
        for (live, desired) in [
            (json!({"l": ["a", "hunter1"]}), json!({"l": ["a", sealed]})),
            (json!({"ids": ["hunter1"]}), json!({"ids": ["a", sealed]})),
            (policies("hunter1"), policies(&sealed)),
        ] {
            let found = compare(&live, &desired);
            assert_eq!(found.len(), 1);
            assert!(!format!("{found:?}").contains("hunter"), "{found:?}");
        }
    }

    #[test]
    fn nested_change_of_create_only_property_forces_replacement() {
        assert!(compare(&json!({"keys": {"a": 1}}), &json!({"keys": {"a": 2}}))[0].forces_replacement);
    }

    fn tree() -> impl Strategy<Value = Value> {
        let leaf =
            prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), "[a-c]{0,2}".prop_map(Value::from)];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map("[a-d]|ids|keys|warm|policies", inner, 0..3)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn value_has_no_difference_to_itself(value in tree()) {
            prop_assert_eq!(compare(&value, &value), vec![]);
        }
    }
}
