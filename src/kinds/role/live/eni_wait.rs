//! Waits until Lambda has deleted the network interfaces that it made under a role.
//!
//! Lambda deletes a function's interfaces with the permissions of the function's role, up to 40 minutes after
//! the function is deleted. A role that is deleted first, or loses its policies first, leaves them behind for good.
//! Source: AWS Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC".

use std::collections::BTreeSet;

use super::super::op::{Filter, REQUESTER};
use crate::aws::ec2::{self, NetworkInterface};
use crate::aws::{Aws, CallError, WaitLimits, until};

const PATIENCE: WaitLimits = WaitLimits::seconds(45 * 60);

/// Returns once every interface is deleted, or shared with a function that still exists.
pub(super) async fn wait(filters: &[Filter], aws: &Aws) -> Result<(), CallError> {
    let what = "Lambda to delete the network interfaces that it made under this role (the role is kept)";
    until("DescribeNetworkInterfaces", what, PATIENCE, || async {
        let left = match interfaces(filters, aws).await {
            // An emulator without this filter has no interfaces of Lambda either.
            Err(error) if error.is_unsupported() => return Ok(Some(())),
            answer => answer?,
        };
        if left.is_empty() {
            return Ok(Some(()));
        }
        let used = used(aws).await?;
        Ok(left.iter().all(|one| is_shared(one, &used)).then_some(()))
    })
    .await
}

async fn interfaces(filters: &[Filter], aws: &Aws) -> Result<Vec<NetworkInterface>, CallError> {
    let filter = |Filter { name, values }: &Filter| ec2::Filter { name: name.clone(), values: values.clone() };
    let wanted: Vec<ec2::Filter> = filters.iter().map(filter).collect();
    let mut found = aws.ec2().describe_network_interfaces(&wanted).await?;
    // The `*` in the filter is a wildcard of AWS; a requester that only begins alike is somebody else.
    let owner = filters.iter().find(|filter| filter.name == REQUESTER).and_then(|filter| filter.values.first());
    let owner = owner.map(|owner| owner.trim_end_matches('*').to_owned()).unwrap_or_default();
    found.retain(|one| one.requester_id.as_ref().is_some_and(|id| id.starts_with(&owner)));
    Ok(found)
}

/// The subnets and security groups of the existing functions: those that agree in both share interfaces.
async fn used(aws: &Aws) -> Result<Vec<(BTreeSet<String>, BTreeSet<String>)>, CallError> {
    let mut pages = aws.lambda().list_functions().into_paginator().items().send();
    let mut used = Vec::new();
    while let Some(function) = pages.next().await {
        let function = function.map_err(|error| CallError::of("lambda", "ListFunctions", &error))?;
        if let Some(vpc) = function.vpc_config() {
            let set = |ids: &[String]| ids.iter().cloned().collect();
            used.push((set(vpc.subnet_ids()), set(vpc.security_group_ids())));
        }
    }
    Ok(used)
}

fn is_shared(interface: &NetworkInterface, used: &[(BTreeSet<String>, BTreeSet<String>)]) -> bool {
    let groups: BTreeSet<String> = interface.group_ids.iter().cloned().collect();
    let subnet = interface.subnet_id.as_deref().unwrap_or_default();
    used.iter().any(|(subnets, of)| subnets.contains(subnet) && *of == groups)
}
