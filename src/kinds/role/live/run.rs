//! The calls that change roles.

use aws_sdk_iam::types::Tag as SdkTag;

use super::super::op::RoleOp;
use super::{eni_wait, read};
use crate::aws::{Aws, CallError, Refusal, WaitLimits, int, or_gone, retry_while, until};
use crate::base::Outputs;
use crate::kind::tags::Tag;
use crate::kind::unsealed_policy;

/// The time that IAM may take until a change is visible to the next call.
/// Source: IAM user guide, "Changes that I make are not always immediately visible".
const SPREADING: WaitLimits = WaitLimits::seconds(30);

/// Two changes of one role at the same time.
const CONCURRENT: Refusal = Refusal::of(&["ConcurrentModification", "ConcurrentModificationException"]);
/// The role was created a moment ago.
const NEW_ROLE: Refusal = Refusal::of(&[NO_ENTITY]).saying(&["role with name"]);
/// A principal of the trust policy was created a moment ago.
const NEW_PRINCIPAL: Refusal = Refusal::of(&["MalformedPolicyDocument"]).saying(&["Invalid principal in policy"]);
/// A policy was detached or deleted a moment ago.
const NOT_EMPTY_YET: Refusal =
    Refusal::of(&["DeleteConflict"]).saying(&["must detach all policies", "must delete policies", "must remove roles"]);
const NO_ENTITY: &str = "NoSuchEntity";

/// Refusals of a call that sets something, which end when an earlier change is visible everywhere.
const SETTING: &[Refusal] = &[CONCURRENT, NEW_ROLE, NEW_PRINCIPAL];
/// The same of a call that removes something: a role that is not there is then no sign of a new one.
const REMOVAL: &[Refusal] = &[CONCURRENT, NOT_EMPTY_YET];
/// The role, or what is removed from it, does not exist. Source: IAM API reference, Errors of each operation.
const GONE: &[Refusal] = &[Refusal::of(&[NO_ENTITY])];

/// Makes one call; retries while an earlier change is not visible everywhere.
macro_rules! send {
    ($operation:literal, $call:expr) => {
        send!($operation, $call, SETTING)
    };
    ($operation:literal, $call:expr, $retryable:expr) => {
        retry_while(SPREADING, $retryable, || async {
            $call.send().await.map_err(|error| CallError::of("iam", $operation, &error))
        })
        .await
    };
}

/// The same for a call that removes something, which may be gone.
macro_rules! remove {
    ($operation:literal, $call:expr) => {
        or_gone(send!($operation, $call, REMOVAL), GONE)
    };
}

pub(super) async fn run(op: RoleOp, aws: &Aws) -> Result<Outputs, CallError> {
    let iam = aws.iam();
    let open = |operation: &str, text: &str| {
        unsealed_policy(text, aws.vault()).ok_or_else(|| {
            CallError::unexpected(operation, "a sensitive value of this plan is not in its source any more")
        })
    };
    match op {
        RoleOp::CreateRole { .. } => return create(op, aws).await,
        RoleOp::UpdateRole { role_name, description, max_session_duration } => {
            let seconds = int(max_session_duration);
            let call = iam.update_role().role_name(role_name).description(description).max_session_duration(seconds);
            send!("UpdateRole", call.clone())?;
        }
        RoleOp::UpdateAssumeRolePolicy { role_name, policy_document } => {
            let document = open("UpdateAssumeRolePolicy", &policy_document)?;
            let call = iam.update_assume_role_policy().role_name(role_name).policy_document(document);
            send!("UpdateAssumeRolePolicy", call.clone())?;
        }
        RoleOp::PutRolePolicy { role_name, policy_name, policy_document } => {
            let document = open("PutRolePolicy", &policy_document)?;
            let call = iam.put_role_policy().role_name(role_name).policy_name(policy_name).policy_document(document);
            send!("PutRolePolicy", call.clone())?;
        }
        RoleOp::DeleteRolePolicy { role_name, policy_name } => {
            let call = iam.delete_role_policy().role_name(role_name).policy_name(policy_name);
            remove!("DeleteRolePolicy", call.clone())?;
        }
        RoleOp::AttachRolePolicy { role_name, policy_arn } => {
            let call = iam.attach_role_policy().role_name(role_name).policy_arn(policy_arn);
            send!("AttachRolePolicy", call.clone())?;
        }
        RoleOp::DetachRolePolicy { role_name, policy_arn } => {
            let call = iam.detach_role_policy().role_name(role_name).policy_arn(policy_arn);
            remove!("DetachRolePolicy", call.clone())?;
        }
        RoleOp::PutRolePermissionsBoundary { role_name, permissions_boundary } => {
            let call = iam.put_role_permissions_boundary().role_name(role_name);
            send!("PutRolePermissionsBoundary", call.clone().permissions_boundary(&permissions_boundary))?;
        }
        RoleOp::DeleteRolePermissionsBoundary { role_name } => {
            let call = iam.delete_role_permissions_boundary().role_name(role_name);
            remove!("DeleteRolePermissionsBoundary", call.clone())?;
        }
        RoleOp::TagRole { role_name, tags } => {
            let call = iam.tag_role().role_name(role_name).set_tags(Some(sdk_tags("TagRole", tags)?));
            send!("TagRole", call.clone())?;
        }
        RoleOp::UntagRole { role_name, tag_keys } => {
            let call = iam.untag_role().role_name(role_name).set_tag_keys(Some(tag_keys));
            remove!("UntagRole", call.clone())?;
        }
        RoleOp::DescribeNetworkInterfaces { filters } => eni_wait::wait(&filters, aws).await?,
        RoleOp::RemoveRoleFromInstanceProfile { instance_profile_name, role_name } => {
            let call = iam.remove_role_from_instance_profile().role_name(role_name);
            let call = call.instance_profile_name(instance_profile_name);
            remove!("RemoveRoleFromInstanceProfile", call.clone())?;
        }
        RoleOp::DeleteRole { role_name } => {
            let call = iam.delete_role().role_name(&role_name);
            remove!("DeleteRole", call.clone())?;
            until("DeleteRole", "the role to be gone", SPREADING, || async {
                Ok(read::get_role(&role_name, aws).await?.is_none().then_some(()))
            })
            .await?;
        }
    }
    Ok(Outputs::new())
}

