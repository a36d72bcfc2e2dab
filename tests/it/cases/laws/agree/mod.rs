//! Compares boto3's view of live resources with the body. It shares nothing with the kinds' own readers and defaults.

mod endpoint;
mod function;
mod role;
mod security_group_rule;
mod table;
mod trigger;

use serde_json::{Value, json};
use underpin::base::Address;

use super::compare::Differences;
use super::world::World;
use crate::support::Observer;

/// Fails unless the live resource is as in `body`; `None` means that it must not exist.
#[track_caller]
pub(super) fn assert_live(observer: &Observer, world: &World, address: &Address, body: Option<&Value>) {
    let name = address.name();
    let mut differences = Differences::default();
    let seen = match address.section() {
        "tables" => observer.table(name),
        "roles" => observer.role(name),
        "functions" => observer.function(name),
        "triggers" => trigger::of(observer, address),
        "vpc_endpoints" => endpoint::of(observer, address),
        "security_group_rules" => security_group_rule::of(observer, address),
        other => panic!("nobody looks at {other}"),
    };
    match (body, address.section()) {
        (None, _) => differences.same("it", &seen, &json!(null)),
        (Some(_), _) if seen.is_null() => differences.same("it", &seen, &json!("there")),
        (Some(body), "tables") => table::compare(&seen, body, address, &mut differences),
        (Some(body), "roles") => role::compare(&seen, body, address, &mut differences),
        (Some(body), "functions") => function::compare(&seen, body, address, world, &mut differences),
        (Some(body), "vpc_endpoints") => endpoint::compare(&seen, body, address, world, &mut differences),
        (Some(body), "security_group_rules") => security_group_rule::compare(&seen, body, address, &mut differences),
        (Some(body), _) => trigger::compare(&seen, body, address, &mut differences),
    }
    differences.none(address);
}
