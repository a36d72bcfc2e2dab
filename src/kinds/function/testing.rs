//! Arbitrary functions, as bodies of `stack.yaml`, for laws. Needs nothing of this crate, so that
//! the integration tests can include it by its path.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// The resources that the functions may refer to.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// ARNs of roles; at least one.
    pub roles: Vec<String>,
    /// Canonical `code` trees; at least one.
    pub codes: Vec<Value>,
    /// ARNs of layer versions.
    pub layers: Vec<String>,
    /// Ids of subnets of one VPC.
    pub subnets: Vec<String>,
    /// Ids of security groups of that VPC.
    pub security_groups: Vec<String>,
    /// ARNs of queues.
    pub queues: Vec<String>,
    /// ARNs of keys.
    pub keys: Vec<String>,
}

impl World {
    /// A world of well-formed names.
    pub fn imagined() -> Self {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        Self {
            roles: texts(&["arn:aws:iam::123456789012:role/one", "arn:aws:iam::123456789012:role/path/two"]),
            codes: vec![
                json!({"path": "a", "sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "size": 10}),
                json!({"path": "b", "sha256": "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=", "size": 11}),
            ],
            layers: texts(&[
                "arn:aws:lambda:eu-central-1:123456789012:layer:one:1",
                "arn:aws:lambda:eu-central-1:123456789012:layer:two:3",
            ]),
            subnets: texts(&["subnet-0a", "subnet-0b", "subnet-0c"]),
            security_groups: texts(&["sg-0a", "sg-0b"]),
            queues: texts(&["arn:aws:sqs:eu-central-1:123456789012:dead"]),
            keys: texts(&["arn:aws:kms:eu-central-1:123456789012:key/1234"]),
        }
    }
}

fn maybe(key: &'static str, value: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Option<(String, Value)>> {
    prop::option::of(value.prop_map(move |value| (key.to_owned(), value))).boxed()
}

fn one_of(key: &'static str, values: &[Value]) -> BoxedStrategy<Option<(String, Value)>> {
    if values.is_empty() {
        return Just(None).boxed();
    }
    maybe(key, prop::sample::select(values.to_vec()))
}

fn texts(texts: &[String]) -> Vec<Value> {
    texts.iter().map(|text| json!(text)).collect()
}

fn permission() -> impl Strategy<Value = Value> {
    let principal = prop::sample::select(vec![
        "cognito-idp.amazonaws.com",
        "events.amazonaws.com",
        "210987654321",
        "arn:aws:iam::210987654321:root",
    ]);
    let source = prop::option::of(prop::sample::select(vec![
        "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_abc",
        "arn:aws:events:eu-central-1:123456789012:rule/*",
    ]));
    (principal, source, any::<bool>()).prop_map(|(principal, source, account)| {
        let mut body = json!({"principal": principal, "action": "lambda:InvokeFunction"});
        if let Some(source) = source {
            body["source_arn"] = json!(source);
        }
        if account {
            body["source_account"] = json!("123456789012");
        }
        body
    })
}

fn vpc(world: &World) -> BoxedStrategy<Option<(String, Value)>> {
    if world.subnets.is_empty() || world.security_groups.is_empty() {
        return Just(None).boxed();
    }
    let subnets = prop::sample::subsequence(world.subnets.clone(), 1..=world.subnets.len()).prop_shuffle();
    let groups = prop::sample::subsequence(world.security_groups.clone(), 1..=world.security_groups.len());
    let listed = (subnets, groups).prop_map(|(subnets, groups)| json!({"subnets": subnets, "security_groups": groups}));
    maybe("vpc", prop_oneof![3 => listed, 1 => Just(json!({"subnets": "default", "security_groups": "default"}))])
}

/// Bodies of functions in `world`.
pub fn bodies(world: &World) -> BoxedStrategy<Value> {
    let required = (
        prop::sample::select(vec!["python3.12", "python3.13", "nodejs22.x", "provided.al2023"]),
        prop::sample::select(vec!["lambda_function.lambda_handler", "index.handler"]),
        prop::sample::select(world.codes.clone()),
        prop::sample::select(world.roles.clone()),
    );
    let layers = prop::sample::subsequence(world.layers.clone(), 0..=world.layers.len()).prop_shuffle();
    let variables = prop::collection::btree_map("[A-Z][A-Z0-9_]{1,8}", "[ -~]{0,12}", 0..4);
    let optional: Vec<BoxedStrategy<Option<(String, Value)>>> = vec![
        one_of("architecture", &[json!("x86_64"), json!("arm64")]),
        maybe("memory", (128_u32..=10240).prop_map(Value::from)),
        maybe("timeout", (1_u32..=900).prop_map(Value::from)),
        maybe("ephemeral_storage", (512_u32..=10240).prop_map(Value::from)),
        maybe("environment", variables.prop_map(|variables| json!(variables))),
        vpc(world),
        one_of("dead_letter", &texts(&world.queues)),
        one_of("tracing", &[json!("active"), json!("pass_through")]),
        maybe("layers", layers.prop_map(|layers| json!(layers))),
        one_of("kms_key", &texts(&world.keys)),
        maybe("reserved_concurrency", (1_u32..=50).prop_map(Value::from)),
        one_of("log_retention", &[json!(1), json!(14), json!(365)]),
        maybe(
            "permissions",
            prop::collection::btree_map("[a-z]{1,2}", permission(), 0..3).prop_map(|permissions| json!(permissions)),
        ),
        maybe("description", "[ -~]{1,40}".prop_map(Value::from)),
        maybe("tags", prop::collection::btree_map("[a-c]", "[a-z]{0,4}", 0..3).prop_map(|tags| json!(tags))),
    ];
    (required, optional)
        .prop_map(|((runtime, handler, code, role), optional)| {
            let mut body = Map::new();
            body.insert("runtime".to_owned(), json!(runtime));
            body.insert("handler".to_owned(), json!(handler));
            body.insert("code".to_owned(), code);
            body.insert("role".to_owned(), json!(role));
            body.extend(optional.into_iter().flatten());
            Value::Object(body)
        })
        .boxed()
}
