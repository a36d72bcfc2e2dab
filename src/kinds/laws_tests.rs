//! The laws of every kind that need no AWS.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestCaseResult, TestRng, TestRunner};
use serde_json::{Map, Value};

use super::{REGISTRY, function, reference_tests, role, security_group_rule, table, trigger, vpc_endpoint};
use crate::base::{Address, Environment, Outputs, PropertyPath, pending};
use crate::diff;
use crate::kind::{
    AccessRequest, Change, Context, Difference, Erased, Facts, Kind, Observed, PlannedOperation, PureKind,
    RenderContext, StepContext, When,
};

const CASES: u32 = 200;

fn env() -> Environment {
    Environment::new("123456789012", "eu-central-1")
}

fn tree<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("it can be written")
}

/// Checks `law` with arbitrary values: the same ones in every run, and the smallest that breaks it is shown.
fn hold<S: Strategy>(strategy: &S, law: impl Fn(S::Value) -> TestCaseResult) {
    let config = ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    runner.run(strategy, law).unwrap_or_else(|broken| panic!("{broken}"));
}

/// A kind, and the data for its laws.
struct Subject<K: Kind> {
    kind: Erased<K>,
    name: &'static str,
    facts: Facts,
}

impl<K: Kind> Subject<K> {
    fn normal(&self, body: &Value) -> Value {
        let env = env();
        let cx = Context { name: self.name, env: &env, facts: Some(&self.facts) };
        let problems = self.kind.check(body, &cx);
        assert!(problems.is_empty(), "the strategy gives what is refused: {problems:?}");
        self.kind.normalize(body, &cx).expect("it can be resolved")
    }

    /// The ARN of the live resource.
    fn arn(&self, body: &Value) -> String {
        let env = env();
        let attribute = K::ATTRIBUTES.iter().find(|attribute| attribute.name == "arn").expect("every kind has one");
        match attribute.when {
            When::Always(arn) => arn(self.name, &|key| body.get(key)?.as_str().map(str::to_owned), &env),
            _ if K::SECTION == "vpc_endpoints" => env.arn("ec2", "vpc-endpoint/id"),
            _ if K::SECTION == "security_group_rules" => env.arn("ec2", "security-group-rule/id"),
            _ => env.arn("lambda", "event-source-mapping:id"),
        }
    }

    fn typed(body: &Value) -> K::Spec {
        serde_json::from_value(body.clone()).expect("it is of the kind")
    }

    fn differences(live: &Value, desired: &Value) -> Vec<Difference> {
        diff::diff(live, desired, diff::DiffOptions { rules: K::RULES, seal: &str::to_owned, ignore_tags: &[] })
    }

    fn moves(&self, change: Change<'_, K::Spec>) -> Vec<PlannedOperation<K::Op>> {
        let (address, env) = (Address::new(K::SECTION, self.name), env());
        K::steps(change, &StepContext { address: &address, name: self.name, env: &env, token: "token", facts: None })
    }

    /// A spec is read as it was written; a normalised one stays as it is; nothing differs from itself.
    fn specs_are_canonical(&self, body: &Value) -> TestCaseResult {
        let written = tree(&Self::typed(body));
        prop_assert_eq!(&tree(&Self::typed(&written)), &written, "a body is another once it was written");
        let normal = self.normal(body);
        prop_assert_eq!(&self.normal(&normal), &normal, "normalize is not idempotent");
        prop_assert_eq!(&tree(&Self::typed(&normal)), &normal, "a normal body is another once it was written");
        prop_assert_eq!(Self::differences(&normal, &normal), vec![]);
        let settled = self.kind.adopt_live_values(&normal, &normal).expect("it can be settled");
        prop_assert_eq!(Self::differences(&normal, &settled), vec![], "what is live unsettles what is wanted");
        Ok(())
    }

