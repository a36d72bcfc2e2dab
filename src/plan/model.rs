//! The plan as data: printed, saved, judged and applied.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base::{Address, Environment, Location, Outputs, PropertyPath, pending};
use crate::kind::{AccessRequest, Loss, UnmanagedFeature};
use crate::rules::Severity;
use crate::stack::OnUnknown;

/// The version of the JSON form. Additions keep it; any other change changes it.
pub const FORMAT_VERSION: &str = "1";

/// What becomes of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is made.
    Create,
    /// It is changed in place.
    Update,
    /// It is deleted and made anew.
    Replace,
    /// It is deleted.
    Delete,
    /// It was made by hand, and is taken over.
    Adopt,
    /// The stack's tags are taken off it, and it is left.
    Release,
    /// It is as it should be.
    NoOp,
}

/// A plan.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Plan {
    /// The version of this form. Additions keep it; whatever else changes it.
    pub format_version: &'static str,
    /// The stack's name.
    pub stack: String,
    /// Where.
    pub environment: Environment,
    /// Where calls go that do not go to AWS's own endpoints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint_url: Option<String>,
    /// How many of each action.
    pub summary: Summary,
    /// Every resource, what is as it should be included, in the order of the file.
    pub changes: Vec<PlannedChange>,
    /// The API calls, in an order in which they could be made one by one.
    pub steps: Vec<Step>,
    /// What guardrails say of it.
    pub verdicts: Vec<Verdict>,
    /// What an unknown verdict means.
    pub unknown: OnUnknown,
    /// Whether a verdict forbids to apply it.
    pub blocked: bool,
    /// What a reader should know.
    pub notes: Vec<Note>,
    /// The unsupported properties that matter, with the endpoint's answers, by their resources.
    #[serde(skip)]
    pub skipped: BTreeMap<Address, BTreeMap<String, String>>,
    /// Sections in which orphans could not be searched.
    #[serde(skip)]
    pub not_searched: Vec<String>,
    /// True if the plan only releases resources.
    #[serde(skip)]
    pub releases: bool,
    /// The stack's orphans, whether or not anything is planned for them.
    #[serde(skip)]
    pub orphans: Vec<Address>,
}

/// How many resources of each action.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
pub struct Summary {
    /// How many are made.
    pub create: usize,
    /// How many are changed in place.
    pub update: usize,
    /// How many are deleted and made anew.
    pub replace: usize,
    /// How many are deleted.
    pub delete: usize,
    /// How many were made by hand, and are taken over.
    pub adopt: usize,
    /// How many are let go, and left as they are.
    #[serde(default)]
    pub release: usize,
    /// How many are as they should be.
    pub no_op: usize,
}

/// What is planned for one resource.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PlannedChange {
    /// Which.
    pub address: Address,
    /// Its section.
    pub kind: String,
    /// AWS's type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The physical name.
    pub name: String,
    /// What becomes of it.
    pub action: Action,
    /// Why, in a few words.
    pub reason: String,
    /// What differs.
    pub properties: Vec<Property>,
    /// What differs and is left to somebody else, as the file says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<Ignored>,
    /// What it has that the language can't express.
    #[serde(rename = "beyond", skip_serializing_if = "Vec::is_empty")]
    pub unmanaged: Vec<UnmanagedFeature>,
    /// What AWS calls the very resource that was seen (`TableId`, `RoleId`, `UUID`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unique_id: Option<String>,
    /// The desired properties, for the comparison after apply.
    #[serde(skip)]
    pub wanted: Option<Value>,
    /// True if the live resource has no stack's tags: it was made by hand.
    #[serde(skip)]
    pub by_hand: bool,
    /// Attributes of the live resource that others may rely on and that will change or disappear, such as `stream_arn`.
    #[serde(skip)]
    pub forgets: Vec<String>,
    /// The permanent losses of the change, though nothing is turned off.
    #[serde(skip)]
    pub losses: Vec<Loss>,
    /// The attributes that are known once the plan is carried out.
    #[serde(skip)]
    pub outputs: Outputs,
    /// The live resource, if it exists.
    #[serde(skip)]
    pub live: Option<Live>,
}

/// The live resource: its properties in the form of the kind's `Spec`, and its attributes.
#[derive(Debug, Clone, PartialEq)]
pub struct Live {
    /// Its properties.
    pub spec: Value,
    /// Its attributes.
    pub outputs: Outputs,
}

/// A property that differs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Property {
    /// Where.
    pub path: PropertyPath,
    /// What is live.
    #[serde(serialize_with = "exported")]
    pub before: Option<Value>,
    /// What is wanted; the same as before where it is only set again.
    #[serde(serialize_with = "exported")]
    pub after: Option<Value>,
    /// Digests stand for both.
    pub sensitive: bool,
    /// Only a new resource can have it.
    pub forces_replacement: bool,
    /// It holds what AWS will only tell once another resource exists.
    pub known_after_apply: bool,
}

/// A property that differs and is left to somebody else.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Ignored {
    /// Where.
    pub path: PropertyPath,
    /// What is live, and stays.
    #[serde(serialize_with = "exported")]
    pub live: Option<Value>,
    /// What the file says.
    #[serde(serialize_with = "exported")]
    pub file: Option<Value>,
    /// The reason that the file gives.
    pub reason: String,
    /// Digests stand for both.
    pub sensitive: bool,
    /// What the file says holds what AWS will only tell once another resource exists.
    pub known_after_apply: bool,
}

