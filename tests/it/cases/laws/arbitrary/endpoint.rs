//! VPC endpoints in the default VPC.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::cases::laws::world::World;

type Entry = (&'static str, BoxedStrategy<Value>);

fn maybe(value: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Value> {
    prop_oneof![1 => Just(Value::Null), 2 => value].boxed()
}

fn of(words: Vec<Value>) -> BoxedStrategy<Value> {
    prop::sample::select(words).boxed()
}

fn some(ids: &[String]) -> BoxedStrategy<Value> {
    prop::sample::subsequence(ids.to_vec(), 1..=ids.len()).prop_shuffle().prop_map(|ids| json!(ids)).boxed()
}

fn policy() -> BoxedStrategy<Value> {
    let actions = vec![json!("*"), json!("dynamodb:*"), json!(["s3:GetObject", "s3:PutObject"])];
    of(actions)
        .prop_map(|action| {
            let statement = json!({"Effect": "Allow", "Principal": "*", "Action": action, "Resource": ["*"]});
            json!({"Version": "2012-10-17", "Statement": [statement]})
        })
        .boxed()
}

fn body(entries: Vec<Entry>) -> BoxedStrategy<Value> {
    let (keys, values): (Vec<_>, Vec<_>) = entries.into_iter().unzip();
    values
        .prop_map(move |values| {
            let present = keys.iter().zip(values).filter(|(_, value)| !value.is_null());
            Value::Object(present.map(|(key, value)| ((*key).to_owned(), value)).collect::<Map<_, _>>())
        })
        .boxed()
}

/// Endpoints for one of these services: gateways for one, interfaces for the others.
pub(super) fn endpoints(gateway: &str, interfaces: &[&str], world: &World) -> BoxedStrategy<Value> {
    let network = &world.network;
    let common = || {
        let tags = prop::collection::btree_map("[a-d]{1,2}", "[ -~]{0,8}", 0..4).prop_map(|tags| json!(tags));
        vec![("vpc", maybe(Just(json!("default")))), ("policy", maybe(policy())), ("tags", maybe(tags))]
    };
    let mut of_gateway = common();
    let tables = prop_oneof![of(vec![json!("all"), json!("main")]), some(&network.route_tables)];
    of_gateway.extend([("service", Just(json!(gateway)).boxed()), ("route_tables", maybe(tables))]);
    let mut of_interface = common();
    of_interface.extend([
        ("service", of(interfaces.iter().map(|name| json!(name)).collect())),
        ("type", Just(json!("interface")).boxed()),
        ("subnets", maybe(prop_oneof![Just(json!("default")), some(&network.subnets)])),
        ("security_groups", maybe(prop_oneof![Just(json!("default")), some(&network.groups)])),
        ("private_dns", maybe(any::<bool>().prop_map(Value::from))),
    ]);
    prop_oneof![body(of_gateway), body(of_interface)].boxed()
}
