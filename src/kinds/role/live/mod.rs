//! Live roles, and the calls that change them.

mod answers;
mod eni_wait;
mod prerequisites;
mod read;
mod run;

use std::collections::BTreeMap;

use aws_sdk_iam::types::{EntityType, RoleDetail};

use super::{Role, RoleOp, RoleSpec, access};
use crate::aws::{Aws, CallError};
use crate::base::Outputs;
use crate::kind::tags::{SCOPE_TAG, address_in, is_of};
use crate::kind::{Answer, Found, Identity, Kind, Live, Owner, Prerequisites, ReadOutcome};

impl Live for Role {
    const ANSWERS: &'static [Answer] = answers::ANSWERS;

    async fn read_many(ids: &[Identity], aws: &Aws) -> Vec<Result<ReadOutcome<RoleSpec>, CallError>> {
        read::read_many(ids, aws).await
    }

    async fn discover(owner: &Owner, aws: &Aws) -> Result<Vec<Found>, CallError> {
        let found = |role: &RoleDetail| {
            let tags = tags_of(role.tags());
            let name = role.role_name()?;
            is_of(owner, &tags).then(|| Found {
                identity: access::identity(address_in(&tags, Self::SECTION, name), name, role.path().unwrap_or("/")),
                scope: tags.get(SCOPE_TAG).cloned(),
            })
        };
        let roles = aws.roles().get(|| all_roles(aws)).await?;
        Ok(roles.iter().filter_map(found).collect())
    }

    async fn run(op: RoleOp, aws: &Aws) -> Result<Outputs, CallError> {
        run::run(op, aws).await
    }

    async fn check_prerequisites(
        wanted: &RoleSpec,
        live: Option<&RoleSpec>,
        aws: &Aws,
    ) -> Result<Prerequisites, CallError> {
        prerequisites::look(wanted, live, aws).await
    }
}

/// All roles with tags, policies, boundary and instance profiles. The tagging API lists no roles, and
/// `ListRoles` returns no tags.
/// Source: IAM API reference, `GetAccountAuthorizationDetails`; Resource Groups Tagging API reference.
async fn all_roles(aws: &Aws) -> Result<Vec<RoleDetail>, CallError> {
    let call = aws.iam().get_account_authorization_details().filter(EntityType::Role).max_items(1000);
    let mut pages = call.into_paginator().send();
    let mut roles = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::of("iam", "GetAccountAuthorizationDetails", &error))?;
        roles.extend(page.role_detail_list.unwrap_or_default());
    }
    Ok(roles)
}

/// All tags, those that AWS sets itself included.
fn tags_of(tags: &[aws_sdk_iam::types::Tag]) -> BTreeMap<String, String> {
    tags.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()
}
