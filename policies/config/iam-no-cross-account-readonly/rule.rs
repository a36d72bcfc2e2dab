//! `ReadOnlyAccess` allows to read data and not only configuration. Conditions on the trust (an external id) do not
//! change what is read.

use crate::policy::{Clause, Effect, trust_of};
use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const ATTACHED: &str = "/configuration/attachedManagedPolicies";

/// Fails for roles that read everything and can be taken from another account.
pub(crate) fn judge(role: &Subject<'_>, _: &World<'_>) -> Answer {
    let mut arns = role.list(ATTACHED)?.iter().filter_map(|policy| policy.get("policyArn")?.as_str());
    if !arns.any(|arn| arn.ends_with(":iam::aws:policy/ReadOnlyAccess")) {
        return Ok(Verdict::NotApplicable);
    }
    let trust =
        role.document()?.and_then(trust_of).ok_or_else(|| Unknown("the trust policy was not read".to_owned()))?;
    let trust = trust.parsed().map_err(|text| role.unknown(&text))?;
    let outside = |kind: &str, name: &str| kind == "AWS" && !name.contains(role.account());
    for statement in trust.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
        let found = match &statement.principal {
            Some(Clause::Only(listed)) => {
                listed.iter().find(|(kind, name)| outside(kind, name)).map(|(_, name)| name.clone())
            }
            Some(Clause::Except(_)) => Some("everybody but some".to_owned()),
            None => None,
        };
        if let Some(name) = found {
            let fault = Fault::new(ATTACHED, "the role reads all data, and another account may take it");
            return Ok(Verdict::Fail(vec![fault.expected("principals of this account").actual(name)]));
        }
    }
    Ok(Verdict::Pass)
}
