//! Security group rules.

use serde_json::{Value, json};
use underpin::base::Address;

use crate::cases::laws::compare::{Body, Differences};
use crate::support::Observer;

/// The rule with the address in its tag; null if there is none.
pub(super) fn of(observer: &Observer, address: &Address) -> Value {
    let rules = observer.security_group_rules(&address.to_string());
    match rules.as_array().expect("a list").as_slice() {
        [] => Value::Null,
        [one] => one.clone(),
        several => panic!("{address} stands on {} rules", several.len()),
    }
}

pub(super) fn compare(seen: &Value, body: &Value, address: &Address, found: &mut Differences) {
    let body = Body(body);
    found.same("group", &seen["GroupId"], body.get("security_group"));
    found.same("direction", &seen["IsEgress"], &json!(false));
    let protocol = body.or("protocol", json!("tcp"));
    let named = if protocol == "all" { json!("-1") } else { protocol };
    found.same("protocol", &seen["IpProtocol"], &named);
    let (from, to) = match body.get("port") {
        Value::Null => (json!(-1), json!(-1)),
        port @ Value::Object(_) => (port["from"].clone(), port["to"].clone()),
        port => (port.clone(), port.clone()),
    };
    found.same("ports", &(&seen["FromPort"], &seen["ToPort"]), &(&from, &to));
    let sources = ["CidrIpv4", "CidrIpv6", "PrefixListId"].map(|key| &seen[key]);
    let group = &seen["ReferencedGroupInfo"]["GroupId"];
    let given: Vec<&Value> = sources.into_iter().chain([group]).filter(|source| !source.is_null()).collect();
    found.same("source", &json!(given), &json!([body.get("source")]));
    let description = seen["Description"].as_str().filter(|text| !text.is_empty());
    found.same("description", &description, &body.get("description").as_str());
    found.same("tags", &seen["Tags"], &body.tags(address));
}
