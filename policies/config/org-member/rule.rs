//! Service control policies of an organization limit what even administrators of an account may do. Source: Security
//! Hub user guide, "[Account.2] AWS accounts should be part of an AWS Organizations organization".

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const ANSWER: &str = "/supplementaryConfiguration/DescribeOrganization";

/// Fails for an account that is in no organization.
pub(crate) fn judge(account: &Subject<'_>, _: &World<'_>) -> Answer {
    let id = account.text(&format!("{ANSWER}/Organization/Id"))?.or(account.text(&format!("{ANSWER}/Id"))?);
    if id.is_some() {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(ANSWER, "the account is in no organization");
    Ok(Verdict::Fail(vec![fault.expected("a member of an organization").actual("an account by itself")]))
}
