//! The engine with tables alone: inspect, plan, approve, apply.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use underpin::apply::{Applier, ApplyReport, Interrupt, apply};
use underpin::aws::{Aws, CallError};
use underpin::base::{Address, Outputs, Scope};
use underpin::guard::approve;
use underpin::kind::{Context, Erased, ErasedLive, Identity, Owner, PureKind, ReadOutcome, Registry};
use underpin::kinds::table::Table;
use underpin::live::{Depth, Inspection, inspect};
use underpin::plan::{self, Action, Desired, Plan, PlanOptions};

static TABLE: Erased<Table> = Erased::new();
static LIVE: &[&dyn ErasedLive] = &[&TABLE];
static PURE: &[&dyn PureKind] = &[&TABLE];

struct Never;

impl Interrupt for Never {
    async fn asked(&mut self) {
        std::future::pending::<()>().await;
    }
}

/// A stack of tables on an endpoint.
pub(super) struct Bench {
    pub(super) aws: Aws,
    owner: Owner,
    tables: BTreeMap<String, Value>,
    pub(super) destroy: bool,
}

impl Bench {
    pub(super) fn new(aws: Aws) -> Self {
        let scope = Scope::new(None, &aws.env().region);
        let owner = Owner { stack: "bench".to_owned(), previous_names: Vec::new(), scope };
        Self { aws, owner, tables: BTreeMap::new(), destroy: false }
    }

    /// Declares a table; only the loader checks the schema.
    #[track_caller]
    pub(super) fn declare(&mut self, name: &str, body: &Value) {
        let cx = Context { name, env: self.aws.env(), facts: None };
        let problems = TABLE.check(body, &cx);
        assert!(problems.is_empty(), "{problems:#?}");
        self.tables.insert(name.to_owned(), body.clone());
    }

    /// Removes the declaration.
    pub(super) fn forget(&mut self, name: &str) {
        self.tables.remove(name);
    }

    pub(super) async fn plan(&mut self) -> Plan {
        self.aws = self.aws.fresh();
        let wanted: Vec<Desired> = self
            .tables
            .iter()
            .map(|(name, body)| Desired {
                address: Address::new("tables", name),
                name: name.clone(),
                body: body.clone(),
                references: Vec::new(),
                ignored: Vec::new(),
            })
            .collect();
        let inspection = Inspection {
            stack: &wanted,
            owner: &self.owner,
            sections: None,
            destroy: self.destroy,
            releases: &BTreeSet::new(),
            depth: Depth::Whole,
            facts: None,
        };
        let inventory = inspect(LIVE, &inspection, &self.aws).await.expect("everything can be read");
        let terms = PlanOptions {
            owner: &self.owner,
            env: self.aws.env(),
            vault: self.aws.vault(),
            ignore_tags: &[],
            destroy: self.destroy,
            backup: true,
            targets: &BTreeSet::new(),
            excludes: &BTreeSet::new(),
            releases: &BTreeSet::new(),
            unknown: underpin::stack::OnUnknown::Warn,
            at: "20261121T120000Z",
            token: "0123456789abcdef0123456789abcdef",
        };
        plan::make(&Registry::new(PURE), &wanted, &inventory, &terms).expect("a plan can be made")
    }

    /// The table as the kind itself reads it.
    pub(super) async fn read(&self, name: &str) -> Result<ReadOutcome<Value>, CallError> {
        let id = Identity { address: Address::new("tables", name), name: name.to_owned(), details: Outputs::new() };
        TABLE.read_many(&[id], &self.aws).await.pop().expect("one answer for one question")
    }

    pub(super) async fn apply(&mut self, plan: Plan) -> ApplyReport {
        let approved = approve(plan).expect("nothing forbids it");
        let applier = Applier { kinds: LIVE, aws: &self.aws, owner: &self.owner, ignore_tags: &[] };
        apply(applier, &approved, &mut Never, &mut |_| {}).await
    }

    /// Plans, applies, and plans again: nothing is left to do.
    pub(super) async fn converge(&mut self) -> Plan {
        let plan = self.plan().await;
        let shown = format!("{:#?}", plan.steps.iter().map(|step| (&step.title, &step.covers)).collect::<Vec<_>>());
        let report = self.apply(plan.clone()).await;
        assert!(report.failures.is_empty(), "{:#?}\nof {shown}", report.failures);
        let left = self.plan().await;
        assert!(left.is_empty(), "left over: {:#?}\nafter {shown}", pending(&left));
        plan
    }
}

/// The changes of a plan, for messages.
pub(super) fn pending(plan: &Plan) -> Vec<String> {
    let changes = plan.changes.iter().filter(|change| change.action != Action::NoOp);
    let properties = changes.flat_map(|change| {
        let property = |p: &plan::Property| format!("{}: {:?} → {:?}", p.path, p.before, p.after);
        std::iter::once(format!("{} {:?}", change.address, change.action)).chain(change.properties.iter().map(property))
    });
    properties.collect()
}

/// The operations of a plan, in order.
pub(super) fn operations(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| step.operation.clone()).collect()
}

/// The titles of a plan, in order.
pub(super) fn titles(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| step.title.clone()).collect()
}
