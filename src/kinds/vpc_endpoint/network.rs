//! Checks of the subnets and security groups that an interface endpoint lists: EC2 refuses those that do not exist, subnets
//! of another VPC, and a second subnet in a zone.
//!
//! Source: EC2 API reference, `CreateVpcEndpoint`, `SubnetId`, and error `DuplicateSubnetsInSameZone`. The VPC of security
//! groups is not checked: a group may be associated with further VPCs, and AWS `PrivateLink` supports that (VPC user guide,
//! "Associate security groups with multiple VPCs").

use std::collections::BTreeMap;

use super::resolve::type_of;
use super::spec::{DEFAULT, EndpointType, Selection, VpcEndpointSpec};
use crate::base::{Problem, pending};
use crate::kind::{Context, Facts, Prerequisites, SharedLookup};
use crate::kinds::network::{ListedIds, ResourceType, VpcMember};
use crate::path;

/// The lists of ids in a spec.
fn listed(spec: &VpcEndpointSpec) -> [ListedIds<'_>; 2] {
    let subnets = spec.subnets.as_ref().map(Selection::ids).unwrap_or_default();
    let groups = spec.security_groups.as_ref().map(Selection::ids).unwrap_or_default();
    [
        ListedIds { path: path!["subnets"], resource: ResourceType::Subnet, ids: subnets },
        ListedIds { path: path!["security_groups"], resource: ResourceType::SecurityGroup, ids: groups },
    ]
}

/// The look-ups of the listed ids.
pub(super) fn lookups(spec: &VpcEndpointSpec) -> Vec<SharedLookup> {
    listed(spec).iter().flat_map(ListedIds::lookups).collect()
}

/// Checks the listed ids against the facts; look-ups that failed are remarks.
pub(super) fn check(spec: &VpcEndpointSpec, cx: &Context<'_>) -> Prerequisites {
    let Some(facts) = cx.facts.filter(|_| type_of(spec, cx.env) == EndpointType::Interface) else {
        return Prerequisites::default();
    };
    let lists @ [subnets, _] = &listed(spec);
    let mut problems: Vec<Problem> = lists.iter().flat_map(|ids| ids.missing(facts, &cx.env.region)).collect();
    let vpc = if spec.vpc == DEFAULT { facts.default_vpc() } else { Some(spec.vpc.as_str()) };
    let mut first = vpc.filter(|id| !pending::is_pending(id)).map(|id| VpcMember::new("the endpoint", id, facts));
    let rule = "an endpoint's subnets are in its VPC";
    problems.extend(subnets.elsewhere(facts, &mut first, rule, "list subnets of the endpoint's own VPC"));
    let in_zones = one_in_each_zone(subnets, facts);
    problems.extend(
        in_zones.into_iter().filter(|one| !problems.iter().any(|other| other.path == one.path)).collect::<Vec<_>>(),
    );
    let remark = |ids: &ListedIds<'_>| {
        let what = match ids.resource {
            ResourceType::Subnet => "its subnets exist, each in a zone of its VPC",
            ResourceType::SecurityGroup => "its security groups exist",
        };
        Some(format!("it could not be checked whether {what}: {}", ids.unread(facts)?))
    };
    Prerequisites { problems, remarks: lists.iter().filter_map(remark).collect() }
}

