//! Random rules that AWS would accept.

use proptest::prelude::*;
use serde_json::{Value, json};

/// Rules of some groups, each with another source; prefix lists and groups as sources are among them.
pub(crate) fn bodies(groups: Vec<String>, sources: Vec<String>) -> BoxedStrategy<Value> {
    let traffic = prop_oneof![
        4 => (1_u16..=65535).prop_map(|port| json!({"port": port})),
        2 => (1_u16..1000, 1000_u16..=65535).prop_map(|(from, to)| json!({"port": {"from": from, "to": to}})),
        1 => (1_u16..=65535).prop_map(|port| json!({"protocol": "udp", "port": port})),
        1 => prop::sample::select(vec!["icmp", "icmpv6", "all"]).prop_map(|name| json!({"protocol": name})),
    ];
    let source = prop_oneof![
        3 => (11_u8..=99, 0_u8..=32).prop_map(|(first, length)| {
            let bits = u32::from(first) << 24;
            let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or_default();
            format!("{}/{length}", std::net::Ipv4Addr::from_bits(bits & mask))
        }),
        1 => prop::sample::select(vec!["2a05:d014::/36", "::/0", "2600::1/128"]).prop_map(str::to_owned),
        1 => prop::sample::select(sources),
    ];
    let tags = prop::collection::btree_map("[a-zA-Z]{1,4}", "[ -~]{0,10}", 0..4);
    let description = prop::option::of("[a-z][a-zA-Z0-9 ._:/()#,@+=&;{}!$*-]{0,30}");
    (prop::sample::select(groups), traffic, source, description, tags)
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
