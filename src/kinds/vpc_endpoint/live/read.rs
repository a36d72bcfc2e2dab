//! Reads endpoints: one call lists them all, for reading and for finding orphans.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{DnsRecordIpType, IpAddressType, VpcEndpoint as Endpoint};
use serde_json::Value;

use super::super::access::endpoint_arn;
use super::super::identity::ID;
use super::super::spec::{EndpointType, Selection, VpcEndpointSpec};
use super::choose::{Candidate, choose};
use crate::aws::{Aws, CallError};
use crate::base::Outputs;
use crate::kind::{Context, Identity, Kind, Observed, ReadOutcome, UnmanagedFeature};
use crate::kinds::vpc_endpoint::VpcEndpoint;

const OPERATION: &str = "DescribeVpcEndpoints";

pub(super) async fn all_endpoints(aws: &Aws) -> Result<Vec<Endpoint>, CallError> {
    let mut pages = aws.ec2().describe_vpc_endpoints().into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(one) = pages.next().await {
        found.push(one.map_err(|error| CallError::of("ec2", OPERATION, &error))?);
    }
    Ok(found)
}

/// The endpoint with an id; `None` if there is none.
pub(super) async fn endpoint(id: &str, aws: &Aws) -> Result<Option<Endpoint>, CallError> {
    let answer = aws.ec2().describe_vpc_endpoints().vpc_endpoint_ids(id).send().await;
    match answer.map_err(|error| CallError::of("ec2", OPERATION, &error)) {
        Ok(answer) => Ok(answer.vpc_endpoints.unwrap_or_default().into_iter().next()),
        Err(error) if error.is(NOT_FOUND) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The codes for an endpoint that does not exist.
/// Source: EC2 API reference, "Error codes for the Amazon EC2 API".
pub(super) const NOT_FOUND: &[&str] = &["InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound"];

/// The state in lower case: the API's answers and its documentation differ in that.
pub(super) fn state_of(endpoint: &Endpoint) -> String {
    endpoint.state().map(|state| state.as_str().to_ascii_lowercase()).unwrap_or_default()
}

/// Returns whether an endpoint counts: those that are being deleted, or whose creation failed, don't.
pub(super) fn is_there(endpoint: &Endpoint) -> bool {
    !["deleting", "deleted", "failed"].contains(&state_of(endpoint).as_str())
}

/// All tags, those that AWS sets itself included.
pub(super) fn tags_of(endpoint: &Endpoint) -> BTreeMap<String, String> {
    let pair =
        |tag: &aws_sdk_ec2::types::Tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()));
    endpoint.tags().iter().filter_map(pair).collect()
}

pub(super) async fn read_many(ids: &[Identity], aws: &Aws) -> Vec<Result<ReadOutcome<VpcEndpointSpec>, CallError>> {
    if ids.is_empty() {
        return Vec::new();
    }
    let endpoints = if aws.vpc_endpoints().is_first_reader() {
        aws.vpc_endpoints().get(|| all_endpoints(aws)).await.map(<[_]>::to_vec)
    } else {
        all_endpoints(aws).await
    };
    let endpoints: Vec<Endpoint> = match endpoints {
        Ok(endpoints) => endpoints.into_iter().filter(is_there).collect(),
        Err(error) => return ids.iter().map(|_| Err(error.clone())).collect(),
    };
    let candidates: Vec<Candidate> = endpoints.iter().map(candidate).collect();
    let chosen = choose(ids, &candidates);
    let reading = |one: Result<Option<&Candidate>, String>| match one {
        Err(message) => Err(CallError::unexpected(OPERATION, message)),
        Ok(None) => Ok(ReadOutcome::absent()),
        Ok(Some(candidate)) => {
            let found = endpoints.iter().find(|one| one.vpc_endpoint_id() == Some(&candidate.id));
            found.map_or_else(|| Ok(ReadOutcome::absent()), |one| observe(one, aws).map(ReadOutcome::found))
        }
    };
    chosen.into_iter().map(reading).collect()
}

fn candidate(endpoint: &Endpoint) -> Candidate {
    let owned = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Candidate {
        id: owned(endpoint.vpc_endpoint_id()),
        vpc: owned(endpoint.vpc_id()),
        service: owned(endpoint.service_name()),
        kind: type_of(endpoint).to_owned(),
        route_tables: endpoint.route_table_ids().to_vec(),
        tags: tags_of(endpoint),
    }
}

