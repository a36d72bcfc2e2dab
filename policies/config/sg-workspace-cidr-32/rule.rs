//! The rule that a workspace opens for itself is for its own public address, and nothing wider: a range, or a private address
//! that a script wrote when it found no other, opens the port to others or to nobody. A rule that is parked on an address for
//! documentation while the workspace is stopped lets nobody in.
//!
//! A workspace's rule is known by its tag or its description; `GITPOD` is that of the scripts.

use crate::base::Block;
use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

/// The addresses that nobody has.
const PARKED: [&str; 2] = ["192.0.2.1/32", "2001:db8::1/128"];

/// Fails where the source is no single public address.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    let description = subject.text("/configuration/description")?.unwrap_or_default();
    let named = description == "GITPOD" || description.starts_with("underpin workspace ");
    if !named && !subject.tags()?.any(|(key, _)| key == "underpin:workspace") {
        return Ok(Verdict::NotApplicable);
    }
    for member in ["cidrIpv4", "cidrIpv6"] {
        let at = format!("/configuration/{member}");
        let Some(source) = subject.text(&at)? else { continue };
        let single = Block::parse(source).is_some_and(|block| block.is_single() && block.is_public());
        if single || PARKED.contains(&source) {
            return Ok(Verdict::Pass);
        }
        let fault = Fault::new(at, "the workspace's rule lets in others than one public address");
        return Ok(Verdict::Fail(vec![fault.expected("one public address, /32 or /128").actual(source)]));
    }
    Ok(Verdict::fail("/configuration", "the workspace's rule is for no address"))
}
