//! AWS writes to the contact for security when it sees that an account is misused. Source: Security Hub user guide,
//! "[Account.1] Security contact information should be provided for an AWS account".

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const CONTACT: &str = "/supplementaryConfiguration/GetAlternateContact";

/// Fails for an account without an alternate contact for security.
pub(crate) fn judge(account: &Subject<'_>, _: &World<'_>) -> Answer {
    let within = account.text(&format!("{CONTACT}/AlternateContact/EmailAddress"))?;
    if within.or(account.text(&format!("{CONTACT}/EmailAddress"))?).is_some_and(|address| !address.is_empty()) {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(CONTACT, "the account has no contact for security");
    Ok(Verdict::Fail(vec![fault.expected("an address").actual("none")]))
}
