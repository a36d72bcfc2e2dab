//! Reads the identities of an account.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::details::{self, OPERATION, entries};
use super::policies::Policies;
use super::role::{self, Listed};
use super::user::{self, Groups};
use crate::audit::account::CredentialReport;
use crate::audit::account::types::{GROUP, POLICY, ROLE, USER};
use crate::audit::account::{Collector, Reader, Unread, Wanted};

/// Reads roles, users, groups and policies; a page's documents are given to the collector before the next is asked for.
pub(in crate::audit::account) async fn read_global(reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    let all = [ROLE, USER, GROUP, POLICY];
    let types: Vec<&str> = all.into_iter().filter(|one| wanted.has(one)).collect();
    if types.is_empty() {
        return;
    }
    let has = |one: &str| types.contains(&one);
    let (shared, listed, report) =
        tokio::join!(shared(reader, wanted, into), listed(reader, has(ROLE)), credentials(reader, wanted));
    let (policies, groups) = match shared {
        Ok(shared) => shared,
        Err(unread) => return into.list_unread(&types, reader, &unread),
    };
    let filter: Vec<&str> =
        [(ROLE, "Role"), (USER, "User")].iter().filter(|(one, _)| has(one)).map(|(_, f)| *f).collect();
    if filter.is_empty() {
        return;
    }
    let read = reader.pages(OPERATION, details::input(&filter), |mut answer| {
        let (roles, users) = (entries(&mut answer, "RoleDetailList"), entries(&mut answer, "UserDetailList"));
        into.expect(roles.len() + users.len());
        for role in roles {
            into.push(role::document(reader, role, &listed, &policies));
        }
        for user in users {
            into.push(user::user_document(reader, user, &groups, &policies, report));
        }
    });
    if let Err(unread) = read.await {
        let types: Vec<&str> = [ROLE, USER].into_iter().filter(|one| has(one)).collect();
        into.list_unread(&types, reader, &unread);
    }
}

/// The account's own policies and groups, which roles and users refer to, and AWS's policies that are attached.
async fn shared(
    reader: &Reader,
    wanted: &Wanted,
    into: &Collector<'_>,
) -> Result<(Policies, Result<Groups, Unread>), Unread> {
    let (mut policies, mut groups) = (Policies::default(), Ok(Groups::new()));
    let mut read_groups = Vec::new();
    let taker = wanted.has(POLICY).then_some(into);
    let filter = ["LocalManagedPolicy", "Group"];
    reader
        .pages(OPERATION, details::input(&filter), |mut answer| {
            policies.take(reader, entries(&mut answer, "Policies"), taker);
            read_groups.extend(entries(&mut answer, "GroupDetailList"));
        })
        .await?;
    let attached = |one: &str| wanted.has_member(one, "AttachedPolicies");
    if attached(ROLE) || attached(USER) || attached(GROUP) {
        policies.read_aws(reader).await;
    }
    for group in read_groups {
        match (user::group(reader, group), &mut groups) {
            ((name, Ok(group)), Ok(groups)) => {
                if wanted.has(GROUP) {
                    into.expect(1);
                    into.push(user::group_document(reader, &group, &policies));
                }
                groups.insert(name, group);
            }
            ((_, Err(unread)), groups) => {
                if wanted.has(GROUP) {
                    into.list_unread(&[GROUP], reader, &unread);
                }
                *groups = Err(unread);
            }
            ((_, Ok(_)), Err(_)) => {}
        }
    }
    Ok((policies, groups))
}

/// The entries of `ListRoles`: description and session length.
async fn listed(reader: &Reader, is_wanted: bool) -> Listed {
    const LIST: &str = "iam:ListRoles";
    if !is_wanted {
        return Err(Unread::not_asked(LIST));
    }
    let mut found = BTreeMap::new();
    let keep = |role: &Value| {
        let name = role["RoleName"].as_str()?.to_owned();
        Some((name, json!({"Description": role["Description"], "MaxSessionDuration": role["MaxSessionDuration"]})))
    };
    reader
        .pages(LIST, json!({"MaxItems": 1000}), |mut answer| {
            found.extend(entries(&mut answer, "Roles").iter().filter_map(keep));
        })
        .await?;
    for entry in found.values_mut().filter_map(Value::as_object_mut) {
        entry.retain(|_, value| !value.is_null());
    }
    Ok(found)
}

async fn credentials<'r>(reader: &'r Reader, wanted: &Wanted) -> Result<&'r CredentialReport, &'r Unread> {
    static NOT_ASKED: std::sync::OnceLock<Unread> = std::sync::OnceLock::new();
    if !wanted.has_member(USER, "CredentialReport") {
        return Err(NOT_ASKED.get_or_init(|| Unread::not_asked("iam:GetCredentialReport")));
    }
    reader.credential_report().await
}
