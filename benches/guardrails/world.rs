//! A stack large enough for measurements, made of text in a user's form.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use jiff::Timestamp;
use underpin::base::{Archives, Environment, Scope, Vault};
use underpin::kind::Owner;
use underpin::kinds::REGISTRY;
use underpin::plan::{self, Desired, Inventory, Plan, PlanOptions};
use underpin::policy::{Level, Policy};
use underpin::rules::{Enforcement, Rule, RuleSet};
use underpin::stack::{Document, OnUnknown, Stack, policy_folder, shipped_rules};

pub(crate) struct World {
    pub(crate) env: Environment,
    pub(crate) at: Timestamp,
    pub(crate) stack: Stack,
    /// The plan that creates everything.
    pub(crate) plan: Plan,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl World {
    /// A world of so many resources, a fifth of each kind, with at most so many of the calls that create them.
    pub(crate) fn new(resources: usize, calls: usize) -> Self {
        let env = Environment::new("123456789012", "eu-central-1");
        let at = Timestamp::UNIX_EPOCH;
        let document = Document::parse(root().join("stack.yaml"), text(resources / 5), &REGISTRY).expect("a stack");
        let (vault, archives) = (Vault::new([1; 32]), Archives::default());
        let stack = document.load(None, &|_| env.clone(), &REGISTRY, &vault, &archives, &|_| None).expect("a stack");
        let wanted: Vec<Desired> = stack.resources.iter().map(wanted).collect();
        let owner =
            Owner { stack: "large".to_owned(), previous_names: Vec::new(), scope: Scope::new(None, &env.region) };
        let terms = PlanOptions {
            owner: &owner,
            env: &env,
            vault: &vault,
            ignore_tags: &[],
            destroy: false,
            backup: false,
            targets: &BTreeSet::new(),
            excludes: &BTreeSet::new(),
            releases: &BTreeSet::new(),
            unknown: OnUnknown::Warn,
            at: "20270630T120000Z",
            token: "token",
        };
        let mut plan = plan::make(&REGISTRY, &wanted, &Inventory::default(), &terms).expect("a plan");
        assert_eq!(plan.changes.len(), resources);
        assert!(plan.steps.len() >= calls, "{} calls", plan.steps.len());
        plan.steps.truncate(calls);
        Self { env, at, stack, plan }
    }
}

/// The shipped policies, repeated, on three levels.
pub(crate) fn levels(policies: usize) -> Vec<Level> {
    let shipped = policy_folder(&root().join("policies/scp")).expect("policies");
    let shipped: Vec<Policy> = shipped.levels.into_iter().flat_map(|level| level.policies).collect();
    let all: Vec<Policy> = shipped.iter().cycle().take(policies).cloned().collect();
    let names = ["root", "ou-shop", "account"];
    let chunks = all.chunks(policies.div_ceil(names.len()));
    names.iter().zip(chunks).map(|(name, some)| Level { name: (*name).to_owned(), policies: some.to_vec() }).collect()
}

/// The shipped rules that are on, repeated.
pub(crate) fn rules(count: usize) -> RuleSet {
    let mut shipped = shipped_rules();
    shipped.retain(|rule| rule.enforcement != Enforcement::Off);
    assert!(!shipped.is_empty());
    let again = shipped.iter().cycle().take(count).enumerate();
    let rules = again.map(|(index, rule)| Rule { name: format!("{}-{index}", rule.name), ..rule.clone() });
    RuleSet { rules: rules.collect(), unanswered: Vec::new() }
}

fn wanted(declared: &underpin::stack::Declared) -> Desired {
    Desired {
        address: declared.address.clone(),
        name: declared.name.clone(),
        body: declared.body.clone(),
        references: declared.references.iter().map(|used| (used.at.clone(), used.to.clone())).collect(),
        ignored: declared.ignored.clone(),
    }
}

fn text(each: usize) -> String {
    let mut text = "stack: large\nregion: eu-central-1\ntags: {project: large}\ntables:\n".to_owned();
    let mut add = |part: &str, more: &dyn Fn(usize) -> String| {
        let _ = writeln!(text, "{part}");
        (0..each).for_each(|number| text.push_str(&more(number)));
    };
    // No two resources of a kind have the same values in all that rules see.
    add("", &|n| {
        let (capacity, days) = (n + 1, n % 35 + 1);
        format!(
            "  table-{n}:\n    partition_key: pk\n    sort_key: sk\n    stream: new_image\n    billing: {{mode: provisioned, read_capacity: {capacity}, write_capacity: 5}}\n    point_in_time_recovery: {{period_days: {days}}}\n    global_secondary_indexes:\n      by-group: {{partition_key: group, sort_key: sk, projection: all, read_capacity: 5, write_capacity: 5}}\n"
        )
    });
    add("vpc_endpoints:", &|n| {
        format!("  endpoint-{n}: {{service: dynamodb, vpc: vpc-{n:08x}, route_tables: [rtb-{n:08x}]}}\n")
    });
    add("roles:", &|n| {
        format!(
            "  role-{n}:\n    assumed_by: lambda.amazonaws.com\n    managed_policies: [AWSLambdaInvocation-DynamoDB]\n    inline_policies:\n      own:\n        Version: \"2012-10-17\"\n        Statement:\n          - {{Effect: Allow, Action: [\"dynamodb:PutItem\", \"dynamodb:Query\"], Resource: \"${{tables.table-{n}.arn}}\"}}\n"
        )
    });
    add("functions:", &|n| {
        let (memory, timeout) = (128 + n, n % 900 + 1);
        format!(
            "  function-{n}:\n    runtime: python3.13\n    handler: lambda_function.lambda_handler\n    memory: {memory}\n    timeout: {timeout}\n    code: lambdas/cruddur-messaging-stream\n    role: ${{roles.role-{n}.arn}}\n    environment: {{TABLE_NAME: table-{n}}}\n    triggers:\n      messages: {{stream: \"${{tables.table-{n}.stream_arn}}\", starting_position: latest, maximum_retry_attempts: 3}}\n"
        )
    });
    text
}
