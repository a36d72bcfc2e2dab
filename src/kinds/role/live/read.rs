//! Reads roles: all at once if few calls matter, one by one if there is no listing or it is old.
//!
//! The listing of the whole account has the policies, and finds orphans; `GetRole` has description and session
//! length. Both are read at the same time. Where a first read is of many roles, `ListRoles` tells the latter two of all:
//! a role that is not in both listings is read by itself.

use std::collections::BTreeMap;

use aws_sdk_iam::error::SdkError;
use aws_sdk_iam::types::{AttachedPermissionsBoundary, PermissionsBoundaryAttachmentType, RoleDetail};
use futures::future::{join_all, try_join_all};
use serde_json::Value;
use tokio::join;

use super::super::spec::DEFAULT_SESSION;
use super::super::steps::PROFILES;
use super::RoleSpec;
use super::answers::ANSWERS;
use super::listing::{all_roles, described_roles, tags_of};
use crate::aws::{Aws, Body, CallError, policy_document};
use crate::base::Outputs;
use crate::kind::{
    CREATED, FirstRead, Identity, Observed, ReadOutcome, UnmanagedFeature, Unsupported, newer, or_unsupported,
};

/// The number of roles from which on the listing of the account is worth its cost when it is not shared.
const MANY: usize = 4;

/// The number of roles from which on a first read lists the descriptions of all.
const MANY_DESCRIBED: usize = 10;

type SdkRole = aws_sdk_iam::types::Role;

/// The parts of a role that `GetRole` does not return.
struct Parts {
    inline: BTreeMap<String, Value>,
    attached: Vec<String>,
    profiles: Vec<String>,
    /// The properties that the endpoint can't return.
    unsupported: Vec<Unsupported>,
}

pub(super) async fn read_many(ids: &[Identity], aws: &Aws) -> Vec<Result<ReadOutcome<RoleSpec>, CallError>> {
    if ids.is_empty() {
        return Vec::new();
    }
    let first = ids.len() >= MANY_DESCRIBED && ids.iter().all(|id| FirstRead::of(id).is_some());
    let (roles, listing) = if first {
        let described = described_roles(ids.len() / MANY_DESCRIBED, aws);
        let (described, listing) = join!(described, listing(ids.len(), aws));
        let described = described.unwrap_or_default();
        let roles = ids.iter().map(async |id| match in_both(&id.name, &described, &listing) {
            Some(role) => Ok(Some((role, Vec::new()))),
            None => role_and_newer(&id.name, aws).await,
        });
        (join_all(roles).await, listing)
    } else {
        join!(join_all(ids.iter().map(|id| role_and_newer(&id.name, aws))), listing(ids.len(), aws))
    };
    let readings = ids.iter().zip(roles).map(|(id, role)| reading(id, role, &listing, aws));
    join_all(readings).await
}

/// A role as both listings have it, as `GetRole` would tell it; `None` if it is not in both.
fn in_both(name: &str, described: &[SdkRole], listing: &[RoleDetail]) -> Option<SdkRole> {
    let role = described.iter().find(|role| role.role_name() == name)?;
    let detail = listing.iter().find(|detail| detail.role_id() == Some(role.role_id()))?;
    let mut role = role.clone();
    role.tags = Some(detail.tags().to_vec());
    role.permissions_boundary = detail.permissions_boundary().cloned();
    role.assume_role_policy_document = detail.assume_role_policy_document().map(str::to_owned);
    Some(role)
}

/// The roles of the account if a listing is cheap; none if it is denied.
async fn listing(wanted: usize, aws: &Aws) -> Vec<RoleDetail> {
    if aws.roles().is_first_reader() {
        aws.roles().get(|| all_roles(aws)).await.map(<[_]>::to_vec).unwrap_or_default()
    } else if wanted >= MANY {
        all_roles(aws).await.unwrap_or_default()
    } else {
        Vec::new()
    }
}

async fn reading(
    id: &Identity,
    role: Result<Option<(SdkRole, Vec<UnmanagedFeature>)>, CallError>,
    listing: &[RoleDetail],
    aws: &Aws,
) -> Result<ReadOutcome<RoleSpec>, CallError> {
    let Some((role, newer)) = role? else { return Ok(ReadOutcome::absent()) };
    if role.role_name() != id.name {
        // Names ignore case: the role can't be created, and references to its ARN would never match.
        let message = format!(
            "IAM ignores the case of role names, and the role `{}` exists: `name: {0}` in the file selects it",
            role.role_name()
        );
        return Err(CallError::unexpected("GetRole", message));
    }
    // The listing may be out of date: only the entry with this very role's id counts.
    let detail = listing.iter().find(|detail| detail.role_id() == Some(role.role_id()));
    let parts = match detail {
        Some(detail) => parts_of(detail)?,
        None => read_parts(&id.name, aws).await?,
    };
    observe(&role, newer, parts, aws)
}

/// A role; `None` if there is none of this name.
pub(super) async fn get_role(name: &str, aws: &Aws) -> Result<Option<SdkRole>, CallError> {
    Ok(role_and_newer(name, aws).await?.map(|(role, _)| role))
}

/// A role, and its features that only the answer's text shows.
async fn role_and_newer(name: &str, aws: &Aws) -> Result<Option<(SdkRole, Vec<UnmanagedFeature>)>, CallError> {
    let body = Body::default();
    match aws.iam().get_role().role_name(name).customize().interceptor(body.clone()).send().await {
        Ok(answer) => match answer.role {
            Some(role) => Ok(Some((role, newer("GetRole", ANSWERS, &body, aws)))),
            None => Err(CallError::unexpected("GetRole", "the answer holds no role")),
        },
        Err(SdkError::ServiceError(error)) if error.err().is_no_such_entity_exception() => Ok(None),
        Err(error) => Err(CallError::of("iam", "GetRole", &error)),
    }
}

