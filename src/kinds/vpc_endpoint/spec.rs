//! The properties of a VPC endpoint that an author may write.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use crate::kind::{ShortForm, from_any_form, policy_schema, unknown_word};

/// The word for the default of the region or the VPC.
pub(super) const DEFAULT: &str = "default";

/// A VPC endpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VpcEndpointSpec {
    /// The service: short, such as `dynamodb`, for one of AWS in the stack's region; or its full name.
    #[schemars(length(min = 1, max = 256), regex(pattern = r"^[A-Za-z0-9._-]+$"))]
    pub service: String,
    /// The endpoint's type. Default: `gateway` for `dynamodb` and `s3`, else `interface`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<EndpointType>,
    /// The VPC: `default` for the region's default VPC, or its id. Default: `default`.
    #[serde(default = "default_vpc")]
    #[schemars(regex(pattern = r"^(default|vpc-[0-9a-f]+)$"))]
    pub vpc: String,
    /// Gateway endpoints: the route tables that get a route to the service: `all` of the VPC, its `main` one, or
    /// a list of ids. Default: `all`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route_tables: Option<Selection<RouteTables>>,
    /// The endpoint policy: the path of a file, or the document in place. Without one, AWS's default holds: full
    /// access.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "endpoint_policy_schema")]
    pub policy: Option<Value>,
    /// Interface endpoints: the subnets, at most one in each availability zone: a list of ids, or `default` for
    /// those of the VPC. Default: `default`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnets: Option<Selection<Subnets>>,
    /// Interface endpoints: the security groups: a list of ids, or `default` for the VPC's own. Default:
    /// `default`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_groups: Option<Selection<SecurityGroups>>,
    /// Interface endpoints: whether the service's public name resolves to the endpoint within the VPC. Default:
    /// true for services of AWS, else false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_dns: Option<bool>,
    /// Tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

fn default_vpc() -> String {
    DEFAULT.to_owned()
}

fn endpoint_policy_schema(_: &mut SchemaGenerator) -> Schema {
    let mut schema = policy_schema();
    schema.insert("anyOf".to_owned(), json!([{"type": "string"}, {"type": "object"}, {"type": "null"}]));
    let text = "The endpoint policy: the path of a file, or the document in place. Without one, AWS's default holds: \
                full access.";
    schema.insert("description".to_owned(), json!(text));
    schema
}

/// The type of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum EndpointType {
    /// Routes to a prefix list; for DynamoDB and S3.
    Gateway,
    /// Network interfaces in subnets.
    Interface,
}

impl EndpointType {
    /// The type's name in the EC2 API.
    pub fn api(self) -> &'static str {
        match self {
            Self::Gateway => "Gateway",
            Self::Interface => "Interface",
        }
    }
}

/// The words that may replace a list of ids.
pub trait Words: Copy + Eq + fmt::Debug + Send + Sync + 'static {
    /// Each word with its spelling.
    const WORDS: &'static [(&'static str, Self)];
    /// The pattern of an id.
    const ID: &'static str;
    /// The noun, such as `route table`.
    const NOUN: &'static str;
}

/// Words for route tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouteTables {
    /// All tables of the VPC at the time of the plan.
    All,
    /// The main table.
    Main,
}

impl Words for RouteTables {
    const WORDS: &'static [(&'static str, Self)] = &[("all", Self::All), ("main", Self::Main)];
    const ID: &'static str = "^rtb-[0-9a-f]+$";
    const NOUN: &'static str = "route table";
}

/// Words for subnets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subnets {
    /// One in each availability zone of the VPC.
    Default,
}

impl Words for Subnets {
    const WORDS: &'static [(&'static str, Self)] = &[(DEFAULT, Self::Default)];
    const ID: &'static str = "^subnet-[0-9a-f]+$";
    const NOUN: &'static str = "subnet";
}

/// Words for security groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecurityGroups {
    /// The VPC's default group.
    Default,
}

impl Words for SecurityGroups {
    const WORDS: &'static [(&'static str, Self)] = &[(DEFAULT, Self::Default)];
    const ID: &'static str = "^sg-[0-9a-f]+$";
    const NOUN: &'static str = "security group";
}

/// Ids, as a list or by a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection<W> {
    /// A word.
    Word(W),
    /// A list.
    Ids(Vec<String>),
}

impl<W> Selection<W> {
    /// The ids, if they are listed.
    pub fn ids(&self) -> &[String] {
        match self {
            Self::Ids(ids) => ids,
            Self::Word(_) => &[],
        }
    }
}

impl<W: Words> Serialize for Selection<W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Ids(ids) => ids.serialize(serializer),
            Self::Word(word) => {
                let spelling = W::WORDS.iter().find(|(_, other)| other == word).map(|(text, _)| *text);
                spelling.unwrap_or(DEFAULT).serialize(serializer)
            }
        }
    }
}

impl<'de, W: Words> Deserialize<'de> for Selection<W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_any_form(deserializer)
    }
}

impl<W: Words> ShortForm for Selection<W> {
    fn forms(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (word, _) in W::WORDS {
            write!(f, "`{word}`, ")?;
        }
        write!(f, "or a list of {} ids", W::NOUN)
    }

    fn from_word<E: Error>(word: &str) -> Result<Self, E> {
        let known = W::WORDS.iter().find(|(known, _)| *known == word);
        known.map(|(_, word)| Self::Word(*word)).ok_or_else(|| unknown_word::<Self, E>(word))
    }

    fn from_list<'de, D: Deserializer<'de>>(list: D) -> Result<Self, D::Error> {
        Vec::deserialize(list).map(Self::Ids)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<&str> = W::WORDS.iter().map(|(word, _)| *word).collect();
        json_schema!({
            "anyOf": [
                {"type": "string", "enum": words},
                {"type": "array", "items": {"type": "string", "pattern": W::ID}, "minItems": 1, "uniqueItems": true}
            ]
        })
    }
}

impl<W: Words> JsonSchema for Selection<W> {
    fn schema_name() -> Cow<'static, str> {
        format!("Selection of {}s", W::NOUN).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Self::schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_and_lists_round_trip() {
        for tree in [
            json!({"service": "dynamodb", "vpc": "default", "route_tables": "all"}),
            json!({"service": "s3", "type": "gateway", "vpc": "vpc-1", "route_tables": ["rtb-1"]}),
            json!({"service": "sqs", "vpc": "default", "subnets": "default", "security_groups": ["sg-1"],
                "private_dns": false}),
        ] {
            let spec: VpcEndpointSpec = serde_json::from_value(tree.clone()).expect("an endpoint");
            assert_eq!(serde_json::to_value(&spec).expect("a tree"), tree);
        }
    }

    #[test]
    fn unknown_keyword_is_refused_with_the_valid_ones() {
        let refused = serde_json::from_value::<VpcEndpointSpec>(json!({"service": "s3", "route_tables": "mian"}));
        let text = refused.expect_err("no such word").to_string();
        assert!(text.contains("`all`, `main`, or a list of route table ids"), "{text}");
    }
}
