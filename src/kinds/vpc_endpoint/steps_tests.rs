use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::VpcEndpoint;
use super::super::testing::{arbitrary, facts};
use super::*;
use crate::base::{Environment, Outputs};
use crate::diff;
use crate::kind::{Context, Kind};

fn env() -> Environment {
    Environment::new("123456789012", "eu-central-1")
}

fn endpoint(value: Value) -> VpcEndpointSpec {
    let (env, facts) = (env(), facts());
    let mut spec: VpcEndpointSpec = serde_json::from_value(value).expect("an endpoint");
    VpcEndpoint::normalize(&mut spec, &Context { name: "e", env: &env, facts: Some(&facts) }).expect("resolved");
    spec
}

fn differences(before: &VpcEndpointSpec, after: &VpcEndpointSpec) -> Vec<Difference> {
    let tree = |spec: &VpcEndpointSpec| serde_json::to_value(spec).expect("a tree");
    let terms = diff::DiffOptions { rules: VpcEndpoint::RULES, seal: &str::to_owned, ignore_tags: &[] };
    diff::diff(&tree(before), &tree(after), terms)
}

fn moves(before: &VpcEndpointSpec, after: &VpcEndpointSpec) -> Vec<PlannedOperation<VpcEndpointOp>> {
    let (env, address) = (env(), Address::new("vpc_endpoints", "e"));
    let cx = StepContext { address: &address, name: "e", env: &env, token: "t", facts: None };
    let outputs = Outputs::from([(ID.to_owned(), "vpce-1".to_owned())]);
    let live = Observed { spec: before.clone(), outputs, unique_id: "vpce-1".to_owned(), unmanaged: Vec::new() };
    let differences = differences(before, after);
    steps(Change::Update { before: &live, after, differences: &differences }, &cx)
}

fn modification(before: Value, after: Value) -> Value {
    let moves = moves(&endpoint(before), &endpoint(after));
    assert_eq!(moves.len(), 1, "{moves:?}");
    serde_json::to_value(&moves[0].op).expect("a tree")["ModifyVpcEndpoint"].clone()
}

fn policy() -> Value {
    json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:Get*", "Resource": "*"}]})
}

#[test]
fn update_adds_missing_and_removes_extra_ids() {
    let change = modification(
        json!({"service": "s3", "route_tables": "all"}),
        json!({"service": "s3", "route_tables": ["rtb-2", "rtb-7"]}),
    );
    let wanted = json!({"VpcEndpointId": "vpce-1", "AddRouteTableIds": ["rtb-7"], "RemoveRouteTableIds": ["rtb-1"]});
    assert_eq!(change, wanted);
    let change = modification(
        json!({"service": "sqs"}),
        json!({"service": "sqs", "subnets": ["subnet-2", "subnet-8"], "security_groups": ["sg-7"], "private_dns": false}),
    );
    assert_eq!(
        change,
        json!({"VpcEndpointId": "vpce-1", "AddSubnetIds": ["subnet-8"], "RemoveSubnetIds": ["subnet-1"],
            "AddSecurityGroupIds": ["sg-7"], "RemoveSecurityGroupIds": ["sg-1"], "PrivateDnsEnabled": false})
    );
}

#[test]
fn a_removed_policy_is_reset() {
    let gateway = json!({"service": "s3"});
    let mut with = gateway.clone();
    with["policy"] = policy();
    assert_eq!(modification(gateway.clone(), with.clone())["PolicyDocument"], json!(policy().to_string()));
    assert_eq!(modification(with, gateway), json!({"VpcEndpointId": "vpce-1", "ResetPolicy": true}));
    let interface = json!({"service": "sqs"});
    let mut with = interface.clone();
    with["policy"] = policy();
    let back = modification(with, interface);
    assert_eq!(back["PolicyDocument"], json!(full_access().to_string()));
    assert!(back.get("ResetPolicy").is_none());
}

#[test]
fn create_only_properties_force_replacement() {
    let before = endpoint(json!({"service": "s3"}));
    for after in [
        json!({"service": "dynamodb"}),
        json!({"service": "s3", "vpc": "vpc-2"}),
        json!({"service": "s3", "type": "interface"}),
    ] {
        assert!(differences(&before, &endpoint(after)).iter().any(|d| d.forces_replacement));
    }
}

