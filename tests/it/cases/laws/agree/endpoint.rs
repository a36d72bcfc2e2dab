//! VPC endpoints.

use serde_json::{Value, json};
use underpin::base::Address;

use crate::cases::laws::compare::{Body, Differences, document, set};
use crate::cases::laws::world::World;
use crate::support::{Observer, REGION};

/// The endpoint with the address in its tag; null if there is none.
pub(super) fn of(observer: &Observer, address: &Address) -> Value {
    let endpoints = observer.endpoints(&address.to_string());
    match endpoints.as_array().expect("a list").as_slice() {
        [] => Value::Null,
        [one] => one.clone(),
        several => panic!("{address} stands on {} endpoints", several.len()),
    }
}

pub(super) fn compare(seen: &Value, body: &Value, address: &Address, world: &World, found: &mut Differences) {
    let (body, network) = (Body(body), &world.network);
    let service = body.get("service").as_str().expect("a service");
    found.same("service", &seen["ServiceName"], &json!(format!("com.amazonaws.{REGION}.{service}")));
    found.same("state", &seen["State"].as_str().map(str::to_lowercase), &Some("available".to_owned()));
    let full = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
    ]});
    let mut policy = document(&seen["PolicyDocument"]);
    // AWS's own default has an older version than the strategies write, with the same meaning.
    policy["Version"] = json!("2012-10-17");
    found.same("policy", &policy, &document(&body.or("policy", full)));
    found.same("tags", &seen["Tags"], &body.tags(address));
    let listed = |key: &str, default: &[String]| match body.get(key) {
        Value::Null | Value::String(_) => json!(default),
        ids => ids.clone(),
    };
    if body.get("type").is_null() {
        found.same("type", &seen["VpcEndpointType"], &json!("Gateway"));
        let main = body.get("route_tables") == "main";
        let default = if main { &network.route_tables[..1] } else { &network.route_tables };
        found.same("routes", &set(&seen["RouteTableIds"]), &set(&listed("route_tables", default)));
        return;
    }
    found.same("type", &seen["VpcEndpointType"], &json!("Interface"));
    found.same("subnets", &set(&seen["SubnetIds"]), &set(&listed("subnets", &network.subnets)));
    let groups: Vec<&Value> = seen["Groups"].as_array().into_iter().flatten().map(|group| &group["GroupId"]).collect();
    found.same("groups", &set(&json!(groups)), &set(&listed("security_groups", &network.groups[..1])));
    found.same("private DNS", &seen["PrivateDnsEnabled"], &body.or("private_dns", json!(true)));
}
