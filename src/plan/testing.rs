//! Three small kinds: a `base` that holds data, a `top` that depends on it, and a `roof` on that; and stacks of them.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::*;
use crate::base::{Address, Environment, Problem, PropertyPath, Reference, Scope, Vault, pending};
use crate::kind::{
    AccessRequest, Attribute, Call, Change, Context, Difference, Erased, Identity, Kind, Observed, Owner, PathRule,
    PlannedOperation, ReadOutcome, Registry, RenderContext, Rendering, Rule, StepContext, UniqueKey, When,
};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct TestResource {
    pub(super) key: Option<String>,
    pub(super) size: u32,
    pub(super) on: Option<String>,
    pub(super) protected: bool,
    pub(super) extra: Option<bool>,
    pub(super) tags: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Op {
    Make(Value),
    Change(Value),
    Extra(Value),
    Unmake(Value),
}

pub(super) fn steps(change: Change<'_, TestResource>) -> Vec<PlannedOperation<Op>> {
    match change {
        Change::Create { after } => {
            let mut moves = vec![PlannedOperation::new(
                Op::Make(json!({"size": after.size, "on": after.on})),
                [PropertyPath::root()],
            )];
            moves.extend(
                after
                    .extra
                    .map(|extra| PlannedOperation::new(Op::Extra(json!({"extra": extra})), [crate::path!["extra"]])),
            );
            moves
        }
        Change::Update { before, after, .. } => {
            let mut moves = Vec::new();
            if (before.spec.size, &before.spec.on, before.spec.protected) != (after.size, &after.on, after.protected) {
                let covers = ["size", "on", "protected"].map(|key| crate::path![key]);
                moves.push(PlannedOperation::new(Op::Change(json!({"size": after.size, "on": after.on})), covers));
            }
            if before.spec.tags != after.tags {
                moves.push(PlannedOperation::new(Op::Change(json!({"tags": after.tags})), [crate::path!["tags"]]));
            }
            moves
        }
        Change::Delete { backup, .. } => {
            vec![PlannedOperation::new(Op::Unmake(json!({"backup": backup})), [PropertyPath::root()])]
        }
    }
}

macro_rules! kind {
    ($name:ident, $section:literal, stateful: $stateful:literal, on: $on:expr) => {
        struct $name;
        impl Kind for $name {
            const SECTION: &'static str = $section;
            const TYPE: &'static str = $section;
            const NOUN: &'static str = $section;
            const STATEFUL: bool = $stateful;
            const DEPENDS_ON: &'static [&'static str] = $on;
            const RULES: &'static [PathRule] = &[
                PathRule::new("key", Rule::CreateOnly),
                PathRule::new("on", Rule::Requires),
                PathRule::new("extra", Rule::SentWith("size")),
                PathRule::new("protected", Rule::Protection),
            ];
            const ATTRIBUTES: &'static [Attribute] = &[
                Attribute { name: "arn", when: When::Always(|name, _, env| env.arn($section, name)) },
                Attribute { name: "id", when: When::AfterCreate },
            ];
            type Spec = TestResource;
            type Op = Op;
            fn check(_: &TestResource, _: &Context<'_>) -> Vec<Problem> {
                Vec::new()
            }
            fn normalize(_: &mut TestResource, _: &Context<'_>) -> Result<(), Vec<Problem>> {
                Ok(())
            }
            fn identity(address: &Address, _: &TestResource, cx: &Context<'_>) -> Identity {
                Identity { address: address.clone(), name: cx.name.to_owned(), details: BTreeMap::new() }
            }
            fn invalidated_outputs(differences: &[Difference]) -> Vec<&'static str> {
                if differences.iter().any(|d| d.path == crate::path!["size"]) { vec!["id"] } else { vec![] }
            }
            fn steps(change: Change<'_, TestResource>, _: &StepContext<'_>) -> Vec<PlannedOperation<Op>> {
                steps(change)
            }
            fn call(op: &Op) -> Call {
                let operation = match op {
                    Op::Make(_) => "Make",
                    Op::Change(_) => "Change",
                    Op::Extra(_) => "Extra",
                    Op::Unmake(_) => "Unmake",
                };
                Call { service: "test", operation, title: operation.to_lowercase(), expects: &[] }
            }
            fn requires(_: &Op, _: &StepContext<'_>) -> Vec<AccessRequest> {
                Vec::new()
            }
            fn check_dependency(_: &TestResource, _: &Address, name: &str, desired: &Value) -> Option<Problem> {
                let small = desired["size"] == 0 && name == "small";
                small.then(|| Problem::new(crate::path!["on"], "it is too small to stand on"))
            }
            fn unique_keys(thing: &TestResource, _: &Environment) -> Vec<UniqueKey> {
                let only = thing.key.as_ref().filter(|key| key.starts_with("only"));
                let claim = |key: &String| UniqueKey {
                    path: crate::path!["key"],
                    key: vec![key.clone()],
                    why: "there is but one",
                    hint: "share it",
                };
                only.map(claim).into_iter().collect()
            }
            fn reads(_: &Identity, _: &Environment) -> Vec<AccessRequest> {
                Vec::new()
            }
            fn config_items(_: &TestResource, _: &RenderContext<'_>) -> Vec<Rendering> {
                Vec::new()
            }
            fn cloudformation(_: &TestResource, _: &RenderContext<'_>) -> Vec<Rendering> {
                Vec::new()
            }
        }
    };
}

