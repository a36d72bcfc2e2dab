//! The members of resources that rules look at from elsewhere, so that a large account need not be held whole.
//!
//! A rule that looks at other resources than the one that it judges names in its entry (`looks_at`) the members that it
//! looks at, of the types of which accounts have many. Everything else of these is dropped once the other rules have judged
//! it. Asking for what was dropped is unknown, never "absent".

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

use super::{Rendered, Rule, Subject};

/// The types of which an account may have thousands.
pub const BULK: [&str; 6] = [
    "AWS::DynamoDB::Table",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
];

/// The name by which an entry asks for the template of a resource.
pub(super) const TEMPLATE: &str = "template";

/// The members of an item that say what it is: they are always kept.
const HEADS: [&str; 8] =
    ["version", "resourceType", "resourceId", "resourceName", "ARN", "awsAccountId", "awsRegion", "tags"];

/// What rules look at together.
#[derive(Debug, Default)]
pub struct Looks {
    /// True if there is a rule.
    any: bool,
    /// True if one may look at everything.
    whole: bool,
    /// The members, by the types of which there are many.
    members: BTreeMap<String, Arc<[String]>>,
}

/// The members that are kept of a subject, as texts until somebody looks at them: a tree takes many times as much.
#[derive(Debug)]
pub struct Kept {
    /// The members that rules look at.
    members: Arc<[String]>,
    /// Of these, the ones that there are, each with its place.
    texts: Vec<(usize, Arc<str>)>,
    /// The template, if it is kept.
    template: Vec<(&'static str, Arc<str>)>,
    item: OnceLock<Value>,
    resources: OnceLock<Vec<(&'static str, Value)>>,
}

/// Texts that several subjects have, held once.
pub type Texts = HashSet<Arc<str>>;

impl Looks {
    /// What these rules look at.
    pub fn of<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Self {
        let (mut any, mut whole) = (false, false);
        let mut members: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
        for rule in rules {
            any = true;
            match &rule.looks_at {
                None => whole = true,
                Some(looks) => looks.iter().for_each(|(name, some)| members.entry(name).or_default().extend(some)),
            }
        }
        let listed = |(name, some): (&String, BTreeSet<&String>)| (name.clone(), some.into_iter().cloned().collect());
        Self { any, whole, members: members.into_iter().map(listed).collect() }
    }

    /// The same, with members that others than rules look at, by their types.
    #[must_use]
    pub fn also(mut self, some: &[(&str, &str)]) -> Self {
        self.any = true;
        for (type_name, member) in some {
            let members = self.members.entry((*type_name).to_owned()).or_default();
            if !members.iter().any(|one| one == member) {
                *members = members.iter().cloned().chain([(*member).to_owned()]).collect();
            }
        }
        self
    }

    /// What has to be kept of a subject; `None` if nothing has.
    pub fn keep(&self, subject: Subject, texts: &mut Texts) -> Option<Subject> {
        if !self.any {
            return None;
        }
        if self.whole || !BULK.contains(&subject.type_name) || subject.now.items.len() != 1 {
            return Some(subject);
        }
        let members = self.members.get(subject.type_name)?;
        let Subject { name, type_name, now: Rendered { mut items, template, error }, before, kept: _ } = subject;
        let mut item = items.pop()?;
        let mut text = |value: &Value| {
            let text: Arc<str> = value.to_string().into();
            texts.get(&text).cloned().unwrap_or_else(|| {
                texts.insert(text.clone());
                text
            })
        };
        let pointers = members.iter().enumerate().filter(|(_, pointer)| pointer.starts_with('/'));
        let there = pointers.filter_map(|(index, pointer)| Some((index, text(at(&item.body, pointer)?)))).collect();
        let template = if members.iter().any(|member| member == TEMPLATE) {
            template.iter().map(|one| (one.type_name, text(&one.body))).collect()
        } else {
            Vec::new()
        };
        item.body = heads(&mut item.body);
        item.origins = BTreeMap::new();
        let (item_of, resources) = (OnceLock::new(), OnceLock::new());
        let kept = Kept { members: members.clone(), texts: there, template, item: item_of, resources };
        let now = Rendered { items: vec![item], template: Vec::new(), error };
        Some(Subject { name, type_name, now, before, kept: Some(Arc::new(kept)) })
    }
}

impl Kept {
    /// Returns whether a place of the item is among what is kept.
    pub(super) fn has(&self, pointer: &str) -> bool {
        let within = |member: &String| {
            pointer.strip_prefix(member.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        is_head(pointer) || self.members.iter().any(within)
    }

    /// The item with the members that are kept, without its heads.
    pub fn item(&self) -> &Value {
        self.item.get_or_init(|| {
            let mut item = Map::new();
            for (index, text) in &self.texts {
                let pointer = self.members.get(*index).and_then(|pointer| pointer.strip_prefix('/'));
                if let Some((pointer, value)) = pointer.zip(serde_json::from_str(text).ok()) {
                    put(&mut item, pointer, value);
                }
            }
            Value::Object(item)
        })
    }

    /// The template; `None` if it is not kept.
    pub(super) fn template(&self) -> Option<&[(&'static str, Value)]> {
        let is_kept = self.members.iter().any(|member| member == TEMPLATE);
        let read = |(name, text): &(&'static str, Arc<str>)| Some((*name, serde_json::from_str(text).ok()?));
        is_kept.then(|| self.resources.get_or_init(|| self.template.iter().filter_map(read).collect()).as_slice())
    }
}

/// Returns whether a pointer leads to a head of the item, or below one.
pub(super) fn is_head(pointer: &str) -> bool {
    pointer.strip_prefix('/').is_some_and(|at| at.split('/').next().is_some_and(|first| HEADS.contains(&first)))
}

/// The heads of an item, taken out of it.
fn heads(body: &mut Value) -> Value {
    let head = |head: &str| Some((head.to_owned(), body.get_mut(head)?.take()));
    Value::Object(HEADS.into_iter().filter_map(head).collect())
}

/// What is at a pointer; of what is unknown as a whole on the way, the placeholder.
fn at<'v>(body: &'v Value, pointer: &str) -> Option<&'v Value> {
    pointer.split('/').skip(1).try_fold(body, |value, key| if value.is_string() { Some(value) } else { value.get(key) })
}

/// Puts a value at a pointer, which has no slash in front.
fn put(into: &mut Map<String, Value>, pointer: &str, value: Value) {
    match pointer.split_once('/') {
        None => {
            into.insert(pointer.to_owned(), value);
        }
        Some((key, rest)) => {
            if let Value::Object(inner) = into.entry(key).or_insert_with(|| Value::Object(Map::new())) {
                put(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kind::Rendering;
    use crate::rules::Before;

    const FUNCTION: &str = "AWS::Lambda::Function";

    fn looks(members: &[&str]) -> Looks {
        let members: Arc<[String]> = members.iter().map(|one| (*one).to_owned()).collect();
        Looks { any: true, whole: false, members: BTreeMap::from([(FUNCTION.to_owned(), members)]) }
    }

    fn kept(looks: &Looks, type_name: &'static str, body: Value) -> Option<Subject> {
        let mut item = Rendering::new(type_name);
        item.body = body;
        let mut resource = Rendering::new(type_name);
        resource.body = json!({"Runtime": "python3.13"});
        let now = Rendered { items: vec![item], template: vec![resource], error: None };
        let subject = Subject { name: "f".to_owned(), type_name, now, before: Before::Same, kept: None };
        looks.keep(subject, &mut Texts::new())
    }

    fn function() -> Value {
        json!({
            "ARN": "arn:x", "tags": {"a": "b"},
            "configuration": {"role": "r", "vpcConfig": {"subnetIds": ["s"], "vpcId": "v"}, "environment": {"A": "1"}},
            "supplementaryConfiguration": "placeholder",
        })
    }

    #[test]
    fn heads_and_named_members_are_kept_and_placeholders_on_the_way_to_them() {
        let members = ["/configuration/vpcConfig", "/configuration/none", "/supplementaryConfiguration/GetPolicy"];
        let subject = kept(&looks(&members), FUNCTION, function()).expect("it is kept");
        assert_eq!(subject.now.items[0].body, json!({"ARN": "arn:x", "tags": {"a": "b"}}));
        assert!(subject.now.template.is_empty());
        let kept = subject.kept.expect("a part");
        let expected = json!({
            "configuration": {"vpcConfig": {"subnetIds": ["s"], "vpcId": "v"}},
            "supplementaryConfiguration": {"GetPolicy": "placeholder"},
        });
        assert_eq!(kept.item(), &expected);
        assert_eq!(kept.template(), None);
    }

    #[test]
    fn template_is_kept_where_it_is_named() {
        let subject = kept(&looks(&[TEMPLATE]), FUNCTION, function()).expect("it is kept");
        let expected = (FUNCTION, json!({"Runtime": "python3.13"}));
        assert_eq!(subject.kept.expect("a part").template(), Some([expected].as_slice()));
    }

    #[test]
    fn type_of_which_there_are_few_is_kept_whole_and_one_that_nobody_looks_at_is_dropped() {
        let group = kept(&looks(&[]), "AWS::IAM::Group", function()).expect("it is kept");
        assert_eq!((group.now.items[0].body.clone(), group.kept.is_none()), (function(), true));
        assert!(kept(&looks(&[]), "AWS::Logs::LogGroup", function()).is_none());
        assert!(kept(&Looks::of([]), "AWS::IAM::Group", function()).is_none());
    }

    #[test]
    fn only_named_places_and_what_is_below_them_are_there() {
        let kept = kept(&looks(&["/configuration/vpcConfig"]), FUNCTION, function()).and_then(|one| one.kept);
        let kept = kept.expect("a part");
        for there in ["/configuration/vpcConfig", "/configuration/vpcConfig/vpcId", "/tags", "/tags/a", "/ARN"] {
            assert!(kept.has(there), "{there}");
        }
        for gone in ["/configuration", "/configuration/vpcConfigs", "/configuration/role", "/tagsOf", ""] {
            assert!(!kept.has(gone), "{gone}");
        }
    }
}
