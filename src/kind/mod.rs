//! The definition of a resource kind: the trait that every kind implements, and its erasure for the engine.
//!
//! A kind is responsible for its properties in `stack.yaml` (`Spec`), AWS's defaults and limits, the API calls that
//! turn one spec into another, and the permissions of each call. It must not decide what is allowed, in which order
//! resources are worked on, or what is shown.

mod access;
mod answer;
mod arn;
mod change;
mod documents;
mod erased;
mod facts;
#[cfg(feature = "aws")]
mod first_read;
mod ignore;
#[cfg(feature = "aws")]
mod live;
#[cfg_attr(
    not(any(feature = "aws", test)),
    expect(dead_code, reason = "without the live halves of kinds only one function is called")
)]
mod managers;
mod rendering;
mod role_need;
mod role_needs;
mod rule;
mod schema;
mod short_form;
pub mod tags;
mod unique_key;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use access::AccessRequest;
pub use answer::{ANSWER, Answer, MemberUse, covers};
pub use arn::{ArnForm, ArnRule, Reach};
pub use change::{
    CREATED, Call, Change, Dependency, Difference, Loss, Observed, PlannedOperation, Prerequisites, ReadOutcome,
    StepContext, UnmanagedFeature, Unsupported, setting,
};
pub use documents::{policy_problems, policy_text, unsealed_policy};
pub use erased::{Erased, ErasedOperation, PureKind, Registry};
pub use facts::{Facts, RouteTable, SecurityGroup, SharedLookup, Subnet, Vpc};
#[cfg(feature = "aws")]
pub use first_read::FirstRead;
pub use ignore::{Below, Ignore, below};
#[cfg(feature = "aws")]
pub use live::{ErasedLive, Found, Live, RemovalCheck, find_tagged, newer, or_unsupported, unmanaged};
pub use managers::manager;
pub use rendering::{Head, RenderContext, Rendering, list, unread, url_encoded, with_listed_statements};
pub use role_need::{RoleNeed, allow};
pub use role_needs::{DECLARED_NEEDS, role_needs};
pub use rule::{Attribute, Lookup, PathRule, Rule, When, holds};
pub use schema::{X_UNDERPIN, code_schema, policy_schema, sensitive_schema};
pub(crate) use short_form::{ShortForm, from_any_form, short_form, unknown_word};
pub use unique_key::UniqueKey;

use crate::base::{Address, Archives, Environment, Outputs, Problem, PropertyPath, Scope};

/// The natural key by which a resource is found without a state file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// The address within the stack, which a tag may carry.
    pub address: Address,
    /// The physical name.
    pub name: String,
    /// Other values that the kind needs to find it, such as VPC and service; they may be pending.
    pub details: Outputs,
}

/// The context of `normalize` and `check`.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The physical name of the resource.
    pub name: &'a str,
    /// Partition, account, region.
    pub env: &'a Environment,
    /// Shared look-ups; `None` offline.
    pub facts: Option<&'a Facts>,
}

/// The owner of the resources.
#[derive(Debug, Clone)]
pub struct Owner {
    /// The stack's name.
    pub stack: String,
    /// Earlier names of the stack.
    pub previous_names: Vec<String>,
    /// Environment and region.
    pub scope: Scope,
}

impl Owner {
    /// The names of the stack, today's first.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.stack).chain(&self.previous_names)
    }
}

