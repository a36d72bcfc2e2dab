//! Checks of the subnets and security groups that a function lists: Lambda refuses those that do not exist or are in
//! several VPCs.
//!
//! Source: Lambda API reference, `VpcConfig` of `CreateFunction`; Developer Guide, "Giving Lambda functions access to
//! resources in an Amazon VPC". A security group that is associated with further VPCs is no exception: Lambda is not among
//! the services that support it (VPC user guide, "Associate security groups with multiple VPCs").

use super::spec::{Choice, Vpc};
use crate::kind::{Context, Prerequisites, SharedLookup};
use crate::kinds::network::{ListedIds, ResourceType, VpcMember};
use crate::path;

/// The lists of ids in a spec.
fn listed(vpc: &Vpc) -> [ListedIds<'_>; 2] {
    let Vpc { subnets, security_groups } = vpc;
    [
        ListedIds { path: path!["vpc", "subnets"], resource: ResourceType::Subnet, ids: subnets.ids() },
        ListedIds {
            path: path!["vpc", "security_groups"],
            resource: ResourceType::SecurityGroup,
            ids: security_groups.ids(),
        },
    ]
}

/// The look-ups of the listed ids.
pub(super) fn lookups(vpc: &Vpc) -> Vec<SharedLookup> {
    listed(vpc).iter().flat_map(ListedIds::lookups).collect()
}

