//! The engine in this process: inspect, plan, guard, apply, in the same way as the command, without the command.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use serde_json::Value;
use tokio::sync::Notify;
use underpin::apply::{self, Applier, ApplyReport, Event, Interrupt};
use underpin::aws::Aws;
use underpin::base::{Address, Archives, Environment, PropertyPath, Reference, Scope, Vault, pending};
use underpin::guard::{self, Consents};
use underpin::kind::{Owner, Rule, holds};
use underpin::kinds::{LIVE, REGISTRY};
use underpin::live::{self, Depth, Inspection};
use underpin::plan::{self, Action, Desired, Plan, PlanOptions};

use crate::support::{ACCOUNT, Emulator, REGION};

/// The name of the stack.
pub(super) const STACK: &str = "laws";

/// A resource of a stack: its address, and its properties in the loader's form, nothing sealed yet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Resource {
    pub(super) address: Address,
    pub(super) body: Value,
}

/// The settings of runs at an emulator.
pub(super) struct Engine {
    config: SdkConfig,
    archives: Arc<Archives>,
    sections: Vec<String>,
    owner: Owner,
    runs: AtomicU64,
}

/// One run of the command: with its own salt, and without cached answers of the run before.
pub(super) struct Run<'a> {
    engine: &'a Engine,
    aws: Aws,
    stack: Vec<Desired>,
}

/// A run that is not interrupted, or is interrupted twice.
enum Stop {
    Never,
    When(Arc<Notify>),
}

impl Interrupt for Stop {
    async fn asked(&mut self) {
        match self {
            Self::Never => std::future::pending().await,
            Self::When(notify) => {
                notify.notified().await;
                // The second interrupt, which follows at once, leaves running steps.
                notify.notify_one();
            }
        }
    }
}

impl Engine {
    /// An engine for these sections. A call is made once: what the SDK would solve by a retry
    /// is left to the next run.
    pub(super) fn of(emulator: &Emulator, sections: &[&str], archives: Arc<Archives>) -> Self {
        let credentials = Credentials::new("test", "test", None, None, "tests");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .retry_config(RetryConfig::disabled())
            .endpoint_url(emulator.endpoint())
            .build();
        Self {
            config,
            archives,
            sections: sections.iter().map(|&section| section.to_owned()).collect(),
            owner: Owner { stack: STACK.to_owned(), previous_names: Vec::new(), scope: Scope::new(None, REGION) },
            runs: AtomicU64::new(0),
        }
    }

    /// The environment of its runs.
    #[expect(clippy::unused_self, reason = "where it works is its own affair")]
    pub(super) fn env(&self) -> Environment {
        Environment::new(ACCOUNT, REGION)
    }

    /// A connection of its own, without cached answers.
    pub(super) fn aws(&self) -> Aws {
        let mut salt = [0; 32];
        salt[..8].copy_from_slice(&self.runs.fetch_add(1, Ordering::Relaxed).to_le_bytes());
        Aws::new(self.env(), self.config.clone(), Arc::new(Vault::new(salt)), self.archives.clone())
    }

    /// Begins a run on a stack.
    pub(super) fn run(&self, stack: &[Resource]) -> Run<'_> {
        let aws = self.aws();
        let stack = stack.iter().map(|resource| wanted(resource, aws.vault())).collect();
        Run { engine: self, aws, stack }
    }

    /// Applies a stack; fails unless all is done.
    pub(super) async fn apply(&self, stack: &[Resource]) -> Plan {
        let mut run = self.run(stack);
        let plan = run.plan(false).await;
        let report = run.apply(plan.clone()).await;
        assert!(report.is_complete(), "{:#?}\nof {:#?}", report.failures, calls(&plan));
        plan
    }

    /// Fails unless a new run finds nothing to do; returns its plan.
    pub(super) async fn assert_settled(&self, stack: &[Resource]) {
        let mut run = self.run(stack);
        let plan = run.plan(false).await;
        assert!(plan.is_empty() && plan.steps.is_empty(), "a second plan is not empty: {}", described(&plan));
        let report = run.apply(plan).await;
        assert!(report.is_complete() && report.steps.is_empty());
    }
}

