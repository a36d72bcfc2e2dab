//! The API calls of a change of an endpoint.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::identity::ID;
use super::op::{CreateVpcEndpoint, ModifyVpcEndpoint, VpcEndpointOp};
use super::resolve::{full_access, type_of};
use super::service;
use super::spec::{EndpointType, Selection, VpcEndpointSpec};
use crate::base::{Address, PropertyPath};
use crate::kind::tags;
use crate::kind::{Change, Difference, Observed, PlannedOperation, StepContext, policy_text};
use crate::kinds::ec2_tags::{self, TagSpecification};
use crate::path;

pub(super) fn steps(change: Change<'_, VpcEndpointSpec>, cx: &StepContext<'_>) -> Vec<PlannedOperation<VpcEndpointOp>> {
    match change {
        Change::Create { after } => vec![create(after, cx)],
        Change::Update { before, after, differences } => update(before, after, differences, cx),
        Change::Delete { before, backup: _ } => {
            let vpc_endpoint_ids = vec![id_of(before)];
            vec![PlannedOperation::new(VpcEndpointOp::DeleteVpcEndpoints { vpc_endpoint_ids }, [PropertyPath::root()])]
        }
    }
}

fn id_of(before: &Observed<VpcEndpointSpec>) -> String {
    before.outputs.get(ID).unwrap_or(&before.unique_id).clone()
}

fn ids<W>(selection: Option<&Selection<W>>) -> Vec<String> {
    selection.map(|selection| selection.ids().to_vec()).unwrap_or_default()
}

fn create(after: &VpcEndpointSpec, cx: &StepContext<'_>) -> PlannedOperation<VpcEndpointOp> {
    let VpcEndpointSpec {
        service: name,
        kind: _,
        vpc,
        route_tables,
        policy,
        subnets,
        security_groups,
        private_dns,
        tags,
    } = after;
    let kind = type_of(after, cx.env);
    let tags = tags::listed(tags);
    let input = CreateVpcEndpoint {
        vpc_endpoint_type: kind.api().to_owned(),
        vpc_id: vpc.clone(),
        service_name: service::full(name, kind == EndpointType::Gateway, cx.env),
        policy_document: policy.as_ref().map(policy_text),
        route_table_ids: ids(route_tables.as_ref()),
        subnet_ids: ids(subnets.as_ref()),
        security_group_ids: ids(security_groups.as_ref()),
        private_dns_enabled: *private_dns,
        client_token: client_token(cx.token, cx.address),
        tag_specifications: if tags.is_empty() {
            Vec::new()
        } else {
            vec![TagSpecification { resource_type: "vpc-endpoint".to_owned(), tags }]
        },
    };
    PlannedOperation::new(VpcEndpointOp::CreateVpcEndpoint(input), [PropertyPath::root()])
}

/// The idempotency token: the same for the same plan and address; two endpoints of a plan must not share one.
/// Source: EC2 API reference, "Ensuring idempotency": at most 64 characters.
fn client_token(token: &str, address: &Address) -> String {
    let digest = Sha256::digest(format!("{token}\n{address}").as_bytes());
    digest.iter().take(16).fold("underpin-".to_owned(), |mut token, byte| {
        let _ = write!(token, "{byte:02x}");
        token
    })
}

/// The ids to add, and the ids to remove.
fn changed<W>(before: Option<&Selection<W>>, after: Option<&Selection<W>>) -> (Vec<String>, Vec<String>) {
    let (before, after) = (ids(before), ids(after));
    let added = after.iter().filter(|id| !before.contains(id)).cloned().collect();
    let removed = before.iter().filter(|id| !after.contains(id)).cloned().collect();
    (added, removed)
}

fn update(
    before: &Observed<VpcEndpointSpec>,
    after: &VpcEndpointSpec,
    differences: &[Difference],
    cx: &StepContext<'_>,
) -> Vec<PlannedOperation<VpcEndpointOp>> {
    let VpcEndpointSpec {
        // These can only be set at creation.
        service: _,
        kind: _,
        vpc: _,
        route_tables,
        policy,
        subnets,
        security_groups,
        private_dns,
        tags: _,
    } = after;
    let live = &before.spec;
    let id = id_of(before);
    let differs = |key: &str| differences.iter().any(|difference| difference.is_in(key));
    let mut covers = Vec::new();
    let mut input = ModifyVpcEndpoint { vpc_endpoint_id: id.clone(), ..ModifyVpcEndpoint::default() };
    if differs("policy") {
        covers.push(path!["policy"]);
        match (policy, type_of(after, cx.env)) {
            (Some(policy), _) => input.policy_document = Some(policy_text(policy)),
            (None, EndpointType::Gateway) => input.reset_policy = Some(true),
            // Source: EC2 API reference, `ModifyVpcEndpoint`: `ResetPolicy` is for gateway endpoints.
            (None, EndpointType::Interface) => input.policy_document = Some(policy_text(&full_access())),
        }
    }
    if differs("route_tables") {
        covers.push(path!["route_tables"]);
        (input.add_route_table_ids, input.remove_route_table_ids) =
            changed(live.route_tables.as_ref(), route_tables.as_ref());
    }
    if differs("subnets") {
        covers.push(path!["subnets"]);
        (input.add_subnet_ids, input.remove_subnet_ids) = changed(live.subnets.as_ref(), subnets.as_ref());
    }
    if differs("security_groups") {
        covers.push(path!["security_groups"]);
        (input.add_security_group_ids, input.remove_security_group_ids) =
            changed(live.security_groups.as_ref(), security_groups.as_ref());
    }
    if differs("private_dns") {
        covers.push(path!["private_dns"]);
        input.private_dns_enabled = *private_dns;
    }
    let mut moves = Vec::new();
    if !covers.is_empty() {
        moves.push(PlannedOperation::new(VpcEndpointOp::ModifyVpcEndpoint(input), covers).after([]));
    }
    if differs("tags") {
        let set = |resources, tags| VpcEndpointOp::CreateTags { resources, tags };
        let remove = |resources, tags| VpcEndpointOp::DeleteTags { resources, tags };
        moves.extend(ec2_tags::changes(&id, &live.tags, &after.tags, set, remove));
    }
    moves
}

pub(super) fn warnings(change: Change<'_, VpcEndpointSpec>, differences: &[Difference]) -> Vec<String> {
    let mut warnings = Vec::new();
    let interface = |spec: &VpcEndpointSpec| spec.kind == Some(EndpointType::Interface);
    match change {
        // Source: AWS PrivateLink pricing; VPC PrivateLink guide, "Gateway endpoints", routing.
        Change::Create { after } if interface(after) => {
            let zones = ids(after.subnets.as_ref()).len();
            warnings.push(format!(
                "an interface endpoint is billed by the hour in each of its {zones} availability zones, and by the \
                 amount of data"
            ));
        }
        Change::Create { .. } => warnings.push(
            "open connections to the service from the subnets of these route tables are cut as their routes change"
                .to_owned(),
        ),
        Change::Update { .. } if differences.iter().any(|d| d.path == path!["route_tables"]) => warnings.push(
            "open connections to the service from the subnets of the route tables that change are cut".to_owned(),
        ),
        Change::Delete { before, .. } => warnings.push(if interface(&before.spec) {
            "what reached the service through this endpoint needs another way: a NAT gateway or public addresses"
                .to_owned()
        } else {
            "subnets without a NAT or internet gateway lose the service when this endpoint is deleted".to_owned()
        }),
        Change::Update { .. } => {}
    }
    warnings
}

#[cfg(test)]
#[path = "steps_tests.rs"]
mod tests;
