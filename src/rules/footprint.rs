//! The parts of a configuration item, or of a resource of a template, that a text can see: the keys that it names.
//! Other parts make no difference, so they are removed, and resources that look the same to a rule are judged once.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::lexer::{TokenKind, Word};

/// The objects that hold a key for each property.
/// Source: AWS Config API reference, `ConfigurationItem`; `CloudFormation` user guide, "Resources".
const CONTAINERS: &[&str] = &["configuration", "supplementaryconfiguration", "properties"];

/// The keys of the item or resource, and of the objects within it that hold properties, that a text can see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Footprint {
    /// All keys: the text has a wildcard, a key from a variable, or a clause about the whole.
    Everything,
    /// The keys that the text names, in small letters and digits alone: the engine also tries other spellings of a key
    /// (`resource_type` finds `resourceType`).
    Named(BTreeSet<String>),
}

impl Footprint {
    /// The keys that a text can see; `words` are its words.
    pub(super) fn of(text: &str, words: &[Word]) -> Self {
        if words.iter().any(|word| sees_all(text, word)) {
            return Self::Everything;
        }
        let named = words.iter().filter(|word| matches!(word.what, TokenKind::Word | TokenKind::Literal));
        Self::Named(named.map(|word| plain(&word.text)).collect())
    }

    /// The visible part of an item, or of a resource of a template.
    pub(super) fn on(&self, item: &Value) -> Value {
        let (Self::Named(named), Value::Object(map)) = (self, item) else { return item.clone() };
        let inner = |(key, value): (&String, &Value)| match value {
            Value::Object(map) if is_container(key) => (key.clone(), Value::Object(picked(named, map, plain_entry))),
            _ => plain_entry((key, value)),
        };
        Value::Object(picked(named, map, inner))
    }
}

/// The entries whose keys are named. An object without any stays as it is: the rule would see that it is empty.
fn picked(
    named: &BTreeSet<String>,
    map: &Map<String, Value>,
    entry: impl Fn((&String, &Value)) -> (String, Value),
) -> Map<String, Value> {
    let picked: Map<_, _> = map.iter().filter(|(key, _)| named.contains(&plain(key))).map(entry).collect();
    if picked.is_empty() { map.clone() } else { picked }
}

fn plain_entry((key, value): (&String, &Value)) -> (String, Value) {
    (key.clone(), value.clone())
}

fn is_container(key: &str) -> bool {
    CONTAINERS.contains(&plain(key).as_str())
}

/// Reduces a text to small letters and digits.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn sees_all(text: &str, word: &Word) -> bool {
    let (before, after) = (&text[..word.at], text.get(word.end..).unwrap_or_default());
    match word.what {
        // `[*]` goes through a list, whatever is before it, and `Resources.*` through resources.
        TokenKind::Star => {
            let in_list = before.trim_end().ends_with('[') && after.trim_start().starts_with(']');
            !in_list && !before.ends_with("Resources.")
        }
        TokenKind::Word => {
            let looked_up = before.ends_with(".%") || before.ends_with(".%{");
            let whole = is_container(&word.text) && !after.starts_with('.') && !after.trim_start().starts_with('{');
            let of_keys = word.text.eq_ignore_ascii_case("keys") && !filters_a_property(before);
            looked_up || whole || of_keys || word.text.eq_ignore_ascii_case("this")
        }
        // A key may be in quotes.
        TokenKind::Literal => is_container(&word.text),
        _ => false,
    }
}

/// Returns whether `[ keys … ]` follows a named property, which is seen whole.
fn filters_a_property(before: &str) -> bool {
    let Some(before) = before.trim_end().strip_suffix('[') else { return false };
    let name_ends = |(_, c): &(usize, char)| !c.is_alphanumeric() && *c != '_';
    let start = before.char_indices().rev().find(name_ends).map_or(0, |(at, c)| at + c.len_utf8());
    let (head, name) = before.split_at(start);
    !name.is_empty() && !head.ends_with('%') && !is_container(name) && !name.eq_ignore_ascii_case("resources")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::text::GuardText;
    use super::*;

    fn item() -> Value {
        json!({
            "resourceType": "AWS::DynamoDB::Table",
            "resourceName": "t",
            "configuration": {"tableName": "t", "billing": {"mode": "a"}, "indexes": [{"name": "i"}]},
            "supplementaryConfiguration": {"backups": {"on": true}},
            "tags": {"a": "b"},
        })
    }

    fn seen(text: &str) -> Value {
        GuardText::new("r", text).expect("Guard").seen(&item())
    }

    #[test]
    fn footprint_keeps_only_named_properties_in_any_case() {
        let text =
            "rule r when resource_type == 'AWS::DynamoDB::Table' {\n  Configuration.Billing.mode == 'b' <<m>>\n}";
        let expected = json!({"resourceType": "AWS::DynamoDB::Table", "configuration": {"billing": {"mode": "a"}}});
        assert_eq!(seen(text), expected);
        let list = "rule r { configuration { indexes[*].name == 'i' } }";
        assert_eq!(seen(list), json!({"configuration": {"indexes": [{"name": "i"}]}}));
        let tags = "rule r { tags[ keys != /^aws:/ ] !empty }";
        assert_eq!(seen(tags), json!({"tags": {"a": "b"}}));
        // A filter in a list, and the query of a variable, name their keys.
        let filter = "let i = configuration.indexes[ name == 'i' ]\nrule r { %i !empty }";
        assert_eq!(seen(filter), json!({"configuration": {"indexes": [{"name": "i"}]}}));
    }

    #[test]
    fn clause_on_a_whole_object_keeps_the_whole_object() {
        for text in [
            "rule r { configuration !empty }",
            "rule r { configuration.* exists }",
            "rule r { configuration[ keys == /^b/ ] !empty }",
            "rule r { configuration[*].mode == 'a' }",
            "rule r { configuration == {} }",
            "rule r { 'configuration'.billing exists }",
            "let c = configuration # ä[ keys\nrule r { %c.billing exists }",
            "let k = resourceName\nrule r { configuration.%k exists }",
            "rule r { configuration { this !empty } }",
        ] {
            assert_eq!(seen(text), item(), "{text}");
        }
    }

    #[test]
    fn footprint_of_template_resources_keeps_named_properties() {
        let resource = json!({"Type": "AWS::IAM::Role", "Properties": {"Path": "/", "RoleName": "r"}});
        let seen = |text: &str| GuardText::new("r", text).expect("Guard").seen(&resource);
        let named =
            "let t = Resources.*[ Type == 'AWS::IAM::Role' ]\nrule r when %t !empty { %t.Properties.Path == '/' }";
        assert_eq!(seen(named), json!({"Type": "AWS::IAM::Role", "Properties": {"Path": "/"}}));
        let whole = "rule r { Resources.*[ Type == 'AWS::IAM::Role' ].Properties !empty }";
        assert_eq!(seen(whole), resource);
        let wild = "rule r { Resources.*[ Type == 'AWS::IAM::Role' ].Properties.* exists }";
        assert_eq!(seen(wild), resource);
    }

    #[test]
    fn empty_footprint_keeps_the_whole_object() {
        let text = "rule r { supplementaryConfiguration.other exists }";
        assert_eq!(seen(text), json!({"supplementaryConfiguration": item()["supplementaryConfiguration"]}));
        assert_eq!(seen("rule r { other exists }"), item());
    }
}
