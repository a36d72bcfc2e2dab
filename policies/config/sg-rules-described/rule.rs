//! A rule without a description outlives its purpose. The rule for all outgoing traffic that EC2 adds to each new group, and
//! the one by which a default group lets in itself, can't be described when they are made: they are left out.

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

/// The lists of a permission, each with the member that names the source.
const LISTS: [(&str, &str); 4] =
    [("ipRanges", "cidrIp"), ("ipv6Ranges", "cidrIpv6"), ("prefixListIds", "prefixListId"), ("groups", "groupId")];

/// Fails for each rule, and the group itself, without a description.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    let mut faults = Vec::new();
    let own = subject.text("/configuration/groupDescription")?.unwrap_or_default();
    if own.trim().is_empty() {
        faults.push(Fault::new("/configuration/groupDescription", "the group has no description"));
    }
    let is_default = subject.text("/configuration/groupName")? == Some("default");
    for list in ["ipPermissions", "ipPermissionsEgress"] {
        let at = format!("/configuration/{list}");
        for (n, permission) in subject.list(&at)?.iter().enumerate() {
            let all = permission["ipProtocol"] == "-1";
            for (kind, member) in LISTS {
                for source in permission[kind].as_array().into_iter().flatten() {
                    let name = source[member].as_str().unwrap_or_default();
                    let added = all && list == "ipPermissionsEgress" && ["0.0.0.0/0", "::/0"].contains(&name);
                    let itself = all && is_default && name == subject.id();
                    let described = source["description"].as_str().is_some_and(|text| !text.trim().is_empty());
                    if !described && !added && !itself {
                        let what = if list == "ipPermissions" { "from" } else { "to" };
                        let message = format!("the rule for traffic {what} {name} has no description");
                        faults.push(Fault::new(format!("{at}/{n}/{kind}"), message));
                    }
                }
            }
        }
    }
    Ok(Verdict::of(faults))
}
