//! The listing of an account's roles.

use std::collections::BTreeMap;

use aws_sdk_iam::types::{EntityType, Role, RoleDetail, Tag};

use crate::aws::{Aws, CallError};

/// All roles with tags, policies, boundary and instance profiles. The tagging API lists no roles, and
/// `ListRoles` returns no tags.
/// Source: IAM API reference, `GetAccountAuthorizationDetails`; Resource Groups Tagging API reference.
pub(super) async fn all_roles(aws: &Aws) -> Result<Vec<RoleDetail>, CallError> {
    let call = aws.iam().get_account_authorization_details().filter(EntityType::Role).max_items(1000);
    let mut pages = call.into_paginator().send();
    let mut roles = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::of("iam", "GetAccountAuthorizationDetails", &error))?;
        roles.extend(page.role_detail_list.unwrap_or_default());
    }
    Ok(roles)
}

/// All roles with description and session length, if at most `pages` calls tell them; `None` if it takes more, or if it
/// is refused: then each role has to be read. Neither tags nor permissions boundary are in this listing.
/// Source: IAM API reference, `ListRoles`.
pub(super) async fn described_roles(pages: usize, aws: &Aws) -> Option<Vec<Role>> {
    let mut answers = aws.iam().list_roles().max_items(1000).into_paginator().send();
    let mut found = Vec::new();
    for _ in 0..pages {
        match answers.next().await {
            Some(Ok(page)) => found.extend(page.roles),
            Some(Err(_)) => return None,
            None => return Some(found),
        }
    }
    answers.next().await.is_none().then_some(found)
}

/// All tags, those that AWS sets itself included.
pub(super) fn tags_of(tags: &[Tag]) -> BTreeMap<String, String> {
    tags.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()
}
