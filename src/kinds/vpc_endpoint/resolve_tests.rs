use proptest::prelude::*;
use serde_json::json;

use super::super::VpcEndpoint;
use super::super::testing::{arbitrary, facts};
use super::*;
use crate::base::Environment;
use crate::kind::{Erased, PureKind};

#[expect(clippy::needless_pass_by_value, reason = "it reads better where it is called")]
fn normal(value: Value) -> Result<Value, Vec<Problem>> {
    let (env, facts) = (Environment::new("123456789012", "eu-central-1"), facts());
    let cx = Context { name: "e", env: &env, facts: Some(&facts) };
    Erased::<VpcEndpoint>::new().normalize(&value, &cx)
}

#[test]
fn keywords_resolve_to_ids() {
    let all = normal(json!({"service": "com.amazonaws.eu-central-1.dynamodb"})).expect("resolved");
    assert_eq!(
        all,
        json!({"service": "dynamodb", "type": "gateway", "vpc": "vpc-1", "route_tables": ["rtb-1", "rtb-2"]})
    );
    let main = normal(json!({"service": "s3", "vpc": "vpc-2", "route_tables": "main"})).expect("resolved");
    assert_eq!(main["route_tables"], json!(["rtb-3"]));
    let interface = normal(json!({"service": "sqs"})).expect("resolved");
    assert_eq!(
        interface,
        json!({"service": "sqs", "type": "interface", "vpc": "vpc-1", "subnets": ["subnet-1", "subnet-2"],
            "security_groups": ["sg-1"], "private_dns": true})
    );
    let private = normal(json!({"service": "com.amazonaws.vpce.eu-central-1.vpce-svc-01"})).expect("resolved");
    assert_eq!(private["private_dns"], json!(false));
}

#[test]
fn unresolvable_value_is_reported_at_its_property() {
    let problem = |value: Value| normal(value).expect_err("a problem").remove(0);
    let two = problem(json!({"service": "sqs", "vpc": "vpc-2"}));
    assert_eq!(two.path, path!["subnets"]);
    assert!(two.message.contains("several subnets in a"), "{}", two.message);
    assert_eq!(problem(json!({"service": "s3", "vpc": "vpc-9"})).path, path!["route_tables"]);
    assert!(normal(json!({"service": "sqs", "subnets": ["subnet-1", "subnet-9"]})).is_ok(), "one that isn't known");
    let env = Environment::new("123456789012", "eu-central-1");
    let facts = Facts::default();
    let cx = Context { name: "e", env: &env, facts: Some(&facts) };
    let none = Erased::<VpcEndpoint>::new().normalize(&json!({"service": "s3"}), &cx).expect_err("no default VPC");
    assert_eq!((none.len(), &none[0].path), (1, &path!["vpc"]));
}

#[test]
fn full_access_policy_equals_absent_policy() {
    for same in [
        full_access(),
        json!({"Version": "2012-10-17", "Statement": {"Sid": "x", "Effect": "Allow", "Principal": {"AWS": ["*"]},
            "Action": ["*"], "Resource": "*"}}),
    ] {
        assert!(is_full_access(&same), "{same}");
    }
    for other in [
        json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}),
        json!({"Statement": [{"Effect": "Allow", "Principal": "*", "NotAction": "*", "Resource": "*"}]}),
        json!({"Statement": []}),
        json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]}),
        json!(3),
    ] {
        assert!(!is_full_access(&other), "{other}");
    }
}

#[test]
fn only_needed_lookups_are_requested() {
    let lookups = |value: Value| lookups(&serde_json::from_value(value).expect("an endpoint"));
    assert_eq!(lookups(json!({"service": "dynamodb"})), [SharedLookup::Vpcs, SharedLookup::RouteTables]);
    assert_eq!(lookups(json!({"service": "s3", "vpc": "vpc-1", "route_tables": ["rtb-1"]})), []);
    assert_eq!(
        lookups(json!({"service": "sqs", "vpc": "vpc-1"})),
        [SharedLookup::Subnets, SharedLookup::DefaultSecurityGroups]
    );
    assert_eq!(
        lookups(json!({"service": "sqs", "vpc": "vpc-1", "subnets": ["subnet-1"], "security_groups": ["sg-1"]})),
        []
    );
}

proptest! {
    #[test]
    fn normalising_is_idempotent(
        spec in arbitrary(
            vec!["rtb-1".to_owned(), "rtb-2".to_owned()],
            vec!["subnet-1".to_owned(), "subnet-2".to_owned()],
            vec!["sg-1".to_owned(), "sg-9".to_owned()],
        )
    ) {
        let once = normal(serde_json::to_value(&spec).expect("a tree")).expect("resolved");
        prop_assert_eq!(normal(once.clone()).expect("resolved"), once.clone());
        let env = Environment::new("123456789012", "eu-central-1");
        let offline = Context { name: "e", env: &env, facts: None };
        let kind = Erased::<VpcEndpoint>::new();
        prop_assert_eq!(kind.check(&once, &offline), vec![]);
        let tree = serde_json::to_value(&spec).expect("a tree");
        let offline_once = kind.normalize(&tree, &offline).expect("normal");
        prop_assert_eq!(kind.normalize(&offline_once, &offline).expect("normal"), offline_once.clone());
        prop_assert_eq!(normal(offline_once).expect("resolved"), once);
    }
}
