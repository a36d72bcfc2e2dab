//! The policy allows every call of every plan of its stack, has no action that no call needs, and gives nothing away.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

use super::{Purpose, Statement, documents, needed, notes, statements};
use crate::base::{Address, Environment, Outputs, Scope};
use crate::diff;
use crate::kind::{AccessRequest, Change, Context, Facts, Observed, Owner, PureKind, StepContext};
use crate::kinds::{REGISTRY, function, role, security_group_rule, table, trigger, vpc_endpoint};
use crate::plan::{Desired, owned_tags};
use crate::policy::size::{MANAGED_LIMIT, non_whitespace};
use crate::policy::{Decision, Document, Policy, PolicyKind, Request, Unnamed, evaluate};

fn env() -> Environment {
    Environment::new("123456789012", "eu-central-1")
}

fn owner() -> Owner {
    let scope = Scope::new(None, "eu-central-1");
    Owner { stack: "shop".to_owned(), previous_names: vec!["store".to_owned()], scope }
}

fn wanted(section: &str, name: &str, body: &Value) -> Desired {
    let (address, body) = (Address::new(section, name), body.clone());
    // A trigger has no name of its own.
    Desired { name: name.to_owned(), address, body, references: Vec::new(), ignored: Vec::new() }
}

fn all_of(stack: &[Desired], purpose: Purpose) -> Vec<Statement> {
    let needed = needed(&REGISTRY, stack, &owner(), &env(), purpose, None).expect("it can be told");
    statements(&REGISTRY, &needed, &owner())
}

fn ready(policies: &[Value]) -> Vec<Policy> {
    let read = |one| Policy::new("printed", &Document::from_value(one, PolicyKind::Identity).expect("IAM takes it"));
    policies.iter().map(read).collect()
}

/// The decision of the policies about a request whose keys are all known.
fn decision(policies: &[Policy], access: &AccessRequest) -> Decision {
    let AccessRequest { action, resource, context } = access;
    let request = Request::new(action, resource).others(Unnamed::Absent);
    let known = |values: &Vec<String>| crate::policy::Known::Values(values.clone());
    let request = context.iter().fold(request, |request, (key, values)| request.with(key, known(values)));
    evaluate(policies, &request).decision
}

/// One kind under the laws of its permissions.
struct Subject {
    section: &'static str,
    name: &'static str,
    facts: Facts,
    /// The ARN of the live resource, and its id.
    arn: &'static str,
    id: &'static str,
}