/// Problems with subnets in the zone of an earlier one.
fn one_in_each_zone(subnets: &ListedIds<'_>, facts: &Facts) -> Vec<Problem> {
    let mut zones: BTreeMap<&str, &String> = BTreeMap::new();
    let mut problems = Vec::new();
    for (path, id) in subnets.known() {
        let Some(subnet) = facts.subnet(id) else { continue };
        let zone = subnet.availability_zone.as_str();
        let first = *zones.entry(zone).or_insert(id);
        if first != id {
            let (first, id) = (pending::display(first), pending::display(id));
            let message =
                format!("`{first}` and `{id}` are both in {zone}, and an endpoint takes one subnet in each zone");
            problems.push(Problem::new(path, message).hint("leave one of them out"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::testing;
    use super::*;
    use crate::base::{Environment, Vault};

    fn checked(spec: &Value, facts: &Facts) -> (Vec<String>, Vec<String>) {
        let spec: VpcEndpointSpec = serde_json::from_value(spec.clone()).expect("an endpoint");
        let env = Environment::new("123456789012", "eu-central-1");
        let found = check(&spec, &Context { name: "e", env: &env, facts: Some(facts) });
        (found.problems.iter().map(|one| format!("{}: {}", one.path, one.message)).collect(), found.remarks)
    }

    #[test]
    fn subnets_of_the_vpc_in_several_zones_have_no_problem() {
        for spec in [
            json!({"service": "sqs"}),
            json!({"service": "sqs", "subnets": ["subnet-2", "subnet-1"], "security_groups": ["sg-2"]}),
            json!({"service": "sqs", "vpc": "vpc-2", "subnets": ["subnet-4"]}),
            json!({"service": "dynamodb"}),
        ] {
            assert_eq!(checked(&spec, &testing::facts()), (vec![], vec![]), "{spec}");
        }
    }

    #[test]
    fn subnet_of_another_vpc_or_in_a_zone_twice_is_refused_at_its_place() {
        let spec = json!({"service": "sqs", "subnets": ["subnet-1", "subnet-2", "subnet-3", "subnet-4"]});
        let (problems, _) = checked(&spec, &testing::facts());
        let said = [
            "subnets.3: `subnet-4` is in `vpc-2`, and the endpoint in `vpc-1`: an endpoint's subnets are in its VPC",
            "subnets.2: `subnet-2` and `subnet-3` are both in b, and an endpoint takes one subnet in each zone",
        ];
        assert_eq!(problems, said);
        let spec = json!({"service": "sqs", "vpc": "vpc-2", "subnets": ["subnet-1"]});
        assert_eq!(checked(&spec, &testing::facts()).0.len(), 1);
    }

    #[test]
    fn id_that_does_not_exist_is_refused_and_one_that_can_not_be_read_is_remarked() {
        let mut facts = testing::facts();
        facts.missing = ["subnet-7", "sg-7"].map(str::to_owned).into();
        let spec = json!({"service": "sqs", "subnets": ["subnet-1", "subnet-7"], "security_groups": ["sg-7"]});
        let said = [
            "subnets.1: there is no subnet `subnet-7` in eu-central-1",
            "security_groups.0: there is no security group `sg-7` in eu-central-1",
        ];
        assert_eq!(checked(&spec, &facts).0, said);
        let mut facts = Facts::default();
        facts.unread.insert("ec2:DescribeSubnets", "ec2:DescribeSubnets is not allowed".to_owned());
        let said = "it could not be checked whether its subnets exist, each in a zone of its VPC: ec2:DescribeSubnets is \
                    not allowed";
        assert_eq!(checked(&spec, &facts), (vec![], vec![said.to_owned()]));
    }

    #[test]
    fn sensitive_vpc_is_compared_and_not_shown() {
        let vault = Vault::new([1; 32]);
        let facts = testing::facts().known_by(|id| vault.mask(id));
        let spec = json!({"service": "sqs", "vpc": vault.seal("vpc-1"), "subnets": ["subnet-1"]});
        assert_eq!(checked(&spec, &facts), (vec![], vec![]));
        let spec = json!({"service": "sqs", "vpc": vault.seal("vpc-3"), "subnets": ["subnet-1"]});
        let (problems, _) = checked(&spec, &facts);
        let said = "subnets.0: `subnet-1` is in `vpc-1`, and the endpoint in (sensitive)";
        assert!(matches!(problems.as_slice(), [one] if one.starts_with(said)), "{problems:?}");
    }
}
