//! The shared look-ups.

use std::collections::{BTreeMap, BTreeSet};

use futures::future;

use crate::aws::ec2::{self, Filter};
use crate::aws::{Aws, CallError};
use crate::kind::{Facts, RouteTable, SecurityGroup, SharedLookup, Subnet, Vpc};

/// The largest number of values of a filter.
/// Source: EC2 user guide, "List and filter using the CLI and API": 50 filters and 200 values per filter in a request.
const FILTER_VALUES: usize = 200;

/// Makes the look-ups that are needed, in parallel.
pub(super) async fn look_up(lookups: &BTreeSet<SharedLookup>, aws: &Aws) -> Result<Facts, CallError> {
    let wants = |lookup| lookups.contains(&lookup);
    // The subnets tell the default VPC, since only that has default subnets; they are asked about it first.
    // Source: VPC User Guide, "Default VPCs".
    let by_subnets = wants(SharedLookup::Vpcs) && wants(SharedLookup::Subnets);
    let ids = Ids::of(lookups, aws);
    // Reading all subnets reads these as well.
    let subnet_ids = if wants(SharedLookup::Subnets) { Vec::new() } else { ids.subnets.values().cloned().collect() };
    let group_ids: Vec<String> = ids.security_groups.values().cloned().collect();
    let required = future::try_join4(
        async { if wants(SharedLookup::Vpcs) && !by_subnets { vpcs(aws).await } else { Ok(Vec::new()) } },
        async { if wants(SharedLookup::RouteTables) { route_tables(aws).await } else { Ok(Vec::new()) } },
        async { if wants(SharedLookup::Subnets) { subnets(None, aws).await } else { Ok(Vec::new()) } },
        async {
            let named_default = filter("group-name", &["default".to_owned()]);
            if wants(SharedLookup::DefaultSecurityGroups) {
                security_groups(named_default, aws).await
            } else {
                Ok(Vec::new())
            }
        },
    );
    let by_id = future::join(
        future::try_join_all(subnet_ids.chunks(FILTER_VALUES).map(|ids| subnets(Some(filter("subnet-id", ids)), aws))),
        future::try_join_all(group_ids.chunks(FILTER_VALUES).map(|ids| security_groups(filter("group-id", ids), aws))),
    );
    let (required, (subnets_by_id, groups_by_id)) = future::join(required, by_id).await;
    let (mut known_vpcs, route_tables, mut subnets, default_security_groups) = required?;
    if by_subnets {
        known_vpcs = match vpcs_of(&subnets) {
            Some(known) => known,
            None => vpcs(aws).await?,
        };
    }
    let vpcs = known_vpcs;
    let mut facts = Facts { vpcs, route_tables, default_security_groups, ..Facts::default() };
    if let Some(found) = or_unread(SharedLookup::Subnet, subnets_by_id, &mut facts.unread)? {
        subnets.extend(found);
        facts.missing.extend(absent(&ids.subnets, subnets.iter().map(|subnet| &subnet.id)));
    }
    subnets.sort_by(|one, other| one.id.cmp(&other.id));
    facts.subnets = subnets;
    if let Some(mut found) = or_unread(SharedLookup::SecurityGroup, groups_by_id, &mut facts.unread)? {
        facts.missing.extend(absent(&ids.security_groups, found.iter().map(|group| &group.id)));
        found.sort_by(|one, other| one.id.cmp(&other.id));
        facts.security_groups = found;
    }
    Ok(facts.known_by(|id| aws.vault().mask(id)))
}

/// The ids to look up, by the text of the file: the digest if it is sensitive.
#[derive(Default)]
struct Ids {
    subnets: BTreeMap<String, String>,
    security_groups: BTreeMap<String, String>,
}

impl Ids {
    fn of(lookups: &BTreeSet<SharedLookup>, aws: &Aws) -> Self {
        let mut ids = Self::default();
        let open = |id: &String| aws.vault().open(id).unwrap_or_else(|| id.clone());
        for lookup in lookups {
            match lookup {
                SharedLookup::Subnet(id) => drop(ids.subnets.insert(id.clone(), open(id))),
                SharedLookup::SecurityGroup(id) => drop(ids.security_groups.insert(id.clone(), open(id))),
                _ => {}
            }
        }
        ids
    }
}

