//! What only the inside needs to reach should not stand where the Internet can: a VPC with subnets of one kind alone has no place
//! for the other. A subnet is public if the route table that applies to it leads to an Internet gateway. Source: VPC User Guide,
//! "Subnets for your VPC", "Subnet types".

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

/// Fails for a VPC whose subnets are all public, or all private.
pub(crate) fn judge(vpc: &Subject<'_>, world: &World<'_>) -> Answer {
    let (mut public, mut private) = (0, 0);
    for subnet in world.of("AWS::EC2::Subnet")? {
        let here = subnet.account() == vpc.account() && subnet.text("/configuration/vpcId")? == Some(vpc.id());
        if !here {
            continue;
        }
        let table = subnet.get("/supplementaryConfiguration/RouteTable")?;
        let table = table.ok_or_else(|| Unknown(format!("the route table of {} was not found", subnet.id())))?;
        let routes = table.get("routeSet").and_then(Value::as_array).into_iter().flatten();
        if routes.into_iter().any(leads_out) { public += 1 } else { private += 1 }
    }
    let only = match (public, private) {
        (0, 0) => return Ok(Verdict::NotApplicable),
        (0, _) => "private",
        (_, 0) => "public",
        (_, _) => return Ok(Verdict::Pass),
    };
    let fault = Fault::new("/configuration/vpcId", format!("the VPC has only {only} subnets"));
    Ok(Verdict::Fail(vec![fault.expected("public and private subnets").actual(format!("{} {only}", public + private))]))
}

fn leads_out(route: &Value) -> bool {
    let text = |member: &str| route.get(member).and_then(Value::as_str).unwrap_or_default();
    let everywhere = text("destinationCidrBlock") == "0.0.0.0/0" || text("destinationIpv6CidrBlock") == "::/0";
    everywhere && text("gatewayId").starts_with("igw-")
}
