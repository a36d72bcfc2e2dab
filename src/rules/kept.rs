//! What is kept of a resource that was judged and dropped: what it is called, and the members that rules look at from elsewhere.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

use crate::kind::Rendering;

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
const TEMPLATE: &str = "template";

/// The members of an item that say what it is: they are always kept.
const HEADS: [&str; 8] =
    ["version", "resourceType", "resourceId", "resourceName", "ARN", "awsAccountId", "awsRegion", "tags"];

/// Texts that several subjects have, held once.
pub type Texts = HashSet<Arc<str>>;

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

impl Kept {
    /// Takes these members and, if they name it, the template. The item keeps its heads alone.
    pub(super) fn of(item: &mut Rendering, template: &[Rendering], members: &Arc<[String]>, texts: &mut Texts) -> Self {
        let mut text = |value: &Value| {
            let text: Arc<str> = value.to_string().into();
            texts.get(&text).cloned().unwrap_or_else(|| {
                texts.insert(text.clone());
                text
            })
        };
        let pointers = members.iter().enumerate().filter(|(_, pointer)| pointer.starts_with('/'));
        let there = pointers.filter_map(|(index, pointer)| Some((index, text(at(&item.body, pointer)?)))).collect();
        let is_kept = members.iter().any(|member| member == TEMPLATE);
        let template = template.iter().filter(|_| is_kept).map(|one| (one.type_name, text(&one.body))).collect();
        item.body = heads(&mut item.body);
        item.origins = BTreeMap::new();
        let (of_item, resources) = (OnceLock::new(), OnceLock::new());
        Self { members: members.clone(), texts: there, template, item: of_item, resources }
    }

    /// Returns whether a place of the item is among what is kept.
    pub fn has(&self, pointer: &str) -> bool {
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
