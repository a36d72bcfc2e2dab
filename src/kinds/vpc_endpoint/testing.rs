//! Random endpoints that AWS would accept, and an account for them.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::spec::{EndpointType, Selection, VpcEndpointSpec};
use crate::kind::{Facts, RouteTable, SecurityGroup, Subnet, Vpc};

/// An account with a default VPC of three zones and two route tables, and another VPC.
pub(crate) fn facts() -> Facts {
    let table = |id: &str, vpc: &str, is_main| RouteTable { id: id.to_owned(), vpc: vpc.to_owned(), is_main };
    let subnet = |id: &str, vpc: &str, zone: &str, is_default_for_az| Subnet {
        id: id.to_owned(),
        vpc: vpc.to_owned(),
        availability_zone: zone.to_owned(),
        is_default_for_az,
    };
    let group = |id: &str, vpc: &str| SecurityGroup { id: id.to_owned(), vpc: vpc.to_owned() };
    Facts {
        vpcs: vec![Vpc { id: "vpc-1".to_owned(), is_default: true }, Vpc { id: "vpc-2".to_owned(), is_default: false }],
        route_tables: vec![
            table("rtb-1", "vpc-1", true),
            table("rtb-2", "vpc-1", false),
            table("rtb-3", "vpc-2", true),
        ],
        subnets: vec![
            subnet("subnet-1", "vpc-1", "a", true),
            subnet("subnet-2", "vpc-1", "b", true),
            subnet("subnet-3", "vpc-1", "b", false),
            subnet("subnet-4", "vpc-2", "a", false),
            subnet("subnet-5", "vpc-2", "a", false),
        ],
        default_security_groups: vec![group("sg-1", "vpc-1"), group("sg-2", "vpc-2")],
        ..Facts::default()
    }
}

fn policy() -> impl Strategy<Value = Value> {
    "[a-z]{1,8}".prop_map(|name| {
        json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": "*",
            "Action": ["dynamodb:Query", "dynamodb:GetItem"],
            "Resource": format!("arn:aws:dynamodb:eu-central-1:123456789012:table/{name}"),
        }]})
    })
}

/// A word, or some of the ids.
fn selection<W: Clone + std::fmt::Debug + 'static>(
    words: Vec<W>,
    ids: Vec<String>,
) -> impl Strategy<Value = Option<Selection<W>>> {
    let count = ids.len();
    prop_oneof![
        Just(None),
        prop::sample::select(words).prop_map(|word| Some(Selection::Word(word))),
        prop::sample::subsequence(ids, 1..=count).prop_map(|ids| Some(Selection::Ids(ids))),
    ]
}

/// Endpoints in the default VPC of an account that has these ids.
pub(crate) fn arbitrary(
    route_tables: Vec<String>,
    subnets: Vec<String>,
    groups: Vec<String>,
) -> impl Strategy<Value = VpcEndpointSpec> {
    use super::spec::{RouteTables, SecurityGroups, Subnets};
    let gateway = (
        prop::sample::select(vec!["dynamodb", "s3"]),
        selection(vec![RouteTables::All, RouteTables::Main], route_tables),
    )
        .prop_map(|(service, route_tables)| VpcEndpointSpec {
            service: service.to_owned(),
            kind: None,
            vpc: "default".to_owned(),
            route_tables,
            policy: None,
            subnets: None,
            security_groups: None,
            private_dns: None,
            tags: std::collections::BTreeMap::new(),
        });
    let interface = (
        prop::sample::select(vec!["sqs", "s3", "ecr.api"]),
        selection(vec![Subnets::Default], subnets),
        selection(vec![SecurityGroups::Default], groups),
        prop::option::of(any::<bool>()),
    )
        .prop_map(|(service, subnets, security_groups, private_dns)| VpcEndpointSpec {
            service: service.to_owned(),
            kind: Some(EndpointType::Interface),
            vpc: "default".to_owned(),
            route_tables: None,
            policy: None,
            subnets,
            security_groups,
            private_dns,
            tags: std::collections::BTreeMap::new(),
        });
    let tags = prop::collection::btree_map("[a-zA-Z]{1,4}", "[ -~]{0,10}", 0..4);
    (prop_oneof![gateway, interface], prop::option::of(policy()), tags)
        .prop_map(|(spec, policy, tags)| VpcEndpointSpec { policy, tags, ..spec })
}
