//! Shared look-ups: facts of the account that several resources need, read once in a run.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::pending;

/// A look-up that a spec asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SharedLookup {
    /// The VPCs of the region.
    Vpcs,
    /// Their route tables.
    RouteTables,
    /// Their subnets.
    Subnets,
    /// The security groups named `default`, one for each VPC.
    DefaultSecurityGroups,
    /// The subnet with an id of the file. All ids are one call; none if [`SharedLookup::Subnets`] is made as well.
    Subnet(String),
    /// The security group with an id of the file. All ids are one call.
    SecurityGroup(String),
}

impl SharedLookup {
    /// The IAM action that the look-up needs, which takes no resource.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Vpcs => "ec2:DescribeVpcs",
            Self::RouteTables => "ec2:DescribeRouteTables",
            Self::Subnets | Self::Subnet(_) => DESCRIBE_SUBNETS,
            Self::DefaultSecurityGroups | Self::SecurityGroup(_) => DESCRIBE_SECURITY_GROUPS,
        }
    }

    /// Returns true if a spec can't be resolved without it. The result of another one is unknown if it fails.
    pub fn is_required(&self) -> bool {
        !matches!(self, Self::Subnet(_) | Self::SecurityGroup(_))
    }
}

const DESCRIBE_SUBNETS: &str = "ec2:DescribeSubnets";
const DESCRIBE_SECURITY_GROUPS: &str = "ec2:DescribeSecurityGroups";

/// A VPC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vpc {
    /// The id, `vpc-…`.
    pub id: String,
    /// True if it is the region's default VPC.
    pub is_default: bool,
}

/// A route table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteTable {
    /// The id, `rtb-…`.
    pub id: String,
    /// Its VPC.
    pub vpc: String,
    /// True if it is the VPC's main route table.
    pub is_main: bool,
}

/// A subnet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subnet {
    /// The id, `subnet-…`.
    pub id: String,
    /// Its VPC.
    pub vpc: String,
    /// The zone, such as `eu-central-1a`.
    pub availability_zone: String,
    /// True if it is its zone's default subnet.
    pub is_default_for_az: bool,
}

/// A security group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityGroup {
    /// The id, `sg-…`.
    pub id: String,
    /// Its VPC.
    pub vpc: String,
}

/// The results of the look-ups, each sorted by id. A look-up that no resource needs stays empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// [`SharedLookup::Vpcs`]
    pub vpcs: Vec<Vpc>,
    /// [`SharedLookup::RouteTables`]
    pub route_tables: Vec<RouteTable>,
    /// [`SharedLookup::Subnets`] and [`SharedLookup::Subnet`]
    pub subnets: Vec<Subnet>,
    /// [`SharedLookup::DefaultSecurityGroups`]
    pub default_security_groups: Vec<SecurityGroup>,
    /// [`SharedLookup::SecurityGroup`]
    pub security_groups: Vec<SecurityGroup>,
    /// The ids that were looked up and do not exist, as the file gives them.
    pub missing: BTreeSet<String>,
    /// The IAM action of a look-up by id that failed → the reason.
    pub unread: BTreeMap<&'static str, String>,
    /// Digest → id of a VPC, subnet or security group, for a file that takes the id from a sensitive source.
    pub masks: BTreeMap<String, String>,
}

impl Facts {
    /// Adds the digests of the ids of VPCs, subnets and security groups, so that they are found by these, too.
    #[must_use]
    pub fn known_by(mut self, mask: impl Fn(&str) -> String) -> Self {
        let vpcs = self.vpcs.iter().map(|vpc| &vpc.id);
        let vpcs = vpcs.chain(self.route_tables.iter().map(|table| &table.vpc));
        let vpcs = vpcs.chain(self.subnets.iter().map(|subnet| &subnet.vpc));
        let groups = || self.default_security_groups.iter().chain(&self.security_groups);
        let vpcs = vpcs.chain(groups().map(|group| &group.vpc));
        let ids = vpcs.chain(self.subnets.iter().map(|subnet| &subnet.id)).chain(groups().map(|group| &group.id));
        self.masks = ids.map(|id| (mask(id), id.clone())).collect();
        self
    }

    /// The id that a digest stands for; any other id as it is.
    pub fn plain<'a>(&'a self, id: &'a str) -> &'a str {
        self.masks.get(id).map_or(id, String::as_str)
    }

    /// The subnet with an id.
    pub fn subnet(&self, id: &str) -> Option<&Subnet> {
        self.subnets.iter().find(|subnet| subnet.id == self.plain(id))
    }

    /// The security group with an id.
    pub fn security_group(&self, id: &str) -> Option<&SecurityGroup> {
        let id = self.plain(id);
        self.security_groups.iter().chain(&self.default_security_groups).find(|group| group.id == id)
    }

    /// The VPC of a subnet; its digest if the subnet is given by one.
    pub fn vpc_of(&self, subnet: &str) -> Option<&str> {
        let vpc = self.subnet(subnet)?.vpc.as_str();
        let mask = || self.masks.iter().find(|(_, id)| *id == vpc).map(|(mask, _)| mask.as_str());
        if self.masks.contains_key(subnet) { mask() } else { Some(vpc) }
    }

    /// The Availability Zones of subnets, sorted, each once; the reason if one is not known.
    pub fn availability_zones(&self, subnets: &[String]) -> Result<BTreeSet<&str>, String> {
        let zone = |id: &String| match self.subnet(id) {
            Some(subnet) if !subnet.availability_zone.is_empty() => Ok(subnet.availability_zone.as_str()),
            Some(_) => Err(format!("AWS gives no zone of {}", pending::display(id))),
            None if self.missing.contains(id) => Err(format!("{} does not exist", pending::display(id))),
            None => Err(self.unread.get(DESCRIBE_SUBNETS).cloned().unwrap_or_else(|| {
                // Ids of what is live are not looked up.
                format!("{} was not looked up", pending::display(id))
            })),
        };
        subnets.iter().map(zone).collect()
    }

    /// The region's default VPC.
    pub fn default_vpc(&self) -> Option<&str> {
        self.vpcs.iter().find(|vpc| vpc.is_default).map(|vpc| vpc.id.as_str())
    }

    /// The route tables of a VPC.
    pub fn route_tables_of<'a>(&'a self, vpc: &'a str) -> impl Iterator<Item = &'a RouteTable> {
        let vpc = self.plain(vpc);
        self.route_tables.iter().filter(move |table| table.vpc == vpc)
    }

    /// The subnets of a VPC.
    pub fn subnets_of<'a>(&'a self, vpc: &'a str) -> impl Iterator<Item = &'a Subnet> {
        let vpc = self.plain(vpc);
        self.subnets.iter().filter(move |subnet| subnet.vpc == vpc)
    }

    /// The default security group of a VPC.
    pub fn default_security_group_of(&self, vpc: &str) -> Option<&str> {
        let vpc = self.plain(vpc);
        self.default_security_groups.iter().find(|group| group.vpc == vpc).map(|group| group.id.as_str())
    }
}