async fn create(op: RoleOp, aws: &Aws) -> Result<Outputs, CallError> {
    const OPERATION: &str = "CreateRole";
    let RoleOp::CreateRole {
        path,
        role_name,
        assume_role_policy_document,
        description,
        max_session_duration,
        permissions_boundary,
        tags,
    } = op
    else {
        return Err(CallError::unexpected(OPERATION, "this step is no creation of a role"));
    };
    let document = unsealed_policy(&assume_role_policy_document, aws.vault()).ok_or_else(|| {
        CallError::unexpected(OPERATION, "a sensitive value of this plan is not in its source any more")
    })?;
    let call = aws
        .iam()
        .create_role()
        .path(path)
        .role_name(&role_name)
        .assume_role_policy_document(document)
        .set_description(description)
        .max_session_duration(int(max_session_duration))
        .set_permissions_boundary(permissions_boundary)
        .set_tags((!tags.is_empty()).then(|| sdk_tags(OPERATION, tags)).transpose()?);
    send!("CreateRole", call.clone())?;
    let role = until(OPERATION, "the new role to be visible", SPREADING, || read::get_role(&role_name, aws)).await?;
    Ok(Outputs::from([
        ("name".to_owned(), role.role_name().to_owned()),
        ("arn".to_owned(), role.arn().to_owned()),
        ("id".to_owned(), role.role_id().to_owned()),
    ]))
}

fn sdk_tags(operation: &str, tags: Vec<Tag>) -> Result<Vec<SdkTag>, CallError> {
    let tag = |Tag { key, value }: Tag| {
        let tag = SdkTag::builder().key(key).value(value).build();
        tag.map_err(|error| CallError::unexpected(operation, error.to_string()))
    };
    tags.into_iter().map(tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(operation: &str, code: &str, message: &str) -> CallError {
        CallError { code: Some(code.to_owned()), ..CallError::unexpected(operation, message) }
    }

    #[test]
    fn only_propagation_errors_are_retried() {
        let missing = "The role with name r cannot be found.";
        assert!(error("AttachRolePolicy", NO_ENTITY, missing).is_any_of(SETTING));
        let other = "Policy x does not exist or is not attachable.";
        assert!(!error("AttachRolePolicy", NO_ENTITY, other).is_any_of(SETTING));
        for operation in ["DetachRolePolicy", "DeleteRole"] {
            assert!(!error(operation, NO_ENTITY, missing).is_any_of(REMOVAL));
        }
        assert!(!error("CreateRole", "AccessDenied", "with an explicit deny").is_any_of(SETTING));
        let principal = "Invalid principal in policy: \"AWS\":\"x\"";
        assert!(error("CreateRole", "MalformedPolicyDocument", principal).is_any_of(SETTING));
        assert!(!error("CreateRole", "MalformedPolicyDocument", "Syntax errors in policy.").is_any_of(SETTING));
        assert!(or_gone::<()>(Err(error("DeleteRole", NO_ENTITY, missing)), GONE).is_ok());
        assert!(or_gone::<()>(Err(error("DeleteRole", "AccessDenied", "")), GONE).is_err());
    }
}