    /// Every call of a change covers something, needs permissions, and can be written and read again; every
    /// difference is covered by a call.
    fn steps_are_whole(&self, change: Change<'_, K::Spec>, spec: &Value, differences: &[Difference]) -> TestCaseResult {
        let (address, env) = (Address::new(K::SECTION, self.name), env());
        let cx = StepContext { address: &address, name: self.name, env: &env, token: "token", facts: None };
        let moves = self.moves(change);
        for (index, one) in moves.iter().enumerate() {
            let call = K::call(&one.op);
            let written = tree(&one.op);
            let read: K::Op = serde_json::from_value(written.clone()).expect("an operation can be read again");
            prop_assert_eq!(&tree(&read), &written);
            let tag: Vec<&String> = written.as_object().into_iter().flat_map(Map::keys).collect();
            prop_assert_eq!(tag, vec![call.operation], "an operation is tagged by its name");
            prop_assert!(!call.title.is_empty());
            // A step may only wait, and then it is a read; or prepare a later one.
            let reads = ["Describe", "Get", "List"].iter().any(|verb| call.operation.starts_with(verb));
            let prepares = index + 1 < moves.len();
            prop_assert!(reads || prepares || !one.covers.is_empty(), "{} realises nothing", call.operation);
            let requires = K::requires_of(&one.op, &Self::typed(spec), &cx);
            prop_assert!(!requires.is_empty(), "{} needs nothing", call.operation);
            Self::is_declared(call.service, call.operation, &written[call.operation], &requires)?;
            let before = one.after.iter().flatten().all(|position| *position < index);
            prop_assert!(before, "{} comes after what comes later", call.operation);
        }
        let covers: Vec<&PropertyPath> = moves.iter().flat_map(|one| &one.covers).collect();
        for difference in differences {
            let path = &difference.path;
            prop_assert!(covers.iter().any(|cover| cover.covers(path) || path.covers(cover)), "nothing sets {path}");
        }
        Ok(())
    }

    /// Checks AWS's spellings: every property with a value has an origin, and each origin exists.
    fn renderings_are_whole(&self, body: &Value) -> TestCaseResult {
        let (normal, env) = (self.normal(body), env());
        let outputs = Outputs::from([("id".to_owned(), "id".to_owned()), ("stream_arn".to_owned(), "arn".to_owned())]);
        let cx = RenderContext { name: self.name, env: &env, outputs: &outputs, facts: Some(&self.facts) };
        let items = self.kind.config_items(&normal, &cx).expect("a configuration item");
        let template = self.kind.cloudformation(&normal, &cx).expect("properties");
        prop_assert!(template.first().is_some_and(|own| own.type_name == K::TYPE && own.part.is_empty()));
        for rendering in items.iter().chain(&template) {
            for (pointer, path) in &rendering.origins {
                prop_assert!(rendering.body.pointer(pointer).is_some(), "{pointer} is not in {:#}", rendering.body);
                // A trigger's source and the defaults of a spec have paths of their own.
                prop_assert!(!path.is_root(), "{pointer} comes from everything");
            }
            prop_assert!(pending::references(&rendering.body).is_empty(), "the facts leave nothing open");
        }
        for (property, value) in normal.as_object().into_iter().flatten() {
            let empty = value.is_null()
                || value.as_object().is_some_and(Map::is_empty)
                || value.as_array().is_some_and(Vec::is_empty)
                || value == "off";
            let mut paths = template.iter().flat_map(|rendering| rendering.origins.values());
            let told = paths.any(|path| path.keys().first() == Some(property));
            // `CloudFormation` takes no tags of a rule.
            let untaggable = K::SECTION == "security_group_rules" && property == "tags";
            prop_assert!(empty || told || untaggable, "`{property}: {value}` is in no template");
        }
        Ok(())
    }

    /// The call itself is declared, AWS's reference knows every request, and the dependent permissions are declared:
    /// for the tagging of a resource that is created with tags, and the passing of a role.
    fn is_declared(service: &str, operation: &str, input: &Value, requires: &[AccessRequest]) -> TestCaseResult {
        let primary = format!("{service}:{operation}");
        prop_assert!(requires.iter().any(|one| one.action == primary), "{} does not declare itself", primary);
        for request in requires {
            let faults = reference_tests::faults(request);
            prop_assert!(faults.is_empty(), "{}: {:?}", primary, faults);
            let tags = |one: &AccessRequest| -> Vec<String> {
                one.context.keys().filter_map(|key| key.strip_prefix("aws:RequestTag/").map(str::to_owned)).collect()
            };
            if tags(request).is_empty() {
                continue;
            }
            let mut keys = request.context.get("aws:TagKeys").cloned().unwrap_or_default();
            keys.sort();
            prop_assert_eq!(&keys, &tags(request), "{}", request.action);
            let tagging = |one: &&AccessRequest| one.action.contains(":Tag") || one.action.ends_with(":CreateTags");
            let tagging = requires.iter().find(tagging).map(tags);
            prop_assert_eq!(tagging, Some(keys), "{} makes tags, and does not declare it", primary);
        }
        if let Some(role) = input.get("Role").and_then(Value::as_str) {
            let passes = |one: &AccessRequest| {
                one.action == "iam:PassRole" && one.resource == role && one.context.contains_key("iam:PassedToService")
            };
            prop_assert!(requires.iter().any(passes), "{} passes a role, and does not declare it", primary);
        }
        for dependent in reference_tests::depends_on(&primary) {
            prop_assert!(requires.iter().any(|one| one.action == dependent), "{} depends on {}", primary, dependent);
        }
        Ok(())
    }

