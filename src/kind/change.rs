//! The change of a resource, and the calls that make it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Facts;
use crate::base::{Address, Environment, Outputs, Problem, PropertyPath};

/// One property that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Its path.
    pub path: PropertyPath,
    /// The live value; `None` if there is none.
    pub before: Option<Value>,
    /// The desired value; `None` if there shall be none.
    pub after: Option<Value>,
    /// True if the value is never shown.
    pub sensitive: bool,
    /// True if only a new resource can have the desired value.
    pub forces_replacement: bool,
}

impl Difference {
    /// Returns whether it is in the property with this name, or in the resource as a whole.
    pub fn is_in(&self, property: &str) -> bool {
        self.path.keys().first().is_none_or(|first| first == property)
    }
}

/// User data in the resource that a change in place would lose for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The property that loses it.
    pub path: PropertyPath,
    /// The loss, in a clause: "what was written before …".
    pub message: String,
    /// True if no data was seen that could be lost, by a read that may be out of date.
    pub doubtful: bool,
}

/// A live resource.
#[derive(Debug, Clone)]
pub struct Observed<S> {
    /// Its properties, normalised, in the words of `stack.yaml`; the tags are the live ones, ours included.
    pub spec: S,
    /// Its attributes.
    pub outputs: Outputs,
    /// The id that differs if a resource of the same name was created anew (`TableId`, `RoleId`, `UUID`).
    pub unique_id: String,
    /// Features that the language can't express; they block adopt, replace and delete until consented to.
    pub unmanaged: Vec<UnmanagedFeature>,
}

impl<S: Clone> Observed<S> {
    /// A resource of which only the desired properties and the ARN are known. An id that AWS gives is `*`.
    pub fn imagined(spec: &S, arn: String) -> Self {
        let outputs = Outputs::from([("arn".to_owned(), arn), ("id".to_owned(), "*".to_owned())]);
        Self { spec: spec.clone(), outputs, unique_id: "*".to_owned(), unmanaged: Vec::new() }
    }
}

/// A live feature that `stack.yaml` can't express.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema, Deserialize)]
#[schemars(rename = "Beyond")] // The published schema of plans has had this name from its first format on.
pub struct UnmanagedFeature {
    /// Its name, such as `replicas`.
    pub feature: String,
    /// The details that were seen.
    pub detail: String,
}

/// The prefix of the feature's name where another tool manages the resource.
pub(super) const MANAGED_BY: &str = "managed by ";

impl UnmanagedFeature {
    /// The tool that manages the resource as well, such as `Terraform`, if the feature names one.
    pub fn manager(&self) -> Option<&str> {
        self.feature.strip_prefix(MANAGED_BY)
    }
}

/// A property that the endpoint can't return or set (an emulator without it): it is skipped, and reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unsupported {
    /// The property, such as `tags`; `*` means any one key (`global_secondary_indexes.*.auto_scaling`).
    pub property: String,
    /// The endpoint's answer.
    pub reason: String,
}

/// The result of reading one resource.
#[derive(Debug, Clone)]
pub struct ReadOutcome<S> {
    /// The live resource; `None` if there is none.
    pub live: Option<Observed<S>>,
    /// The properties that the endpoint does not support, known even if there is no resource.
    pub unsupported: Vec<Unsupported>,
}

impl<S> ReadOutcome<S> {
    /// The outcome if there is no resource.
    pub fn absent() -> Self {
        Self { live: None, unsupported: Vec::new() }
    }

    /// The outcome if there is a resource, and everything about it could be read.
    pub fn found(observed: Observed<S>) -> Self {
        Self { live: Some(observed), unsupported: Vec::new() }
    }
}

/// The result of a check of prerequisites.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prerequisites {
    /// The prerequisites that are not met.
    pub problems: Vec<Problem>,
    /// The prerequisites that could not be checked, each in one sentence.
    pub remarks: Vec<String>,
}

/// A change of a resource.
#[derive(Debug)]
pub enum Change<'a, S> {
    /// It does not exist yet.
    Create {
        /// The desired properties.
        after: &'a S,
    },
    /// It exists, and differs (adoption included: the tags differ).
    Update {
        /// The live resource.
        before: &'a Observed<S>,
        /// The desired properties.
        after: &'a S,
        /// The properties that differ.
        differences: &'a [Difference],
    },
    /// It is deleted. Protection is lifted first, in a step of its own.
    Delete {
        /// The live resource.
        before: &'a Observed<S>,
        /// The name of a last backup to take, for kinds that hold data.
        backup: Option<&'a str>,
    },
}

impl<S> Clone for Change<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<S> Copy for Change<'_, S> {}

/// A resource of the stack that another one depends on, as it will be.
#[derive(Debug, Clone, Copy)]
pub struct Dependency<'a> {
    /// Its address.
    pub address: &'a Address,
    /// Its physical name.
    pub name: &'a str,
    /// True if this very plan creates it, in place of one that is deleted or will be.
    pub made_anew: bool,
    /// Its known attributes; none if it is created anew.
    pub outputs: &'a Outputs,
}

/// The output in which a kind may report when a resource was created, in seconds since 1970.
pub const CREATED: &str = "created";

impl Dependency<'_> {
    /// Returns whether it is known to have been created after that second.
    pub fn was_made_after(&self, second: i64) -> bool {
        self.outputs.get(CREATED).and_then(|text| text.parse::<i64>().ok()).is_some_and(|created| created > second)
    }
}

/// The facts that steps are made from.
#[derive(Debug, Clone, Copy)]
pub struct StepContext<'a> {
    /// The resource's address.
    pub address: &'a Address,
    /// Its physical name.
    pub name: &'a str,
    /// Partition, account, region.
    pub env: &'a Environment,
    /// A name for requests that must be idempotent: the same for the same plan.
    pub token: &'a str,
    /// Shared look-ups, if there are any.
    pub facts: Option<&'a Facts>,
}

/// One API call of a change.
#[derive(Debug, Clone)]
pub struct PlannedOperation<Op> {
    /// The call.
    pub op: Op,
    /// The property paths that it sets; the root for the resource as a whole.
    pub covers: Vec<PropertyPath>,
    /// Positions, in this list of operations, of those that come first; `None`: the one before.
    pub after: Option<Vec<usize>>,
}

impl<Op> PlannedOperation<Op> {
    /// An operation that comes after the one before it.
    pub fn new(op: Op, covers: impl IntoIterator<Item = PropertyPath>) -> Self {
        Self { op, covers: covers.into_iter().collect(), after: None }
    }

    /// An operation that comes after those at these positions of the list, and beside all others.
    #[must_use]
    pub fn after(mut self, positions: impl IntoIterator<Item = usize>) -> Self {
        self.after = Some(positions.into_iter().collect());
        self
    }
}

/// The name of a call, and the errors that it may end with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The service as in its endpoint and IAM prefix: `dynamodb`.
    pub service: &'static str,
    /// The API's name: `CreateTable`.
    pub operation: &'static str,
    /// Its effect, in the imperative, in words that a reader of a plan understands: "create table".
    pub title: String,
    /// Error codes that mean somebody else was faster: the live resource is read again, and if it is as desired,
    /// the step has succeeded.
    pub expects: &'static [&'static str],
}

/// The title of a call that sets the given parts: "set memory to 256 MB, role and layers".
pub fn setting(parts: impl IntoIterator<Item = Option<String>>) -> String {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    match parts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("set {} and {last}", rest.join(", ")),
        _ => format!("set {}", parts.concat()),
    }
}