impl Run<'_> {
    /// Plans with consent to everything.
    pub(super) async fn plan(&self, destroy: bool) -> Plan {
        self.try_plan(destroy).await.unwrap_or_else(|error| panic!("no plan can be made: {error}"))
    }

    /// Plans with consent to everything, when reading may fail.
    pub(super) async fn try_plan(&self, destroy: bool) -> Result<Plan, String> {
        let owner = &self.engine.owner;
        let targets = BTreeSet::new();
        let sections = Some(self.engine.sections.as_slice());
        let inspection = Inspection {
            stack: &self.stack,
            owner,
            sections,
            destroy,
            releases: &targets,
            depth: Depth::Whole,
            facts: None,
        };
        let inventory = live::inspect(LIVE, &inspection, &self.aws).await.map_err(|error| format!("{error:?}"))?;
        let terms = PlanOptions {
            owner,
            env: self.aws.env(),
            vault: self.aws.vault(),
            ignore_tags: &[],
            destroy,
            backup: false,
            targets: &targets,
            excludes: &BTreeSet::new(),
            releases: &BTreeSet::new(),
            unknown: underpin::stack::OnUnknown::Warn,
            at: "20260101T000000Z",
            token: &self.aws.vault().salt()[..32],
        };
        let mut plan = plan::make(&REGISTRY, &self.stack, &inventory, &terms).map_err(|error| format!("{error:?}"))?;
        let all: BTreeSet<Address> = plan.changes.iter().map(|change| change.address.clone()).collect();
        let consents = Consents { delete: all.clone(), replace: all.clone(), unprotect: all.clone(), adopt: all };
        plan.judge(guard::consent(&plan, &REGISTRY, &consents));
        Ok(plan)
    }

    /// Applies a plan that was made by this run.
    pub(super) async fn apply(&mut self, plan: Plan) -> ApplyReport {
        let approved = guard::approve(plan).unwrap_or_else(|plan| panic!("it is blocked: {:#?}", plan.verdicts));
        let owner = &self.engine.owner;
        let applier = Applier { kinds: LIVE, aws: &self.aws, owner, ignore_tags: &[] };
        apply::apply(applier, &approved, &mut Stop::Never, &mut |_| {}).await
    }
}

impl Run<'_> {
    /// Applies a plan until that many calls have started, and leaves those that still run.
    pub(super) async fn apply_until(&mut self, plan: Plan, started: usize) -> ApplyReport {
        let approved = guard::approve(plan).unwrap_or_else(|plan| panic!("it is blocked: {:#?}", plan.verdicts));
        let applier = Applier { kinds: LIVE, aws: &self.aws, owner: &self.engine.owner, ignore_tags: &[] };
        let notify = Arc::new(Notify::new());
        let mut count = 0;
        let mut tell = |event: &Event| {
            count += usize::from(matches!(event, Event::Started { .. }));
            if count == started {
                notify.notify_one();
            }
        };
        apply::apply(applier, &approved, &mut Stop::When(notify.clone()), &mut tell).await
    }
}

/// The loader's form of a resource: sensitive values are sealed, references are noted.
fn wanted(resource: &Resource, vault: &Vault) -> Desired {
    let kind = REGISTRY.kind(resource.address.section()).expect("the kind is registered");
    let mut body = resource.body.clone();
    let mut references = Vec::new();
    seal(&PropertyPath::root(), &mut body, &mut references, &|path| holds(kind.rules(), Rule::Sensitive, path), vault);
    Desired {
        address: resource.address.clone(),
        name: resource.address.name().to_owned(),
        body,
        references,
        ignored: Vec::new(),
    }
}

fn seal(
    path: &PropertyPath,
    value: &mut Value,
    references: &mut Vec<(PropertyPath, Reference)>,
    is_sensitive: &dyn Fn(&PropertyPath) -> bool,
    vault: &Vault,
) {
    match value {
        Value::String(text) if is_sensitive(path) => *text = vault.seal(text),
        Value::String(text) => {
            let parts = pending::references(&Value::String(text.clone()));
            references.extend(parts.into_iter().map(|reference| (path.clone(), reference)));
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                seal(&path.child(index.to_string()), item, references, is_sensitive, vault);
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                seal(&path.child(key), item, references, is_sensitive, vault);
            }
        }
        _ => {}
    }
}

/// The calls of a plan, by their names in the emulator's log.
pub(super) fn calls(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| format!("{}:{}", step.service, step.operation)).collect()
}

/// The changes of a plan, for the message of a broken law.
pub(super) fn described(plan: &Plan) -> String {
    let mut lines = String::new();
    for change in plan.changes.iter().filter(|change| change.action != Action::NoOp) {
        let _ = write!(lines, "\n{:?} {}: {}", change.action, change.address, change.reason);
        for property in &change.properties {
            let _ = write!(lines, "\n  {}: {:?} → {:?}", property.path, property.before, property.after);
        }
    }
    lines + &format!("\ncalls: {:?}", calls(plan))
}
