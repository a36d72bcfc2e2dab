//! The calls that change endpoints, each with a wait until it has taken effect.

use aws_sdk_ec2::types::{ResourceType, Tag as SdkTag, TagSpecification as SdkTags, VpcEndpoint, VpcEndpointType};

use super::super::access::endpoint_arn;
use super::super::identity::ID;
use super::super::op::{CreateVpcEndpoint, ModifyVpcEndpoint, VpcEndpointOp};
use super::read;
use crate::aws::{Aws, CallError, WaitLimits, until};
use crate::base::Outputs;
use crate::kind::tags::Tag;
use crate::kind::unsealed_policy;

/// The time limit of a wait: gateways are created in seconds, interfaces in minutes.
const PATIENCE: WaitLimits = WaitLimits::seconds(600);

pub(super) async fn run(op: VpcEndpointOp, aws: &Aws) -> Result<Outputs, CallError> {
    let ec2 = aws.ec2();
    match op {
        VpcEndpointOp::CreateVpcEndpoint(input) => return create(input, aws).await,
        VpcEndpointOp::ModifyVpcEndpoint(input) => modify(input, aws).await?,
        VpcEndpointOp::CreateTags { resources, tags } => {
            let call = ec2.create_tags().set_resources(Some(resources)).set_tags(Some(sdk_tags(&tags)));
            call.send().await.map_err(|error| CallError::of("ec2", "CreateTags", &error))?;
        }
        VpcEndpointOp::DeleteTags { resources, tags } => {
            let keys = tags.into_iter().map(|tag| SdkTag::builder().key(tag.key).build()).collect();
            let call = ec2.delete_tags().set_resources(Some(resources)).set_tags(Some(keys));
            call.send().await.map_err(|error| CallError::of("ec2", "DeleteTags", &error))?;
        }
        VpcEndpointOp::DeleteVpcEndpoints { vpc_endpoint_ids } => delete(&vpc_endpoint_ids, aws).await?,
    }
    Ok(Outputs::new())
}

fn sdk_tags(tags: &[Tag]) -> Vec<SdkTag> {
    tags.iter().map(|tag| SdkTag::builder().key(&tag.key).value(&tag.value).build()).collect()
}

/// The text of a policy with its sensitive values in place.
fn open(operation: &str, text: Option<&String>, aws: &Aws) -> Result<Option<String>, CallError> {
    let unexpected =
        || CallError::unexpected(operation, "a sensitive value of this plan is not in its source any more");
    text.map(|text| unsealed_policy(text, aws.vault()).ok_or_else(unexpected)).transpose()
}

fn listed(ids: Vec<String>) -> Option<Vec<String>> {
    (!ids.is_empty()).then_some(ids)
}

async fn create(input: CreateVpcEndpoint, aws: &Aws) -> Result<Outputs, CallError> {
    const OPERATION: &str = "CreateVpcEndpoint";
    let policy = open(OPERATION, input.policy_document.as_ref(), aws)?;
    let tags = |tags: &[Tag]| {
        SdkTags::builder().resource_type(ResourceType::VpcEndpoint).set_tags(Some(sdk_tags(tags))).build()
    };
    let tags: Vec<SdkTags> = input.tag_specifications.iter().map(|one| tags(&one.tags)).collect();
    let call = aws
        .ec2()
        .create_vpc_endpoint()
        .vpc_endpoint_type(VpcEndpointType::from(input.vpc_endpoint_type.as_str()))
        .vpc_id(input.vpc_id)
        .service_name(input.service_name)
        .set_policy_document(policy)
        .set_route_table_ids(listed(input.route_table_ids))
        .set_subnet_ids(listed(input.subnet_ids))
        .set_security_group_ids(listed(input.security_group_ids))
        .set_private_dns_enabled(input.private_dns_enabled)
        .client_token(input.client_token)
        .set_tag_specifications((!tags.is_empty()).then_some(tags));
    let answer = call.send().await.map_err(|error| CallError::of("ec2", OPERATION, &error))?;
    let id = answer.vpc_endpoint.and_then(|endpoint| endpoint.vpc_endpoint_id);
    let id = id.ok_or_else(|| CallError::unexpected(OPERATION, "the answer holds no endpoint"))?;
    settled(OPERATION, &id, aws, |_| true).await?;
    Ok(Outputs::from([("arn".to_owned(), endpoint_arn(&id, aws.env())), (ID.to_owned(), id)]))
}