/// The type as the API spells it; `Gateway` if the answer has none.
fn type_of(endpoint: &Endpoint) -> &str {
    endpoint.vpc_endpoint_type().map_or(EndpointType::Gateway.api(), |kind| kind.as_str())
}

fn observe(endpoint: &Endpoint, aws: &Aws) -> Result<Observed<VpcEndpointSpec>, CallError> {
    let id = endpoint.vpc_endpoint_id().unwrap_or_default().to_owned();
    let of_type = |kind: EndpointType| type_of(endpoint).eq_ignore_ascii_case(kind.api());
    let kind = if of_type(EndpointType::Gateway) {
        EndpointType::Gateway
    } else if of_type(EndpointType::Interface) {
        EndpointType::Interface
    } else {
        let message = format!("`{id}` is an endpoint of the type {}, which underpin can't manage", type_of(endpoint));
        return Err(CallError::unexpected(OPERATION, message));
    };
    let gateway = kind == EndpointType::Gateway;
    let policy = endpoint.policy_document().filter(|text| !text.trim().is_empty());
    let policy: Option<Value> = policy
        .map(serde_json::from_str)
        .transpose()
        .map_err(|_| CallError::unexpected(OPERATION, format!("the policy of `{id}` can't be read")))?;
    let groups = endpoint.groups().iter().filter_map(|group| group.group_id().map(str::to_owned));
    let mut spec = VpcEndpointSpec {
        service: endpoint.service_name().unwrap_or_default().to_owned(),
        kind: Some(kind),
        vpc: endpoint.vpc_id().unwrap_or_default().to_owned(),
        route_tables: gateway.then(|| Selection::Ids(endpoint.route_table_ids().to_vec())),
        policy,
        subnets: (!gateway).then(|| Selection::Ids(endpoint.subnet_ids().to_vec())),
        security_groups: (!gateway).then(|| Selection::Ids(groups.collect())),
        private_dns: (!gateway).then(|| endpoint.private_dns_enabled().unwrap_or_default()),
        tags: tags_of(endpoint),
    };
    VpcEndpoint::normalize(&mut spec, &Context { name: &id, env: aws.env(), facts: None })
        .map_err(|_| CallError::unexpected(OPERATION, format!("`{id}` can't be understood")))?;
    let outputs = Outputs::from([(ID.to_owned(), id.clone()), ("arn".to_owned(), endpoint_arn(&id, aws.env()))]);
    Ok(Observed { spec, outputs, unique_id: id, unmanaged: unmanaged(endpoint, aws) })
}

/// The features that `stack.yaml` can't express.
fn unmanaged(endpoint: &Endpoint, aws: &Aws) -> Vec<UnmanagedFeature> {
    let mut unmanaged = Vec::new();
    let mut add =
        |feature: &str, detail: String| unmanaged.push(UnmanagedFeature { feature: feature.to_owned(), detail });
    if let Some(kind) = endpoint.ip_address_type().map(IpAddressType::as_str).filter(|kind| *kind != "ipv4") {
        add("IP address type", kind.to_owned());
    }
    if let Some(options) = endpoint.dns_options() {
        let kind = options.dns_record_ip_type().map(DnsRecordIpType::as_str);
        if let Some(kind) = kind.filter(|kind| !["ipv4", "service-defined"].contains(kind)) {
            add("DNS record type", kind.to_owned());
        }
        if options.private_dns_only_for_inbound_resolver_endpoint() == Some(true) {
            add("private DNS", "only for inbound resolver endpoints".to_owned());
        }
    }
    if endpoint.requester_managed() == Some(true) {
        add("managed by a service", "an AWS service made this endpoint and manages it".to_owned());
    }
    if let Some(region) = endpoint.service_region().filter(|region| *region != aws.env().region) {
        add("service of another region", region.to_owned());
    }
    if let Some(owner) = endpoint.owner_id().filter(|owner| *owner != aws.env().account) {
        add("owner", format!("it belongs to the account {owner}"));
    }
    let prefixes: Vec<&str> = (endpoint.ipv4_prefixes().iter().chain(endpoint.ipv6_prefixes()))
        .flat_map(|one| one.ip_prefixes().iter().map(String::as_str))
        .collect();
    if !prefixes.is_empty() {
        add("IP prefixes", prefixes.join(", "));
    }
    if !endpoint.payer_responsibilities().is_empty() {
        add("payer responsibilities", "who pays for what is set".to_owned());
    }
    let state = state_of(endpoint);
    if !["available", "pending", "pendingacceptance", "partial", ""].contains(&state.as_str()) {
        add("state", state);
    }
    unmanaged
}
