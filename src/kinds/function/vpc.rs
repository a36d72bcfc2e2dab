//! The VPC of a function: `default`, or lists of ids.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::base::{Problem, pending};
use crate::kind::{Facts, SharedLookup, ShortForm, short_form, unknown_word};
use crate::path;

/// The subnets and security groups of a function's network interfaces.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vpc {
    /// `default` for the default subnets of the region's default VPC, or a list of ids.
    #[serde(default)]
    #[schemars(schema_with = "subnets_schema")]
    pub subnets: Choice,
    /// `default` for the VPC's default security group, or a list of ids.
    #[serde(default)]
    #[schemars(schema_with = "groups_schema")]
    pub security_groups: Choice,
}

/// `default`, or ids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Choice {
    /// The account's defaults.
    #[default]
    Default,
    /// These ids.
    Ids(Vec<String>),
}

impl Choice {
    /// The ids, once they are known.
    pub fn ids(&self) -> &[String] {
        match self {
            Self::Default => &[],
            Self::Ids(ids) => ids,
        }
    }

    fn settle(&mut self) {
        if let Self::Ids(ids) = self {
            ids.sort();
            ids.dedup();
        }
    }
}

impl Serialize for Choice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Default => serializer.serialize_str("default"),
            Self::Ids(ids) => ids.serialize(serializer),
        }
    }
}

short_form!(Choice);

impl ShortForm for Choice {
    const INLINE: bool = false;

    const FORMS: &'static str = "`default` or a list of ids";

    fn from_word<E: Error>(word: &str) -> Result<Self, E> {
        match word {
            "default" => Ok(Self::Default),
            _ => Err(unknown_word::<Self, E>(word)),
        }
    }

    fn from_list<'de, D: Deserializer<'de>>(list: D) -> Result<Self, D::Error> {
        Vec::deserialize(list).map(Self::Ids)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        choice("^.+$", 16)
    }
}

/// The schema of a choice. Limits: 16 subnets, 5 security groups. Source: API reference, `VpcConfig`.
fn choice(pattern: &str, most: u32) -> Schema {
    json_schema!({"anyOf": [
        {"type": "string", "enum": ["default"]},
        {"type": "array", "minItems": 1, "maxItems": most, "items": {"type": "string", "pattern": pattern}}
    ]})
}

fn subnets_schema(_: &mut SchemaGenerator) -> Schema {
    let mut schema = choice("^subnet-[0-9a-z]+$", 16);
    schema.insert(
        "description".to_owned(),
        "`default` for the default subnets of the region's default VPC, or a list of ids.".into(),
    );
    schema
}

fn groups_schema(_: &mut SchemaGenerator) -> Schema {
    let mut schema = choice("^sg-[0-9a-z]+$", 5);
    schema.insert("description".to_owned(), "`default` for the VPC's default security group, or a list of ids.".into());
    schema
}

impl Vpc {
    /// The look-ups that [`Vpc::resolve`] needs.
    pub fn lookups(&self) -> Vec<SharedLookup> {
        match (&self.subnets, &self.security_groups) {
            (Choice::Ids(_), Choice::Ids(_)) => Vec::new(),
            (Choice::Default, Choice::Ids(_)) => vec![SharedLookup::Vpcs, SharedLookup::Subnets],
            (_, Choice::Default) => {
                vec![SharedLookup::Vpcs, SharedLookup::Subnets, SharedLookup::DefaultSecurityGroups]
            }
        }
    }

    /// Replaces `default` by ids if there are facts, and sorts the lists.
    pub fn resolve(&mut self, facts: Option<&Facts>) -> Result<(), Vec<Problem>> {
        if let Some(facts) = facts {
            let mut problems = Vec::new();
            match self.vpc(facts) {
                Ok(vpc) => {
                    self.resolve_subnets(vpc, facts).unwrap_or_else(|problem| problems.push(problem));
                    self.resolve_groups(vpc, facts).unwrap_or_else(|problem| problems.push(problem));
                }
                Err(problem) => problems.extend(problem),
            }
            if !problems.is_empty() {
                return Err(problems);
            }
        }
        self.subnets.settle();
        self.security_groups.settle();
        Ok(())
    }

    /// The VPC whose defaults apply: that of the listed subnets, else the region's default VPC. An error
    /// only if a default is used.
    fn vpc<'f>(&self, facts: &'f Facts) -> Result<&'f str, Option<Problem>> {
        match (&self.subnets, &self.security_groups) {
            (Choice::Ids(_), Choice::Ids(_)) => Ok(""),
            (Choice::Ids(ids), Choice::Default) => {
                let mut known = ids.iter().filter(|id| !pending::is_pending(id));
                let subnet = known.find_map(|id| facts.subnet(id));
                subnet.map(|subnet| subnet.vpc.as_str()).ok_or_else(|| {
                    let message = "none of these subnets exists in this region, so their VPC's default security group \
                                   is unknown";
                    Some(Problem::new(path!["vpc", "subnets"], message).hint("list security groups, too"))
                })
            }
            (Choice::Default, _) => facts.default_vpc().ok_or_else(|| {
                Some(
                    Problem::new(path!["vpc", "subnets"], "this region has no default VPC")
                        .hint("list the ids of subnets and security groups"),
                )
            }),
        }
    }

    fn resolve_subnets(&mut self, vpc: &str, facts: &Facts) -> Result<(), Problem> {
        if self.subnets == Choice::Default {
            let ids: Vec<_> = facts
                .subnets_of(vpc)
                .filter(|subnet| subnet.is_default_for_az)
                .map(|subnet| subnet.id.clone())
                .collect();
            if ids.is_empty() {
                let message = format!("the default VPC `{vpc}` has no default subnets");
                return Err(Problem::new(path!["vpc", "subnets"], message).hint("list the ids of subnets"));
            }
            self.subnets = Choice::Ids(ids);
        }
        Ok(())
    }

    fn resolve_groups(&mut self, vpc: &str, facts: &Facts) -> Result<(), Problem> {
        if self.security_groups == Choice::Default {
            let group = facts.default_security_group_of(vpc).ok_or_else(|| {
                let message = format!("no default security group was found in VPC `{vpc}`");
                Problem::new(path!["vpc", "security_groups"], message).hint("list the ids of security groups")
            })?;
            self.security_groups = Choice::Ids(vec![group.to_owned()]);
        }
        Ok(())
    }
}
