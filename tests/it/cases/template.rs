//! Checks that `CloudFormation` accepts the kinds' templates: by cfn-lint, which includes the
//! schemas of AWS's own resource providers.

use std::process::Command;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};
use underpin::base::{Environment, Outputs};
use underpin::kind::{Context, Facts, RenderContext, RouteTable, SecurityGroup, Subnet, Vpc};
use underpin::kinds::REGISTRY;

use crate::support::arbitrary::{functions, tables, triggers};
use crate::support::{python, root, scratch};

fn facts() -> Facts {
    let vpc = || "vpc-0a1b2c3d4e5f60718".to_owned();
    let subnet = |id: &str, zone: &str| Subnet {
        id: id.to_owned(),
        vpc: vpc(),
        availability_zone: zone.to_owned(),
        is_default_for_az: true,
    };
    Facts {
        vpcs: vec![Vpc { id: vpc(), is_default: true }],
        route_tables: vec![RouteTable { id: "rtb-0a1b2c3d4e5f60718".to_owned(), vpc: vpc(), is_main: true }],
        subnets: vec![
            subnet("subnet-0a1b2c3d4e5f60718", "eu-central-1a"),
            subnet("subnet-0a1b2c3d4e5f60719", "eu-central-1b"),
        ],
        default_security_groups: vec![SecurityGroup { id: "sg-0a1b2c3d4e5f60718".to_owned(), vpc: vpc() }],
        ..Facts::default()
    }
}

/// The resources of one entry of `stack.yaml`, in the form of a template.
fn template(section: &str, name: &str, body: &Value) -> Value {
    let (env, facts) = (Environment::new("123456789012", "eu-central-1"), facts());
    let kind = REGISTRY.kind(section).expect("a section");
    let cx = Context { name, env: &env, facts: Some(&facts) };
    let problems = kind.check(body, &cx);
    assert!(problems.is_empty(), "{problems:?}");
    let spec = kind.normalize(body, &cx).expect("it can be resolved");
    let cx = RenderContext { name, env: &env, outputs: &Outputs::new(), facts: Some(&facts) };
    let resources = kind.cloudformation(&spec, &cx).expect("properties");
    let resource = |(index, rendering): (usize, &underpin::kind::Rendering)| {
        (format!("R{index}"), json!({"Type": rendering.type_name, "Properties": rendering.body}))
    };
    let resources: Map<String, Value> = resources.iter().enumerate().map(resource).collect();
    json!({"Resources": resources})
}

/// The findings of cfn-lint in each template.
fn lint(name: &str, templates: &[Value]) -> Vec<String> {
    let file = scratch().join(format!("{name}.json"));
    std::fs::write(&file, serde_json::to_vec(templates).expect("JSON")).expect("a file");
    let script = root().join("tests/it/support/lint.py");
    let output = Command::new(python()).arg(script).arg(&file).output().expect("cfn-lint");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

/// Arbitrary bodies, the same ones in every run.
fn some(strategy: &BoxedStrategy<Value>) -> impl Iterator<Item = Value> {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), rng);
    (0..60).map(move |_| strategy.new_tree(&mut runner).expect("a value").current())
}

fn document(principal: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": principal, "Action": "dynamodb:GetItem",
         "Resource": "arn:aws:dynamodb:eu-central-1:123456789012:table/t"}
    ]})
}

/// A security group rule with a source.
fn rule(source: Value, mut body: Value) -> Value {
    (body["security_group"], body["source"]) = (json!("sg-0a1b2c3d4e5f60718"), source);
    body
}

fn fixed() -> Vec<(&'static str, Value)> {
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole"}]});
    let statement = json!({"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "arn:aws:s3:::b"});
    let inline = json!({"Version": "2012-10-17", "Statement": [statement]});
    vec![
        ("roles", json!({"assumed_by": "lambda.amazonaws.com"})),
        (
            "roles",
            json!({"assume_role_policy": trust, "managed_policies": ["ReadOnlyAccess", "service-role/X"],
                "inline_policies": {"p": inline}, "permissions_boundary": "ReadOnlyAccess", "description": "d",
                "path": "/a/b/", "max_session_duration": 7200, "tags": {"k": "v"}}),
        ),
        ("vpc_endpoints", json!({"service": "dynamodb", "policy": document(&json!("*")), "tags": {"k": "v"}})),
        ("vpc_endpoints", json!({"service": "s3", "route_tables": "main"})),
        ("vpc_endpoints", json!({"service": "sqs", "private_dns": false})),
        (
            "security_group_rules",
            rule(json!("10.0.0.0/16"), json!({"port": 5432, "description": "d", "tags": {"k": "v"}})),
        ),
        (
            "security_group_rules",
            rule(json!("2a05:d014::/36"), json!({"port": {"from": 1, "to": 2}, "protocol": "udp"})),
        ),
        ("security_group_rules", rule(json!("pl-0a1b2c3d4e5f60718"), json!({"protocol": "icmp"}))),
        ("security_group_rules", rule(json!("sg-0a1b2c3d4e5f60719"), json!({"protocol": "all"}))),
        (
            "vpc_endpoints",
            json!({"service": "ecr.api", "subnets": ["subnet-0a1b2c3d4e5f60718"],
                "security_groups": ["sg-0a1b2c3d4e5f60718"], "policy": document(&json!({"AWS": "123456789012"}))}),
        ),
    ]
}

#[test]
fn rendered_templates_pass_cfn_lint() {
    let mut bodies = fixed();
    // cfn-lint checks the form of ids.
    let facts = facts();
    let world = functions::World {
        subnets: facts.subnets.iter().map(|subnet| subnet.id.clone()).collect(),
        security_groups: facts.default_security_groups.iter().map(|group| group.id.clone()).collect(),
        ..functions::World::imagined()
    };
    bodies.extend(some(&tables::arbitrary_table().boxed()).map(|body| ("tables", body)));
    bodies.extend(some(&functions::bodies(&world)).map(|body| ("functions", body)));
    bodies.extend(some(&triggers::bodies("law", &triggers::Sources::imagined())).map(|body| ("triggers", body)));
    let named = |(index, (section, body)): (usize, &(&str, Value))| template(section, &format!("law-{index}"), body);
    let mut templates: Vec<Value> = bodies.iter().enumerate().map(named).collect();
    let problems = lint("templates", &templates);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    // cfn-lint does find errors.
    templates.truncate(1);
    templates[0]["Resources"]["R0"]["Properties"]["MaxSessionDuration"] = json!("a while");
    assert_eq!(lint("mistaken-template", &templates).len(), 1);
}