impl Subject {
    fn kind(&self) -> &'static dyn PureKind {
        REGISTRY.kind(self.section).expect("it is registered")
    }

    /// The body as in a plan: with the stack's own tags.
    fn normal(&self, body: &Value) -> Value {
        let mut body = body.clone();
        if body["tags"].is_null() {
            body["tags"] = Value::Object(Map::new());
        }
        for (key, value) in owned_tags(&owner(), &Address::new(self.section, self.name)) {
            body["tags"][key] = json!(value);
        }
        let env = env();
        let cx = Context { name: self.name, env: &env, facts: Some(&self.facts) };
        self.kind().normalize(&body, &cx).expect("it can be resolved")
    }

    fn requests(&self, change: Change<'_, Value>) -> Vec<AccessRequest> {
        let (address, env) = (Address::new(self.section, self.name), env());
        let facts = Some(&self.facts);
        let cx = StepContext { address: &address, name: self.name, env: &env, token: "t", facts };
        self.kind().steps(change, &cx).expect("it has steps").into_iter().flat_map(|one| one.requires).collect()
    }

    /// The live resource that has `body`, read for `wanted`: a log group that the file doesn't mention is not read.
    fn live(&self, body: &Value, wanted: &Value) -> Observed<Value> {
        let has_logs = [body, wanted].iter().all(|body| body["log_retention"].is_number());
        let logs = has_logs.then_some(("log_group", "owned"));
        let texts = [("arn", self.arn), ("id", self.id)];
        let outputs: Outputs =
            texts.iter().chain(&logs).map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
        Observed { spec: self.normal(body), outputs, unique_id: self.id.to_owned(), unmanaged: Vec::new() }
    }

    /// The requests of creating `body`, of updating `before` to it, and of deleting it.
    fn all_requests(&self, before: &Value, body: &Value) -> Vec<AccessRequest> {
        let (live, after) = (self.live(before, body), self.normal(body));
        let mut all = self.requests(Change::Create { after: &after });
        all.extend(self.requests(Change::Delete { before: &self.live(body, body), backup: Some("b") }));
        let desired = self.kind().adopt_live_values(&after, &live.spec).expect("it can be settled");
        let terms = diff::DiffOptions { rules: self.kind().rules(), seal: &str::to_owned, ignore_tags: &[] };
        let differences = diff::diff(&live.spec, &desired, terms);
        if !differences.is_empty() && !differences.iter().any(|difference| difference.forces_replacement) {
            all.extend(self.requests(Change::Update { before: &live, after: &desired, differences: &differences }));
        }
        all
    }

    /// Returns whether a request is covered: auto scaling that the file doesn't mention is not; see [`table`]'s access.
    fn is_thought_of(&self, request: &AccessRequest, body: &Value) -> bool {
        let of_others =
            request.action.starts_with("application-autoscaling:") || request.action.starts_with("cloudwatch:");
        self.section != "tables" || !of_others || self.normal(body).to_string().contains("\"auto_scaling\":{")
    }

    fn obeys(&self, bodies: &BoxedStrategy<Value>, cases: u32) {
        let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
        let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let seen = std::cell::RefCell::new((BTreeSet::new(), BTreeSet::new()));
        let law = |(before, body): (Value, Value)| {
            let stack = [wanted(self.section, self.name, &body)];
            let statements = all_of(&stack, Purpose::Apply);
            let policies = ready(&documents(&statements));
            let mut seen = seen.borrow_mut();
            seen.0.extend(statements.iter().flat_map(|statement| statement.actions.clone()));
            for request in self.all_requests(&before, &body) {
                let allowed = decision(&policies, &request) == Decision::Allowed;
                prop_assert!(allowed || !self.is_thought_of(&request, &body), "{:?} is not allowed", request);
                seen.1.insert(request.action);
            }
            seen.1.extend(super::required::ORGANISATION.map(str::to_owned));
            seen.1.insert(super::required::CALLER.to_owned());
            seen.1.extend(REGISTRY.kinds().flat_map(PureKind::discovers).map(|action| (*action).to_owned()));
            let (address, env) = (Address::new(self.section, self.name), env());
            let cx = Context { name: self.name, env: &env, facts: Some(&self.facts) };
            let id = self.kind().identity(&address, &self.normal(&body), &cx).expect("it has one");
            let closer = self.kind().inspect_before_removal(&id, &env);
            for request in self.kind().reads(&id, &env).into_iter().chain(closer) {
                prop_assert_eq!(decision(&policies, &request), Decision::Allowed, "{:?}", request);
                seen.1.insert(request.action);
            }
            let cx =
                StepContext { address: &address, name: self.name, env: &env, token: "t", facts: Some(&self.facts) };
            for request in self.kind().prerequisite_access(&self.normal(&body), &cx).expect("it can be told") {
                prop_assert_eq!(decision(&policies, &request), Decision::Allowed, "{:?}", request);
                seen.1.insert(request.action);
            }
            seen.1.extend(self.kind().lookups(&body).into_iter().map(|need| need.action().to_owned()));
            Ok(())
        };
        runner.run(&(bodies.clone(), bodies.clone()), law).unwrap_or_else(|broken| panic!("{broken}"));
        let (allowed, used) = seen.into_inner();
        let unused: Vec<&String> = allowed.difference(&used).collect();
        assert!(unused.is_empty(), "{}: no call needs {unused:?}", self.section);
    }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn tree<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("it can be written")
}

const CASES: u32 = 200;

#[test]
fn generated_policy_suffices_for_tables() {
    let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/law";
    let subject = Subject { section: "tables", name: "law", facts: Facts::default(), arn, id: "id" };
    subject.obeys(&table::testing::arbitrary_table().boxed(), CASES);
}