async fn modify(input: ModifyVpcEndpoint, aws: &Aws) -> Result<(), CallError> {
    const OPERATION: &str = "ModifyVpcEndpoint";
    let policy = open(OPERATION, input.policy_document.as_ref(), aws)?;
    let wanted = input.clone();
    let call = aws
        .ec2()
        .modify_vpc_endpoint()
        .vpc_endpoint_id(&wanted.vpc_endpoint_id)
        .set_reset_policy(input.reset_policy)
        .set_policy_document(policy)
        .set_add_route_table_ids(listed(input.add_route_table_ids))
        .set_remove_route_table_ids(listed(input.remove_route_table_ids))
        .set_add_subnet_ids(listed(input.add_subnet_ids))
        .set_remove_subnet_ids(listed(input.remove_subnet_ids))
        .set_add_security_group_ids(listed(input.add_security_group_ids))
        .set_remove_security_group_ids(listed(input.remove_security_group_ids))
        .set_private_dns_enabled(input.private_dns_enabled);
    call.send().await.map_err(|error| CallError::of("ec2", OPERATION, &error))?;
    settled(OPERATION, &wanted.vpc_endpoint_id, aws, |endpoint| has(endpoint, &wanted)).await
}

/// Returns whether an endpoint has the changes of a call.
fn has(endpoint: &VpcEndpoint, wanted: &ModifyVpcEndpoint) -> bool {
    let fits = |live: &[String], add: &[String], remove: &[String]| {
        add.iter().all(|id| live.contains(id)) && !remove.iter().any(|id| live.contains(id))
    };
    let groups: Vec<String> = endpoint.groups().iter().filter_map(|group| group.group_id.clone()).collect();
    fits(endpoint.route_table_ids(), &wanted.add_route_table_ids, &wanted.remove_route_table_ids)
        && fits(endpoint.subnet_ids(), &wanted.add_subnet_ids, &wanted.remove_subnet_ids)
        && fits(&groups, &wanted.add_security_group_ids, &wanted.remove_security_group_ids)
}

/// Waits until an endpoint is available and as desired. One that waits for acceptance by its service's owner is
/// counts as available.
async fn settled(
    operation: &str,
    id: &str,
    aws: &Aws,
    is_wanted: impl Fn(&VpcEndpoint) -> bool + Sync,
) -> Result<(), CallError> {
    let is_wanted = &is_wanted;
    until(operation, &format!("{id} to be available"), PATIENCE, || async move {
        let Some(endpoint) = read::endpoint(id, aws).await? else { return Ok(None) };
        match read::state_of(&endpoint).as_str() {
            "rejected" | "failed" | "expired" | "deleting" | "deleted" => {
                let reason = endpoint.last_error().and_then(|error| error.message()).or(endpoint.failure_reason());
                let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
                let state = read::state_of(&endpoint);
                Err(CallError::unexpected(operation, format!("{id} is {state}{reason}")))
            }
            "pending" => Ok(None),
            _ => Ok(is_wanted(&endpoint).then_some(())),
        }
    })
    .await
}

/// Deletes endpoints. Entries that could not be deleted come in an answer that succeeds.
/// Source: EC2 API reference, `DeleteVpcEndpoints`, `unsuccessful`.
async fn delete(ids: &[String], aws: &Aws) -> Result<(), CallError> {
    const OPERATION: &str = "DeleteVpcEndpoints";
    let answer = aws.ec2().delete_vpc_endpoints().set_vpc_endpoint_ids(Some(ids.to_vec())).send().await;
    let answer = match answer.map_err(|error| CallError::of("ec2", OPERATION, &error)) {
        Err(error) if error.is(read::NOT_FOUND) => return Ok(()),
        other => other?,
    };
    for item in answer.unsuccessful() {
        let error = item.error();
        let code = error.and_then(|error| error.code()).map(str::to_owned);
        let message = error.and_then(|error| error.message()).unwrap_or("no message");
        let mut failed = CallError::unexpected(OPERATION, format!("{}: {message}", item.resource_id().unwrap_or("?")));
        "ec2".clone_into(&mut failed.service);
        failed.code = code;
        if !failed.is(read::NOT_FOUND) {
            return Err(failed);
        }
    }
    for id in ids {
        until(OPERATION, &format!("{id} to be gone"), PATIENCE, || async move {
            let left = read::endpoint(id, aws).await?;
            match left.as_ref().map(read::state_of).as_deref() {
                None | Some("deleted") => Ok(Some(())),
                Some("failed") => Err(CallError::unexpected(OPERATION, format!("{id} failed to be deleted"))),
                Some(_) => Ok(None),
            }
        })
        .await?;
    }
    Ok(())
}