    /// The permissions for reading are as in the reference.
    fn reads_are_declared(&self, body: &Value) -> TestCaseResult {
        let (env, normal) = (env(), self.normal(body));
        let cx = Context { name: self.name, env: &env, facts: Some(&self.facts) };
        let identity = K::identity(&Address::new(K::SECTION, self.name), &Self::typed(&normal), &cx);
        let reads = K::reads(&identity, &env);
        prop_assert!(!reads.is_empty());
        let address = Address::new(K::SECTION, self.name);
        let facts = Some(&self.facts);
        let steps = StepContext { address: &address, name: self.name, env: &env, token: "token", facts };
        let closer = K::inspect_before_removal(&identity, &env)
            .into_iter()
            .chain(K::prerequisite_access(&Self::typed(&normal), &steps));
        for request in reads.into_iter().chain(closer) {
            let faults = reference_tests::faults(&request);
            prop_assert!(faults.is_empty(), "{:?}", faults);
        }
        Ok(())
    }

    /// The tags of a live resource are in the context of requests, and only in ways that the reference knows.
    fn live_tags_are_told(&self, change: Change<'_, Value>, arn: &str, tags: &Value) -> TestCaseResult {
        let (address, env) = (Address::new(K::SECTION, self.name), env());
        let cx = StepContext { address: &address, name: self.name, env: &env, token: "token", facts: None };
        let moves = self.kind.steps(change, &cx).expect("it has steps");
        let mut told = false;
        for request in moves.iter().flat_map(|one| &one.requires) {
            let faults = reference_tests::faults(request);
            prop_assert!(faults.is_empty(), "{:?}", faults);
            for (key, value) in &request.context {
                if let Some(tag) = key.strip_prefix("aws:ResourceTag/") {
                    prop_assert_eq!(tags.get(tag).and_then(Value::as_str), Some(value[0].as_str()), "{}", key);
                    told = true;
                }
            }
        }
        // A change that affects only other resources (a table's auto scaling) has no tags to give.
        let asked = moves.iter().flat_map(|one| &one.requires).any(|one| one.resource == arn);
        prop_assert!(told || !asked || tags.as_object().is_none_or(Map::is_empty), "nobody tells {}", tags);
        Ok(())
    }

    fn changes_are_whole(&self, before: &Value, after: &Value) -> TestCaseResult {
        let (before, after) = (self.normal(before), self.normal(after));
        let observed = |spec: &Value| Observed {
            spec: Self::typed(spec),
            outputs: Outputs::from([("id".to_owned(), "id".to_owned())]),
            unique_id: "id".to_owned(),
            unmanaged: Vec::new(),
        };
        let arn = self.arn(&before);
        let live = Observed {
            spec: before.clone(),
            outputs: Outputs::from([("id".to_owned(), "id".to_owned()), ("arn".to_owned(), arn.clone())]),
            unique_id: "id".to_owned(),
            unmanaged: Vec::new(),
        };
        self.live_tags_are_told(Change::Delete { before: &live, backup: None }, &arn, &before["tags"])?;
        let created = Self::differences(&Value::Object(Map::new()), &after);
        self.steps_are_whole(Change::Create { after: &Self::typed(&after) }, &after, &created)?;
        for backup in [None, Some("backup")] {
            self.steps_are_whole(Change::Delete { before: &observed(&before), backup }, &before, &[])?;
        }
        let desired = self.kind.adopt_live_values(&after, &before).expect("it can be settled");
        let differences = Self::differences(&before, &desired);
        if differences.is_empty() || differences.iter().any(|difference| difference.forces_replacement) {
            return Ok(());
        }
        let same = |(key, value): (&String, &Value)| {
            (desired["tags"].get(key) == Some(value)).then(|| (key.clone(), value.clone()))
        };
        let kept: Value =
            before["tags"].as_object().into_iter().flatten().filter_map(same).collect::<Map<_, _>>().into();
        let change = Change::Update { before: &live, after: &desired, differences: &differences };
        self.live_tags_are_told(change, &arn, &kept)?;
        let (observed, typed) = (observed(&before), Self::typed(&desired));
        let change = Change::Update { before: &observed, after: &typed, differences: &differences };
        self.steps_are_whole(change, &desired, &differences)
    }
}

/// The paths of the leaves of a configuration item, as AWS's list of them spells paths: without indices.
fn leaves(path: &str, value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) if path != "tags" && !map.is_empty() => {
            map.iter().for_each(|(key, value)| leaves(&format!("{path}.{key}"), value, into));
        }
        Value::Array(items) if !items.is_empty() => items.iter().for_each(|item| leaves(path, item, into)),
        _ => _ = into.insert(path.to_owned()),
    }
}

