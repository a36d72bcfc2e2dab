//! Rules of the groups of the default VPC.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::cases::laws::world::World;

/// Rules whose sources no other slot has: `number` tells the slots apart.
pub(super) fn rules(number: usize, world: &World) -> BoxedStrategy<Value> {
    let groups = world.network.groups.clone();
    let source = prop_oneof![
        4 => (8_u32..=32, any::<u32>()).prop_map(move |(length, bits)| {
            let first = u32::try_from(number).expect("a small number") + 11;
            let bits = ((first << 24) | (bits >> 8)) & u32::MAX.checked_shl(32 - length).unwrap_or_default();
            format!("{}/{length}", std::net::Ipv4Addr::from_bits(bits))
        }),
        2 => (1_u16..9).prop_map(move |last| format!("2a05:{}::{last}/128", number + 1)),
        1 => Just(format!("pl-{}a", number + 1)),
        1 => Just(world.network.groups[number % world.network.groups.len()].clone()),
    ];
    let traffic = prop_oneof![
        4 => (1_u16..=65535).prop_map(|port| json!({"port": port})),
        2 => (1_u16..1000, 1000_u16..=65535).prop_map(|(from, to)| json!({"port": {"from": from, "to": to}})),
        1 => (1_u16..=65535).prop_map(|port| json!({"protocol": "udp", "port": port})),
        1 => prop::sample::select(vec!["icmp", "icmpv6", "all"]).prop_map(|name| json!({"protocol": name})),
    ];
    let tags = prop::collection::btree_map("[a-d]{1,2}", "[ -~]{0,8}", 0..4);
    let description = prop::option::of("[a-z][a-zA-Z0-9 ._:/()#,@+=&;{}!$*-]{0,30}[a-z]");
    // Another group replaces the rule, so most are of the first one.
    let group = prop_oneof![5 => Just(groups[0].clone()), 1 => Just(groups[groups.len() - 1].clone())];
    (group, traffic, source, description, tags)
        .prop_map(|(group, mut body, source, description, tags)| {
            body["security_group"] = json!(group);
            body["source"] = json!(source);
            if let Some(description) = description {
                body["description"] = json!(description);
            }
            if !tags.is_empty() {
                body["tags"] = json!(tags);
            }
            body
        })
        .boxed()
}
