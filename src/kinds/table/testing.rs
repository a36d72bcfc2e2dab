//! Arbitrary tables in the words of `stack.yaml`, for laws. Used by the tests of this kind and of all kinds.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A mapping without its nulls.
fn mapping(entries: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let present = entries.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(present.map(|(key, value)| (key.to_owned(), value)).collect())
}

fn maybe(value: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Value> {
    prop_oneof![Just(Value::Null), value].boxed()
}

fn one_of(values: impl IntoIterator<Item = Value>) -> BoxedStrategy<Value> {
    prop::sample::select(values.into_iter().collect::<Vec<_>>()).boxed()
}

fn units() -> impl Strategy<Value = Value> {
    (1_u64..9).prop_map(Value::from)
}

fn scaling() -> impl Strategy<Value = Value> {
    let one = || {
        let policy = one_of([Value::Null, Value::Null, json!("my-policy"), json!("other policy")]);
        (1_u64..4, 4_u64..9, 20_u64..=90, maybe((0_u64..90).prop_map(Value::from)), policy).prop_map(
            |(min, max, target, cooldown, policy)| {
                mapping([
                    ("min", json!(min)),
                    ("max", json!(max)),
                    ("target", json!(target)),
                    ("scale_in_cooldown", cooldown.clone()),
                    ("scale_out_cooldown", cooldown),
                    ("policy_name", policy),
                ])
            },
        )
    };
    (maybe(one()), maybe(one())).prop_map(|(read, write)| mapping([("read", read), ("write", write)]))
}

fn insights() -> BoxedStrategy<Value> {
    one_of([Value::Null, json!(false), json!(true), json!({"mode": "throttled_keys"})])
}

fn projection() -> BoxedStrategy<Value> {
    one_of([
        Value::Null,
        json!("all"),
        json!("keys_only"),
        json!({"include": ["x"]}),
        json!({"include": ["y", "x"]}),
        json!({"include": ["x", "y", "z"]}),
    ])
}

/// An attribute whose type differs from table to table, so that indexes on it must be rebuilt together.
fn shifting(kind: &str) -> Value {
    if kind == "S" { json!("c") } else { json!({"name": "c", "type": kind}) }
}

fn index(provisioned: bool, kind: &'static str) -> impl Strategy<Value = Value> {
    let keys = [
        (json!("a"), Value::Null),
        (json!("a"), json!("sk")),
        (json!({"name": "n", "type": "N"}), json!("a")),
        (shifting(kind), Value::Null),
        (json!("a"), shifting(kind)),
        (json!(["a", {"name": "n", "type": "N"}]), json!(["sk", shifting(kind)])),
    ];
    let capacity = move || if provisioned { maybe(units()) } else { Just(Value::Null).boxed() };
    let limit = move || if provisioned { Just(Value::Null).boxed() } else { maybe(units()) };
    let scaling = if provisioned { maybe(scaling()) } else { Just(Value::Null).boxed() };
    let keys = prop::sample::select(keys.to_vec());
    (keys, projection(), capacity(), capacity(), limit(), limit(), scaling, insights()).prop_map(
        |((partition, sort), projection, read, write, max_read, max_write, scaling, insights)| {
            mapping([
                ("partition_key", partition),
                ("sort_key", sort),
                ("projection", projection),
                ("read_capacity", read),
                ("write_capacity", write),
                ("max_read_request_units", max_read),
                ("max_write_request_units", max_write),
                ("auto_scaling", scaling),
                ("contributor_insights", insights),
            ])
        },
    )
}

fn policy() -> BoxedStrategy<Value> {
    let allow = |action: Value| {
        json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Sid": "Readers",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                "Action": action,
                "Resource": "*"
            }]
        })
    };
    one_of([
        Value::Null,
        Value::Null,
        allow(json!("dynamodb:GetItem")),
        allow(json!(["dynamodb:GetItem"])),
        allow(json!(["dynamodb:Query", "dynamodb:GetItem"])),
    ])
}

/// The keys of a customer that tables may be encrypted with.
pub(crate) const KEYS: [&str; 2] = [
    "arn:aws:kms:eu-central-1:123456789012:key/11111111-1111-4111-8111-111111111111",
    "arn:aws:kms:eu-central-1:123456789012:key/22222222-2222-4222-8222-222222222222",
];

/// A valid table; all have the same keys and local indexes, so that none replaces another.
pub(crate) fn arbitrary_table() -> impl Strategy<Value = Value> {
    let shape = (any::<bool>(), prop::sample::select(vec!["S", "N"]));
    shape.prop_flat_map(|(provisioned, kind)| {
        let billing = if provisioned {
            (units(), units())
                .prop_map(
                    |(read, write)| json!({"mode": "provisioned", "read_capacity": read, "write_capacity": write}),
                )
                .boxed()
        } else {
            let limits = (maybe(units()), maybe(units())).prop_map(|(read, write)| {
                mapping([
                    ("mode", json!("on_demand")),
                    ("max_read_request_units", read),
                    ("max_write_request_units", write),
                ])
            });
            maybe(limits)
        };
        let indexes = prop::collection::btree_map("idx[0-3]", index(provisioned, kind), 0..4)
            .prop_map(|indexes| Value::Object(indexes.into_iter().collect::<Map<_, _>>()));
        let tags = prop::collection::btree_map("[a-d]", "[a-z]{0,3}", 0..4)
            .prop_map(|tags| Value::Object(tags.into_iter().map(|(k, v)| (k, Value::from(v))).collect::<Map<_, _>>()));
        let stream = one_of(["off", "keys_only", "new_image", "old_image", "new_and_old_images"].map(Value::from));
        let encryption = one_of([
            Value::Null,
            json!("aws_owned"),
            json!("aws_managed"),
            json!({"kms_key": KEYS[0]}),
            json!({"kms_key": KEYS[1]}),
        ]);
        let scaling = if provisioned { maybe(scaling()) } else { Just(Value::Null).boxed() };
        let recovery =
            one_of([Value::Null, json!(true), json!(false), json!({"period_days": 7}), json!({"period_days": 35})]);
        let some = (maybe(stream), any::<bool>(), recovery, encryption);
        let expiry = one_of([Value::Null, json!("expires"), json!("expires_at")]);
        let class = one_of([Value::Null, json!("standard"), json!("standard_infrequent_access")]);
        let more = (expiry, class, insights(), policy(), scaling);
        (billing, indexes, tags, some, more).prop_map(
            |(billing, indexes, tags, (stream, protection, recovery, encryption), more)| {
                let (expiry, class, insights, policy, scaling) = more;
                mapping([
                    ("partition_key", json!("pk")),
                    ("sort_key", json!("sk")),
                    ("billing", billing),
                    ("global_secondary_indexes", indexes),
                    ("local_secondary_indexes", json!({"local": {"sort_key": {"name": "m", "type": "N"}}})),
                    ("stream", stream),
                    ("deletion_protection", json!(protection)),
                    ("point_in_time_recovery", recovery),
                    ("encryption", encryption),
                    ("time_to_live", expiry),
                    ("table_class", class),
                    ("auto_scaling", scaling),
                    ("contributor_insights", insights),
                    ("resource_policy", policy),
                    ("tags", tags),
                ])
            },
        )
    })
}
