//! What is open to everybody should be open on purpose: a web server's ports, and no others.
//!
//! Gives the verdict of `VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS` with the ports of EC2.18 of Security Hub: a permission of TCP,
//! UDP or all protocols, whose ports are not all among the authorized ones.

use serde_json::Value;

use crate::base::OpenPorts;
use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const AT: &str = "/configuration/ipPermissions";

/// Fails for each permission that opens another port to everybody.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    let tcp = authorized(world, "authorizedTcpPorts")?;
    let udp = authorized(world, "authorizedUdpPorts")?;
    let mut faults = Vec::new();
    for (n, permission) in subject.list(AT)?.iter().enumerate() {
        let Some(open) = OpenPorts::of(permission) else { continue };
        let beyond =
            |protocol: &str, ranges: &[(u16, u16)]| open.takes(protocol) && !covered(ranges, open.from, open.to);
        if beyond("tcp", &tcp) || beyond("udp", &udp) {
            let message = format!("everybody on the Internet reaches {}, which are not authorized", open.words());
            let message = if open.from == open.to { message.replace("which are", "which is") } else { message };
            let fault = Fault::new(format!("{AT}/{n}"), message).expected(format!("TCP {}", words(&tcp)));
            faults.push(fault.actual(format!("{} from {}", open.words(), open.sources.join(", "))));
        }
    }
    Ok(Verdict::of(faults))
}

/// The ranges of a parameter.
fn authorized(world: &World<'_>, name: &str) -> Result<Vec<(u16, u16)>, Unknown> {
    let text = world.parameter(name).and_then(Value::as_str).unwrap_or_default();
    let mut ranges = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        match (from.trim().parse(), to.trim().parse()) {
            (Ok(from), Ok(to)) => ranges.push((from, to)),
            _ => return Err(Unknown(format!("`{part}` in `{name}` is no port or range of ports"))),
        }
    }
    ranges.sort_unstable();
    Ok(ranges)
}

/// Returns whether every port from one to another is in one of the ranges, which are in order.
fn covered(ranges: &[(u16, u16)], from: u16, to: u16) -> bool {
    let mut next = u32::from(from);
    for (start, end) in ranges {
        if u32::from(*start) <= next && next <= u32::from(*end) {
            next = u32::from(*end) + 1;
        }
    }
    next > u32::from(to)
}

fn words(ranges: &[(u16, u16)]) -> String {
    let word = |(from, to): &(u16, u16)| if from == to { from.to_string() } else { format!("{from}-{to}") };
    if ranges.is_empty() { "none".to_owned() } else { ranges.iter().map(word).collect::<Vec<_>>().join(", ") }
}
