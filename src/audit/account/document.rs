//! The document of one resource: a configuration item, made from the answers of calls.

use std::collections::BTreeMap;

use serde_json::Value;

use super::spelling::merge;
use super::types::GLOBAL;
use super::{Reader, Unread};
use crate::audit::{Evidence, Live, Resource};
use crate::aws::CallError;
use crate::base::{Address, Outputs, Reference, pending};
use crate::kind::{Head, Registry, RenderContext, Rendering};

/// Names of tags that say who owns a resource, in small letters.
const OWNER_TAGS: [&str; 5] = ["owner", "team", "contact", "responsible", "service-owner"];

/// The tag of the stack, for resources that no other tag gives an owner.
const STACK_TAG: &str = "underpin:stack";

/// What a resource is called.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// AWS's type.
    pub(super) type_name: &'static str,
    /// The id, as AWS Config has it.
    pub(super) id: &'a str,
    /// The physical name.
    pub(super) name: &'a str,
    /// The ARN.
    pub(super) arn: &'a str,
    /// The region, or `global`.
    pub(super) region: &'a str,
}

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

    /// Begins the document of a resource of one of the stack's kinds, as the kind writes it: `spec` is in the words of
    /// `stack.yaml`. Where the kind can't read the words (a value of AWS that is newer than this program), the item is left
    /// to what the caller adds, and the template is unknown: `operation` is the call that showed it.
    pub(super) fn of_kind(
        section: &str,
        reader: &Reader,
        place: &Place<'_>,
        spec: &Value,
        outputs: &Outputs,
        operation: &str,
    ) -> Self {
        let mut document = Self::of_place(reader, place);
        let cx = RenderContext { name: place.name, env: reader.env(), outputs, facts: None };
        let kind = Registry::default().kind(section);
        let written = kind.map(|kind| (kind.config_items(spec, &cx), kind.cloudformation(spec, &cx)));
        match written {
            Some((Ok(items), Ok(template))) => {
                if let Some(item) = items.into_iter().next() {
                    document.item = item;
                    document.item.own("/resourceId", place.id);
                    document.item.own("/ARN", place.arn);
                }
                document.template = template;
            }
            Some((Err(problem), _) | (_, Err(problem))) => {
                let unread = Unread::of(operation, CallError::unexpected(operation, problem.message));
                reader.note(&unread);
                document.template = vec![Rendering::new(place.type_name)];
                document.unknown_in_template("", &unread);
            }
            None => {}
        }
        document
    }

    /// The document of a resource that could not be read.
    pub(super) fn unreadable(reader: &Reader, place: &Place<'_>, unread: &Unread) -> Self {
        let mut document = Self::of_place(reader, place);
        document.template = vec![Rendering::new(place.type_name)];
        document.unknown_in_both("/configuration", "", unread);
        document
    }

    /// Begins the document of a resource that is called as `place` says.
    pub(super) fn of_place(reader: &Reader, place: &Place<'_>) -> Self {
        let Place { type_name, id, name, arn, region } = *place;
        Self::at(type_name, reader, id, Some(name), arn, region)
    }

    fn at(type_name: &'static str, reader: &Reader, id: &str, name: Option<&str>, arn: &str, region: &str) -> Self {
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
    pub fn tags(&mut self, tags: Result<&BTreeMap<String, String>, &Unread>) {
        match tags {
            Ok(tags) => {
                self.item.own("/tags", serde_json::json!(tags));
                self.resource.owner = owner(tags);
                self.resource.tags = tags.clone();
            }
            Err(unread) => {
                self.unknown("/tags", unread);
                self.unknown_in_template("/Tags", unread);
            }
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

    /// The same in the template of the resource itself.
    pub(super) fn unknown_in_template(&mut self, pointer: &str, unread: &Unread) {
        let (placeholder, explanation) = placeholder(&self.resource.id, pointer, unread);
        let own = self.resource.type_name.as_str();
        let found = self.template.iter_mut().find(|rendering| rendering.type_name == own);
        // One that is unknown as a whole stays so.
        if let Some(rendering) = found.filter(|rendering| rendering.body.is_object()) {
            rendering.own(pointer, placeholder.as_str());
            rendering.unknown.insert(placeholder, explanation);
        }
    }

    /// Writes a placeholder as a member of an item of a list.
    pub(super) fn unknown_in_list(&mut self, list: &str, at: usize, member: &str, unread: &Unread) {
        let pointer = format!("{list}/{at}/{member}");
        let (placeholder, explanation) = placeholder(&self.resource.id, &pointer, unread);
        insert(&mut self.item, list, at, member, &placeholder, explanation);
    }

    /// The same in the template of the resource itself.
    pub(super) fn unknown_in_template_list(&mut self, list: &str, at: usize, member: &str, unread: &Unread) {
        let (placeholder, explanation) = placeholder(&self.resource.id, &format!("{list}/{at}/{member}"), unread);
        let own = self.resource.type_name.as_str();
        if let Some(rendering) = self.template.iter_mut().find(|rendering| rendering.type_name == own) {
            insert(rendering, list, at, member, &placeholder, explanation);
        }
    }

    /// Adds a resource to the template of which nothing is known, not even that there is one: all members that rules could
    /// find it by are placeholders.
    pub(super) fn unknown_part(&mut self, type_name: &'static str, members: &[&str], unread: &Unread) {
        let mut rendering = Rendering::new(type_name).part("unread");
        for member in members {
            let (placeholder, explanation) = placeholder(&self.resource.id, &format!("/{member}"), unread);
            rendering.own(&format!("/{member}"), placeholder.as_str());
            rendering.unknown.insert(placeholder, explanation);
        }
        self.template.push(rendering);
    }

    /// Writes what could not be read in both spellings.
    pub(super) fn unknown_in_both(&mut self, item: &str, template: &str, unread: &Unread) {
        self.unknown(item, unread);
        self.unknown_in_template(template, unread);
    }

    /// Adds the members of an answer to the configuration, beside what the kind wrote.
    pub(super) fn merge_configuration(&mut self, more: Value) {
        if let Some(configuration) = self.item.body.get_mut("configuration") {
            merge(configuration, more);
        }
    }

    /// Takes a member away.
    pub(super) fn remove(&mut self, parent: &str, member: &str) {
        if let Some(Value::Object(members)) = self.item.body.pointer_mut(parent) {
            members.shift_remove(member);
        }
    }

    /// The template, to add to it.
    pub(super) fn template_mut(&mut self) -> &mut Vec<Rendering> {
        &mut self.template
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

/// Writes a placeholder as a member of an item of a list.
fn insert(into: &mut Rendering, list: &str, at: usize, member: &str, placeholder: &str, explanation: String) {
    let item = into.body.pointer_mut(list).and_then(|list| list.get_mut(at)).and_then(Value::as_object_mut);
    if let Some(item) = item {
        item.insert(member.to_owned(), Value::from(placeholder));
        into.unknown.insert(placeholder.to_owned(), explanation);
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
    OWNER_TAGS.iter().find_map(named).or_else(|| tags.get(STACK_TAG).map(|stack| format!("stack {stack}")))
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