kind!(Base, "base", stateful: true, on: &[]);
kind!(Top, "top", stateful: false, on: &["base"]);
kind!(Roof, "roof", stateful: false, on: &["top"]);

pub(super) const REGISTRY: Registry =
    Registry::new(&[&Erased::<Base>::new(), &Erased::<Top>::new(), &Erased::<Roof>::new()]);

#[derive(Default)]
pub(super) struct Case {
    pub(super) stack: Vec<Desired>,
    pub(super) inventory: Inventory,
    pub(super) destroy: bool,
    pub(super) targets: BTreeSet<Address>,
    pub(super) excludes: BTreeSet<Address>,
    pub(super) releases: BTreeSet<Address>,
    pub(super) ignore_tags: Vec<String>,
}

pub(super) fn address(text: &str) -> Address {
    text.parse().expect("an address")
}

pub(super) fn ours(at: &str) -> BTreeMap<String, String> {
    owned_tags(&owner(), &address(at))
}

pub(super) fn owner() -> Owner {
    Owner { stack: "s".to_owned(), previous_names: vec!["was".to_owned()], scope: Scope::new(None, "eu-central-1") }
}

pub(super) fn live(mut spec: Value, tags: BTreeMap<String, String>) -> ReadOutcome<Value> {
    let thing: TestResource = serde_json::from_value(spec.take()).expect("a thing");
    let spec = serde_json::to_value(TestResource { tags, ..thing }).expect("a tree");
    let outputs = BTreeMap::from([("id".to_owned(), "id-1".to_owned())]);
    ReadOutcome::found(Observed { spec, outputs, unique_id: "u1".to_owned(), unmanaged: Vec::new() })
}

impl Case {
    pub(super) fn wants(mut self, at: &str, body: Value) -> Self {
        let references = pending::references(&body).into_iter().map(|r| (crate::path!["on"], r)).collect();
        let name = address(at).name().to_owned();
        self.stack.push(Desired { address: address(at), name, body, references, ignored: Vec::new() });
        self
    }

    pub(super) fn has(mut self, at: &str, spec: Value) -> Self {
        self.inventory.readings.insert(address(at), live(spec, ours(at)));
        self
    }

    pub(super) fn with_live(mut self, at: &str, spec: Value, tags: BTreeMap<String, String>) -> Self {
        self.inventory.readings.insert(address(at), live(spec, tags));
        self
    }

    pub(super) fn orphan(mut self, at: &str, spec: Value) -> Self {
        let live = live(spec, ours(at)).live.expect("something");
        self.inventory.orphans.push(Orphan { address: address(at), name: address(at).name().to_owned(), live });
        self
    }

    pub(super) fn plan(&self) -> Result<Plan, PlanError> {
        self.plan_with(&Vault::new([0; 32]))
    }

    pub(super) fn plan_with(&self, vault: &Vault) -> Result<Plan, PlanError> {
        let (owner, env) = (owner(), Environment::new("123456789012", "eu-central-1"));
        let options = PlanOptions {
            owner: &owner,
            env: &env,
            vault,
            ignore_tags: &self.ignore_tags,
            destroy: self.destroy,
            backup: true,
            targets: &self.targets,
            excludes: &self.excludes,
            releases: &self.releases,
            unknown: crate::stack::OnUnknown::Warn,
            at: "NOW",
            token: "token",
        };
        make(&REGISTRY, &self.stack, &self.inventory, &options)
    }

    pub(super) fn made(&self) -> Plan {
        self.plan().expect("a plan")
    }
}

pub(super) fn actions(plan: &Plan) -> Vec<String> {
    plan.changes.iter().map(|change| format!("{} {:?}", change.address, change.action)).collect()
}

pub(super) fn calls(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| format!("{} {} after {:?}", step.id, step.operation, step.after)).collect()
}

pub(super) fn on(reference: &str) -> String {
    pending::text(&reference.parse::<Reference>().expect("a reference"))
}