/// The places that can be in a kind's configuration items.
fn places<K: Kind>(subject: &Subject<K>, bodies: &BoxedStrategy<Value>) -> BTreeSet<String> {
    let (places, env) = (RefCell::new(BTreeSet::new()), env());
    let outputs = ["id", "arn", "stream_arn"].map(|name| (name.to_owned(), name.to_owned())).into();
    let cx = RenderContext { name: subject.name, env: &env, outputs: &outputs, facts: Some(&subject.facts) };
    hold(bodies, |body| {
        for item in subject.kind.config_items(&subject.normal(&body), &cx).expect("a configuration item") {
            for (key, value) in item.body.as_object().into_iter().flatten() {
                leaves(key, value, &mut places.borrow_mut());
            }
        }
        Ok(())
    });
    places.into_inner()
}

/// Checked by hand against AWS's list (awslabs/aws-config-resource-schema, adf5513): places that are not on it are
/// named in the kind's `render`, with the reason.
#[test]
fn configuration_items_have_the_paths_of_aws_config() {
    let mut all = String::new();
    let mut list = |type_name: &str, places: BTreeSet<String>| {
        let lines = places.iter().filter(|place| place.starts_with("configuration.") || place.starts_with("suppl"));
        lines.for_each(|place| _ = writeln!(all, "{type_name} {place}"));
    };
    let (subject, bodies) = tables();
    list("table", places(&subject, &bodies));
    let (subject, bodies) = vpc_endpoints();
    list("endpoint", places(&subject, &bodies));
    let (subject, bodies) = roles();
    list("role", places(&subject, &bodies));
    let (subject, bodies) = functions();
    list("function", places(&subject, &bodies));
    insta::assert_snapshot!(all);
}

fn subject<K: Kind>(name: &'static str, bodies: BoxedStrategy<Value>) -> (Subject<K>, BoxedStrategy<Value>) {
    (Subject { kind: Erased::new(), name, facts: vpc_endpoint::testing::facts() }, bodies)
}

fn obey<K: Kind>((subject, bodies): &(Subject<K>, BoxedStrategy<Value>)) {
    hold(bodies, |body| subject.specs_are_canonical(&body));
    hold(bodies, |body| subject.renderings_are_whole(&body));
    hold(bodies, |body| subject.reads_are_declared(&body));
    hold(&(bodies.clone(), bodies.clone()), |(before, after)| subject.changes_are_whole(&before, &after));
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn tables() -> (Subject<table::Table>, BoxedStrategy<Value>) {
    subject("law", table::testing::arbitrary_table().boxed())
}

fn vpc_endpoints() -> (Subject<vpc_endpoint::VpcEndpoint>, BoxedStrategy<Value>) {
    let (tables, subnets, groups) = (["rtb-1", "rtb-2"], ["subnet-1", "subnet-2"], ["sg-1"]);
    let endpoints = vpc_endpoint::testing::arbitrary(texts(&tables), texts(&subnets), texts(&groups));
    subject("law", endpoints.prop_map(|spec| tree(&spec)).boxed())
}

fn roles() -> (Subject<role::Role>, BoxedStrategy<Value>) {
    subject("law", role::testing::arbitrary().prop_map(|spec| tree(&spec)).boxed())
}

fn functions() -> (Subject<function::Function>, BoxedStrategy<Value>) {
    let world = function::testing::World {
        subnets: texts(&["subnet-1", "subnet-2"]),
        security_groups: texts(&["sg-1"]),
        ..function::testing::World::imagined()
    };
    subject("law", function::testing::bodies(&world))
}

fn triggers() -> (Subject<trigger::Trigger>, BoxedStrategy<Value>) {
    let sources = trigger::testing::Sources::imagined();
    subject("law/one", trigger::testing::bodies("law", &sources))
}

fn security_group_rules() -> (Subject<security_group_rule::SecurityGroupRule>, BoxedStrategy<Value>) {
    subject("law", security_group_rule::testing::bodies(texts(&["sg-1", "sg-2"]), texts(&["pl-1", "sg-2"])))
}

/// A kind that is registered and is missing here fails the test: it has no strategy, and so no laws.
#[test]
fn every_kind_obeys_the_laws() {
    let laws: [(&str, fn()); 6] = [
        ("tables", || obey(&tables())),
        ("vpc_endpoints", || obey(&vpc_endpoints())),
        ("security_group_rules", || obey(&security_group_rules())),
        ("roles", || obey(&roles())),
        ("functions", || obey(&functions())),
        ("triggers", || obey(&triggers())),
    ];
    let laws = BTreeMap::from(laws);
    for kind in REGISTRY.kinds() {
        let Some(law) = laws.get(kind.section()) else { panic!("nobody holds {} to the laws", kind.section()) };
        law();
    }
}
