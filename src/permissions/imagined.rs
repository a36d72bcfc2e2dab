//! An account as a stack needs it, imagined offline: every resource that is used by default exists, under the id `*`.

use serde_json::Value;

use crate::kind::{Facts, RouteTable, SecurityGroup, Subnet, Vpc};
use crate::plan::Desired;

/// The placeholder for an id.
const ANY: &str = "*";

/// The default VPC, and those that the resources name, each with the usual parts of a VPC.
pub(super) fn facts(stack: &[Desired]) -> Facts {
    let mut vpcs = vec![ANY.to_owned()];
    let mut subnets = Vec::new();
    for wanted in stack {
        named(&wanted.body, &mut vpcs, &mut subnets);
    }
    vpcs.sort();
    vpcs.dedup();
    let in_each = |vpc: &String| Subnet {
        id: ANY.to_owned(),
        vpc: vpc.clone(),
        availability_zone: ANY.to_owned(),
        is_default_for_az: true,
    };
    // Subnets that are named by their ids are in some VPC.
    let elsewhere =
        |id: String| Subnet { vpc: ANY.to_owned(), availability_zone: id.clone(), is_default_for_az: false, id };
    Facts {
        route_tables: vpcs
            .iter()
            .map(|vpc| RouteTable { id: ANY.to_owned(), vpc: vpc.clone(), is_main: true })
            .collect(),
        subnets: vpcs.iter().map(in_each).chain(subnets.into_iter().map(elsewhere)).collect(),
        default_security_groups: vpcs
            .iter()
            .map(|vpc| SecurityGroup { id: ANY.to_owned(), vpc: vpc.clone() })
            .collect(),
        vpcs: vpcs.into_iter().map(|id| Vpc { is_default: id == ANY, id }).collect(),
        ..Facts::default()
    }
}

/// The VPCs and subnets that a body names.
fn named(body: &Value, vpcs: &mut Vec<String>, subnets: &mut Vec<String>) {
    let Some(map) = body.as_object() else { return };
    for (key, value) in map {
        match (key.as_str(), value) {
            ("vpc", Value::String(id)) => vpcs.push(id.clone()),
            ("subnets", Value::Array(ids)) => {
                subnets.extend(ids.iter().filter_map(|id| id.as_str().map(str::to_owned)));
            }
            (_, inner) => named(inner, vpcs, subnets),
        }
    }
}
