//! A subnet whose route table leads to an Internet gateway is public. A subnet without a route table of its own has the VPC's
//! main one.

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const AT: &str = "/supplementaryConfiguration/Subnets";

/// Fails for each public subnet of the cluster's subnet group.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    let subnets = subject.list(AT)?;
    if subnets.is_empty() {
        return Err(Unknown("the subnets of the cluster are not known".to_owned()));
    }
    let mut faults = Vec::new();
    for (n, subnet) in subnets.iter().enumerate() {
        // As EC2 names it, or as DAX does.
        let id = ["subnetId", "SubnetIdentifier"].into_iter().find_map(|member| subnet[member].as_str());
        let id = id.ok_or_else(|| Unknown("a subnet of the cluster has no id".to_owned()))?;
        if let Some(route) = public_route(world, id)? {
            let message = format!("the subnet {id} is public: its route of {route} leads to an Internet gateway");
            faults.push(Fault::new(format!("{AT}/{n}"), message).actual(id));
        }
    }
    Ok(Verdict::of(faults))
}

/// The route of a subnet to an Internet gateway, if it has one.
fn public_route<'a>(world: &World<'a>, subnet: &str) -> Result<Option<&'a str>, Unknown> {
    for network in world.of("AWS::EC2::VPC")? {
        let own = network.list("/supplementaryConfiguration/Subnets")?;
        if own.iter().all(|one| one["subnetId"] != subnet) {
            continue;
        }
        let tables = network.list("/supplementaryConfiguration/RouteTables")?;
        let having = |is: &dyn Fn(&Value) -> bool| {
            tables.iter().find(|table| table["associationSet"].as_array().is_some_and(|all| all.iter().any(is)))
        };
        let table = having(&|one| one["subnetId"] == subnet).or_else(|| having(&|one| one["main"] == true));
        let table = table.ok_or_else(|| Unknown(format!("the route table of the subnet `{subnet}` is not known")))?;
        let open = table["routeSet"].as_array().into_iter().flatten().find(|route| {
            let all = ["destinationCidrBlock", "destinationIpv6CidrBlock"].map(|member| route[member].as_str());
            route["gatewayId"].as_str().is_some_and(|id| id.starts_with("igw-"))
                && all.into_iter().flatten().any(|block| ["0.0.0.0/0", "::/0"].contains(&block))
        });
        return Ok(open.and_then(|route| {
            route["destinationCidrBlock"].as_str().or_else(|| route["destinationIpv6CidrBlock"].as_str())
        }));
    }
    Err(Unknown(format!("the VPC of the subnet `{subnet}` is not among those that were read")))
}
