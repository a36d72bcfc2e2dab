//! The ports of a cluster (8111, and 9111 with TLS) are for the functions that use it.

use crate::base::OpenPorts;
use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const AT: &str = "/supplementaryConfiguration/SecurityGroups";
const PORTS: [u16; 2] = [8111, 9111];

/// Fails for each permission of the cluster's groups that lets everybody in.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    let mut faults = Vec::new();
    for (n, group) in subject.list(AT)?.iter().enumerate() {
        for (m, permission) in group["ipPermissions"].as_array().into_iter().flatten().enumerate() {
            let Some(open) = OpenPorts::of(permission) else { continue };
            if let Some(port) = PORTS.into_iter().find(|port| open.opens_tcp(*port)) {
                let group = group["groupId"].as_str().unwrap_or("the group");
                let message = format!("{group} lets everybody in to the cluster's port {port}");
                let actual = format!("{} from {}", open.words(), open.sources.join(", "));
                let fault = Fault::new(format!("{AT}/{n}/ipPermissions/{m}"), message);
                faults.push(fault.expected("the security group of the functions").actual(actual));
            }
        }
    }
    Ok(Verdict::of(faults))
}
