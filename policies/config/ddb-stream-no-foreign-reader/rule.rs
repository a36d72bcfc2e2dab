//! A stream has a policy of its own, beside the table's: it can share the changes of the table with any account.

use serde_json::Value;

use crate::policy::{Document, Stranger, exposures};
use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const AT: &str = "/supplementaryConfiguration/StreamPolicy";

/// Fails for each statement that lets in a stranger.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    let at = format!("{AT}/Policy");
    let Some(policy) = subject.get(&at)? else {
        let has_stream = subject.is("/configuration/streamSpecification/streamEnabled")?;
        return Ok(if has_stream { Verdict::Pass } else { Verdict::NotApplicable });
    };
    let document =
        Document::from_aws(policy).ok_or_else(|| Unknown("the stream's policy can't be understood".to_owned()))?;
    let trusted = |account: &str| {
        let listed = world.parameter("trustedAccounts").and_then(Value::as_array).into_iter().flatten();
        listed.filter_map(Value::as_str).any(|one| one == account)
    };
    let mut faults = Vec::new();
    for found in exposures(&document, subject.account()) {
        let who = match found.stranger {
            Stranger::Everyone => "everybody".to_owned(),
            Stranger::Account(account) if !trusted(&account) => format!("the account {account}"),
            Stranger::Account(_) | Stranger::Service(_) => continue,
        };
        let place = found.sid.map_or_else(String::new, |sid| format!(" (statement `{sid}`)"));
        let message = format!("the stream's policy lets in {who}{place}");
        let fault = Fault::new(format!("{at}/Statement/{}", found.statement), message);
        faults.push(fault.expected("identities of this account").actual(who));
    }
    Ok(Verdict::of(faults))
}