#[test]
fn generated_policy_suffices_for_vpc_endpoints() {
    let facts = vpc_endpoint::testing::facts();
    let arn = "arn:aws:ec2:eu-central-1:123456789012:vpc-endpoint/vpce-1";
    let subject = Subject { section: "vpc_endpoints", name: "law", facts, arn, id: "vpce-1" };
    let (tables, subnets, groups) = (["rtb-1", "rtb-2"], ["subnet-1", "subnet-2"], ["sg-1"]);
    let bodies = vpc_endpoint::testing::arbitrary(texts(&tables), texts(&subnets), texts(&groups));
    subject.obeys(&bodies.prop_map(|spec| tree(&spec)).boxed(), CASES);
}

#[test]
fn generated_policy_suffices_for_security_group_rules() {
    let arn = "arn:aws:ec2:eu-central-1:123456789012:security-group-rule/sgr-1";
    let subject = Subject { section: "security_group_rules", name: "law", facts: Facts::default(), arn, id: "sgr-1" };
    // Another group makes another rule, whose permissions are those of two stacks.
    let bodies = security_group_rule::testing::bodies(texts(&["sg-1"]), texts(&["pl-1", "sg-2"]));
    subject.obeys(&bodies, CASES);
}

#[test]
fn generated_policy_suffices_for_roles() {
    let arn = "arn:aws:iam::123456789012:role/law";
    let subject = Subject { section: "roles", name: "law", facts: Facts::default(), arn, id: "AROA" };
    subject.obeys(&role::testing::arbitrary().prop_map(|spec| tree(&spec)).boxed(), CASES);
}

#[test]
fn generated_policy_suffices_for_functions() {
    let world = function::testing::World {
        subnets: texts(&["subnet-1", "subnet-2"]),
        security_groups: texts(&["sg-1"]),
        ..function::testing::World::imagined()
    };
    let arn = "arn:aws:lambda:eu-central-1:123456789012:function:law";
    let facts = vpc_endpoint::testing::facts();
    Subject { section: "functions", name: "law", facts, arn, id: "law" }
        .obeys(&function::testing::bodies(&world), CASES);
}

#[test]
fn generated_policy_suffices_for_triggers() {
    let sources = trigger::testing::Sources::imagined();
    let arn = "arn:aws:lambda:eu-central-1:123456789012:event-source-mapping:uuid";
    let subject = Subject { section: "triggers", name: "law/one", facts: Facts::default(), arn, id: "uuid" };
    subject.obeys(&trigger::testing::bodies("law", &sources), CASES);
}