fn parts_of(detail: &RoleDetail) -> Result<Parts, CallError> {
    const OPERATION: &str = "GetAccountAuthorizationDetails";
    let mut inline = BTreeMap::new();
    for policy in detail.role_policy_list() {
        let (Some(name), Some(text)) = (policy.policy_name(), policy.policy_document()) else {
            return Err(CallError::unexpected(OPERATION, "an inline policy without name or document was returned"));
        };
        inline.insert(name.to_owned(), policy_document(OPERATION, text)?);
    }
    let attached = detail.attached_managed_policies().iter().filter_map(|p| p.policy_arn().map(str::to_owned));
    let profiles = detail.instance_profile_list().iter().map(|profile| profile.instance_profile_name().to_owned());
    Ok(Parts { inline, attached: attached.collect(), profiles: profiles.collect(), unsupported: Vec::new() })
}

/// Reads the parts in two round trips: the lists, then the inline policies.
async fn read_parts(name: &str, aws: &Aws) -> Result<Parts, CallError> {
    let inline = async {
        let mut pages = aws.iam().list_role_policies().role_name(name).into_paginator().items().send();
        let mut names = Vec::new();
        while let Some(policy) = pages.next().await {
            names.push(policy.map_err(|error| CallError::of("iam", "ListRolePolicies", &error))?);
        }
        let documents = try_join_all(names.iter().map(|policy| get_policy(name, policy, aws))).await?;
        Ok(names.into_iter().zip(documents).collect())
    };
    let attached = async {
        let mut pages = aws.iam().list_attached_role_policies().role_name(name).into_paginator().items().send();
        let mut arns = Vec::new();
        while let Some(policy) = pages.next().await {
            let policy = policy.map_err(|error| CallError::of("iam", "ListAttachedRolePolicies", &error))?;
            arns.extend(policy.policy_arn);
        }
        Ok(arns)
    };
    let profiles = async {
        let mut pages = aws.iam().list_instance_profiles_for_role().role_name(name).into_paginator().items().send();
        let mut names = Vec::new();
        while let Some(profile) = pages.next().await {
            let profile = profile.map_err(|error| CallError::of("iam", "ListInstanceProfilesForRole", &error))?;
            names.push(profile.instance_profile_name);
        }
        Ok::<_, CallError>(names)
    };
    let (inline, attached, profiles) = join!(inline, attached, profiles);
    let mut unsupported = Vec::new();
    let inline = or_unsupported(inline, &["inline_policies"], &mut unsupported)?;
    let attached = or_unsupported(attached, &["managed_policies"], &mut unsupported)?;
    let profiles = or_unsupported(profiles, &[], &mut unsupported)?;
    Ok(Parts { inline, attached, profiles, unsupported })
}

async fn get_policy(role: &str, policy: &str, aws: &Aws) -> Result<Value, CallError> {
    let call = aws.iam().get_role_policy().role_name(role).policy_name(policy);
    let answer = call.send().await.map_err(|error| CallError::of("iam", "GetRolePolicy", &error))?;
    policy_document("GetRolePolicy", answer.policy_document())
}

fn observe(
    role: &SdkRole,
    newer: Vec<UnmanagedFeature>,
    parts: Parts,
    aws: &Aws,
) -> Result<ReadOutcome<RoleSpec>, CallError> {
    let Parts { inline, attached, profiles, unsupported } = parts;
    let trust = role
        .assume_role_policy_document()
        .ok_or_else(|| CallError::unexpected("GetRole", "a role without trust policy was returned"))?;
    let mut unmanaged = newer;
    if !profiles.is_empty() {
        unmanaged.push(UnmanagedFeature {
            feature: "instance profiles".to_owned(),
            detail: format!("it is in {}", profiles.join(", ")),
        });
    }
    if let Some(kind) = role.permissions_boundary().and_then(AttachedPermissionsBoundary::permissions_boundary_type)
        && *kind != PermissionsBoundaryAttachmentType::Policy
    {
        unmanaged.push(UnmanagedFeature {
            feature: "permissions boundary".to_owned(),
            detail: format!("of the type {}", kind.as_str()),
        });
    }
    if let Some(template) = role.source_role_template() {
        let detail = format!("it was made from {} and follows it", template.template_arn());
        unmanaged.push(UnmanagedFeature { feature: "role template".to_owned(), detail });
    }
    let boundary = role.permissions_boundary().and_then(AttachedPermissionsBoundary::permissions_boundary_arn);
    let seconds = role.max_session_duration().and_then(|seconds| u32::try_from(seconds).ok());
    let mut spec = RoleSpec {
        assumed_by: None,
        assume_role_policy: Some(policy_document("GetRole", trust)?),
        managed_policies: attached,
        inline_policies: inline,
        grants: Vec::new(),
        permissions_boundary: boundary.map(str::to_owned),
        description: role.description().map(str::to_owned),
        path: role.path().to_owned(),
        max_session_duration: seconds.unwrap_or(DEFAULT_SESSION),
        tags: tags_of(role.tags()),
    };
    spec.normalize(aws.env());
    let mut outputs = Outputs::from([
        ("name".to_owned(), role.role_name().to_owned()),
        ("arn".to_owned(), role.arn().to_owned()),
        ("id".to_owned(), role.role_id().to_owned()),
        (CREATED.to_owned(), role.create_date().secs().to_string()),
    ]);
    if !profiles.is_empty() {
        outputs.insert(PROFILES.to_owned(), profiles.join(" "));
    }
    let live = Some(Observed { spec, outputs, unique_id: role.role_id().to_owned(), unmanaged });
    Ok(ReadOutcome { live, unsupported })
}
