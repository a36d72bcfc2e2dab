//! Tables, some with other keys, so that one replaces the other.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::cases::laws::world::World;
use crate::support::arbitrary::tables::{KEYS, arbitrary_table};

/// Tables encrypted with the keys of the world.
pub(super) fn tables(world: &World) -> BoxedStrategy<Value> {
    let keys = world.keys.clone();
    let with_keys = arbitrary_table().prop_map(move |body| {
        let text = KEYS.iter().zip(&keys).fold(body.to_string(), |text, (imagined, real)| text.replace(imagined, real));
        serde_json::from_str::<Value>(&text).expect("an ARN needs no escape")
    });
    let create_only = prop_oneof![
        12 => Just(json!({})),
        1 => Just(json!({"partition_key": {"name": "pk", "type": "N"}})),
        1 => Just(json!({"sort_key": {"name": "sk2", "type": "B"}})),
        1 => Just(json!({"local_secondary_indexes": {}})),
        1 => Just(json!({"local_secondary_indexes": {
            "local": {"sort_key": {"name": "m", "type": "N"}, "projection": "keys_only"},
            "other": {"sort_key": "x", "projection": {"include": ["z", "y"]}},
        }})),
    ];
    (with_keys, create_only)
        .prop_map(|(mut body, other)| {
            for (key, value) in other.as_object().expect("a mapping") {
                body[key] = value.clone();
            }
            body
        })
        .boxed()
}
