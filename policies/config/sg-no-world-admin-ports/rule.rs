//! The ports of administration (22, SSH, and 3389, Remote Desktop) are for known addresses only. A rule counts for all
//! protocols, for a range that holds the port, and for IPv6 as well.
//!
//! Gives the verdicts of EC2.13 and EC2.14 of Security Hub together.

use crate::base::OpenPorts;
use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const AT: &str = "/configuration/ipPermissions";
const PORTS: [(u16, &str); 2] = [(22, "SSH"), (3389, "Remote Desktop")];

/// Fails for each permission that opens one of the ports to everybody.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    let mut faults = Vec::new();
    for (n, permission) in subject.list(AT)?.iter().enumerate() {
        let Some(open) = OpenPorts::of(permission) else { continue };
        for (port, name) in PORTS.into_iter().filter(|(port, _)| open.opens_tcp(*port)) {
            let message = format!("everybody on the Internet reaches port {port} ({name})");
            let actual = format!("{} from {}", open.words(), open.sources.join(", "));
            faults.push(Fault::new(format!("{AT}/{n}"), message).expected("known addresses").actual(actual));
        }
    }
    Ok(Verdict::of(faults))
}
