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

/// The action on a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is created.
    Create,
    /// It is changed in place.
    Update,
    /// It is deleted and created again.
    Replace,
    /// It is deleted.
    Delete,
    /// It was made by hand, and the stack takes it over.
    Adopt,
    /// The stack's tags are removed, and it stays as it is.
    Release,
    /// It is as desired.
    NoOp,
}

/// A plan.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Plan {
    /// The version of this form. Additions keep it; any other change changes it.
    pub format_version: &'static str,
    /// The stack's name.
    pub stack: String,
    /// The account and region.
    pub environment: Environment,
    /// The endpoint, if calls do not go to AWS's own endpoints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint_url: Option<String>,
    /// The number of resources by action.
    pub summary: Summary,
    /// Every resource, including those without a change, in the order of the file.
    pub changes: Vec<PlannedChange>,
    /// The API calls, in an order in which they could be made one by one.
    pub steps: Vec<Step>,
    /// The verdicts of guardrails.
    pub verdicts: Vec<Verdict>,
    /// The meaning of an unknown verdict.
    pub unknown: OnUnknown,
    /// True if a verdict forbids to apply it.
    pub blocked: bool,
    /// Notes for the reader.
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

/// The number of resources by action.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
pub struct Summary {
    /// The number of resources that are created.
    pub create: usize,
    /// The number of resources that are changed in place.
    pub update: usize,
    /// The number of resources that are deleted and created again.
    pub replace: usize,
    /// The number of resources that are deleted.
    pub delete: usize,
    /// The number of resources that were made by hand, and that the stack takes over.
    pub adopt: usize,
    /// The number of resources that are released, and left as they are.
    #[serde(default)]
    pub release: usize,
    /// The number of resources that are as desired.
    pub no_op: usize,
}

/// The planned change of one resource.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PlannedChange {
    /// The address.
    pub address: Address,
    /// Its section.
    pub kind: String,
    /// AWS's type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The physical name.
    pub name: String,
    /// The action.
    pub action: Action,
    /// The reason, in a few words.
    pub reason: String,
    /// The properties that differ.
    pub properties: Vec<Property>,
    /// The properties that differ and that the file ignores.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<Ignored>,
    /// Its features that the language can't express.
    #[serde(rename = "beyond", skip_serializing_if = "Vec::is_empty")]
    pub unmanaged: Vec<UnmanagedFeature>,
    /// The unique id that AWS gave the resource (`TableId`, `RoleId`, `UUID`).
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
    /// The path of the property.
    pub path: PropertyPath,
    /// The live value.
    #[serde(serialize_with = "exported")]
    pub before: Option<Value>,
    /// The desired value; the same as before if it is only set again.
    #[serde(serialize_with = "exported")]
    pub after: Option<Value>,
    /// True if both values are shown as digests.
    pub sensitive: bool,
    /// True if only a new resource can have it.
    pub forces_replacement: bool,
    /// True if it holds a value that AWS gives only after another resource exists.
    pub known_after_apply: bool,
}

/// A property that differs and that the file ignores.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Ignored {
    /// The path of the property.
    pub path: PropertyPath,
    /// The live value, which stays.
    #[serde(serialize_with = "exported")]
    pub live: Option<Value>,
    /// The file's value.
    #[serde(serialize_with = "exported")]
    pub file: Option<Value>,
    /// The reason that the file gives.
    pub reason: String,
    /// True if both values are shown as digests.
    pub sensitive: bool,
    /// True if the file's value holds a value that AWS gives only after another resource exists.
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
    /// The name of the step within the plan: `tables.cruddur-messages#1`.
    pub id: String,
    /// The resource that it works on.
    pub address: Address,
    /// The service, such as `dynamodb`.
    pub service: String,
    /// The operation, such as `CreateTable`.
    pub operation: String,
    /// A short description of the call.
    pub title: String,
    /// The call's input, in AWS's spelling.
    #[serde(serialize_with = "exported_input")]
    pub input: Value,
    /// The IAM permissions that it needs.
    #[serde(serialize_with = "readable_access")]
    pub requires: Vec<AccessRequest>,
    /// The paths of the properties that it sets.
    pub covers: Vec<PropertyPath>,
    /// The steps that come first.
    pub after: Vec<String>,
    /// Error codes that mean that somebody else has made the change already.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub expects: &'static [&'static str],
    /// True if it removes something live.
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

/// The outcome of a guardrail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It has no objection.
    Pass,
    /// It has a warning.
    Warn,
    /// It could not decide.
    Unknown,
    /// It forbids the plan.
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

/// The verdict of a guardrail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Verdict {
    /// The guardrail: `consent`, `ownership`, `account`, `residency` …
    pub guardrail: String,
    /// The guardrail's rule.
    pub rule: String,
    /// The resource.
    pub address: Option<Address>,
    /// The step.
    pub step: Option<String>,
    /// The outcome.
    pub outcome: Outcome,
    /// The reason.
    pub message: String,
    /// The remediation.
    pub hint: Option<String>,
    /// The deciding statement of a policy.
    pub statement: Option<String>,
    /// The line of the file that caused it.
    pub source: Option<Location>,
    /// The level of the organization that has the policy, if it is one of the organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The action that was judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The resource of that action: an ARN, or `*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The severity of a failure of the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The rule's names elsewhere: identifiers of AWS Config's managed rules, controls of Security Hub.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<String>,
    /// The exception that excuses it, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excused: Option<Excuse>,
    /// True if the live resource fails the rule, and this plan repairs it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub resolved: bool,
    /// True if the live resource already fails the rule in the same way: this plan does not cause it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub already: bool,
}

/// An exception that excuses a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Excuse {
    /// The reason.
    pub reason: String,
    /// The person or team that is responsible for it.
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

/// A note for the reader about a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Note {
    /// The resource, where it is about one.
    pub address: Option<Address>,
    /// The note, in one sentence.
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
