//! A route of all addresses to an Internet gateway makes its subnets public. Gives the verdict of
//! `NO_UNRESTRICTED_ROUTE_TO_IGW`; a gateway for traffic that goes out only (IPv6) is another kind.

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const AT: &str = "/configuration/routeSet";

/// Fails for each such route.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    let meant = world.parameter("routeTableIds").and_then(Value::as_array).into_iter().flatten();
    if meant.filter_map(Value::as_str).any(|id| id == subject.id()) {
        return Ok(Verdict::Pass);
    }
    let mut faults = Vec::new();
    for (n, route) in subject.list(AT)?.iter().enumerate() {
        let gateway = route["gatewayId"].as_str().filter(|id| id.starts_with("igw-"));
        let blocks = ["destinationCidrBlock", "destinationIpv6CidrBlock"].map(|member| route[member].as_str());
        let open = blocks.into_iter().flatten().find(|block| ["0.0.0.0/0", "::/0"].contains(block));
        if let (Some(gateway), Some(block)) = (gateway, open) {
            let message = format!("the route of {block} leads to an Internet gateway");
            faults.push(Fault::new(format!("{AT}/{n}"), message).actual(gateway));
        }
    }
    Ok(Verdict::of(faults))
}
