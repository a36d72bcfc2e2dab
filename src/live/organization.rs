//! Reads the service control policies that are attached above and to the account.
//!
//! The organisation tells most callers nothing but who manages it, and that is no error: what could not be read is
//! said once, and judged by nobody. Sources: Organizations API reference, `DescribeOrganization` (open to members),
//! `ListParents`, `ListPoliciesForTarget`, `DescribePolicy` (management account and delegated administrators).

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_organizations::types::{OrganizationFeatureSet, PolicyType};
use futures::future::{self, BoxFuture, FutureExt};

use crate::aws::{Aws, CallError};
use crate::base::Membership;
use crate::policy::{Account, Chain, Document, Level, Policy};

/// What is known of the organisation.
#[derive(Debug, Clone)]
pub enum Organization {
    /// The account is in none, or nobody here knows of such a thing, or its policies are not in use.
    None,
    /// It could not be read; why.
    Unreadable(String),
    /// The chain from its root to the account.
    Read {
        /// Its place in the organisation; `None` for the account that manages it, whose place does not matter.
        membership: Option<Membership>,
        /// Its id.
        id: String,
        /// Its policies.
        chain: Chain,
    },
}

/// How long the organisation may take to answer.
const LIMIT: Duration = Duration::from_secs(15);

/// Reads the chain of the connection's account.
pub async fn organization(aws: &Aws) -> Organization {
    // Where no STS told who we are (DynamoDB Local), nobody knows of organisations either.
    if aws.caller().is_none() {
        return Organization::None;
    }
    match tokio::time::timeout(LIMIT, read(aws)).await {
        Ok(Ok(organization)) => organization,
        Ok(Err(error)) if error.is(&["AWSOrganizationsNotInUseException"]) => Organization::None,
        // An emulator without Organizations is no organisation that keeps something back.
        Ok(Err(error)) if aws.is_on_loopback() && !error.is_denied() => Organization::None,
        Ok(Err(error)) => Organization::Unreadable(error.to_string()),
        Err(_) => Organization::Unreadable(format!("no answer within {} s", LIMIT.as_secs())),
    }
}

/// A level on its way to being read: its id, and the ids and names of its policies.
struct Rung {
    id: String,
    policies: Vec<(String, String)>,
}

async fn read(aws: &Aws) -> Result<Organization, CallError> {
    let account = aws.env().account.clone();
    // Most callers learn from this one call that there is nothing to read, and are asked for no more.
    let Described { id, manager, has_policies } = describe(aws).await?;
    if manager == account {
        let chain = Chain { levels: Vec::new(), account: Account::Management };
        return Ok(Organization::Read { membership: None, id, chain });
    }
    if !has_policies {
        return Ok(Organization::None);
    }
    let (levels, above) = chain(aws, account).await?;
    // Every target of an organisation that uses policies has at least one.
    if levels.iter().all(|level| level.policies.is_empty()) {
        return Ok(Organization::None);
    }
    let membership = Membership { organization: id.clone(), path: format!("{id}/{above}") };
    Ok(Organization::Read { membership: Some(membership), id, chain: Chain::of(levels) })
}

struct Described {
    id: String,
    manager: String,
    has_policies: bool,
}

async fn describe(aws: &Aws) -> Result<Described, CallError> {
    let answer = aws.organizations().describe_organization().send().await;
    let answer = answer.map_err(|error| CallError::of("organizations", "DescribeOrganization", &error))?;
    let Some(found) = answer.organization else {
        return Err(CallError::strange("DescribeOrganization", "the answer holds no organisation"));
    };
    Ok(Described {
        id: found.id.unwrap_or_default(),
        manager: found.master_account_id.unwrap_or_default(),
        has_policies: found.feature_set != Some(OrganizationFeatureSet::ConsolidatedBilling),
    })
}

/// The levels from the root down, and the ids above the account, each with a slash behind it.
async fn chain(aws: &Aws, account: String) -> Result<(Vec<Level>, String), CallError> {
    let rungs = ascend(aws, account).await?;
    let ids: BTreeMap<&str, &str> =
        rungs.iter().flat_map(|rung| rung.policies.iter().map(|(id, name)| (id.as_str(), name.as_str()))).collect();
    let described = ids.into_iter().map(|(id, name)| async move { Ok((id, policy(aws, id, name).await?)) });
    let policies: BTreeMap<&str, Policy> = future::try_join_all(described).await?.into_iter().collect();
    let level = |rung: &Rung| Level {
        name: match rung.id.split('-').next() {
            Some("r") => format!("root {}", rung.id),
            Some("ou") => format!("unit {}", rung.id),
            _ => format!("account {}", rung.id),
        },
        policies: rung.policies.iter().filter_map(|(id, _)| policies.get(id.as_str()).cloned()).collect(),
    };
    let mut above = String::new();
    for rung in rungs.iter().take(rungs.len().saturating_sub(1)) {
        above.push_str(&rung.id);
        above.push('/');
    }
    Ok((rungs.iter().map(level).collect(), above))
}

/// The rungs from the root down to `id`.
fn ascend(aws: &Aws, id: String) -> BoxFuture<'_, Result<Vec<Rung>, CallError>> {
    async move {
        let above = async {
            match parent(aws, &id).await? {
                Some(parent) => ascend(aws, parent).await,
                None => Ok(Vec::new()),
            }
        };
        let (policies, mut rungs) = future::try_join(attached(aws, &id), above).await?;
        rungs.push(Rung { id: id.clone(), policies });
        Ok(rungs)
    }
    .boxed()
}

async fn parent(aws: &Aws, id: &str) -> Result<Option<String>, CallError> {
    if id.starts_with("r-") {
        return Ok(None);
    }
    let answer = aws.organizations().list_parents().child_id(id).send().await;
    let answer = answer.map_err(|error| CallError::of("organizations", "ListParents", &error))?;
    match answer.parents().first().and_then(|parent| parent.id()) {
        Some(parent) => Ok(Some(parent.to_owned())),
        None => Err(CallError::strange("ListParents", format!("`{id}` has no parent"))),
    }
}

async fn attached(aws: &Aws, target: &str) -> Result<Vec<(String, String)>, CallError> {
    let listing = aws.organizations().list_policies_for_target().target_id(target);
    let mut pages = listing.filter(PolicyType::ServiceControlPolicy).into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::of("organizations", "ListPoliciesForTarget", &error))?;
        found.extend(
            page.policies()
                .iter()
                .filter_map(|summary| Some((summary.id()?.to_owned(), summary.name().unwrap_or_default().to_owned()))),
        );
    }
    Ok(found)
}

async fn policy(aws: &Aws, id: &str, name: &str) -> Result<Policy, CallError> {
    let answer = aws.organizations().describe_policy().policy_id(id).send().await;
    let answer = answer.map_err(|error| CallError::of("organizations", "DescribePolicy", &error))?;
    let text = answer.policy().and_then(|policy| policy.content()).unwrap_or_default();
    let document = serde_json::from_str(text).ok().as_ref().and_then(Document::from_aws);
    let name = if id == "p-FullAWSAccess" { name.to_owned() } else { format!("{name} ({id})") };
    match document {
        Some(document) => Ok(Policy::new(name, &document)),
        None => Err(CallError::strange("DescribePolicy", format!("`{name}` holds what is not understood here"))),
    }
}