#[expect(clippy::ref_option, reason = "serde hands the field over as it is")]
fn exported<S: serde::Serializer>(value: &Option<Value>, serializer: S) -> Result<S::Ok, S::Error> {
    value.as_ref().map(pending::export).serialize(serializer)
}

fn exported_input<S: serde::Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    pending::export(value).serialize(serializer)
}

fn readable_access<S: serde::Serializer>(requires: &[AccessRequest], serializer: S) -> Result<S::Ok, S::Error> {
    let value = serde_json::to_value(requires).map_err(serde::ser::Error::custom)?;
    pending::export(&value).serialize(serializer)
}

/// One API call.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Step {
    /// Names it within the plan: `tables.cruddur-messages#1`.
    pub id: String,
    /// The resource that it works on.
    pub address: Address,
    /// Such as `dynamodb`.
    pub service: String,
    /// Such as `CreateTable`.
    pub operation: String,
    /// What it does, in words.
    pub title: String,
    /// The call's input, in AWS's spelling.
    #[serde(serialize_with = "exported_input")]
    pub input: Value,
    /// What it needs to be allowed.
    #[serde(serialize_with = "readable_access")]
    pub requires: Vec<AccessRequest>,
    /// The property paths that it realises.
    pub covers: Vec<PropertyPath>,
    /// The steps that come first.
    pub after: Vec<String>,
    /// Error codes that mean that somebody else was faster.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub expects: &'static [&'static str],
    /// Whether it takes away what is there.
    pub destructive: bool,
}

impl Step {
    /// The property that represents the step, if it is about one: the first that it covers.
    pub fn place(&self) -> PropertyPath {
        self.covers.iter().find(|path| !path.is_root()).cloned().unwrap_or_else(PropertyPath::root)
    }

    /// The operation in the form of the kind's `Op`.
    pub fn op(&self) -> Value {
        let mut op = serde_json::Map::new();
        op.insert(self.operation.clone(), self.input.clone());
        Value::Object(op)
    }
}

/// How a guardrail answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing against it.
    Pass,
    /// Something to think about.
    Warn,
    /// Could not be told.
    Unknown,
    /// Forbidden.
    Fail,
}

impl Outcome {
    /// Returns whether this outcome forbids the plan, given the meaning of an unknown one.
    pub fn forbids(self, unknown: OnUnknown) -> bool {
        match self {
            Self::Fail => true,
            Self::Unknown => unknown == OnUnknown::Deny,
            Self::Pass | Self::Warn => false,
        }
    }
}

/// What a guardrail says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Verdict {
    /// Which guardrail: `consent`, `ownership`, `account`, `residency` …
    pub guardrail: String,
    /// Which of its rules.
    pub rule: String,
    /// The resource.
    pub address: Option<Address>,
    /// The step.
    pub step: Option<String>,
    /// The answer.
    pub outcome: Outcome,
    /// The reason.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The statement of a policy that decided.
    pub statement: Option<String>,
    /// The line of the file that caused it.
    pub source: Option<Location>,
    /// The level of the organisation whose policy it is, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The action that was judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The resource that it was judged on: an ARN, or `*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// How grave a failure of the rule is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// What the rule is called elsewhere: identifiers of AWS Config's managed rules, controls of Security Hub.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<String>,
    /// Who excuses it, where an exception does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excused: Option<Excuse>,
    /// Whether what is live fails the rule, and this plan makes it good.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub resolved: bool,
    /// Whether what is live fails the rule just so: the plan does not bring it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub already: bool,
}

/// What excuses a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Excuse {
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds.
    pub expires: String,
}

impl Verdict {
    /// Makes a verdict on the stack as a whole; the fields add its subject.
    pub fn new(guardrail: &str, rule: impl Into<String>, outcome: Outcome, message: impl Into<String>) -> Self {
        Self {
            guardrail: guardrail.to_owned(),
            rule: rule.into(),
            address: None,
            step: None,
            outcome,
            message: message.into(),
            hint: None,
            statement: None,
            source: None,
            level: None,
            action: None,
            resource: None,
            severity: None,
            controls: Vec::new(),
            excused: None,
            resolved: false,
            already: false,
        }
    }
}

/// What a reader should know of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Note {
    /// The resource, where it is about one.
    pub address: Option<Address>,
    /// In one sentence.
    pub message: String,
}

impl Plan {
    /// Returns whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.changes.iter().all(|change| change.action == Action::NoOp)
    }

    /// Adds verdicts; a failed one blocks the plan, and so does an unknown one if the user wants it.
    pub fn judge(&mut self, verdicts: impl IntoIterator<Item = Verdict>) {
        self.verdicts.extend(verdicts);
        self.blocked = self.verdicts.iter().any(|verdict| verdict.outcome.forbids(self.unknown));
    }

    /// Counts the actions.
    pub fn count(changes: &[PlannedChange]) -> Summary {
        let mut counts: BTreeMap<Action, usize> = BTreeMap::new();
        for change in changes {
            *counts.entry(change.action).or_default() += 1;
        }
        let of = |action| counts.get(&action).copied().unwrap_or_default();
        Summary {
            create: of(Action::Create),
            update: of(Action::Update),
            replace: of(Action::Replace),
            delete: of(Action::Delete),
            adopt: of(Action::Adopt),
            release: of(Action::Release),
            no_op: of(Action::NoOp),
        }
    }
}
