//! Reads endpoints: one call lists them all, for reading and for finding orphans.

use serde_json::Value;

use super::super::access::endpoint_arn;
use super::super::identity::ID;
use super::super::spec::{EndpointType, Selection, VpcEndpointSpec};
use super::choose::{Candidate, choose};
use crate::aws::ec2::VpcEndpoint as Endpoint;
use crate::aws::{Aws, CallError};
use crate::base::Outputs;
use crate::kind::{Context, Identity, Kind, Observed, ReadOutcome, UnmanagedFeature};
use crate::kinds::vpc_endpoint::VpcEndpoint;

const OPERATION: &str = "DescribeVpcEndpoints";

pub(super) async fn all_endpoints(aws: &Aws) -> Result<Vec<Endpoint>, CallError> {
    aws.ec2().describe_vpc_endpoints(&[]).await
}

/// The endpoint with an id; `None` if there is none.
pub(super) async fn endpoint(id: &str, aws: &Aws) -> Result<Option<Endpoint>, CallError> {
    match aws.ec2().describe_vpc_endpoints(&[id]).await {
        Ok(found) => Ok(found.into_iter().next()),
        Err(error) if error.is(NOT_FOUND) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The codes for an endpoint that does not exist.
/// Source: EC2 API reference, "Error codes for the Amazon EC2 API".
pub(super) const NOT_FOUND: &[&str] = &["InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound"];

/// The state in lower case: the API's answers and its documentation differ in that.
pub(super) fn state_of(endpoint: &Endpoint) -> String {
    endpoint.state.as_deref().map(str::to_ascii_lowercase).unwrap_or_default()
}

/// Returns whether an endpoint counts: those that are being deleted, or whose creation failed, don't.
pub(super) fn is_there(endpoint: &Endpoint) -> bool {
    !["deleting", "deleted", "failed"].contains(&state_of(endpoint).as_str())
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
            let found = endpoints.iter().find(|one| one.id.as_ref() == Some(&candidate.id));
            found.map_or_else(|| Ok(ReadOutcome::absent()), |one| observe(one, aws).map(ReadOutcome::found))
        }
    };
    chosen.into_iter().map(reading).collect()
}

fn candidate(endpoint: &Endpoint) -> Candidate {
    let owned = |text: &Option<String>| text.clone().unwrap_or_default();
    Candidate {
        id: owned(&endpoint.id),
        vpc: owned(&endpoint.vpc_id),
        service: owned(&endpoint.service_name),
        kind: type_of(endpoint).to_owned(),
        route_tables: endpoint.route_table_ids.clone(),
        tags: endpoint.tags.clone(),
    }
}

/// The type as the API spells it; `Gateway` if the answer has none.
fn type_of(endpoint: &Endpoint) -> &str {
    endpoint.kind.as_deref().unwrap_or(EndpointType::Gateway.api())
}

fn observe(endpoint: &Endpoint, aws: &Aws) -> Result<Observed<VpcEndpointSpec>, CallError> {
    let id = endpoint.id.clone().unwrap_or_default();
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
    let policy = endpoint.policy_document.as_deref().filter(|text| !text.trim().is_empty());
    let policy: Option<Value> = policy
        .map(serde_json::from_str)
        .transpose()
        .map_err(|_| CallError::unexpected(OPERATION, format!("the policy of `{id}` can't be read")))?;
    let mut spec = VpcEndpointSpec {
        service: endpoint.service_name.clone().unwrap_or_default(),
        kind: Some(kind),
        vpc: endpoint.vpc_id.clone().unwrap_or_default(),
        route_tables: gateway.then(|| Selection::Ids(endpoint.route_table_ids.clone())),
        policy,
        subnets: (!gateway).then(|| Selection::Ids(endpoint.subnet_ids.clone())),
        security_groups: (!gateway).then(|| Selection::Ids(endpoint.group_ids.clone())),
        private_dns: (!gateway).then(|| endpoint.private_dns_enabled.unwrap_or_default()),
        tags: endpoint.tags.clone(),
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
    if let Some(kind) = endpoint.ip_address_type.as_deref().filter(|kind| *kind != "ipv4") {
        add("IP address type", kind.to_owned());
    }
    let kind = endpoint.dns_options.record_ip_type.as_deref();
    if let Some(kind) = kind.filter(|kind| !["ipv4", "service-defined"].contains(kind)) {
        add("DNS record type", kind.to_owned());
    }
    if endpoint.dns_options.private_dns_only_for_inbound_resolver_endpoint == Some(true) {
        add("private DNS", "only for inbound resolver endpoints".to_owned());
    }
    if endpoint.requester_managed == Some(true) {
        add("managed by a service", "an AWS service made this endpoint and manages it".to_owned());
    }
    if let Some(region) = endpoint.service_region.as_ref().filter(|region| **region != aws.env().region) {
        add("service of another region", region.clone());
    }
    if let Some(owner) = endpoint.owner_id.as_ref().filter(|owner| **owner != aws.env().account) {
        add("owner", format!("it belongs to the account {owner}"));
    }
    if !endpoint.ip_prefixes.is_empty() {
        add("IP prefixes", endpoint.ip_prefixes.join(", "));
    }
    if endpoint.has_payer_responsibilities {
        add("payer responsibilities", "who pays for what is set".to_owned());
    }
    let state = state_of(endpoint);
    if !["available", "pending", "pendingacceptance", "partial", ""].contains(&state.as_str()) {
        add("state", state);
    }
    unmanaged
}
