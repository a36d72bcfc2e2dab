//! What is to change in a resource, and the calls that make it so.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Facts;
use crate::base::{Address, Environment, Outputs, PropertyPath};

/// One property that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Where.
    pub path: PropertyPath,
    /// What is live; `None` where there is nothing.
    pub before: Option<Value>,
    /// What is wanted; `None` where there shall be nothing.
    pub after: Option<Value>,
    /// The value is never shown.
    pub sensitive: bool,
    /// Only a new resource can have the wanted value.
    pub forces_replacement: bool,
}

/// What a change in place would lose for good, of what a user has in the resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The property that loses it.
    pub path: PropertyPath,
    /// What is lost, in a clause: "what was written before …".
    pub message: String,
    /// Nothing was seen that could be lost, by a reading that may lag behind.
    pub doubtful: bool,
}

/// A resource as it is.
#[derive(Debug, Clone)]
pub struct Observed<S> {
    /// Its properties, normalised, in the author's words; the tags are those that are there, ours included.
    pub spec: S,
    /// Its attributes.
    pub outputs: Outputs,
    /// What tells it from a namesake that was made anew (`TableId`, `RoleId`, `UUID`).
    pub unique_id: String,
    /// What it has that the language can't express; blocks adopt, replace and delete until consented to.
    pub unmanaged: Vec<UnmanagedFeature>,
}

impl<S: Clone> Observed<S> {
    /// One of which nothing is known but what was wanted and its ARN. An id that AWS gives is `*`.
    pub fn imagined(spec: &S, arn: String) -> Self {
        let outputs = Outputs::from([("arn".to_owned(), arn), ("id".to_owned(), "*".to_owned())]);
        Self { spec: spec.clone(), outputs, unique_id: "*".to_owned(), unmanaged: Vec::new() }
    }
}

/// A live feature that `stack.yaml` has no word for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema, Deserialize)]
#[schemars(rename = "Beyond")] // The published schema of plans has had this name from its first format on.
pub struct UnmanagedFeature {
    /// Such as `replicas`.
    pub feature: String,
    /// What was seen of it.
    pub detail: String,
}

/// What the feature's name begins with where another tool manages the resource.
pub(super) const MANAGED_BY: &str = "managed by ";

impl UnmanagedFeature {
    /// The tool that manages the resource as well, such as `Terraform`, where this says one.
    pub fn manager(&self) -> Option<&str> {
        self.feature.strip_prefix(MANAGED_BY)
    }
}

/// A property that the endpoint can't tell or take (an emulator that lacks it): skipped, and said so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unsupported {
    /// The property, such as `tags`; `*` stands for any one key (`global_secondary_indexes.*.auto_scaling`).
    pub property: String,
    /// What the endpoint answered.
    pub reason: String,
}

/// The answer to a look at one resource.
#[derive(Debug, Clone)]
pub struct ReadOutcome<S> {
    /// What is there; `None` for nothing.
    pub live: Option<Observed<S>>,
    /// What the endpoint can't do, known even where nothing is there.
    pub unsupported: Vec<Unsupported>,
}

impl<S> ReadOutcome<S> {
    /// Nothing is there.
    pub fn absent() -> Self {
        Self { live: None, unsupported: Vec::new() }
    }

    /// Something is there, and everything about it could be told.
    pub fn found(observed: Observed<S>) -> Self {
        Self { live: Some(observed), unsupported: Vec::new() }
    }
}

/// What is to become of a resource.
#[derive(Debug)]
pub enum Change<'a, S> {
    /// It is not there yet.
    Create {
        /// What is wanted.
        after: &'a S,
    },
    /// It is there, and differs (adoption included: the tags differ).
    Update {
        /// What is there.
        before: &'a Observed<S>,
        /// What is wanted.
        after: &'a S,
        /// The properties that differ.
        differences: &'a [Difference],
    },
    /// It shall go. Protection is lifted first, in a step of its own.
    Delete {
        /// What is there.
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

/// A resource of the stack that another one stands on, as it will be.
#[derive(Debug, Clone, Copy)]
pub struct Dependency<'a> {
    /// Which.
    pub address: &'a Address,
    /// Its physical name.
    pub name: &'a str,
    /// Whether this very plan makes it, in place of one that is gone or goes.
    pub made_anew: bool,
    /// What is known of it: nothing, where it is made anew.
    pub outputs: &'a Outputs,
}

/// The output in which a kind may tell when a resource was made, in seconds since 1970.
pub const CREATED: &str = "created";

impl Dependency<'_> {
    /// Whether it is known to have been made after that second.
    pub fn was_made_after(&self, second: i64) -> bool {
        self.outputs.get(CREATED).and_then(|text| text.parse::<i64>().ok()).is_some_and(|created| created > second)
    }
}

/// What the making of steps may know.
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
    /// Shared look-ups, where there are any.
    pub facts: Option<&'a Facts>,
}

/// One API call of a change.
#[derive(Debug, Clone)]
pub struct PlannedOperation<Op> {
    /// The call.
    pub op: Op,
    /// The property paths that it realises; the root for the resource as a whole.
    pub covers: Vec<PropertyPath>,
    /// Positions, in this list of moves, of those that come first; `None`: the one before.
    pub after: Option<Vec<usize>>,
}

impl<Op> PlannedOperation<Op> {
    /// A move that comes after the one before it.
    pub fn new(op: Op, covers: impl IntoIterator<Item = PropertyPath>) -> Self {
        Self { op, covers: covers.into_iter().collect(), after: None }
    }

    /// A move that comes after the moves at these positions of the list, and beside all others.
    #[must_use]
    pub fn after(mut self, positions: impl IntoIterator<Item = usize>) -> Self {
        self.after = Some(positions.into_iter().collect());
        self
    }
}

/// What a call is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The service as in its endpoint and IAM prefix: `dynamodb`.
    pub service: &'static str,
    /// The API's name: `CreateTable`.
    pub operation: &'static str,
    /// What it does, in the imperative, in words a reader of a plan understands: "create table".
    pub title: String,
    /// Error codes that mean somebody else was faster: what is live is read again, and if it is what was
    /// wanted, the step has succeeded.
    pub expects: &'static [&'static str],
}

/// The title of a call that sets what is given: "set memory to 256 MB, role and layers".
pub fn setting(parts: impl IntoIterator<Item = Option<String>>) -> String {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    match parts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("set {} and {last}", rest.join(", ")),
        _ => format!("set {}", parts.concat()),
    }
}
