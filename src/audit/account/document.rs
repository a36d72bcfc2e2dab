//! The document of one resource: a configuration item, made from the answers of calls.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Live, Reader, Unread};
use crate::audit::{Evidence, Resource};
use crate::base::{Address, Outputs, Reference, pending};
use crate::kind::{Head, RenderContext, Rendering};

/// The region of what belongs to an account as a whole.
pub const GLOBAL: &str = "global";

/// Names of tags that say who owns a resource, in small letters.
const OWNER_TAGS: [&str; 5] = ["owner", "team", "contact", "responsible", "service-owner"];

/// The tag of the stack, for resources that no other tag gives an owner.
const STACK_TAG: &str = "underpin:stack";

/// The document of a resource under construction.
pub struct Document {
    resource: Resource,
    item: Rendering,
    template: Vec<Rendering>,
    evidence: Vec<Evidence>,
}

impl Document {
    /// Begins the document of a resource in the reader's region, or in none (`AWS::IAM::…`, accounts: see
    /// [`Document::global`]).
    pub fn new(type_name: &'static str, reader: &Reader, id: &str, name: Option<&str>, arn: &str) -> Self {
        Self::at(type_name, reader, id, name, arn, &reader.env().region)
    }

    /// The same for what belongs to the account as a whole.
    pub fn global(type_name: &'static str, reader: &Reader, id: &str, name: Option<&str>, arn: &str) -> Self {
        Self::at(type_name, reader, id, name, arn, GLOBAL)
    }

    fn at(
        type_name: &'static str,
        reader: &Reader,
        id: &str,
        name: Option<&str>,
        arn: &str,
        region: &str,
    ) -> Self {
        let (tags, outputs) = (BTreeMap::new(), Outputs::new());
        let cx = RenderContext { name: id, env: reader.env(), outputs: &outputs, facts: None };
        let head = Head { id: Some(id), name, arn: Some(arn), region, tags: &tags };
        let resource = Resource {
            type_name: type_name.to_owned(),
            id: name.unwrap_or(id).to_owned(),
            arn: arn.to_owned(),
            region: region.to_owned(),
            account: reader.env().account.clone(),
            tags: BTreeMap::new(),
            owner: None,
        };
        let item = Rendering::config_item(type_name, &cx, &head);
        Self { resource, item, template: Vec::new(), evidence: Vec::new() }
    }

    /// Writes tags, if they could be read.
    pub fn tags(&mut self, tags: Result<BTreeMap<String, String>, &Unread>) {
        match tags {
            Ok(tags) => {
                self.item.own("/tags", serde_json::json!(tags));
                self.resource.owner = owner(&tags);
                self.resource.tags = tags;
            }
            Err(unread) => self.unknown("/tags", unread),
        }
    }

    /// Writes a value at a JSON pointer.
    pub fn put(&mut self, pointer: &str, value: impl Into<Value>) {
        self.item.own(pointer, value);
    }

    /// Writes the answer that describes the resource as its `configuration`.
    pub fn configuration(&mut self, value: Value) {
        self.item.own("/configuration", value);
    }

    /// Writes an answer as a member of `supplementaryConfiguration`: a placeholder if it could not be read, nothing if AWS
    /// says that there is none.
    pub fn supplement(&mut self, member: &str, answer: Result<Option<Value>, Unread>) {
        self.answer(&format!("/supplementaryConfiguration/{member}"), answer);
    }

    /// The same at any JSON pointer.
    pub fn answer(&mut self, pointer: &str, answer: Result<Option<Value>, Unread>) {
        match answer {
            Ok(Some(value)) => self.item.own(pointer, value),
            Ok(None) => {}
            Err(unread) if unread.is_absent() => {}
            Err(unread) => self.unknown(pointer, &unread),
        }
    }

    /// Writes a placeholder for a part that could not be read.
    pub fn unknown(&mut self, pointer: &str, unread: &Unread) {
        let (placeholder, explanation) = placeholder(&self.resource.id, pointer, unread);
        self.item.own(pointer, placeholder.as_str());
        self.item.unknown.insert(placeholder, explanation);
    }

    /// Adds the call that showed a part.
    pub fn seen(&mut self, evidence: Evidence) {
        if self.evidence.iter().all(|one| one.operation != evidence.operation) {
            self.evidence.push(evidence);
        }
    }

    /// Adds a rendering as CloudFormation's properties.
    pub fn template(&mut self, rendering: Rendering) {
        self.template.push(rendering);
    }

    /// The part that is written so far.
    pub fn body(&self) -> &Value {
        &self.item.body
    }

    /// The finished resource.
    pub fn finish(self) -> Live {
        let Self { resource, item, template, evidence } = self;
        Live { resource, items: vec![item], template, evidence }
    }
}

/// The placeholder for a part that could not be read, and the part in words with the reason.
pub(super) fn placeholder(id: &str, pointer: &str, unread: &Unread) -> (String, String) {
    // A reference's attribute has no dot; a name may have one.
    let attribute = format!("{}:{pointer}", unread.action).replace('.', "_");
    let placeholder = pending::text(&Reference { address: Address::new("unread", id), attribute });
    let member = pointer.trim_start_matches("/supplementaryConfiguration").trim_start_matches('/');
    (placeholder, format!("`{member}`, which could not be read: {}", unread.sentence()))
}

/// The owner that tags name.
fn owner(tags: &BTreeMap<String, String>) -> Option<String> {
    let named = |word: &&str| {
        let is_it = |(key, value): &(&String, &String)| key.eq_ignore_ascii_case(word) && !value.trim().is_empty();
        tags.iter().find(is_it).map(|(_, value)| value.clone())
    };
    OWNER_TAGS.iter().find_map(|word| named(&word)).or_else(|| tags.get(STACK_TAG).map(|stack| format!("stack {stack}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owner_is_the_owner_tag_then_the_stack() {
        let tags = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        assert_eq!(owner(&tags(&[("Team", "shop"), ("underpin:stack", "s")])).as_deref(), Some("shop"));
        assert_eq!(owner(&tags(&[("Owner", " "), ("underpin:stack", "s")])).as_deref(), Some("stack s"));
        assert_eq!(owner(&tags(&[("Name", "x")])), None);
    }
}
