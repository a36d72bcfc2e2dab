//! A table's policy can share it with any account. A statement for everybody counts, unless its conditions name this
//! account, an organization or a network; one for another account counts, unless a condition names the organization.

use serde_json::Value;

use crate::base::pending;
use crate::policy::{Document, Stranger, exposures};
use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

/// The policy, live.
const AT: &str = "/supplementaryConfiguration/GetResourcePolicy/Policy";

/// Fails for each statement that lets in a stranger.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    let Some(policy) = policy(subject)? else { return Ok(Verdict::Pass) };
    if pending::seals(&policy.to_string()).next().is_some() {
        return Err(Unknown("it depends on a value of the policy that is hidden".to_owned()));
    }
    let document =
        Document::from_aws(policy).ok_or_else(|| Unknown("the table's policy can't be understood".to_owned()))?;
    let trusted = |account: &str| {
        let listed = world.parameter("trustedAccounts").and_then(Value::as_array).into_iter().flatten();
        listed.filter_map(Value::as_str).any(|one| one == account)
    };
    let mut faults = Vec::new();
    for found in exposures(&document, subject.account()) {
        let who = match found.stranger {
            Stranger::Everyone => "everybody".to_owned(),
            Stranger::Account(account) if trusted(&account) => continue,
            Stranger::Account(account) => format!("the account {account}"),
            // A service acts on a table for the identity that asks it.
            Stranger::Service(_) => continue,
        };
        let place = found.sid.map_or_else(String::new, |sid| format!(" (statement `{sid}`)"));
        let fault =
            Fault::new(format!("{AT}/Statement/{}", found.statement), format!("the policy lets in {who}{place}"));
        faults.push(fault.expected("identities of this account").actual(who));
    }
    Ok(Verdict::of(faults))
}

/// The policy: as it is live, else as the stack has it.
fn policy<'a>(subject: &Subject<'a>) -> Result<Option<&'a Value>, Unknown> {
    if let Some(live) = subject.get(AT)? {
        return Ok(Some(live));
    }
    let mut table = subject.template()?.filter(|(name, _)| *name == "AWS::DynamoDB::Table");
    Ok(table.find_map(|(_, properties)| properties.pointer("/ResourcePolicy/PolicyDocument")))
}
