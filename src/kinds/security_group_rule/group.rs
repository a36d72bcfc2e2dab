//! The security group of a rule, as the account has it.

use super::spec::SecurityGroupRuleSpec;
use crate::base::{Problem, Vault, pending};
use crate::kind::{Context, Prerequisites, SharedLookup};
use crate::path;

/// The look-ups of the group. A group that is the source may be of a peered VPC, and is left to AWS.
pub(super) fn lookups(spec: &SecurityGroupRuleSpec) -> Vec<SharedLookup> {
    vec![SharedLookup::SecurityGroup(spec.security_group.clone())]
}

/// Checks that the group exists, where a change sends it.
pub(super) fn check_facts(spec: &SecurityGroupRuleSpec, sends_group: bool, cx: &Context<'_>) -> Prerequisites {
    let Some(facts) = cx.facts.filter(|_| sends_group) else { return Prerequisites::default() };
    let (id, region) = (&spec.security_group, &cx.env.region);
    let shown = if Vault::is_sealed(id) { pending::display(id) } else { format!("`{id}`") };
    if facts.missing.contains(id) {
        let problem = Problem::new(path!["security_group"], format!("there is no security group {shown} in {region}"))
            .hint(format!("give the id of a security group that this account has in {region}"));
        return Prerequisites { problems: vec![problem], remarks: Vec::new() };
    }
    let unread = lookups(spec).first().and_then(|lookup| facts.unread.get(lookup.action()));
    let remark = |why: &String| format!("whether the security group is there could not be checked: {why}");
    Prerequisites { problems: Vec::new(), remarks: unread.map(remark).into_iter().collect() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::base::Environment;
    use crate::kind::Facts;

    #[test]
    fn missing_group_is_refused_and_an_unread_one_remarked() {
        let spec = json!({"security_group": "sg-1", "source": "10.0.0.0/16", "port": 5432});
        let spec: SecurityGroupRuleSpec = serde_json::from_value(spec).expect("a rule");
        let env = Environment::new("123456789012", "eu-central-1");
        let found = |facts: &Facts, sends| {
            let cx = Context { name: "r", env: &env, facts: Some(facts) };
            check_facts(&spec, sends, &cx)
        };
        let missing = Facts { missing: ["sg-1".to_owned()].into(), ..Facts::default() };
        assert_eq!(found(&missing, true).problems.len(), 1);
        assert_eq!(found(&missing, false), Prerequisites::default());
        let unread = [("ec2:DescribeSecurityGroups", "it is not allowed".to_owned())];
        assert_eq!(found(&Facts { unread: unread.into(), ..Facts::default() }, true).remarks.len(), 1);
        assert_eq!(found(&Facts::default(), true), Prerequisites::default());
    }
}
