//! Kinds behind one object-safe trait, over value trees: the form in which the engine uses them.

use std::marker::PhantomData;

use schemars::Schema;
use serde_json::Value;

use super::arn;
use super::{
    AccessRequest, ArnRule, Attribute, Call, Change, Context, Dependency, Difference, Identity, Kind, Loss, Observed,
    PathRule, PlannedOperation, Prerequisites, RenderContext, Rendering, RoleNeed, SharedLookup, StepContext,
    UniqueKey,
};
use crate::base::{Address, Archives, Environment, Problem, PropertyPath, pending};

/// A planned operation whose input is a value tree.
#[derive(Debug, Clone)]
pub struct ErasedOperation {
    /// The call's input.
    pub op: Value,
    /// The covered paths, as in [`PlannedOperation`].
    pub covers: Vec<PropertyPath>,
    /// The positions, as in [`PlannedOperation`].
    pub after: Option<Vec<usize>>,
    /// The name of the call.
    pub call: Call,
    /// The permissions that it needs.
    pub requires: Vec<AccessRequest>,
}

/// The pure half of a kind, erased. The trees are those that `Spec` and `Op` serialise to; a tree of another
/// shape is a [`Problem`] at the root, never a panic.
pub trait PureKind: Send + Sync {
    /// [`Kind::SECTION`]
    fn section(&self) -> &'static str;
    /// [`Kind::TYPE`]
    fn type_name(&self) -> &'static str;
    /// [`Kind::NOUN`]
    fn noun(&self) -> &'static str;
    /// [`Kind::STATEFUL`]
    fn stateful(&self) -> bool;
    /// [`Kind::DEPENDS_ON`]
    fn depends_on(&self) -> &'static [&'static str];
    /// [`Kind::RULES`]
    fn rules(&self) -> &'static [PathRule];
    /// [`Kind::ARNS`]
    fn arns(&self) -> &'static [ArnRule];
    /// [`Kind::ATTRIBUTES`]
    fn attributes(&self) -> &'static [Attribute];
    /// The JSON Schema of `Spec`.
    fn schema(&self) -> Schema;
    /// [`Kind::name_key`]
    fn name_key(&self, name: &str) -> String;
    /// [`Kind::check`]
    fn check(&self, spec: &Value, cx: &Context<'_>) -> Vec<Problem>;
    /// [`Kind::advice`]
    fn advice(&self, spec: &Value, cx: &Context<'_>, archives: &Archives) -> Vec<Problem>;
    /// [`Kind::lookups`]
    fn lookups(&self, spec: &Value) -> Vec<SharedLookup>;
    /// [`Kind::check_facts`]
    fn check_facts(&self, spec: &Value, sent: &[PropertyPath], cx: &Context<'_>) -> Prerequisites;
    /// [`Kind::normalize`]
    fn normalize(&self, spec: &Value, cx: &Context<'_>) -> Result<Value, Vec<Problem>>;
    /// [`Kind::adopt_live_values`]
    fn adopt_live_values(&self, desired: &Value, live: &Value) -> Result<Value, Problem>;
    /// [`Kind::is_per_workspace`]
    fn is_per_workspace(&self, spec: &Value) -> bool;
    /// [`Kind::identity`]
    fn identity(&self, address: &Address, spec: &Value, cx: &Context<'_>) -> Result<Identity, Problem>;
    /// [`Kind::invalidated_outputs`]
    fn invalidated_outputs(&self, differences: &[Difference]) -> Vec<&'static str>;
    /// [`Kind::data_loss`]
    fn data_loss(
        &self,
        before: &Observed<Value>,
        after: &Value,
        differences: &[Difference],
    ) -> Result<Vec<Loss>, Problem>;
    /// [`Kind::steps`], with call and access of each.
    fn steps(&self, change: Change<'_, Value>, cx: &StepContext<'_>) -> Result<Vec<ErasedOperation>, Problem>;
    /// [`Kind::reads`]
    fn reads(&self, id: &Identity, env: &Environment) -> Vec<AccessRequest>;
    /// [`Kind::inspect_before_removal`]
    fn inspect_before_removal(&self, id: &Identity, env: &Environment) -> Vec<AccessRequest>;
    /// [`Kind::discovers`]
    fn discovers(&self) -> &'static [&'static str];
    /// [`Kind::data_probe_access`]
    fn data_probe_access(&self, id: &Identity, env: &Environment) -> Vec<AccessRequest>;
    /// [`Kind::changes`]
    fn changes(&self, spec: &Value, cx: &StepContext<'_>) -> Result<Vec<AccessRequest>, Problem>;
    /// [`Kind::prerequisite_access`]
    fn prerequisite_access(&self, spec: &Value, cx: &StepContext<'_>) -> Result<Vec<AccessRequest>, Problem>;
    /// [`Kind::imagined`]
    fn imagined(&self, spec: &Value, cx: &StepContext<'_>) -> Result<Observed<Value>, Problem>;
    /// [`Kind::role_needs`]
    fn role_needs(&self, spec: &Value, cx: &StepContext<'_>) -> Result<Vec<RoleNeed>, Problem>;
    /// [`Kind::check_dependency`]
    fn check_dependency(&self, spec: &Value, address: &Address, name: &str, desired: &Value) -> Option<Problem>;
    /// [`Kind::dependency_advice`]
    fn dependency_advice(&self, spec: &Value, address: &Address, name: &str, desired: &Value) -> Vec<Problem>;
    /// [`Kind::unique_keys`]
    fn unique_keys(&self, spec: &Value, env: &Environment) -> Vec<UniqueKey>;
    /// [`Kind::refreshes`]
    fn refreshes(&self, desired: &Value, live: &Observed<Value>, dependency: &Dependency<'_>) -> Vec<PropertyPath>;
    /// [`Kind::remarks`]
    fn remarks(&self, desired: &Value, live: &Observed<Value>) -> Vec<String>;
    /// [`Kind::warnings`]
    fn warnings(&self, change: Change<'_, Value>, differences: &[Difference]) -> Vec<String>;
    /// [`Kind::config_items`]
    fn config_items(&self, spec: &Value, cx: &RenderContext<'_>) -> Result<Vec<Rendering>, Problem>;
    /// [`Kind::cloudformation`]
    fn cloudformation(&self, spec: &Value, cx: &RenderContext<'_>) -> Result<Vec<Rendering>, Problem>;
}

/// A kind as an object.
pub struct Erased<K>(PhantomData<K>);

impl<K> Erased<K> {
    /// Makes the object.
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<K> Default for Erased<K> {
    fn default() -> Self {
        Self::new()
    }
}

pub(super) fn typed<T: serde::de::DeserializeOwned>(what: &str, value: &Value) -> Result<T, Problem> {
    T::deserialize(value)
        .map_err(|error| Problem::new(PropertyPath::root(), format!("this {what} can't be understood: {error}")))
}

fn tree<T: serde::Serialize>(what: &str, value: &T) -> Result<Value, Problem> {
    serde_json::to_value(value)
        .map_err(|error| Problem::new(PropertyPath::root(), format!("this {what} can't be written: {error}")))
}

fn observed<S: serde::de::DeserializeOwned>(what: &str, from: &Observed<Value>) -> Result<Observed<S>, Problem> {
    let Observed { spec, outputs, unique_id, unmanaged } = from;
    Ok(Observed {
        spec: typed(what, spec)?,
        outputs: outputs.clone(),
        unique_id: unique_id.clone(),
        unmanaged: unmanaged.clone(),
    })
}

/// The tags that a resource has both before and after a change: a condition on tags sees them at any time.
struct TagStates<'a> {
    arn: Option<&'a str>,
    tags: Vec<(&'a str, &'a str)>,
}

impl<'a> TagStates<'a> {
    fn of(change: Change<'a, Value>) -> Self {
        let (before, after) = match change {
            Change::Create { .. } => return Self { arn: None, tags: Vec::new() },
            Change::Update { before, after, differences: _ } => (before, after),
            Change::Delete { before, backup: _ } => (before, &before.spec),
        };
        let tags = before.spec.get("tags").and_then(Value::as_object).into_iter().flatten();
        let stays = |(key, value): (&'a String, &'a Value)| {
            let same = after.get("tags").and_then(|tags| tags.get(key)) == Some(value);
            value.as_str().filter(|_| same).map(|value| (key.as_str(), value))
        };
        Self { arn: before.outputs.get("arn").map(String::as_str), tags: tags.filter_map(stays).collect() }
    }

    /// Adds `aws:ResourceTag/KEY` to a request for the resource itself: every action on a kind's own type has it.
    fn tell(&self, request: &mut AccessRequest) {
        if self.arn == Some(request.resource.as_str()) {
            let tag = |&(key, value): &(&str, &str)| (format!("aws:ResourceTag/{key}"), vec![value.to_owned()]);
            request.context.extend(self.tags.iter().map(tag));
        }
    }
}

/// Calls `f` with the change in the kind's own types.
fn with_change<K: Kind, T>(change: Change<'_, Value>, f: impl FnOnce(Change<'_, K::Spec>) -> T) -> Result<T, Problem> {
    Ok(match change {
        Change::Create { after } => f(Change::Create { after: &typed(K::NOUN, after)? }),
        Change::Update { before, after, differences } => {
            f(Change::Update { before: &observed(K::NOUN, before)?, after: &typed(K::NOUN, after)?, differences })
        }
        Change::Delete { before, backup } => f(Change::Delete { before: &observed(K::NOUN, before)?, backup }),
    })
}

impl<K: Kind> PureKind for Erased<K> {
    fn section(&self) -> &'static str {
        K::SECTION
    }
    fn type_name(&self) -> &'static str {
        K::TYPE
    }
    fn noun(&self) -> &'static str {
        K::NOUN
    }
    fn stateful(&self) -> bool {
        K::STATEFUL
    }
    fn depends_on(&self) -> &'static [&'static str] {
        K::DEPENDS_ON
    }
    fn rules(&self) -> &'static [PathRule] {
        K::RULES
    }
    fn arns(&self) -> &'static [ArnRule] {
        K::ARNS
    }
    fn attributes(&self) -> &'static [Attribute] {
        K::ATTRIBUTES
    }

    fn schema(&self) -> Schema {
        let settings = schemars::generate::SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
        settings.into_generator().into_root_schema_for::<K::Spec>()
    }

    fn name_key(&self, name: &str) -> String {
        K::name_key(name)
    }

    fn check(&self, spec: &Value, cx: &Context<'_>) -> Vec<Problem> {
        match typed(K::NOUN, spec) {
            Ok(typed) => {
                let mut problems = K::check(&typed, cx);
                // A property that the kind itself refuses is not checked again.
                let known = |one: &Problem| problems.iter().any(|other: &Problem| other.path == one.path);
                let arns = arn::check(K::ARNS, K::RULES, spec, cx.env).into_iter().filter(|one| !known(one));
                problems.extend(arns.collect::<Vec<_>>());
                problems
            }
            Err(problem) => vec![problem],
        }
    }

    fn advice(&self, spec: &Value, cx: &Context<'_>, archives: &Archives) -> Vec<Problem> {
        typed(K::NOUN, spec).map(|spec| K::advice(&spec, cx, archives)).unwrap_or_default()
    }

    fn lookups(&self, spec: &Value) -> Vec<SharedLookup> {
        typed(K::NOUN, spec).map(|spec| K::lookups(&spec)).unwrap_or_default()
    }

    fn check_facts(&self, spec: &Value, sent: &[PropertyPath], cx: &Context<'_>) -> Prerequisites {
        typed(K::NOUN, spec).map(|spec| K::check_facts(&spec, sent, cx)).unwrap_or_default()
    }

    fn normalize(&self, spec: &Value, cx: &Context<'_>) -> Result<Value, Vec<Problem>> {
        let mut spec: K::Spec = typed(K::NOUN, spec).map_err(|problem| vec![problem])?;
        K::normalize(&mut spec, cx)?;
        tree(K::NOUN, &spec).map_err(|problem| vec![problem])
    }

    fn adopt_live_values(&self, desired: &Value, live: &Value) -> Result<Value, Problem> {
        let mut desired: K::Spec = typed(K::NOUN, desired)?;
        K::adopt_live_values(&mut desired, &typed(K::NOUN, live)?);
        tree(K::NOUN, &desired)
    }

    fn is_per_workspace(&self, spec: &Value) -> bool {
        typed(K::NOUN, spec).is_ok_and(|spec| K::is_per_workspace(&spec))
    }

    fn identity(&self, address: &Address, spec: &Value, cx: &Context<'_>) -> Result<Identity, Problem> {
        Ok(K::identity(address, &typed(K::NOUN, spec)?, cx))
    }

    fn invalidated_outputs(&self, differences: &[Difference]) -> Vec<&'static str> {
        K::invalidated_outputs(differences)
    }

    fn data_loss(
        &self,
        before: &Observed<Value>,
        after: &Value,
        differences: &[Difference],
    ) -> Result<Vec<Loss>, Problem> {
        let losses = K::data_loss(&observed(K::NOUN, before)?, &typed(K::NOUN, after)?, differences);
        Ok(losses.into_iter().map(|loss| Loss { message: pending::sentence(&loss.message), ..loss }).collect())
    }

    fn steps(&self, change: Change<'_, Value>, cx: &StepContext<'_>) -> Result<Vec<ErasedOperation>, Problem> {
        let standing = TagStates::of(change);
        with_change::<K, _>(change, |change| {
            let spec = match change {
                Change::Create { after } | Change::Update { after, .. } => after,
                Change::Delete { before, .. } => &before.spec,
            };
            let erase = |PlannedOperation { op, covers, after }| {
                let (call, mut requires) = (K::call(&op), K::requires_of(&op, spec, cx));
                for request in &mut requires {
                    standing.tell(request);
                }
                let call = Call { title: pending::sentence(&call.title), ..call };
                Ok(ErasedOperation { op: tree("step", &op)?, covers, after, call, requires })
            };
            K::steps(change, cx).into_iter().map(erase).collect()
        })?
    }

    fn reads(&self, id: &Identity, env: &Environment) -> Vec<AccessRequest> {
        K::reads(id, env)
    }

    fn inspect_before_removal(&self, id: &Identity, env: &Environment) -> Vec<AccessRequest> {
        K::inspect_before_removal(id, env)
    }

    fn discovers(&self) -> &'static [&'static str] {
        K::discovers()
    }

    fn data_probe_access(&self, id: &Identity, env: &Environment) -> Vec<AccessRequest> {
        K::data_probe_access(id, env)
    }

    fn changes(&self, spec: &Value, cx: &StepContext<'_>) -> Result<Vec<AccessRequest>, Problem> {
        Ok(K::changes(&typed(K::NOUN, spec)?, cx))
    }

    fn prerequisite_access(&self, spec: &Value, cx: &StepContext<'_>) -> Result<Vec<AccessRequest>, Problem> {
        Ok(K::prerequisite_access(&typed(K::NOUN, spec)?, cx))
    }

    fn imagined(&self, spec: &Value, cx: &StepContext<'_>) -> Result<Observed<Value>, Problem> {
        let Observed { spec, outputs, unique_id, unmanaged } = K::imagined(&typed(K::NOUN, spec)?, cx);
        Ok(Observed { spec: tree(K::NOUN, &spec)?, outputs, unique_id, unmanaged })
    }

    fn role_needs(&self, spec: &Value, cx: &StepContext<'_>) -> Result<Vec<RoleNeed>, Problem> {
        Ok(K::role_needs(&typed(K::NOUN, spec)?, cx))
    }

    fn check_dependency(&self, spec: &Value, address: &Address, name: &str, desired: &Value) -> Option<Problem> {
        match typed(K::NOUN, spec) {
            Ok(spec) => K::check_dependency(&spec, address, name, desired),
            Err(problem) => Some(problem),
        }
    }

    fn dependency_advice(&self, spec: &Value, address: &Address, name: &str, desired: &Value) -> Vec<Problem> {
        typed(K::NOUN, spec).map(|spec| K::dependency_advice(&spec, address, name, desired)).unwrap_or_default()
    }

    fn unique_keys(&self, spec: &Value, env: &Environment) -> Vec<UniqueKey> {
        typed(K::NOUN, spec).map(|spec| K::unique_keys(&spec, env)).unwrap_or_default()
    }

    fn refreshes(&self, desired: &Value, live: &Observed<Value>, dependency: &Dependency<'_>) -> Vec<PropertyPath> {
        match (typed(K::NOUN, desired), observed(K::NOUN, live)) {
            (Ok(desired), Ok(live)) => K::refreshes(&desired, &live, dependency),
            _ => Vec::new(),
        }
    }

    fn remarks(&self, desired: &Value, live: &Observed<Value>) -> Vec<String> {
        let remarks = match (typed(K::NOUN, desired), observed(K::NOUN, live)) {
            (Ok(desired), Ok(live)) => K::remarks(&desired, &live),
            _ => Vec::new(),
        };
        remarks.iter().map(|remark| pending::sentence(remark)).collect()
    }

    fn warnings(&self, change: Change<'_, Value>, differences: &[Difference]) -> Vec<String> {
        let warnings = with_change::<K, _>(change, |change| K::warnings(change, differences)).unwrap_or_default();
        warnings.iter().map(|warning| pending::sentence(warning)).collect()
    }

    fn config_items(&self, spec: &Value, cx: &RenderContext<'_>) -> Result<Vec<Rendering>, Problem> {
        Ok(K::config_items(&typed(K::NOUN, spec)?, cx))
    }

    fn cloudformation(&self, spec: &Value, cx: &RenderContext<'_>) -> Result<Vec<Rendering>, Problem> {
        Ok(K::cloudformation(&typed(K::NOUN, spec)?, cx))
    }
}

/// The known kinds, in the order in which a stack is best read.
#[derive(Clone, Copy)]
pub struct Registry {
    kinds: &'static [&'static dyn PureKind],
}

impl Registry {
    /// Makes a registry of kinds.
    pub const fn new(kinds: &'static [&'static dyn PureKind]) -> Self {
        Self { kinds }
    }

    /// All kinds.
    pub fn kinds(&self) -> impl Iterator<Item = &'static dyn PureKind> + use<> {
        self.kinds.iter().copied()
    }

    /// The kind of a section.
    pub fn kind(&self, section: &str) -> Option<&'static dyn PureKind> {
        self.kinds().find(|kind| kind.section() == section)
    }

    /// The position of a section, for stable orders.
    pub fn rank(&self, section: &str) -> usize {
        self.kinds.iter().position(|kind| kind.section() == section).unwrap_or(self.kinds.len())
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.kinds().map(PureKind::section)).finish()
    }
}
