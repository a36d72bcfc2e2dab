//! A route table takes one route to a service: EC2 refuses a second gateway endpoint with `RouteAlreadyExists`.
//!
//! Source: VPC PrivateLink guide, "Gateway endpoints": one endpoint route for a service in each route table.

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

/// Fails for each other endpoint that has a route table in common.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    let gateway = |one: &Subject<'_>| Ok(one.text("/configuration/vpcEndpointType")? == Some("Gateway"));
    if !gateway(subject)? {
        return Ok(Verdict::NotApplicable);
    }
    let service = subject.text("/configuration/serviceName")?;
    let mut faults = Vec::new();
    for other in world.of("AWS::EC2::VPCEndpoint")? {
        let same_service = other.region() == subject.region() && other.text("/configuration/serviceName")? == service;
        if other.id() == subject.id() || !same_service || !gateway(&other)? {
            continue;
        }
        let tables = subject.list("/configuration/routeTableIds")?;
        let both = |table: &&Value| tables.contains(table);
        let shared = other.list("/configuration/routeTableIds")?.iter().filter(both).filter_map(Value::as_str);
        for table in shared {
            let message = format!("another endpoint for the same service, {}, is in {table} as well", other.id());
            faults.push(Fault::new("/configuration/routeTableIds", message).actual(table));
        }
    }
    Ok(Verdict::of(faults))
}
