//! A gateway endpoint is a route: where a subnet's route table lacks it, traffic goes round the endpoint. So the route table
//! of each subnet that a function is in has to be one of the endpoint's. A subnet without a route table of its own has the
//! VPC's main one.
//!
//! Source: VPC PrivateLink guide, "Gateway endpoints": "the route table associations".

use std::collections::BTreeSet;

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

/// Fails for each route table of a function's subnet that the endpoint is not in.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    if subject.text("/configuration/vpcEndpointType")? != Some("Gateway") {
        return Ok(Verdict::NotApplicable);
    }
    let Some(vpc) = subject.text("/configuration/vpcId")? else { return Ok(Verdict::NotApplicable) };
    let mut subnets: BTreeSet<&str> = BTreeSet::new();
    for function in world.of("AWS::Lambda::Function")? {
        subnets.extend(function.list("/configuration/vpcConfig/subnetIds")?.iter().filter_map(Value::as_str));
    }
    if subnets.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let network = world.of("AWS::EC2::VPC")?.find(|one| one.id() == vpc);
    let network = network.ok_or_else(|| Unknown(format!("the VPC `{vpc}` is not among those that were read")))?;
    let own: BTreeSet<&str> = network
        .list("/supplementaryConfiguration/Subnets")?
        .iter()
        .filter_map(|one| one["subnetId"].as_str())
        .collect();
    let tables = network.list("/supplementaryConfiguration/RouteTables")?;
    let served: Vec<&str> = subject.list("/configuration/routeTableIds")?.iter().filter_map(Value::as_str).collect();
    let mut inside = subnets.intersection(&own).peekable();
    if inside.peek().is_none() {
        return Ok(Verdict::NotApplicable);
    }
    let mut faults = Vec::new();
    for subnet in inside {
        let table = route_table(tables, subnet)
            .ok_or_else(|| Unknown(format!("the route table of the subnet `{subnet}` is not known")))?;
        if !served.contains(&table) {
            let message = format!("functions in the subnet {subnet} go round the endpoint: it is not in {table}");
            let fault = Fault::new("/configuration/routeTableIds", message);
            faults.push(fault.expected(table).actual(served.join(", ")));
        }
    }
    Ok(Verdict::of(faults))
}

/// The route table that applies to a subnet: its own, else the main one.
fn route_table<'v>(tables: &'v [Value], subnet: &str) -> Option<&'v str> {
    let having = |is: &dyn Fn(&Value) -> bool| {
        let associations = |table: &Value| table["associationSet"].as_array().is_some_and(|all| all.iter().any(is));
        tables.iter().find(|table| associations(table)).and_then(|table| table["routeTableId"].as_str())
    };
    having(&|one| one["subnetId"] == subnet).or_else(|| having(&|one| one["main"] == true))
}
