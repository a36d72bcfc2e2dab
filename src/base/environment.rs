//! The partition, account and region of a stack.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The partition, account and region that a command works on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema, Deserialize)]
pub struct Environment {
    /// `aws`, `aws-cn`, `aws-us-gov` …
    pub partition: String,
    /// Twelve digits.
    pub account: String,
    /// Such as `eu-central-1`.
    pub region: String,
    /// Marks the values here that are only placeholders for unknown ones.
    #[serde(skip)]
    stand_in: StandIn,
}

/// The parts of an [`Environment`] that are only placeholders for values not known offline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct StandIn {
    account: bool,
    /// The region, and the partition with it.
    region: bool,
}

impl Environment {
    /// Makes an environment; the partition follows from the region.
    pub fn new(account: impl Into<String>, region: impl Into<String>) -> Self {
        let region = region.into();
        let partition = partition_of(&region).name.to_owned();
        Self { partition, account: account.into(), region, stand_in: StandIn::default() }
    }

    /// Makes an environment for work offline, with harmless placeholders for the values that are not known.
    pub fn assumed(account: Option<String>, region: Option<String>) -> Self {
        let stand_in = StandIn { account: account.is_none(), region: region.is_none() };
        let account = account.unwrap_or_else(|| "000000000000".to_owned());
        let region = region.unwrap_or_else(|| PARTITIONS[0].home.to_owned());
        Self { stand_in, ..Self::new(account, region) }
    }

    /// Marks the region as a placeholder for one that can't be read.
    #[must_use]
    pub fn in_unknown_region(mut self) -> Self {
        self.stand_in.region = true;
        self
    }

    /// The account, unless it is a placeholder.
    pub fn known_account(&self) -> Option<&str> {
        (!self.stand_in.account).then_some(&self.account)
    }

    /// The region, unless it is a placeholder.
    pub fn known_region(&self) -> Option<&str> {
        (!self.stand_in.region).then_some(&self.region)
    }

    /// The partition, unless the region is a placeholder.
    pub fn known_partition(&self) -> Option<&str> {
        (!self.stand_in.region).then_some(&self.partition)
    }

    /// The region that has the partition's global services.
    pub fn home_region(&self) -> &'static str {
        let [usual, ..] = &PARTITIONS;
        PARTITIONS.iter().find(|partition| partition.name == self.partition).unwrap_or(usual).home
    }

    /// The ARN of a regional resource of this account.
    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}:{}:{resource}", self.partition, self.region, self.account)
    }

    /// The ARN of a global resource of this account, such as an IAM role (which has no region).
    pub fn global_arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}::{}:{resource}", self.partition, self.account)
    }
}

/// A part of AWS with accounts of its own.
struct Partition {
    name: &'static str,
    /// The prefix of its regions' names.
    prefix: &'static str,
    /// The region of its global services.
    home: &'static str,
}

/// The partitions. A region that has none of the other prefixes is in the first one.
/// Source: botocore, `endpoints.json` and `partitions.json` (`regionRegex`, `implicitGlobalRegion`).
const PARTITIONS: [Partition; 8] = [
    Partition { name: "aws", prefix: "", home: "us-east-1" },
    Partition { name: "aws-cn", prefix: "cn-", home: "cn-northwest-1" },
    Partition { name: "aws-us-gov", prefix: "us-gov-", home: "us-gov-west-1" },
    Partition { name: "aws-iso", prefix: "us-iso-", home: "us-iso-east-1" },
    Partition { name: "aws-iso-b", prefix: "us-isob-", home: "us-isob-east-1" },
    Partition { name: "aws-iso-e", prefix: "eu-isoe-", home: "eu-isoe-west-1" },
    Partition { name: "aws-iso-f", prefix: "us-isof-", home: "us-isof-south-1" },
    Partition { name: "aws-eusc", prefix: "eusc-", home: "eusc-de-east-1" },
];

/// The partition of a region, by its prefix.
fn partition_of(region: &str) -> &'static Partition {
    let [usual, others @ ..] = &PARTITIONS;
    others.iter().find(|partition| region.starts_with(partition.prefix)).unwrap_or(usual)
}

/// Returns whether a text is the number of an account. Source: AWS Account Management Reference Guide, "View AWS
/// account identifiers".
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The value of the tag `underpin:scope`: environment name and region, so that a stack in a second region never takes
/// an account-wide resource (a role) of the first for one that was removed from the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope(String);

impl Scope {
    /// The name used where no environment was given; no environment may have this name.
    pub const UNNAMED: &str = "default";

    /// The scope of an environment's name (`default` where none was given) and a region.
    pub fn new(environment: Option<&str>, region: &str) -> Self {
        Self(format!("{}/{region}", environment.unwrap_or(Self::UNNAMED)))
    }

    /// The tag's value.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every region of the smaller partitions in botocore's `endpoints.json`, and one of each prefix of the first.
    #[test]
    fn every_region_maps_to_its_partition_and_home_region() {
        let regions = [
            ("aws", "us-east-1", "af-south-1 ap-east-1 ca-west-1 eu-central-1 il-central-1 me-south-1 mx-central-1"),
            ("aws", "us-east-1", "sa-east-1 us-east-1 us-west-2"),
            ("aws-cn", "cn-northwest-1", "cn-north-1 cn-northwest-1"),
            ("aws-us-gov", "us-gov-west-1", "us-gov-east-1 us-gov-west-1"),
            ("aws-iso", "us-iso-east-1", "us-iso-east-1 us-iso-west-1"),
            ("aws-iso-b", "us-isob-east-1", "us-isob-east-1 us-isob-west-1"),
            ("aws-iso-e", "eu-isoe-west-1", "eu-isoe-west-1"),
            ("aws-iso-f", "us-isof-south-1", "us-isof-east-1 us-isof-south-1"),
            ("aws-eusc", "eusc-de-east-1", "eusc-de-east-1"),
        ];
        for (partition, home, regions) in regions {
            for region in regions.split(' ') {
                let env = Environment::new("123456789012", region);
                assert_eq!((env.partition.as_str(), env.home_region()), (partition, home), "{region}");
                assert_eq!(Environment::new("123456789012", home).partition, partition);
            }
        }
        for Partition { name, .. } in &PARTITIONS {
            assert!(regions.iter().any(|(partition, ..)| partition == name), "{name} is not tested");
        }
    }
}