#[test]
fn creation_sets_everything_in_one_call() {
    let (env, address) = (env(), Address::new("vpc_endpoints", "e"));
    let cx = StepContext { address: &address, name: "e", env: &env, token: "t", facts: None };
    let after = endpoint(json!({"service": "dynamodb", "policy": policy(), "tags": {"k": "v"}}));
    let moves = steps(Change::Create { after: &after }, &cx);
    let mut tree = serde_json::to_value(&moves[0].op).expect("a tree")["CreateVpcEndpoint"].take();
    let token = tree["ClientToken"].take();
    assert!(token.as_str().is_some_and(|token| token.len() <= 64), "{token}");
    let wanted = json!({
        "VpcEndpointType": "Gateway",
        "VpcId": "vpc-1",
        "ServiceName": "com.amazonaws.eu-central-1.dynamodb",
        "PolicyDocument": policy().to_string(),
        "RouteTableIds": ["rtb-1", "rtb-2"],
        "ClientToken": null,
        "TagSpecifications": [{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "k", "Value": "v"}]}],
    });
    assert_eq!(tree, wanted);
    assert_ne!(client_token("t", &address), client_token("t", &Address::new("vpc_endpoints", "f")));
}

/// Applies a call to an endpoint, as EC2 would.
fn apply(live: &mut VpcEndpointSpec, op: &VpcEndpointOp) {
    fn lists<W>(selection: &mut Option<Selection<W>>, add: &[String], remove: &[String]) {
        if let Some(Selection::Ids(ids)) = selection {
            ids.retain(|id| !remove.contains(id));
            ids.extend(add.iter().cloned());
        }
    }
    match op {
        VpcEndpointOp::ModifyVpcEndpoint(input) => {
            if input.reset_policy == Some(true) {
                live.policy = None;
            }
            if let Some(text) = &input.policy_document {
                live.policy = Some(serde_json::from_str(text).expect("a policy"));
            }
            lists(&mut live.route_tables, &input.add_route_table_ids, &input.remove_route_table_ids);
            lists(&mut live.subnets, &input.add_subnet_ids, &input.remove_subnet_ids);
            lists(&mut live.security_groups, &input.add_security_group_ids, &input.remove_security_group_ids);
            live.private_dns = input.private_dns_enabled.or(live.private_dns);
        }
        VpcEndpointOp::CreateTags { tags, .. } => {
            live.tags.extend(tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())));
        }
        VpcEndpointOp::DeleteTags { tags, .. } => live.tags.retain(|key, _| tags.iter().all(|tag| tag.key != *key)),
        other => panic!("{other:?} is no update"),
    }
}

fn any_endpoint() -> impl Strategy<Value = VpcEndpointSpec> {
    let list = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    arbitrary(list(&["rtb-1", "rtb-2"]), list(&["subnet-1", "subnet-2"]), list(&["sg-1", "sg-9"]))
}

proptest! {
    #[test]
    fn any_endpoint_becomes_any_other_of_its_service(a in any_endpoint(), b in any_endpoint()) {
        let normal = |spec: &VpcEndpointSpec| endpoint(serde_json::to_value(spec).expect("a tree"));
        let (mut live, wanted) = (normal(&a), normal(&b));
        prop_assume!(live.kind == wanted.kind);
        live.service.clone_from(&wanted.service);
        let changes = differences(&live, &wanted);
        let moves = moves(&live, &wanted);
        for difference in &changes {
            let at = &difference.path;
            let covered = moves.iter().flat_map(|one| &one.covers).any(|cover| cover.covers(at) || at.covers(cover));
            prop_assert!(covered, "{} is not covered", at);
        }
        for one in &moves {
            let tree = serde_json::to_value(&one.op).expect("a tree");
            prop_assert_eq!(tree.as_object().and_then(|op| op.keys().next().cloned()), Some(one.op.call().operation.to_owned()));
            prop_assert_eq!(&serde_json::from_value::<VpcEndpointOp>(tree).expect("an op"), &one.op);
            apply(&mut live, &one.op);
        }
        prop_assert_eq!(differences(&normal(&live), &wanted), vec![]);
    }
}
