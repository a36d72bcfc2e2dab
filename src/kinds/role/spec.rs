//! The properties of a role that an author may write, and AWS's defaults.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use std::collections::BTreeMap;

use crate::base::{Environment, Vault, pending};
use crate::kind::{ShortForm, policy_schema, short_form};

/// The session length of a role for which none is given, in seconds.
/// Source: IAM API reference, `CreateRole`, `MaxSessionDuration`.
pub(super) const DEFAULT_SESSION: u32 = 3600;

/// An IAM role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleSpec {
    /// The service that may assume the role, such as `lambda.amazonaws.com`, or a list of services. In place
    /// of `assume_role_policy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assumed_by: Option<Principals>,
    /// The trust policy: who may assume the role, and when. In place of `assumed_by`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "trust_schema")]
    pub assume_role_policy: Option<Value>,
    /// Managed policies, all that the role shall have: the name or path of one of AWS
    /// (`service-role/AWSLambdaVPCAccessExecutionRole`), or an ARN.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(length(min = 1, max = 2048)))]
    pub managed_policies: Vec<String>,
    /// Inline policies by name, all that the role shall have.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "inline_schema")]
    pub inline_policies: BTreeMap<String, Value>,
    /// Access patterns of tables that the role may carry out: the least-privilege inline policy `underpin-grants` is
    /// derived from them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<Grant>,
    /// A managed policy that limits the permissions of the role, named like those of `managed_policies`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 2048))]
    pub permissions_boundary: Option<String>,
    /// A description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1000), regex(pattern = r"^[\t\n\r\u0020-\u007E\u00A1-\u00FF]*$"))]
    pub description: Option<String>,
    /// The path within the role's ARN; it can only be set when the role is created. Default: `/`.
    #[serde(default = "root_path")]
    #[schemars(length(min = 1, max = 512), regex(pattern = r"^(/|/[!-~]+/)$"))]
    pub path: String,
    /// The longest time that a session may last, in seconds, from one hour to twelve. Default: 3600.
    #[serde(default = "default_session")]
    #[schemars(range(min = 3600, max = 43200))]
    pub max_session_duration: u32,
    /// Tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

/// Access patterns of a table that a role may carry out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The table of this file: its key, or its physical name.
    #[schemars(length(min = 1))]
    pub table: String,
    /// The names of the patterns; `all` for all of them.
    pub patterns: GrantedPatterns,
}

/// The patterns of a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantedPatterns {
    /// All patterns of the table.
    All,
    /// These.
    Names(Vec<String>),
}

impl Serialize for GrantedPatterns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("all"),
            Self::Names(names) => names.serialize(serializer),
        }
    }
}

short_form!(GrantedPatterns);

impl ShortForm for GrantedPatterns {
    const FORMS: &'static str = "`all`, or a list of patterns";

    fn from_word<E: Error>(word: &str) -> Result<Self, E> {
        if word == "all" { Ok(Self::All) } else { Err(E::unknown_variant(word, &["all"])) }
    }

    fn from_list<'de, D: Deserializer<'de>>(list: D) -> Result<Self, D::Error> {
        Vec::deserialize(list).map(Self::Names)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The names of the patterns; `all` for all of them.",
            "anyOf": [
                {"type": "string", "enum": ["all"]},
                {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1, "uniqueItems": true}
            ]
        })
    }
}

fn root_path() -> String {
    "/".to_owned()
}

fn default_session() -> u32 {
    DEFAULT_SESSION
}

fn trust_schema(_: &mut SchemaGenerator) -> Schema {
    let mut schema = policy_schema();
    schema.insert("anyOf".to_owned(), json!([{"type": "string"}, {"type": "object"}, {"type": "null"}]));
    schema.insert(
        "description".to_owned(),
        json!(
            "The trust policy: who may assume the role, and when; the path of a file, or the document in place. \
               In place of `assumed_by`."
        ),
    );
    schema
}

/// The schema of inline policies. Source: IAM API reference, `PutRolePolicy`, `PolicyName`.
fn inline_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "description": "Inline policies by name, all that the role shall have: each the path of a file, or the \
                        document in place.",
        "type": "object",
        "propertyNames": {"minLength": 1, "maxLength": 128, "pattern": "^[A-Za-z0-9_+=,.@-]+$"},
        "additionalProperties": policy_schema()
    })
}

/// Services that may assume a role: one, or a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Principals(pub Vec<String>);

short_form!(Principals);

impl ShortForm for Principals {
    const FORMS: &'static str = "a service such as `lambda.amazonaws.com`, or a list of services";

    fn from_word<E: Error>(word: &str) -> Result<Self, E> {
        Ok(Self(vec![word.to_owned()]))
    }