/// One of each kind.
fn a_stack() -> Vec<Desired> {
    let role = "arn:aws:iam::123456789012:role/team/app";
    let scaling = json!({"read": {"min": 1, "max": 2}});
    let billing = json!({"mode": "provisioned", "read_capacity": 1, "write_capacity": 1});
    vec![
        wanted(
            "tables",
            "orders",
            &json!({"partition_key": "pk", "stream": "new_image", "billing": billing, "auto_scaling": scaling}),
        ),
        wanted("vpc_endpoints", "ddb", &json!({"service": "dynamodb", "vpc": "default"})),
        wanted(
            "roles",
            "app",
            &json!({"assumed_by": "lambda.amazonaws.com", "path": "/team/", "managed_policies": ["ReadOnlyAccess"]}),
        ),
        wanted(
            "functions",
            "app",
            &json!({"runtime": "python3.13", "handler": "a.b", "role": role, "vpc": {},
                "code": {"path": "x", "sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "size": 1}}),
        ),
        wanted(
            "triggers",
            "app/one",
            &json!({"function": "app", "starting_position": "latest",
                "stream": "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/1"}),
        ),
    ]
}

#[test]
fn generated_policy_allows_no_change_of_other_resources() {
    let statements = all_of(&a_stack(), Purpose::Apply);
    let policies = ready(&documents(&statements));
    // Whatever the action, it is not allowed on a neighbour.
    let neighbours = [
        "arn:aws:dynamodb:eu-central-1:123456789012:table/orders2",
        "arn:aws:dynamodb:eu-central-1:123456789012:table/other",
        "arn:aws:dynamodb:eu-central-1:123456789012:table/other/index/i",
        "arn:aws:dynamodb:us-east-1:123456789012:table/orders",
        "arn:aws:dynamodb:eu-central-1:210987654321:table/orders",
        "arn:aws:iam::123456789012:role/app",
        "arn:aws:iam::123456789012:role/app2",
        "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:others",
        "arn:aws:lambda:eu-central-1:123456789012:event-source-mapping:others",
        "arn:aws:iam::123456789012:role/path/app",
        "arn:aws:lambda:eu-central-1:123456789012:function:app2",
        "arn:aws:ec2:eu-central-1:123456789012:vpc-endpoint/vpce-1",
    ];
    let actions: BTreeSet<&String> = statements.iter().flat_map(|statement| &statement.actions).collect();
    let reads = |action: &str| ["Describe", "List", "Get"].iter().any(|verb| action.contains(&format!(":{verb}")));
    for action in actions.iter().filter(|action| !reads(action)) {
        for arn in neighbours {
            let other = AccessRequest::new(action.as_str(), arn).with("aws:ResourceTag/underpin:stack", ["another"]);
            assert_ne!(decision(&policies, &other), Decision::Allowed, "{action} on {arn}");
        }
    }
    // Actions that are allowed on everything only read, or have a condition.
    for statement in statements.iter().filter(|one| one.resources.contains("*") && one.condition.is_empty()) {
        assert!(statement.actions.iter().all(|action| reads(action)), "{statement:?}");
    }
    let role = "arn:aws:iam::123456789012:role/team/app";
    let refused = [
        AccessRequest::new("iam:PassRole", role).with("iam:PassedToService", ["ec2.amazonaws.com"]),
        AccessRequest::new("iam:AttachRolePolicy", role)
            .with("iam:PolicyARN", ["arn:aws:iam::aws:policy/AdministratorAccess"]),
        AccessRequest::new(
            "lambda:DeleteEventSourceMapping",
            "arn:aws:lambda:eu-central-1:123456789012:event-source-mapping:u",
        )
        .with("lambda:FunctionArn", ["arn:aws:lambda:eu-central-1:123456789012:function:other"]),
        AccessRequest::new("ec2:CreateVpcEndpoint", "arn:aws:ec2:eu-central-1:123456789012:vpc-endpoint/*")
            .with("ec2:VpceServiceName", ["com.amazonaws.eu-central-1.s3"])
            .with("aws:RequestTag/underpin:stack", ["shop"]),
    ];
    for request in refused {
        assert_ne!(decision(&policies, &request), Decision::Allowed, "{request:?}");
    }
}

#[test]
fn each_purpose_gets_its_own_actions() {
    let actions = |purpose| -> BTreeSet<String> {
        all_of(&a_stack(), purpose).iter().flat_map(|statement| statement.actions.clone()).collect()
    };
    let (plan, apply, destroy) = (actions(Purpose::Plan), actions(Purpose::Apply), actions(Purpose::Destroy));
    assert!(plan.is_subset(&apply));
    // Prerequisites of creating are not read to delete.
    assert_eq!(plan.difference(&destroy).collect::<Vec<_>>(), ["iam:GetPolicy"]);
    let reads = |action: &String| ["Describe", "List", "Get"].iter().any(|verb| action.contains(&format!(":{verb}")));
    assert!(plan.iter().all(reads), "{plan:?}");
    assert!(apply.contains("dynamodb:CreateTable") && apply.contains("dynamodb:DeleteTable"));
    assert!(destroy.contains("dynamodb:DeleteTable") && !destroy.contains("dynamodb:CreateTable"));
    assert!(
        destroy.contains("dynamodb:Scan") && !apply.contains("dynamodb:Scan"),
        "items are looked at by destroy alone"
    );
}

#[test]
fn statements_have_unique_sids_and_explain_wildcards() {
    let statements = all_of(&a_stack(), Purpose::Apply);
    let sids: BTreeSet<&String> = statements.iter().map(|statement| &statement.sid).collect();
    assert_eq!(sids.len(), statements.len());
    assert!(sids.iter().all(|sid| sid.chars().all(|c| c.is_ascii_alphanumeric())), "{sids:?}");
    let notes = notes(&statements).join("\n");
    for statement in statements.iter().filter(|one| one.resources.iter().any(|resource| resource.contains('*'))) {
        assert!(notes.contains(&format!("`{}`", statement.sid)), "{notes}");
    }
}

#[test]
fn oversized_policy_is_split_without_loss() {
    let table = |index: usize| {
        let name = format!("a-table-with-a-rather-long-name-that-fills-a-policy-{index:03}");
        wanted("tables", &name, &json!({"partition_key": "pk"}))
    };
    let stack: Vec<Desired> = (0..100).map(table).collect();
    let statements = all_of(&stack, Purpose::Apply);
    let documents = documents(&statements);
    assert!(documents.len() > 1);
    for document in &documents {
        assert!(non_whitespace(document) <= MANAGED_LIMIT, "{}", non_whitespace(document));
    }
    let policies = ready(&documents);
    for wanted in &stack {
        let arn = env().arn("dynamodb", &format!("table/{}", wanted.name));
        assert_eq!(decision(&policies, &AccessRequest::new("dynamodb:CreateTable", arn)), Decision::Allowed);
    }
    let triggers = |index: usize| {
        let function = format!("a-function-with-a-rather-long-name-that-fills-{index:03}");
        let stream = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/1";
        let body = json!({"function": function, "stream": stream, "starting_position": "latest"});
        wanted("triggers", &format!("{function}/one"), &body)
    };
    let stack: Vec<Desired> = (0..100).map(triggers).collect();
    let split = super::documents(&all_of(&stack, Purpose::Apply));
    assert!(split.len() > 1 && split.iter().all(|document| non_whitespace(document) <= MANAGED_LIMIT));
}

#[test]
fn every_kind_has_its_law() {
    let sections: Vec<&str> = REGISTRY.kinds().map(PureKind::section).collect();
    assert_eq!(
        sections,
        ["tables", "vpc_endpoints", "security_group_rules", "roles", "functions", "triggers"],
        "a kind is not held to its law"
    );
}

#[test]
fn secrets_are_not_printed_in_policies() {
    let secret = |value: &str| crate::base::Vault::new([7; 32]).seal(value);
    let key = secret("arn:aws:kms:eu-central-1:123456789012:key/11111111-1111-4111-8111-111111111111");
    let stack = [
        wanted("vpc_endpoints", "sqs", &json!({"service": "sqs", "vpc": secret("vpc-1")})),
        wanted("tables", "orders", &json!({"partition_key": "pk", "encryption": {"kms_key": key}})),
    ];
    let printed = json!(documents(&all_of(&stack, Purpose::Apply))).to_string();
    assert!(!printed.contains(crate::base::pending::is_reserved), "{printed}");
    assert!(printed.contains(":vpc/*"), "{printed}");
}

#[test]
fn policy_of_a_start_up_opens_and_closes_the_workspaces_own_rule_of_one_group() {
    let address = crate::base::Address::new("security_group_rules", "db");
    let needed = super::workspace_rule(&address, "sg-1", &env());
    let printed = json!(documents(&statements(&REGISTRY, &needed, &owner()))).to_string();
    for action in [
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:CreateTags",
        "ec2:DescribeSecurityGroupRules",
        "ec2:ModifySecurityGroupRules",
        "ec2:RevokeSecurityGroupIngress",
    ] {
        assert!(printed.contains(action), "{action}: {printed}");
    }
    assert!(printed.contains("security-group/sg-1") && !printed.contains("security-group/*"), "{printed}");
    assert!(printed.contains("ec2:CreateAction"), "tags only with the rule's making: {printed}");
}
