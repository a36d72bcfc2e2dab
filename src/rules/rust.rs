//! Rules in Rust, where Guard can't say it: time, several resources, the meaning of policies.
//!
//! Such a rule is a file `rule.rs` in the rule's folder with one function, [`Judge`]. It sees one resource and the others that
//! are judged with it. What is not known ends it by `?`: its answer is unknown then, with the reason.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::kept::{BULK, is_head};
use super::placeholder;
use super::subject::Subject as Judged;
use crate::base::pending;
use crate::kind::Rendering;

/// The function of a rule.
pub type Judge = fn(&Subject<'_>, &World<'_>) -> Answer;

/// The answer of a rule about a resource.
pub type Answer = Result<Verdict, Unknown>;

/// What is known of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The rule holds.
    Pass,
    /// Its condition does not hold.
    NotApplicable,
    /// It doesn't hold; never empty.
    Fail(Vec<Fault>),
}

impl Verdict {
    /// A failure if there are faults, else a pass.
    pub fn of(faults: Vec<Fault>) -> Self {
        if faults.is_empty() { Self::Pass } else { Self::Fail(faults) }
    }

    /// A failure with one fault.
    pub fn fail(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Fail(vec![Fault::new(pointer, message)])
    }
}

/// The reason why nothing can be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown(pub String);

/// A thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The place in the document (JSON pointer); empty if there is none.
    pub pointer: String,
    /// What is wrong, as a lower-case fragment without a full stop.
    pub message: String,
    /// What was expected there.
    pub expected: Option<String>,
    /// What is there.
    pub actual: Option<String>,
}

impl Fault {
    /// A thing that is wrong at a place.
    pub fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), message: message.into(), expected: None, actual: None }
    }

    /// The same, with what was expected.
    #[must_use]
    pub fn expected(self, expected: impl Into<String>) -> Self {
        Self { expected: Some(expected.into()), ..self }
    }

    /// The same, with what is there.
    #[must_use]
    pub fn actual(self, actual: impl Into<String>) -> Self {
        Self { actual: Some(actual.into()), ..self }
    }
}

