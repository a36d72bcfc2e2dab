//! What a resource kind is: the trait that every kind implements, and its erasure for the engine.
//!
//! A kind is responsible for its author's words (`Spec`), AWS's defaults and limits, the API calls that turn
//! one spec into another, and what each call needs. It must not decide what is allowed, in which order
//! resources are worked on, or what a person reads.

mod access;
mod answer;
mod arn;
mod change;
mod documents;
mod erased;
mod facts;
mod ignore;
#[cfg(feature = "aws")]
mod live;
#[cfg(feature = "aws")]
mod managers;
mod rendering;
mod rule;
mod schema;
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
    CREATED, Call, Change, Dependency, Difference, Loss, Observed, PlannedOperation, ReadOutcome, StepContext,
    UnmanagedFeature, Unsupported, setting,
};
pub use documents::{policy_problems, policy_text, unsealed_policy};
pub use erased::{Erased, ErasedOperation, PureKind, Registry};
pub use facts::{Facts, RouteTable, SecurityGroup, SharedLookup, Subnet, Vpc};
pub use ignore::{Below, Ignore, below};
#[cfg(feature = "aws")]
pub use live::{ErasedLive, Found, Live, Prerequisites, RemovalCheck, newer, or_unsupported, unmanaged};
pub use rendering::{Head, RenderContext, Rendering, list, url_encoded, with_listed_statements};
pub use rule::{Attribute, Lookup, PathRule, Rule, When, holds};
pub use schema::{X_UNDERPIN, code_schema, policy_schema, sensitive_schema};
pub use unique_key::UniqueKey;

use crate::base::{Address, Archives, Environment, Outputs, Problem, PropertyPath, Scope};

/// How a resource is found without a state file: its natural key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// The address within the stack, which a tag may carry.
    pub address: Address,
    /// The physical name.
    pub name: String,
    /// What else the kind needs to find it, such as VPC and service; values may be pending.
    pub details: Outputs,
}

/// What `normalize` and `check` may know.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The physical name of the resource.
    pub name: &'a str,
    /// Partition, account, region.
    pub env: &'a Environment,
    /// Shared look-ups; `None` offline.
    pub facts: Option<&'a Facts>,
}

/// Whose the resources are.
#[derive(Debug, Clone)]
pub struct Owner {
    /// The stack's name.
    pub stack: String,
    /// Names that the stack had before.
    pub previous_names: Vec<String>,
    /// Environment and region.
    pub scope: Scope,
}

