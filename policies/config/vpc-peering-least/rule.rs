//! A route of a whole VPC to a peering connection opens all of it. A route counts where it holds a whole block of either VPC,
//! be it written as that block or as a wider one.

use crate::base::Block;
use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

/// Fails for each route table with such a route.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    if subject.text("/configuration/status/code")? != Some("active") {
        return Ok(Verdict::NotApplicable);
    }
    let mut whole = Vec::new();
    for side in ["requesterVpcInfo", "accepterVpcInfo"] {
        let at = format!("/configuration/{side}");
        whole.extend(subject.text(&format!("{at}/cidrBlock"))?.and_then(Block::parse));
        for (list, member) in [("cidrBlockSet", "cidrBlock"), ("ipv6CidrBlockSet", "ipv6CidrBlock")] {
            let blocks = subject.list(&format!("{at}/{list}"))?.iter();
            whole.extend(blocks.filter_map(|one| one[member].as_str()).filter_map(Block::parse));
        }
    }
    let mut faults = Vec::new();
    for table in world.of("AWS::EC2::RouteTable")? {
        for route in table.list("/configuration/routeSet")? {
            let to_it = route["vpcPeeringConnectionId"].as_str() == Some(subject.id());
            let written = ["destinationCidrBlock", "destinationIpv6CidrBlock"].map(|member| route[member].as_str());
            for text in written.into_iter().flatten().filter(|_| to_it) {
                if Block::parse(text).is_some_and(|block| whole.iter().any(|one| block.covers(one))) {
                    let message = format!("the route of {text} in {} leads to all of the other VPC", table.id());
                    faults.push(Fault::new("/configuration/vpcPeeringConnectionId", message).actual(text));
                }
            }
        }
    }
    Ok(Verdict::of(faults))
}