/// A resource that is judged, by its document.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    subject: &'a Judged,
    item: Option<&'a Rendering>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(subject: &'a Judged, item: Option<&'a Rendering>) -> Self {
        Self { subject, item }
    }

    fn head(&self, member: &str) -> &'a str {
        self.item.and_then(|item| item.body.get(member)).and_then(Value::as_str).unwrap_or_default()
    }

    /// AWS's type.
    pub fn type_name(&self) -> &'static str {
        self.item.map_or(self.subject.type_name, |item| item.type_name)
    }

    /// The physical name or id; the subject's own name where the document has none.
    pub fn id(&self) -> &'a str {
        let heads = [self.head("resourceName"), self.head("resourceId")];
        heads.into_iter().find(|text| !text.is_empty()).unwrap_or(&self.subject.name)
    }

    /// The ARN; empty if it is not known.
    pub fn arn(&self) -> &'a str {
        self.head("ARN")
    }

    /// The region; `global` for IAM.
    pub fn region(&self) -> &'a str {
        self.head("awsRegion")
    }

    /// The account; empty if it is not known.
    pub fn account(&self) -> &'a str {
        self.head("awsAccountId")
    }

    /// The tags.
    pub fn tags(&self) -> Result<impl Iterator<Item = (&'a str, &'a str)>, Unknown> {
        let tags = self.get("/tags")?.and_then(Value::as_object);
        Ok(tags.into_iter().flatten().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?))))
    }

    /// The tool that manages it, as its tags tell; `None` if none of them does.
    pub fn managed_by(&self) -> Result<Option<&'static str>, Unknown> {
        Ok(crate::kind::manager(self.tags()?))
    }

    /// A value of the document; `None` if there is none. An error if it, a part of it, or what it would be in is not known.
    pub fn get(&self, pointer: &str) -> Result<Option<&'a Value>, Unknown> {
        let Some(item) = self.item else { return Ok(None) };
        if self.subject.kept.as_ref().is_some_and(|kept| !kept.has(pointer)) {
            return Err(Unknown(format!("the check's entry does not name `{pointer}` in `looks_at`")));
        }
        let kept = self.subject.kept.as_ref().filter(|_| !is_head(pointer));
        let mut value = kept.map_or(&item.body, |kept| kept.item());
        for key in pointer.split('/').skip(1) {
            if let Value::String(text) = value {
                self.known(text)?;
            }
            let key = key.replace("~1", "/").replace("~0", "~");
            let next = match value {
                Value::Array(items) => key.parse::<usize>().ok().and_then(|index| items.get(index)),
                other => other.get(&key),
            };
            let Some(next) = next else { return Ok(None) };
            value = next;
        }
        self.whole(value)?;
        Ok(Some(value).filter(|value| !value.is_null()))
    }

    /// A text of the document.
    pub fn text(&self, pointer: &str) -> Result<Option<&'a str>, Unknown> {
        Ok(self.get(pointer)?.and_then(Value::as_str))
    }

    /// A number of the document.
    pub fn number(&self, pointer: &str) -> Result<Option<f64>, Unknown> {
        Ok(self.get(pointer)?.and_then(Value::as_f64))
    }

    /// A list of the document; empty if there is none.
    pub fn list(&self, pointer: &str) -> Result<&'a [Value], Unknown> {
        Ok(self.get(pointer)?.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default())
    }

    /// A truth value of the document; false if there is none.
    pub fn is(&self, pointer: &str) -> Result<bool, Unknown> {
        Ok(self.get(pointer)?.and_then(Value::as_bool).unwrap_or_default())
    }

    /// The resource and its parts as a CloudFormation template has them: type and `Properties`.
    pub fn template(&self) -> Result<impl Iterator<Item = (&'static str, &'a Value)>, Unknown> {
        if let Some(error) = &self.subject.now.error {
            return Err(Unknown(error.clone()));
        }
        let unnamed = || Unknown("the check's entry does not name `template` in `looks_at`".to_owned());
        let kept = match &self.subject.kept {
            Some(kept) => kept.template().ok_or_else(unnamed)?,
            None => &[],
        };
        let whole = self.subject.now.template.iter().map(|one| (one.type_name, &one.body));
        Ok(whole.chain(kept.iter().map(|(name, body)| (*name, body))))
    }

    /// The entries of an operation's answer: the list at a place, or within `member` of the answer there; empty if there is
    /// neither.
    pub fn entries(&self, pointer: &str, member: &str) -> Result<&'a [Value], Unknown> {
        let answer = self.get(pointer)?;
        let list = answer.and_then(|answer| answer.as_array().or_else(|| answer.get(member)?.as_array()));
        Ok(list.map(Vec::as_slice).unwrap_or_default())
    }

    /// The whole document, with placeholders for what is not known: for whoever reads them by other means.
    ///
    /// # Errors
    /// Unknown, if `looks_at` names members alone: the rest was dropped, and is not absent.
    pub fn document(&self) -> Result<Option<&'a Value>, Unknown> {
        match &self.subject.kept {
            Some(_) => {
                Err(Unknown("the check's entry names members in `looks_at`, and the whole is asked for".to_owned()))
            }
            None => Ok(self.item.map(|item| &item.body)),
        }
    }

    /// The members of the document that `looks_at` names, at their places, or the whole document where it was not taken apart:
    /// for whoever reads them by other means, and looks nowhere else.
    pub fn members(&self) -> Option<&'a Value> {
        match &self.subject.kept {
            Some(kept) => Some(kept.item()),
            None => self.item.map(|item| &item.body),
        }
    }

    /// The reason why a text with a placeholder is not known; any other text is a reason itself.
    pub fn unknown(&self, text: &str) -> Unknown {
        self.known(text).err().unwrap_or_else(|| Unknown(text.to_owned()))
    }

    fn whole(&self, value: &Value) -> Result<(), Unknown> {
        match value {
            Value::String(text) => self.known(text),
            Value::Array(items) => items.iter().try_for_each(|item| self.whole(item)),
            Value::Object(map) => map.values().try_for_each(|item| self.whole(item)),
            _ => Ok(()),
        }
    }

    fn known(&self, text: &str) -> Result<(), Unknown> {
        if !placeholder::is_unsure(text) {
            return Ok(());
        }
        let unknown = self.item.map(|item| &item.unknown);
        let why =
            unknown.and_then(|unknown| unknown.iter().find(|(placeholder, _)| text.contains(placeholder.as_str())));
        Err(Unknown(why.map_or_else(|| format!("it depends on {}", pending::display(text)), |(_, why)| why.clone())))
    }
}