/// The pure half of a kind.
pub trait Kind: Send + Sync + 'static {
    /// The section of `stack.yaml`: `tables`.
    const SECTION: &'static str;
    /// CloudFormation's and AWS Config's type: `AWS::DynamoDB::Table`.
    const TYPE: &'static str;
    /// The noun for such a resource in a sentence: `table`.
    const NOUN: &'static str;
    /// True if it holds the user's data, so that deleting or replacing it needs consent.
    const STATEFUL: bool;
    /// The sections whose resources this kind's resources depend on: they are deleted after these.
    const DEPENDS_ON: &'static [&'static str];
    /// The rules of its properties, for the comparison.
    const RULES: &'static [PathRule];
    /// The properties that hold ARNs, and the forms that each takes: checked with the file.
    const ARNS: &'static [ArnRule] = &[];
    /// The attributes that `${section.name.attribute}` may name.
    const ATTRIBUTES: &'static [Attribute];

    /// Desired and live state, in the words of `stack.yaml`. Serialises canonically.
    type Spec: Serialize + DeserializeOwned + JsonSchema + Clone + Send + Sync;
    /// One variant for each API call; serialises to the call's input in AWS's spelling.
    type Op: Serialize + DeserializeOwned + Clone + Send + Sync;

    /// The key by which physical names are compared: two names with one key are one name to AWS.
    fn name_key(name: &str) -> String {
        name.to_owned()
    }
    /// AWS's limits and name patterns, offline. Values may be pending.
    fn check(spec: &Self::Spec, cx: &Context<'_>) -> Vec<Problem>;
    /// Warnings, offline, about values that AWS accepts and that an author will hardly want. `archives` holds the code
    /// that the file names.
    fn advice(spec: &Self::Spec, cx: &Context<'_>, archives: &Archives) -> Vec<Problem> {
        let _ = (spec, cx, archives);
        Vec::new()
    }
    /// The shared look-ups that `normalize` and [`Kind::check_facts`] need.
    fn lookups(spec: &Self::Spec) -> Vec<SharedLookup> {
        let _ = spec;
        Vec::new()
    }
    /// Fills in AWS's defaults, resolves `default` and `all` by the facts, sorts sets. Idempotent.
    fn normalize(spec: &mut Self::Spec, cx: &Context<'_>) -> Result<(), Vec<Problem>>;
    /// Checks the properties that a change sends against the facts: problems that AWS would refuse, and remarks on
    /// look-ups that failed. `spec` is as the file gives it; `sent` is the root for a resource that is created.
    fn check_facts(spec: &Self::Spec, sent: &[PropertyPath], cx: &Context<'_>) -> Prerequisites {
        let _ = (spec, sent, cx);
        Prerequisites::default()
    }
    /// Takes over live values that are not managed here (capacity under auto scaling).
    fn adopt_live_values(desired: &mut Self::Spec, live: &Self::Spec) {
        let _ = (desired, live);
    }
    /// Returns whether each workspace has a resource of its own by this entry, which `underpin startup` makes: no plan
    /// creates, changes or deletes it. Other resources can't refer to it.
    fn is_per_workspace(spec: &Self::Spec) -> bool {
        let _ = spec;
        false
    }
    /// The natural key of a resource.
    fn identity(address: &Address, spec: &Self::Spec, cx: &Context<'_>) -> Identity;
    /// The outputs of the live resource that will not survive `differences` (a stream's ARN when its view changes).
    fn invalidated_outputs(differences: &[Difference]) -> Vec<&'static str> {
        let _ = differences;
        Vec::new()
    }
    /// User data that `differences` would lose for good, though no property is turned off: it needs consent.
    fn data_loss(before: &Observed<Self::Spec>, after: &Self::Spec, differences: &[Difference]) -> Vec<Loss> {
        let _ = (before, after, differences);
        Vec::new()
    }
    /// The API calls of a change, in order.
    fn steps(change: Change<'_, Self::Spec>, cx: &StepContext<'_>) -> Vec<PlannedOperation<Self::Op>>;
    /// The name of a call, and the errors that it may end with.
    fn call(op: &Self::Op) -> Call;
    /// The permissions that a call needs, dependent actions included.
    fn requires(op: &Self::Op, cx: &StepContext<'_>) -> Vec<AccessRequest>;
    /// The same for kinds in which they depend on the resource as well (the path within a role's ARN, its
    /// boundary): `spec` is desired, or live if the resource is deleted.
    fn requires_of(op: &Self::Op, spec: &Self::Spec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        let _ = spec;
        Self::requires(op, cx)
    }
    /// The permissions for reading, discovering and verifying this resource.
    fn reads(id: &Identity, env: &Environment) -> Vec<AccessRequest>;
    /// The permissions for the check before it is adopted, replaced or deleted. If one is denied, the plan reports what
    /// could not be checked, and nothing fails.
    fn inspect_before_removal(id: &Identity, env: &Environment) -> Vec<AccessRequest> {
        let _ = (id, env);
        Vec::new()
    }
    /// The actions that finding this kind's orphans (they have left the file) needs.
    fn discovers() -> &'static [&'static str] {
        &[]
    }
    /// The permissions for checking whether it holds data.
    fn data_probe_access(id: &Identity, env: &Environment) -> Vec<AccessRequest> {
        let _ = (id, env);
        Vec::new()
    }
    /// The permissions that keeping a resource as in `spec` may need, beyond creating and deleting it: any change in
    /// place, from any live values of the properties in the file. An id that AWS gives is `*`.
    fn changes(spec: &Self::Spec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        let _ = (spec, cx);
        Vec::new()
    }
    /// The permissions for checking its prerequisites; a plan is made without them as well.
    fn prerequisite_access(spec: &Self::Spec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        let _ = (spec, cx);
        Vec::new()
    }
    /// A resource that is live as in `spec`, to find the permissions of deleting it. An id that AWS gives is `*`.
    fn imagined(spec: &Self::Spec, cx: &StepContext<'_>) -> Observed<Self::Spec> {
        let _ = cx;
        Observed::imagined(spec, "*".to_owned())
    }
    /// What it needs of the role that it runs as, or declares of one.
    fn role_needs(spec: &Self::Spec, cx: &StepContext<'_>) -> Vec<RoleNeed> {
        let _ = (spec, cx);
        Vec::new()
    }
    /// The problem that keeps this resource from depending on another one of the stack, as planned: `name` is the
    /// other's physical name, and `desired` its properties, normalised.
    fn check_dependency(spec: &Self::Spec, address: &Address, name: &str, desired: &Value) -> Option<Problem> {
        let _ = (spec, address, name, desired);
        None
    }
    /// Warnings that follow from another resource of the stack on which this one depends: AWS takes both, and
    /// something of this one can't work. The parameters are those of [`Kind::check_dependency`].
    fn dependency_advice(spec: &Self::Spec, address: &Address, name: &str, desired: &Value) -> Vec<Problem> {
        let _ = (spec, address, name, desired);
        Vec::new()
    }
    /// The keys that no other resource of this kind may have as well, beside the name.
    fn unique_keys(spec: &Self::Spec, env: &Environment) -> Vec<UniqueKey> {
        let _ = (spec, env);
        Vec::new()
    }
    /// The properties that must be set once more, though they are as desired, because `dependency` is another
    /// resource than the one that they were set for.
    fn refreshes(desired: &Self::Spec, live: &Observed<Self::Spec>, dependency: &Dependency<'_>) -> Vec<PropertyPath> {
        let _ = (desired, live, dependency);
        Vec::new()
    }
    /// Remarks on the live resource, whether or not it is changed: that it does not work, or has parts that
    /// `desired`, as in the file, leaves alone.
    fn remarks(desired: &Self::Spec, live: &Observed<Self::Spec>) -> Vec<String> {
        let _ = (desired, live);
        Vec::new()
    }
    /// Warnings to read before a change is made: costs, gaps in service, budgets.
    fn warnings(change: Change<'_, Self::Spec>, differences: &[Difference]) -> Vec<String> {
        let _ = (change, differences);
        Vec::new()
    }
    /// The items that AWS Config would record: a configuration item each for the resource and its parts, in its
    /// own spelling (`configuration`, `supplementaryConfiguration`, `tags` …). Empty where AWS Config has no type.
    fn config_items(spec: &Self::Spec, cx: &RenderContext<'_>) -> Vec<Rendering>;
    /// Its form in a CloudFormation template: the `Properties` of the resource and of its parts.
    fn cloudformation(spec: &Self::Spec, cx: &RenderContext<'_>) -> Vec<Rendering>;
}