/// The ids that were not found, as the file gives them.
fn absent<'a>(ids: &BTreeMap<String, String>, found: impl Iterator<Item = &'a String>) -> Vec<String> {
    let found: BTreeSet<&String> = found.collect();
    ids.iter().filter(|(_, id)| !found.contains(id)).map(|(given, _)| given.clone()).collect()
}

/// The result of a look-up by id. It only checks ids: if it is denied, or the endpoint does not support it, the reason is
/// recorded, and its result is unknown.
fn or_unread<T>(
    lookup: fn(String) -> SharedLookup,
    answers: Result<Vec<Vec<T>>, CallError>,
    unread: &mut BTreeMap<&'static str, String>,
) -> Result<Option<Vec<T>>, CallError> {
    let action = lookup(String::new()).action();
    let reason = match answers {
        Ok(found) => return Ok(Some(found.into_iter().flatten().collect())),
        Err(error) if error.is_unsupported() => format!("the endpoint does not support {}", error.operation),
        Err(error) if error.is_denied() => format!("{action} is not allowed"),
        Err(error) => return Err(error),
    };
    unread.insert(action, reason);
    Ok(None)
}

fn filter(name: &str, values: &[String]) -> Filter {
    Filter { name: name.to_owned(), values: values.to_vec() }
}

async fn vpcs(aws: &Aws) -> Result<Vec<Vpc>, CallError> {
    let vpc = |vpc: ec2::Vpc| Vpc { id: vpc.id.unwrap_or_default(), is_default: vpc.is_default.unwrap_or_default() };
    let mut found: Vec<Vpc> = aws.ec2().describe_vpcs().await?.into_iter().map(vpc).collect();
    found.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(found)
}

/// The VPCs of subnets; `None` if none of them is the default one, which may have no subnets.
fn vpcs_of(subnets: &[Subnet]) -> Option<Vec<Vpc>> {
    let mut found: BTreeMap<&str, bool> = BTreeMap::new();
    for subnet in subnets {
        *found.entry(&subnet.vpc).or_default() |= subnet.is_default_for_az;
    }
    let vpcs = || found.iter().map(|(id, is_default)| Vpc { id: (*id).to_owned(), is_default: *is_default }).collect();
    found.values().any(|is_default| *is_default).then(vpcs)
}

async fn route_tables(aws: &Aws) -> Result<Vec<RouteTable>, CallError> {
    let table = |table: ec2::RouteTable| RouteTable {
        id: table.id.unwrap_or_default(),
        vpc: table.vpc_id.unwrap_or_default(),
        is_main: table.is_main,
    };
    let mut found: Vec<RouteTable> = aws.ec2().describe_route_tables().await?.into_iter().map(table).collect();
    found.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(found)
}

async fn subnets(only: Option<Filter>, aws: &Aws) -> Result<Vec<Subnet>, CallError> {
    let subnet = |subnet: ec2::Subnet| Subnet {
        id: subnet.id.unwrap_or_default(),
        vpc: subnet.vpc_id.unwrap_or_default(),
        availability_zone: subnet.availability_zone.unwrap_or_default(),
        is_default_for_az: subnet.default_for_az.unwrap_or_default(),
    };
    Ok(aws.ec2().describe_subnets(only.as_slice()).await?.into_iter().map(subnet).collect())
}

async fn security_groups(only: Filter, aws: &Aws) -> Result<Vec<SecurityGroup>, CallError> {
    let group = |group: ec2::SecurityGroup| SecurityGroup {
        id: group.id.unwrap_or_default(),
        vpc: group.vpc_id.unwrap_or_default(),
    };
    let found = aws.ec2().describe_security_groups(&[only]).await?;
    let mut found: Vec<SecurityGroup> = found.into_iter().map(group).collect();
    found.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(found)
}