/// The resources that are judged together.
#[derive(Debug)]
pub struct World<'a> {
    by_type: HashMap<&'static str, Vec<Subject<'a>>>,
    by_arn: HashMap<&'a str, Subject<'a>>,
    unread: &'a [(String, String)],
    today: Date,
    parameters: Map<String, Value>,
    looks_at: Option<BTreeMap<String, Vec<String>>>,
}

impl<'a> World<'a> {
    pub(super) fn new(subjects: &'a [Judged], unread: &'a [(String, String)], today: Date) -> Self {
        let mut world = Self {
            by_type: HashMap::new(),
            by_arn: HashMap::new(),
            unread,
            today,
            parameters: Map::new(),
            looks_at: None,
        };
        for one in of_items(subjects) {
            world.by_type.entry(one.type_name()).or_default().push(one);
            if !one.arn().is_empty() {
                world.by_arn.insert(one.arn(), one);
            }
        }
        world
    }

    /// Sets the parameters of the rule that is asked next, and at what its entry lets it look.
    pub(super) fn asked_by(
        &mut self,
        parameters: Map<String, Value>,
        looks_at: Option<&BTreeMap<String, Vec<String>>>,
    ) {
        self.parameters = parameters;
        self.looks_at = looks_at.cloned();
    }

    /// Returns whether the rule's entry lets it look at a type.
    fn shows(&self, type_name: &str) -> bool {
        !BULK.contains(&type_name) || self.looks_at.as_ref().is_none_or(|looks| looks.contains_key(type_name))
    }

    /// All resources of a type; an error if not all of them could be read.
    pub fn of(&self, type_name: &str) -> Result<impl Iterator<Item = Subject<'a>>, Unknown> {
        if !self.shows(type_name) {
            return Err(Unknown(format!("the check's entry does not name {type_name} in `looks_at`")));
        }
        if let Some((_, why)) = self.unread.iter().find(|(name, _)| name == type_name) {
            return Err(Unknown(why.clone()));
        }
        Ok(self.by_type.get(type_name).into_iter().flatten().copied())
    }

    /// The resource of an ARN, if it is among those that were read; an error if the rule's entry does not let it look there.
    pub fn by_arn(&self, arn: &str) -> Result<Option<Subject<'a>>, Unknown> {
        let found = self.by_arn.get(arn).copied();
        match found.map(|found| found.type_name()).filter(|type_name| !self.shows(type_name)) {
            Some(type_name) => Err(Unknown(format!("the check's entry does not name {type_name} in `looks_at`"))),
            None => Ok(found),
        }
    }

    /// Today, in UTC.
    pub fn today(&self) -> Date {
        self.today
    }

    /// The value of a parameter of the rule.
    pub fn parameter(&self, name: &str) -> Option<&Value> {
        self.parameters.get(name)
    }
}

/// The subjects by their items; one without items once, by itself.
pub(super) fn of_items(subjects: &[Judged]) -> impl Iterator<Item = Subject<'_>> {
    subjects.iter().flat_map(|one| {
        let bare = one.now.items.is_empty().then(|| Subject::new(one, None));
        one.now.items.iter().map(|item| Subject::new(one, Some(item))).chain(bare)
    })
}
