//! A web ACL limits how often somebody can try. Source: Cognito developer guide, "Associating an AWS WAF web ACL with a
//! user pool".

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const ANSWER: &str = "/supplementaryConfiguration/GetWebACLForResource";

/// Fails for pools without a web ACL.
pub(crate) fn judge(pool: &Subject<'_>, _: &World<'_>) -> Answer {
    if pool.get(&format!("{ANSWER}/WebACL"))?.is_some() || pool.text(&format!("{ANSWER}/Name"))?.is_some() {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(ANSWER, "no web ACL guards the pool");
    Ok(Verdict::Fail(vec![fault.expected("a web ACL").actual("none")]))
}
