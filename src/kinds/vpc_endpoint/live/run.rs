//! The calls that change endpoints, each with a wait until it has taken effect.

use super::super::access::endpoint_arn;
use super::super::identity::ID;
use super::super::op::{CreateVpcEndpoint, ModifyVpcEndpoint, VpcEndpointOp};
use super::read;
use crate::aws::ec2::{Ec2Input, UnsuccessfulItem, VpcEndpoint};
use crate::aws::{Aws, CallError, WaitLimits, until};
use crate::base::Outputs;
use crate::kind::unsealed_policy;
use crate::kinds::ec2_tags;

impl Ec2Input for CreateVpcEndpoint {
    const OPERATION: &'static str = "CreateVpcEndpoint";
    type Answer = Option<VpcEndpoint>;
}

impl Ec2Input for ModifyVpcEndpoint {
    const OPERATION: &'static str = "ModifyVpcEndpoint";
    type Answer = ();
}

/// The time limit of a wait: gateways are created in seconds, interfaces in minutes.
const PATIENCE: WaitLimits = WaitLimits::seconds(600);

pub(super) async fn run(op: VpcEndpointOp, aws: &Aws) -> Result<Outputs, CallError> {
    match op {
        VpcEndpointOp::CreateVpcEndpoint(input) => return create(input, aws).await,
        VpcEndpointOp::ModifyVpcEndpoint(input) => modify(input, aws).await?,
        VpcEndpointOp::CreateTags { resources, tags } => {
            aws.ec2().create_tags(&resources, &ec2_tags::pairs(&tags)).await?;
        }
        VpcEndpointOp::DeleteTags { resources, tags } => {
            aws.ec2().delete_tags(&resources, &ec2_tags::keys(&tags)).await?;
        }
        VpcEndpointOp::DeleteVpcEndpoints { vpc_endpoint_ids } => delete(&vpc_endpoint_ids, aws).await?,
    }
    Ok(Outputs::new())
}

/// The text of a policy with its sensitive values in place.
fn open(operation: &str, text: Option<&String>, aws: &Aws) -> Result<Option<String>, CallError> {
    let unexpected =
        || CallError::unexpected(operation, "a sensitive value of this plan is not in its source any more");
    text.map(|text| unsealed_policy(text, aws.vault()).ok_or_else(unexpected)).transpose()
}

async fn create(input: CreateVpcEndpoint, aws: &Aws) -> Result<Outputs, CallError> {
    const OPERATION: &str = CreateVpcEndpoint::OPERATION;
    let policy_document = open(OPERATION, input.policy_document.as_ref(), aws)?;
    let made = aws.ec2().call(&CreateVpcEndpoint { policy_document, ..input }).await?;
    let id = made.and_then(|endpoint| endpoint.id);
    let id = id.ok_or_else(|| CallError::unexpected(OPERATION, "the answer holds no endpoint"))?;
    settled(OPERATION, &id, aws, |_| true).await?;
    Ok(Outputs::from([("arn".to_owned(), endpoint_arn(&id, aws.env())), (ID.to_owned(), id)]))
}

async fn modify(input: ModifyVpcEndpoint, aws: &Aws) -> Result<(), CallError> {
    const OPERATION: &str = ModifyVpcEndpoint::OPERATION;
    let policy_document = open(OPERATION, input.policy_document.as_ref(), aws)?;
    let input = ModifyVpcEndpoint { policy_document, ..input };
    aws.ec2().call(&input).await?;
    settled(OPERATION, &input.vpc_endpoint_id, aws, |endpoint| has(endpoint, &input)).await
}

/// Returns whether an endpoint has the changes of a call.
fn has(endpoint: &VpcEndpoint, wanted: &ModifyVpcEndpoint) -> bool {
    let fits = |live: &[String], add: &[String], remove: &[String]| {
        add.iter().all(|id| live.contains(id)) && !remove.iter().any(|id| live.contains(id))
    };
    fits(&endpoint.route_table_ids, &wanted.add_route_table_ids, &wanted.remove_route_table_ids)
        && fits(&endpoint.subnet_ids, &wanted.add_subnet_ids, &wanted.remove_subnet_ids)
        && fits(&endpoint.group_ids, &wanted.add_security_group_ids, &wanted.remove_security_group_ids)
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
                let reason = endpoint.failure.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
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
    let unsuccessful = match aws.ec2().delete_vpc_endpoints(ids).await {
        Err(error) if error.is(read::NOT_FOUND) => return Ok(()),
        other => other?,
    };
    for UnsuccessfulItem { resource_id, code, message } in unsuccessful {
        let message = message.as_deref().unwrap_or("no message");
        let message = format!("{}: {message}", resource_id.as_deref().unwrap_or("?"));
        let failed = CallError::within("ec2", OPERATION, code.as_deref(), &message);
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
