//! The change from one set of tags to another: one call that sets, and one that removes, in each service's spelling.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::PropertyPath;
use crate::kind::PlannedOperation;
use crate::path;

/// A tag, in the spelling of services that list their tags (`DynamoDB`, EC2, IAM).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Tag {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
}

/// Tags as a list.
pub fn listed(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect()
}

/// Keys and values of listed tags.
pub fn pairs(tags: &[Tag]) -> impl Iterator<Item = (&String, &String)> {
    tags.iter().map(|Tag { key, value }| (key, value))
}

/// Tags in the title of a call: "tag `a`", "tags `a`, `b`".
pub fn named<'k>(keys: impl IntoIterator<Item = &'k String>) -> String {
    let named: Vec<String> = keys.into_iter().map(|key| format!("`{key}`")).collect();
    format!("tag{} {}", if named.len() == 1 { "" } else { "s" }, named.join(", "))
}

/// The call that comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagOrder {
    /// The call that sets tags.
    SetFirst,
    /// The call that removes tags, which makes room for those that are set.
    RemoveFirst,
}

/// The two calls that change the tags of a resource, as its service spells them.
#[derive(Debug)]
pub struct TagCalls<S, R> {
    /// The property that holds the tags, such as `tags`.
    pub property: &'static str,
    /// The order of the calls.
    pub order: TagOrder,
    /// Makes the call that sets tags.
    pub set: S,
    /// Makes the call that removes the tags with some keys.
    pub remove: R,
}

impl<S, R> TagCalls<S, R> {
    /// The calls that turn one set of tags into another: at most one of each.
    pub fn between<Op>(
        self,
        before: &BTreeMap<String, String>,
        after: &BTreeMap<String, String>,
    ) -> Vec<PlannedOperation<Op>>
    where
        S: FnOnce(BTreeMap<String, String>) -> Op,
        R: FnOnce(Vec<String>) -> Op,
    {
        let differs = |(key, value): &(&String, &String)| before.get(*key) != Some(*value);
        let set: BTreeMap<_, _> =
            after.iter().filter(differs).map(|(key, value)| (key.clone(), value.clone())).collect();
        let gone: Vec<_> = before.keys().filter(|key| !after.contains_key(*key)).cloned().collect();
        let at = |key: &String| -> PropertyPath { path![self.property, key] };
        let (set_at, gone_at): (Vec<_>, Vec<_>) = (set.keys().map(at).collect(), gone.iter().map(at).collect());
        let set = (!set.is_empty()).then(|| PlannedOperation::new((self.set)(set), set_at));
        let remove = (!gone.is_empty()).then(|| PlannedOperation::new((self.remove)(gone), gone_at));
        let calls = match self.order {
            TagOrder::SetFirst => [set, remove],
            TagOrder::RemoveFirst => [remove, set],
        };
        calls.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    fn calls(order: TagOrder, before: &[(&str, &str)], after: &[(&str, &str)]) -> Vec<(String, Vec<PropertyPath>)> {
        let set =
            |tags: BTreeMap<String, String>| format!("set {}", serde_json::to_string(&listed(&tags)).expect("JSON"));
        let remove = |keys: Vec<String>| format!("remove {}", named(&keys));
        let calls = TagCalls { property: "tags", order, set, remove }.between(&tags(before), &tags(after));
        calls.into_iter().map(|call| (call.op, call.covers)).collect()
    }

    #[test]
    fn changed_tags_are_set_and_missing_ones_removed_in_the_order_of_the_service() {
        let (before, after) = ([("a", "1"), ("b", "1"), ("c", "1")], [("a", "1"), ("b", "2"), ("d", "1")]);
        let set = (
            r#"set [{"Key":"b","Value":"2"},{"Key":"d","Value":"1"}]"#.to_owned(),
            vec![path!["tags", "b"], path!["tags", "d"]],
        );
        let remove = ("remove tag `c`".to_owned(), vec![path!["tags", "c"]]);
        assert_eq!(calls(TagOrder::SetFirst, &before, &after), [set.clone(), remove.clone()]);
        assert_eq!(calls(TagOrder::RemoveFirst, &before, &after), [remove, set]);
        assert_eq!(calls(TagOrder::SetFirst, &after, &after), []);
    }
}
