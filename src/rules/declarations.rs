//! What a stack's file declares of resources, for rules that compare it with what is there.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::kind::{Rendering, unread};

/// What a stack's file declares, as members of the documents of its resources.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Declarations {
    by_arn: BTreeMap<String, Vec<Member>>,
}

/// A member of `supplementaryConfiguration`.
#[derive(Debug, Clone, PartialEq)]
struct Member {
    name: &'static str,
    /// The value, or the reason why it is not known.
    value: Result<Value, String>,
}

impl Declarations {
    /// Adds a member of `supplementaryConfiguration` for the resource with an ARN.
    pub fn insert(&mut self, arn: impl Into<String>, member: &'static str, value: Value) {
        self.by_arn.entry(arn.into()).or_default().push(Member { name: member, value: Ok(value) });
    }

    /// Adds a member whose value is not known, with the reason.
    pub fn unknown(&mut self, arn: impl Into<String>, member: &'static str, reason: String) {
        self.by_arn.entry(arn.into()).or_default().push(Member { name: member, value: Err(reason) });
    }

    /// Writes what is declared into configuration items.
    pub fn write(&self, items: &mut [Rendering]) {
        self.write_if(items, |_, _| true);
    }

    /// The same for a state before a change: what is declared of other code than it has says nothing of it.
    pub fn write_before(&self, items: &mut [Rendering]) {
        self.write_if(items, |item, value| {
            let digest = value.get("CodeSha256");
            digest.is_none() || digest == item.body.pointer("/configuration/codeSha256")
        });
    }

    fn write_if(&self, items: &mut [Rendering], fits: impl Fn(&Rendering, &Value) -> bool) {
        for item in items {
            let arn = item.body.get("ARN").and_then(Value::as_str);
            let Some(members) = arn.and_then(|arn| self.by_arn.get(arn)) else { continue };
            for Member { name, value } in members {
                if value.as_ref().is_ok_and(|value| !fits(item, value)) {
                    continue;
                }
                let pointer = format!("/supplementaryConfiguration/{name}");
                match value {
                    Ok(value) => item.own(&pointer, value.clone()),
                    Err(reason) => {
                        let (placeholder, _) = unread(name);
                        item.own(&pointer, placeholder.as_str());
                        item.unknown.insert(placeholder, reason.clone());
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn declaration_stands_in_the_document_of_its_resource_alone() {
        let mut declared = Declarations::default();
        declared.insert("arn:a", "DeclaredNeeds", json!({"Functions": []}));
        declared.unknown("arn:c", "DeclaredCode", "its archive can't be read".to_owned());
        let item = |arn: &str| {
            let mut item = Rendering::new("AWS::IAM::Role");
            item.body = json!({"ARN": arn, "supplementaryConfiguration": {"x": 1}});
            item
        };
        let mut items = [item("arn:a"), item("arn:b"), item("arn:c")];
        declared.write(&mut items);
        assert_eq!(items[0].body["supplementaryConfiguration"], json!({"x": 1, "DeclaredNeeds": {"Functions": []}}));
        assert_eq!(items[1], item("arn:b"));
        declared.insert("arn:b", "DeclaredCode", json!({"CodeSha256": "new"}));
        let mut old = item("arn:b");
        old.body["configuration"] = json!({"codeSha256": "old"});
        let mut before = [old.clone()];
        declared.write_before(&mut before);
        assert_eq!(before[0], old, "other code is declared");
        declared.write(&mut before);
        assert_eq!(before[0].body["supplementaryConfiguration"]["DeclaredCode"]["CodeSha256"], "new");
        assert_eq!(items[2].unknown.values().collect::<Vec<_>>(), ["its archive can't be read"]);
    }
}