/// Checks the listed ids against the facts; look-ups that failed are remarks.
pub(super) fn check(vpc: &Vpc, cx: &Context<'_>) -> Prerequisites {
    const RULE: &str = "a function's subnets and security groups are in one VPC";
    let Some(facts) = cx.facts else { return Prerequisites::default() };
    let lists @ [subnets, groups] = &listed(vpc);
    let mut first = match vpc.subnets {
        Choice::Default => facts.default_vpc().map(|vpc| VpcMember::new("the default subnets", vpc, facts)),
        Choice::Ids(_) => None,
    };
    let mut problems: Vec<_> = lists.iter().flat_map(|ids| ids.missing(facts, &cx.env.region)).collect();
    problems.extend(subnets.elsewhere(facts, &mut first, RULE, "list subnets of one VPC"));
    let hint = "list security groups of the subnets' VPC, or write `security_groups: default` for its default one";
    problems.extend(groups.elsewhere(facts, &mut first, RULE, hint));
    let remark = |ids: &ListedIds<'_>| {
        let what = if ids.resource == ResourceType::Subnet { "subnets" } else { "security groups" };
        let why = ids.unread(facts)?;
        Some(format!("it could not be checked whether its {what} exist, in one VPC: {why}"))
    };
    Prerequisites { problems, remarks: lists.iter().filter_map(remark).collect() }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::base::{Environment, Vault};
    use crate::kind::{Facts, SecurityGroup};

    /// The default VPC with two subnets, and another one.
    fn facts() -> Facts {
        let mut facts = crate::kinds::vpc_endpoint::testing::facts();
        facts.security_groups = vec![
            SecurityGroup { id: "sg-8".to_owned(), vpc: "vpc-1".to_owned() },
            SecurityGroup { id: "sg-9".to_owned(), vpc: "vpc-2".to_owned() },
        ];
        facts
    }

    fn checked(vpc: Value, facts: &Facts) -> (Vec<String>, Vec<String>) {
        let vpc: Vpc = serde_json::from_value(vpc).expect("a VPC");
        let env = Environment::new("123456789012", "eu-central-1");
        let found = check(&vpc, &Context { name: "f", env: &env, facts: Some(facts) });
        (found.problems.iter().map(|one| format!("{}: {}", one.path, one.message)).collect(), found.remarks)
    }

    fn problems(vpc: Value) -> Vec<String> {
        let (problems, remarks) = checked(vpc, &facts());
        assert_eq!(remarks, [""; 0]);
        problems
    }

    #[test]
    fn network_in_one_vpc_has_no_problem() {
        for vpc in [
            json!({}),
            json!({"subnets": ["subnet-2", "subnet-1"], "security_groups": ["sg-8", "sg-1"]}),
            json!({"subnets": ["subnet-4"], "security_groups": ["sg-9"]}),
            json!({"subnets": "default", "security_groups": ["sg-8"]}),
            json!({"subnets": ["subnet-4"], "security_groups": "default"}),
        ] {
            assert_eq!(problems(vpc.clone()), [""; 0], "{vpc}");
        }
    }

    #[test]
    fn each_id_of_another_vpc_than_the_first_is_refused_at_its_place() {
        const RULE: &str = "a function's subnets and security groups are in one VPC";
        let vpc = json!({"subnets": ["subnet-4", "subnet-1", "subnet-5"], "security_groups": ["sg-9", "sg-8"]});
        assert_eq!(
            problems(vpc),
            [
                format!("vpc.subnets.1: `subnet-1` is in `vpc-1`, and `subnet-4` in `vpc-2`: {RULE}"),
                format!("vpc.security_groups.1: `sg-8` is in `vpc-1`, and `subnet-4` in `vpc-2`: {RULE}"),
            ]
        );
        let vpc = json!({"subnets": "default", "security_groups": ["sg-9"]});
        let said = format!("vpc.security_groups.0: `sg-9` is in `vpc-2`, and the default subnets in `vpc-1`: {RULE}");
        assert_eq!(problems(vpc), [said]);
        let vpc = json!({"subnets": ["subnet-1", "subnet-4"], "security_groups": "default"});
        assert_eq!(problems(vpc).len(), 1);
    }

    #[test]
    fn id_that_is_not_there_is_refused() {
        let mut facts = facts();
        facts.missing = ["subnet-7", "sg-7"].map(str::to_owned).into();
        let vpc = json!({"subnets": ["subnet-7", "subnet-1"], "security_groups": ["sg-8", "sg-7"]});
        let (problems, _) = checked(vpc, &facts);
        let said = [
            "vpc.subnets.0: there is no subnet `subnet-7` in eu-central-1",
            "vpc.security_groups.1: there is no security group `sg-7` in eu-central-1",
        ];
        assert_eq!(problems, said);
    }

    #[test]
    fn network_that_could_not_be_read_is_remarked_and_not_refused() {
        let mut facts = Facts::default();
        facts.unread.insert("ec2:DescribeSubnets", "ec2:DescribeSubnets is not allowed".to_owned());
        let vpc = json!({"subnets": ["subnet-1", "subnet-4"], "security_groups": ["sg-9"]});
        let (problems, remarks) = checked(vpc, &facts);
        assert_eq!(problems, [""; 0]);
        let said = "it could not be checked whether its subnets exist, in one VPC: ec2:DescribeSubnets is not allowed";
        assert_eq!(remarks, [said]);
        // Security groups are compared with each other all the same.
        facts.security_groups = super::tests::facts().security_groups;
        let vpc = json!({"subnets": ["subnet-1"], "security_groups": ["sg-9", "sg-8"]});
        assert_eq!(checked(vpc, &facts).0.len(), 1);
    }

    #[test]
    fn sensitive_id_is_compared_and_not_shown() {
        let vault = Vault::new([1; 32]);
        let facts = facts().known_by(|id| vault.mask(id));
        let (there, here) = (vault.seal("subnet-4"), vault.seal("subnet-1"));
        let vpc = json!({"subnets": [here, there], "security_groups": ["sg-8"]});
        let said = "vpc.subnets.1: (sensitive) is in (sensitive), and (sensitive) in (sensitive)";
        let (problems, _) = checked(vpc, &facts);
        assert!(matches!(problems.as_slice(), [one] if one.starts_with(said)), "{problems:?}");
        let vpc = json!({"subnets": [here], "security_groups": ["sg-8"]});
        assert_eq!(checked(vpc, &facts).0, [""; 0]);
    }
}
