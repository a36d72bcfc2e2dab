//! The calls that change roles.

use aws_sdk_iam::types::Tag as SdkTag;

use super::super::op::{RoleOp, Tag};
use super::{eni_wait, read};
use crate::aws::{Aws, CallError, WaitLimits, int, retry_while, until};
use crate::base::Outputs;
use crate::kind::unsealed_policy;

/// The time that IAM may take until a change is visible to the next call.
/// Source: IAM user guide, "Changes that I make are not always immediately visible".
const SPREADING: WaitLimits = WaitLimits::seconds(30);

/// Makes one call; retries while it is refused because the role is new or another call is changing it.
macro_rules! send {
    ($operation:literal, $call:expr) => {
        retry_while(SPREADING, is_retryable, || async {
            $call.send().await.map_err(|error| CallError::of("iam", $operation, &error))
        })
        .await
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
            gone_is_done(send!("DeleteRolePolicy", call.clone()))?;
        }
        RoleOp::AttachRolePolicy { role_name, policy_arn } => {
            let call = iam.attach_role_policy().role_name(role_name).policy_arn(policy_arn);
            send!("AttachRolePolicy", call.clone())?;
        }
        RoleOp::DetachRolePolicy { role_name, policy_arn } => {
            let call = iam.detach_role_policy().role_name(role_name).policy_arn(policy_arn);
            gone_is_done(send!("DetachRolePolicy", call.clone()))?;
        }
        RoleOp::PutRolePermissionsBoundary { role_name, permissions_boundary } => {
            let call = iam.put_role_permissions_boundary().role_name(role_name);
            send!("PutRolePermissionsBoundary", call.clone().permissions_boundary(&permissions_boundary))?;
        }
        RoleOp::DeleteRolePermissionsBoundary { role_name } => {
            let call = iam.delete_role_permissions_boundary().role_name(role_name);
            gone_is_done(send!("DeleteRolePermissionsBoundary", call.clone()))?;
        }
        RoleOp::TagRole { role_name, tags } => {
            let call = iam.tag_role().role_name(role_name).set_tags(Some(sdk_tags("TagRole", tags)?));
            send!("TagRole", call.clone())?;
        }
        RoleOp::UntagRole { role_name, tag_keys } => {
            let call = iam.untag_role().role_name(role_name).set_tag_keys(Some(tag_keys));
            gone_is_done(send!("UntagRole", call.clone()))?;
        }
        RoleOp::DescribeNetworkInterfaces { filters } => eni_wait::wait(&filters, aws).await?,
        RoleOp::RemoveRoleFromInstanceProfile { instance_profile_name, role_name } => {
            let call = iam.remove_role_from_instance_profile().role_name(role_name);
            let call = call.instance_profile_name(instance_profile_name);
            gone_is_done(send!("RemoveRoleFromInstanceProfile", call.clone()))?;
        }
        RoleOp::DeleteRole { role_name } => {
            let call = iam.delete_role().role_name(&role_name);
            gone_is_done(send!("DeleteRole", call.clone()))?;
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

/// Returns whether a refusal comes from a change that is not visible everywhere yet: never a denial.
fn is_retryable(error: &CallError) -> bool {
    let says = |words: &[&str]| words.iter().any(|word| error.message.contains(word));
    match error.code.as_deref() {
        // Two changes of one role at the same time.
        Some("ConcurrentModification" | "ConcurrentModificationException") => true,
        // The role was created a moment ago.
        Some("NoSuchEntity") => {
            says(&["role with name"])
                && !["DeleteRole", "DetachRolePolicy", "UntagRole"].contains(&error.operation.as_str())
                && !error.operation.starts_with("DeleteRole")
                && !error.operation.starts_with("Remove")
        }
        // A principal of the trust policy was created a moment ago.
        Some("MalformedPolicyDocument") => says(&["Invalid principal in policy"]),
        // A policy was detached or deleted a moment ago.
        Some("DeleteConflict") => says(&["must detach all policies", "must delete policies", "must remove roles"]),
        _ => false,
    }
}

/// Treats the removal of something that does not exist as a success.
fn gone_is_done<T>(answer: Result<T, CallError>) -> Result<(), CallError> {
    match answer {
        Err(error) if !error.is(&["NoSuchEntity"]) => Err(error),
        _ => Ok(()),
    }
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
    fn only_what_spreads_is_tried_again() {
        let missing = "The role with name r cannot be found.";
        assert!(is_retryable(&error("AttachRolePolicy", "NoSuchEntity", missing)));
        assert!(!is_retryable(&error(
            "AttachRolePolicy",
            "NoSuchEntity",
            "Policy x does not exist or is not attachable."
        )));
        assert!(!is_retryable(&error("DetachRolePolicy", "NoSuchEntity", missing)));
        assert!(!is_retryable(&error("DeleteRole", "NoSuchEntity", missing)));
        assert!(!is_retryable(&error("CreateRole", "AccessDenied", "with an explicit deny")));
        assert!(is_retryable(&error(
            "CreateRole",
            "MalformedPolicyDocument",
            "Invalid principal in policy: \"AWS\":\"x\""
        )));
        assert!(!is_retryable(&error("CreateRole", "MalformedPolicyDocument", "Syntax errors in policy.")));
        assert!(gone_is_done::<()>(Err(error("DeleteRole", "NoSuchEntity", missing))).is_ok());
        assert!(gone_is_done::<()>(Err(error("DeleteRole", "AccessDenied", ""))).is_err());
    }
}