/// The pure half of a kind.
pub trait Kind: Send + Sync + 'static {
    /// The section of `stack.yaml`: `tables`.
    const SECTION: &'static str;
    /// CloudFormation's and AWS Config's type: `AWS::DynamoDB::Table`.
    const TYPE: &'static str;
    /// What one of them is called in a sentence: `table`.
    const NOUN: &'static str;
    /// Whether it holds data of the user, so that deleting or replacing it needs consent.
    const STATEFUL: bool;
    /// The sections whose resources this kind's resources stand on: they are deleted after these.
    const DEPENDS_ON: &'static [&'static str];
    /// What the comparison knows of properties.
    const RULES: &'static [PathRule];
    /// The properties that hold ARNs, and what each takes: held against the stack's place when the file is checked.
    const ARNS: &'static [ArnRule] = &[];
    /// What `${section.name.attribute}` may name.
    const ATTRIBUTES: &'static [Attribute];

    /// Desired and live state, in the author's words. Serialises canonically.
    type Spec: Serialize + DeserializeOwned + JsonSchema + Clone + Send + Sync;
    /// One variant for each API call; serialises to the call's input in AWS's spelling.
    type Op: Serialize + DeserializeOwned + Clone + Send + Sync;

    /// What a physical name must differ in from those of the others: two names with one key are one name to AWS.
    fn name_key(name: &str) -> String {
        name.to_owned()
    }
    /// AWS's limits and name patterns, offline. Values may be pending.
    fn check(spec: &Self::Spec, cx: &Context<'_>) -> Vec<Problem>;
    /// What AWS takes and an author will hardly want, offline: warnings. `archives` holds the code that the file
    /// names.
    fn advice(spec: &Self::Spec, cx: &Context<'_>, archives: &Archives) -> Vec<Problem> {
        let _ = (spec, cx, archives);
        Vec::new()
    }
    /// The shared facts that `normalize` will want.
    fn lookups(spec: &Self::Spec) -> Vec<SharedLookup>;
    /// Fills in AWS's defaults, resolves `default` and `all` by the facts, sorts sets. Idempotent.
    fn normalize(spec: &mut Self::Spec, cx: &Context<'_>) -> Result<(), Vec<Problem>>;
    /// Takes over from what is live what nobody manages here (capacity under auto scaling).
    fn adopt_live_values(desired: &mut Self::Spec, live: &Self::Spec) {
        let _ = (desired, live);
    }
    /// How it is found.
    fn identity(address: &Address, spec: &Self::Spec, cx: &Context<'_>) -> Identity;
    /// Which outputs of what is live will not survive `differences` (a stream's ARN when its view changes).
    fn invalidated_outputs(differences: &[Difference]) -> Vec<&'static str> {
        let _ = differences;
        Vec::new()
    }
    /// What `differences` would lose for good, though no property is turned off: it needs consent.
    fn data_loss(before: &Observed<Self::Spec>, after: &Self::Spec, differences: &[Difference]) -> Vec<Loss> {
        let _ = (before, after, differences);
        Vec::new()
    }
    /// The API calls of a change, in order.
    fn steps(change: Change<'_, Self::Spec>, cx: &StepContext<'_>) -> Vec<PlannedOperation<Self::Op>>;
    /// What a call is named and how it may end.
    fn call(op: &Self::Op) -> Call;
    /// What a call needs, dependent actions included.
    fn requires(op: &Self::Op, cx: &StepContext<'_>) -> Vec<AccessRequest>;
    /// The same for kinds in which it depends on the resource as well (the path within a role's ARN, its
    /// boundary): `spec` is what is wanted, or what is live where the resource goes.
    fn requires_of(op: &Self::Op, spec: &Self::Spec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        let _ = spec;
        Self::requires(op, cx)
    }
    /// What reading, discovering and verifying this resource needs.
    fn reads(id: &Identity, env: &Environment) -> Vec<AccessRequest>;
    /// What looking closer needs, before it is adopted, replaced or deleted. Where that is denied, it is said what could
    /// not be looked for, and nothing fails.
    fn inspect_before_removal(id: &Identity, env: &Environment) -> Vec<AccessRequest> {
        let _ = (id, env);
        Vec::new()
    }
    /// What finding this kind's resources that have left the file needs.
    fn discovers() -> &'static [&'static str] {
        &[]
    }
    /// What asking whether it holds data needs.
    fn data_probe_access(id: &Identity, env: &Environment) -> Vec<AccessRequest> {
        let _ = (id, env);
        Vec::new()
    }
    /// What keeping a resource as `spec` says may need, beyond making it and deleting it: any change in place, from
    /// whatever is live of what the file speaks of. An id that AWS gives is `*`.
    fn changes(spec: &Self::Spec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        let _ = (spec, cx);
        Vec::new()
    }
    /// What looking ahead at what making and changing it relies on needs; a plan is made without it as well.
    fn prerequisite_access(spec: &Self::Spec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        let _ = (spec, cx);
        Vec::new()
    }
    /// A resource that is live as `spec` says, for asking what deleting it needs. An id that AWS gives is `*`.
    fn imagined(spec: &Self::Spec, cx: &StepContext<'_>) -> Observed<Self::Spec> {
        let _ = cx;
        Observed::imagined(spec, "*".to_owned())
    }
    /// What keeps this resource from standing on another one of the stack, as that is planned: `name` is the
    /// other's physical name, and `desired` its properties, normalised.
    fn check_dependency(spec: &Self::Spec, address: &Address, name: &str, desired: &Value) -> Option<Problem> {
        let _ = (spec, address, name, desired);
        None
    }
    /// Warnings that follow from another resource of the stack on which this one stands: AWS takes both, and
    /// something of this one can't work. The parameters are those of [`Kind::check_dependency`].
    fn dependency_advice(spec: &Self::Spec, address: &Address, name: &str, desired: &Value) -> Vec<Problem> {
        let _ = (spec, address, name, desired);
        Vec::new()
    }
    /// What no other resource of this kind may have as well, beside the name.
    fn unique_keys(spec: &Self::Spec, env: &Environment) -> Vec<UniqueKey> {
        let _ = (spec, env);
        Vec::new()
    }
    /// Which properties must be set once more, though they are as wanted, because `dependency` is another
    /// resource than the one that they were set for.
    fn refreshes(desired: &Self::Spec, live: &Observed<Self::Spec>, dependency: &Dependency<'_>) -> Vec<PropertyPath> {
        let _ = (desired, live, dependency);
        Vec::new()
    }
    /// What a reader should know of what is live, whether or not it is changed: that it does not work, or has what
    /// `desired`, as the file says it, leaves alone.
    fn remarks(desired: &Self::Spec, live: &Observed<Self::Spec>) -> Vec<String> {
        let _ = (desired, live);
        Vec::new()
    }
    /// What a reader should know of a change before it is made: costs, gaps in service, budgets.
    fn warnings(change: Change<'_, Self::Spec>, differences: &[Difference]) -> Vec<String> {
        let _ = (change, differences);
        Vec::new()
    }
    /// What AWS Config would record of it: a configuration item each for the resource and its parts, in AWS Config's
    /// own spelling (`configuration`, `supplementaryConfiguration`, `tags` …). Empty where AWS Config has no type.
    fn config_items(spec: &Self::Spec, cx: &RenderContext<'_>) -> Vec<Rendering>;
    /// What a CloudFormation template would say of it: the `Properties` of the resource and of its parts.
    fn cloudformation(spec: &Self::Spec, cx: &RenderContext<'_>) -> Vec<Rendering>;
}
