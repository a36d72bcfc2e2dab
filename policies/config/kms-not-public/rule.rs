//! A key's policy that names everybody opens the key to every account of AWS. A condition on the caller's account,
//! organization or network makes it safe.
//!
//! Gives the verdict of `KMS_KEY_POLICY_NO_PUBLIC_ACCESS`. Policies of AWS's own keys can't be changed: they are left out.

use crate::policy::{Document, Stranger, exposures};
use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const AT: &str = "/supplementaryConfiguration/GetKeyPolicy";

/// Fails for each statement that lets everybody in.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    if subject.text("/configuration/KeyManager")? == Some("AWS") {
        return Ok(Verdict::NotApplicable);
    }
    let Some(policy) = subject.get(AT)? else { return Err(Unknown("the key's policy is not known".to_owned())) };
    let document =
        Document::from_aws(policy).ok_or_else(|| Unknown("the key's policy can't be understood".to_owned()))?;
    let everybody =
        exposures(&document, subject.account()).into_iter().filter(|one| one.stranger == Stranger::Everyone);
    let fault = |found: crate::policy::Exposure| {
        let place = found.sid.map_or_else(String::new, |sid| format!(" (statement `{sid}`)"));
        let fault = Fault::new(
            format!("{AT}/Statement/{}", found.statement),
            format!("the key's policy lets in everybody{place}"),
        );
        fault.expected("named principals, or a condition on the caller").actual("everybody")
    };
    Ok(Verdict::of(everybody.map(fault).collect()))
}