    fn from_list<'de, D: Deserializer<'de>>(list: D) -> Result<Self, D::Error> {
        Vec::deserialize(list).map(Self)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        let service = json!({
            "type": "string",
            "pattern": r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
            "maxLength": 256,
            "examples": ["lambda.amazonaws.com"],
        });
        json_schema!({
            "anyOf": [service, {"type": "array", "items": service, "minItems": 1}]
        })
    }
}

/// The trust policy that lets services assume a role.
pub(super) fn trust_of(services: &[String]) -> Value {
    let mut services = services.to_vec();
    services.sort();
    services.dedup();
    let service = match services.as_slice() {
        [one] => json!(one),
        many => json!(many),
    };
    json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]
    })
}

/// The ARN of a managed policy: an ARN stays as it is, any other text names a policy of AWS.
/// Source: IAM user guide, "IAM identifiers", ARNs of AWS managed policies.
pub(super) fn policy_arn(text: &str, env: &Environment) -> String {
    if is_arn_or_pending(text) { text.to_owned() } else { format!("{}{text}", aws_managed(env)) }
}

/// The shortest text that names a managed policy: name or path for one of AWS, else the ARN.
pub(super) fn policy_name(text: &str, env: &Environment) -> String {
    match text.strip_prefix(&aws_managed(env)) {
        Some(short) if !short.is_empty() && !is_arn_or_pending(short) => short.to_owned(),
        _ => text.strip_prefix('/').unwrap_or(text).to_owned(),
    }
}

/// Returns whether a text isn't the name or path of a policy of AWS. A sensitive one is treated as an ARN: its
/// value can't be read here.
pub(super) fn is_arn_or_pending(text: &str) -> bool {
    text.starts_with("arn:") || pending::is_pending(text) || Vault::is_sealed(text)
}

fn aws_managed(env: &Environment) -> String {
    format!("arn:{}:iam::aws:policy/", env.partition)
}

impl RoleSpec {
    /// Brings a role into the one form in which roles are compared.
    pub(super) fn normalize(&mut self, env: &Environment) {
        let Self {
            assumed_by,
            assume_role_policy,
            managed_policies,
            inline_policies: _,
            // They are replaced by an inline policy before.
            grants: _,
            permissions_boundary,
            description,
            path: _,
            max_session_duration: _,
            tags: _,
        } = self;
        if assume_role_policy.is_none() {
            *assume_role_policy = assumed_by.take().map(|Principals(services)| trust_of(&services));
        }
        for policy in &mut *managed_policies {
            *policy = policy_name(policy, env);
        }
        managed_policies.sort();
        managed_policies.dedup();
        if let Some(boundary) = permissions_boundary {
            *boundary = policy_name(boundary, env);
        }
        if description.as_deref() == Some("") {
            *description = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: Value) -> RoleSpec {
        serde_json::from_value(value).expect("a role")
    }

    #[test]
    fn assumed_by_is_one_service_or_a_list() {
        assert_eq!(read(json!({"assumed_by": "a.b"})).assumed_by, Some(Principals(vec!["a.b".to_owned()])));
        let two = read(json!({"assumed_by": ["a.b", "c.d"]}));
        assert_eq!(serde_json::to_value(&two).expect("a tree")["assumed_by"], json!(["a.b", "c.d"]));
        let refused = serde_json::from_value::<RoleSpec>(json!({"assumed_by": 3})).expect_err("not a number");
        assert!(refused.to_string().contains("a service such as"), "{refused}");
    }

    #[test]
    fn services_become_a_trust_policy() {
        let env = Environment::new("123456789012", "eu-central-1");
        let mut role = read(json!({"assumed_by": ["b.amazonaws.com", "a.amazonaws.com", "b.amazonaws.com"]}));
        role.normalize(&env);
        assert_eq!(role.assumed_by, None);
        let policy = role.assume_role_policy.as_ref().expect("a policy");
        assert_eq!(policy["Statement"][0]["Principal"], json!({"Service": ["a.amazonaws.com", "b.amazonaws.com"]}));
        assert_eq!((role.path.as_str(), role.max_session_duration), ("/", 3600));
    }

    #[test]
    fn aws_managed_policies_are_written_by_name() {
        let env = Environment::new("123456789012", "cn-north-1");
        let arn = policy_arn("service-role/X", &env);
        assert_eq!(arn, "arn:aws-cn:iam::aws:policy/service-role/X");
        assert_eq!(policy_name(&arn, &env), "service-role/X");
        for other in ["arn:aws:iam::aws:policy/X", "arn:aws-cn:iam::123456789012:policy/X"] {
            assert_eq!(policy_arn(&policy_name(other, &env), &env), other);
        }
    }
}
