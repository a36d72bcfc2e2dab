//! Kinds for the loader's own tests: with the form of the real ones, and without effects.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base::{Address, Environment, Problem};
use crate::kind::{
    AccessRequest, Attribute, Call, Change, Context, Erased, Identity, Kind, Lookup, PathRule, PlannedOperation,
    PureKind, Registry, RenderContext, Rendering, Rule, StepContext, When, code_schema, policy_schema,
    sensitive_schema,
};

type Tags = BTreeMap<String, String>;

/// A text that is never shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Secret(String);

impl JsonSchema for Secret {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        sensitive_schema()
    }
}

/// A policy document.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Policy(Value);

impl JsonSchema for Policy {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Policy".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        policy_schema()
    }
}

/// A function's code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Code {
    path: String,
    sha256: String,
    size: u64,
}

impl JsonSchema for Code {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Code".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        code_schema()
    }
}

/// Any value tree with a schema of its own.
macro_rules! tree {
    ($name:ident, $schema:tt) => {
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub(super) struct $name(Value);
        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}

tree!(KeyAttribute, {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {"type": "object", "required": ["name"], "additionalProperties": false, "properties": {
            "name": {"type": "string"}, "type": {"enum": ["S", "N", "B"]}
        }},
        {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 4}
    ]
});
tree!(Projection, {
    "oneOf": [
        {"enum": ["all", "keys_only"]},
        {"type": "object", "required": ["include"], "additionalProperties": false,
         "properties": {"include": {"type": "array", "items": {"type": "string"}, "uniqueItems": true}}}
    ]
});
tree!(Billing, {
    "oneOf": [
        {"type": "object", "required": ["mode", "read_capacity", "write_capacity"], "additionalProperties": false, "properties": {
            "mode": {"const": "provisioned"},
            "read_capacity": {"type": "integer", "minimum": 1, "maximum": 40000},
            "write_capacity": {"type": "integer", "minimum": 1, "maximum": 40000}
        }},
        {"type": "object", "required": ["mode"], "additionalProperties": false, "properties": {"mode": {"const": "on_demand"}}}
    ]
});
tree!(Recovery, {
    "anyOf": [
        {"type": "boolean"},
        {"type": "object", "additionalProperties": false, "properties": {"period_days": {"type": "integer", "minimum": 1, "maximum": 35}}}
    ]
});
tree!(Encryption, {
    "oneOf": [
        {"enum": ["aws_owned", "aws_managed"]},
        {"type": "object", "required": ["kms_key"], "additionalProperties": false, "properties": {"kms_key": {"type": "string"}}}
    ]
});
tree!(Default_, {"anyOf": [{"const": "default"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]});
tree!(RouteTables, {"anyOf": [{"const": "all"}, {"const": "main"}, {"type": "array", "items": {"type": "string", "pattern": "^rtb-"}}]});

/// The contents of a table's stream.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stream {
    NewImage,
    OldImage,
    NewAndOldImages,
    KeysOnly,
    Off,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IndexSpec {
    partition_key: KeyAttribute,
    sort_key: Option<KeyAttribute>,
    projection: Option<Projection>,
    read_capacity: Option<u64>,
    write_capacity: Option<u64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TableSpec {
    partition_key: KeyAttribute,
    sort_key: Option<KeyAttribute>,
    billing: Option<Billing>,
    #[serde(default)]
    global_secondary_indexes: BTreeMap<String, IndexSpec>,
    #[serde(default)]
    local_secondary_indexes: BTreeMap<String, IndexSpec>,
    stream: Option<Stream>,
    #[serde(default)]
    deletion_protection: bool,
    point_in_time_recovery: Option<Recovery>,
    encryption: Option<Encryption>,
    time_to_live: Option<String>,
    table_class: Option<String>,
    resource_policy: Option<Policy>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EndpointSpec {
    service: String,
    vpc: Option<String>,
    route_tables: Option<RouteTables>,
    policy: Option<Policy>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleSpec {
    assumed_by: Option<String>,
    assume_role_policy: Option<Policy>,
    #[serde(default)]
    managed_policies: Vec<String>,
    #[serde(default)]
    inline_policies: BTreeMap<String, Policy>,
    permissions_boundary: Option<String>,
    path: Option<String>,
    #[schemars(range(min = 3600, max = 43200))]
    max_session_duration: Option<u32>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VpcSpec {
    subnets: Default_,
    security_groups: Default_,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FunctionSpec {
    runtime: String,
    handler: String,
    code: Code,
    role: String,
    vpc: Option<VpcSpec>,
    #[schemars(range(min = 128, max = 10240))]
    memory: Option<u32>,
    timeout: Option<u32>,
    #[serde(default)]
    environment: BTreeMap<String, Secret>,
    dead_letter: Option<String>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TriggerSpec {
    function: String,
    stream: Option<String>,
    starting_position: Option<String>,
    batch_size: Option<u32>,
    bisect_on_error: Option<bool>,
    maximum_retry_attempts: Option<i32>,
    #[serde(default)]
    filters: Vec<Value>,
}

fn table_arn(name: &str, _: &Lookup<'_>, env: &Environment) -> String {
    env.arn("dynamodb", &format!("table/{name}"))
}

fn own_name(name: &str, _: &Lookup<'_>, _: &Environment) -> String {
    name.to_owned()
}

fn role_arn(name: &str, property: &Lookup<'_>, env: &Environment) -> String {
    let path = property("path").unwrap_or_else(|| "/".to_owned());
    env.global_arn("iam", &format!("role{path}{name}"))
}

fn function_arn(name: &str, _: &Lookup<'_>, env: &Environment) -> String {
    env.arn("lambda", &format!("function:{name}"))
}

const NAME: Attribute = Attribute { name: "name", when: When::Always(own_name) };

macro_rules! kind {
    ($kind:ident, $spec:ty, $section:literal, $type:literal, $noun:literal, $rules:expr, $attributes:expr, $most:literal) => {
        pub(super) struct $kind;
        impl Kind for $kind {
            const SECTION: &'static str = $section;
            const TYPE: &'static str = $type;
            const NOUN: &'static str = $noun;
            const STATEFUL: bool = false;
            const DEPENDS_ON: &'static [&'static str] = &[];
            const RULES: &'static [PathRule] = $rules;
            const ATTRIBUTES: &'static [Attribute] = $attributes;
            type Spec = $spec;
            type Op = String;

            fn check(spec: &Self::Spec, cx: &Context<'_>) -> Vec<Problem> {
                if let Some(path) =
                    serde_json::to_value(spec).ok().and_then(|spec| spec["path"].as_str().map(str::to_owned))
                {
                    if path.contains("bad") {
                        return vec![Problem::new(crate::path!["path"], format!("`{path}` can't be a path"))];
                    }
                }
                let bad = cx.name.contains(' ') || cx.name.len() > $most;
                let problem =
                    || Problem::new(crate::path!["name"], format!("`{}` can't be the name of a {}", cx.name, $noun));
                bad.then(|| problem().hint("letters, digits, `-`, `_` and `.`")).into_iter().collect()
            }
            fn normalize(_: &mut Self::Spec, _: &Context<'_>) -> Result<(), Vec<Problem>> {
                Ok(())
            }
            fn identity(address: &Address, _: &Self::Spec, cx: &Context<'_>) -> Identity {
                Identity { address: address.clone(), name: cx.name.to_owned(), details: BTreeMap::new() }
            }
            fn steps(_: Change<'_, Self::Spec>, _: &StepContext<'_>) -> Vec<PlannedOperation<String>> {
                Vec::new()
            }
            fn call(_: &String) -> Call {
                Call { service: "none", operation: "None", title: String::new(), expects: &[] }
            }
            fn requires(_: &String, _: &StepContext<'_>) -> Vec<AccessRequest> {
                Vec::new()
            }
            fn reads(_: &Identity, _: &Environment) -> Vec<AccessRequest> {
                Vec::new()
            }
            fn config_items(_: &Self::Spec, _: &RenderContext<'_>) -> Vec<Rendering> {
                Vec::new()
            }
            fn cloudformation(_: &Self::Spec, _: &RenderContext<'_>) -> Vec<Rendering> {
                Vec::new()
            }
        }
    };
}

kind!(
    Table,
    TableSpec,
    "tables",
    "AWS::DynamoDB::Table",
    "table",
    &[],
    &[
        NAME,
        Attribute { name: "arn", when: When::Always(table_arn) },
        Attribute { name: "stream_arn", when: When::AfterCreate },
    ],
    255
);
kind!(
    Endpoint,
    EndpointSpec,
    "vpc_endpoints",
    "AWS::EC2::VPCEndpoint",
    "VPC endpoint",
    &[],
    &[NAME, Attribute { name: "id", when: When::AfterCreate },],
    255
);
kind!(
    Role,
    RoleSpec,
    "roles",
    "AWS::IAM::Role",
    "role",
    &[],
    &[NAME, Attribute { name: "arn", when: When::Always(role_arn) }, Attribute { name: "id", when: When::AfterCreate },],
    64
);
kind!(
    Function,
    FunctionSpec,
    "functions",
    "AWS::Lambda::Function",
    "function",
    &[PathRule::new("role", Rule::Requires)],
    &[NAME, Attribute { name: "arn", when: When::Always(function_arn) },],
    64
);
kind!(
    Trigger,
    TriggerSpec,
    "triggers",
    "AWS::Lambda::EventSourceMapping",
    "trigger",
    &[PathRule::new("function", Rule::Requires),],
    &[],
    255
);

static KINDS: [&dyn PureKind; 5] = [
    &Erased::<Table>::new(),
    &Erased::<Endpoint>::new(),
    &Erased::<Role>::new(),
    &Erased::<Function>::new(),
    &Erased::<Trigger>::new(),
];

/// All of them.
pub(super) fn registry() -> Registry {
    Registry::new(&KINDS)
}
