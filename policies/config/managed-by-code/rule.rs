//! Resources that were made by hand are nobody's: nothing describes them. Known are the tags that underpin and other
//! tools set, and those by which people name a tool (`managed-by: terraform`): Terraform sets none of its own. Roles
//! are left out, which `CloudFormation` can not tag as its own.

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

/// Fails for resources none of whose tags names a tool.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    if subject.managed_by()?.is_some() {
        return Ok(Verdict::Pass);
    }
    let keys: Vec<&str> = subject.tags()?.map(|(key, _)| key).collect();
    let actual = if keys.is_empty() { "no tags".to_owned() } else { keys.join(", ") };
    let fault = Fault::new("/tags", "no tag names a tool that manages the resource");
    Ok(Verdict::Fail(vec![fault.expected("a tag of the stack or of a tool").actual(actual)]))
}
