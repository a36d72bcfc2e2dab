//! The shared look-ups.

use std::collections::BTreeSet;

use futures::future;

use crate::aws::{Aws, CallError};
use crate::kind::{Facts, RouteTable, SecurityGroup, SharedLookup, Subnet, Vpc};

/// Makes the look-ups that are needed, in parallel.
pub(super) async fn look_up(lookups: &BTreeSet<SharedLookup>, aws: &Aws) -> Result<Facts, CallError> {
    let wants = |need| lookups.contains(&need);
    let (vpcs, route_tables, subnets, default_security_groups) = future::try_join4(
        async { if wants(SharedLookup::Vpcs) { vpcs(aws).await } else { Ok(Vec::new()) } },
        async { if wants(SharedLookup::RouteTables) { route_tables(aws).await } else { Ok(Vec::new()) } },
        async { if wants(SharedLookup::Subnets) { subnets(aws).await } else { Ok(Vec::new()) } },
        async { if wants(SharedLookup::DefaultSecurityGroups) { security_groups(aws).await } else { Ok(Vec::new()) } },
    )
    .await?;
    let facts = Facts { vpcs, route_tables, subnets, default_security_groups, ..Facts::default() };
    Ok(facts.known_by(|id| aws.vault().mask(id)))
}

fn owned(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}

async fn vpcs(aws: &Aws) -> Result<Vec<Vpc>, CallError> {
    let mut pages = aws.ec2().describe_vpcs().into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::of("ec2", "DescribeVpcs", &error))?;
        found.extend(
            page.vpcs()
                .iter()
                .map(|vpc| Vpc { id: owned(vpc.vpc_id()), is_default: vpc.is_default().unwrap_or_default() }),
        );
    }
    found.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(found)
}

async fn route_tables(aws: &Aws) -> Result<Vec<RouteTable>, CallError> {
    let mut pages = aws.ec2().describe_route_tables().into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::of("ec2", "DescribeRouteTables", &error))?;
        found.extend(page.route_tables().iter().map(|table| RouteTable {
            id: owned(table.route_table_id()),
            vpc: owned(table.vpc_id()),
            is_main: table.associations().iter().any(|association| association.main().unwrap_or_default()),
        }));
    }
    found.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(found)
}

async fn subnets(aws: &Aws) -> Result<Vec<Subnet>, CallError> {
    let mut pages = aws.ec2().describe_subnets().into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::of("ec2", "DescribeSubnets", &error))?;
        found.extend(page.subnets().iter().map(|subnet| Subnet {
            id: owned(subnet.subnet_id()),
            vpc: owned(subnet.vpc_id()),
            availability_zone: owned(subnet.availability_zone()),
            is_default_for_az: subnet.default_for_az().unwrap_or_default(),
        }));
    }
    found.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(found)
}

async fn security_groups(aws: &Aws) -> Result<Vec<SecurityGroup>, CallError> {
    let by_name = aws_sdk_ec2::types::Filter::builder().name("group-name").values("default").build();
    let mut pages = aws.ec2().describe_security_groups().filters(by_name).into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::of("ec2", "DescribeSecurityGroups", &error))?;
        found.extend(
            page.security_groups()
                .iter()
                .map(|group| SecurityGroup { id: owned(group.group_id()), vpc: owned(group.vpc_id()) }),
        );
    }
    found.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(found)
}
