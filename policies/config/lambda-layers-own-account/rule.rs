//! A layer is code that runs within the function: who owns it should be known.

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const AT: &str = "/configuration/layers";

/// Fails for each layer of another account.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    let layers = subject.list(AT)?;
    if layers.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let trusted = |account: &str| {
        let listed = world.parameter("trustedAccounts").and_then(Value::as_array).into_iter().flatten();
        account == subject.account() || listed.filter_map(Value::as_str).any(|one| one == account)
    };
    let mut faults = Vec::new();
    for (n, layer) in layers.iter().enumerate() {
        let arn = ["arn", "Arn"].into_iter().find_map(|member| layer[member].as_str()).unwrap_or_default();
        let account = arn.split(':').nth(4).unwrap_or_default();
        // The layers of AWS itself are in no account (`arn:aws:lambda:::awslayer:…`).
        if !trusted(account) && !arn.contains(":::awslayer:") {
            let fault = Fault::new(format!("{AT}/{n}"), format!("a layer belongs to the account {account}"));
            faults.push(fault.expected(subject.account()).actual(arn));
        }
    }
    Ok(Verdict::of(faults))
}
