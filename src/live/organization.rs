//! Reads the service control and resource control policies that are attached above and to the account.
//!
//! Most callers may read nothing but who manages the organization, and that is no error: policies that can't be read
//! are reported once, and not judged. Sources: Organizations API reference, `DescribeOrganization` (open to members),
//! `ListParents`, `ListPoliciesForTarget`, `DescribePolicy` (management account, delegated administrators).

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::{self, BoxFuture, FutureExt};

use crate::aws::organizations::PolicySummary;
use crate::aws::{Aws, CallError};
use crate::base::{Membership, printable};
use crate::policy::{Account, Chain, Document, Level, Policy, placeholders};

/// The policies of the account's organization, as far as they are known.
#[derive(Debug, Clone)]
pub enum Organization {
    /// The account is in no organization, or the endpoint has none, or its policies are not in use.
    None,
    /// It could not be read; the reason.
    Unreadable(String),
    /// The chain from its root to the account.
    Read {
        /// Its place in the organization; `None` for the account that manages it, whose place does not matter.
        membership: Option<Membership>,
        /// Its id.
        id: String,
        /// Its service control policies.
        chain: Chain,
        /// Its resource control policies.
        rcps: Rcps,
    },
}

impl Organization {
    /// The chains of policies that were read.
    pub fn chains(&self) -> impl Iterator<Item = &Chain> {
        let (scps, rcps) = match self {
            Self::Read { chain, rcps: Rcps::Read(rcps), .. } => (Some(chain), Some(rcps)),
            Self::Read { chain, .. } => (Some(chain), None),
            Self::None | Self::Unreadable(_) => (None, None),
        };
        scps.into_iter().chain(rcps)
    }
}

/// The resource control policies, as far as they are known.
#[derive(Debug, Clone)]
pub enum Rcps {
    /// They are not in use, restrict nothing here, or are AWS's own, which allow everything.
    Unused,
    /// They could not be read; the reason.
    Unreadable(String),
    /// The chain from the root to the account.
    Read(Chain),
}

/// The ids of AWS's own policies, which allow everything.
/// Source: Organizations User Guide, "SCP evaluation" and "Resource control policy examples".
const SCP_FULL_ACCESS: &str = "p-FullAWSAccess";
const RCP_FULL_ACCESS: &str = "p-RCPFullAWSAccess";

/// The types of policies. Source: Organizations API reference, `ListPoliciesForTarget`, `Filter`.
const SCP: &str = "SERVICE_CONTROL_POLICY";
const RCP: &str = "RESOURCE_CONTROL_POLICY";

/// Error codes for a policy type that doesn't exist. Source: Organizations API reference, `ListPoliciesForTarget`.
const NO_SUCH_TYPE: [&str; 3] =
    ["UnsupportedAPIEndpointException", "InvalidInputException", "PolicyTypeNotEnabledException"];

/// The time limit for the organization's answers.
const LIMIT: Duration = Duration::from_secs(15);

/// Reads the chain of the connection's account.
pub async fn organization(aws: &Aws) -> Organization {
    // Where no STS knows who we are (DynamoDB Local), there is no organization either.
    if aws.caller().is_none() {
        return Organization::None;
    }
    match tokio::time::timeout(LIMIT, read(aws)).await {
        Ok(Ok(organization)) => organization,
        Ok(Err(error)) if error.is(&["AWSOrganizationsNotInUseException"]) => Organization::None,
        // An emulator without Organizations has no organization that could hide policies.
        Ok(Err(error)) if aws.is_on_loopback() && !error.is_denied() => Organization::None,
        Ok(Err(error)) => Organization::Unreadable(error.to_string()),
        Err(_) => Organization::Unreadable(format!("no answer within {} s", LIMIT.as_secs())),
    }
}

/// The ids and names of policies.
type Named = Vec<(String, String)>;

/// A level that is not read yet: its id, and the ids and names of its policies of both types.
struct PendingLevel {
    id: String,
    scps: Named,
    rcps: Result<Named, CallError>,
}

async fn read(aws: &Aws) -> Result<Organization, CallError> {
    let account = aws.env().account.clone();
    // This one call shows most callers that there is nothing to read; no more calls are made for them.
    let Described { id, manager, has_policies } = describe(aws).await?;
    if manager == account {
        let chain = Chain { levels: Vec::new(), account: Account::Management };
        // Resource control policies don't restrict the manager's own resources either.
        return Ok(Organization::Read { membership: None, id, chain, rcps: Rcps::Unused });
    }
    if !has_policies {
        return Ok(Organization::None);
    }
    let rungs = ascend(aws, account).await?;
    let (levels, rcps) = future::join(levels(aws, &rungs, |rung| Ok(&rung.scps)), resource_policies(aws, &rungs)).await;
    let levels = levels?;
    // Every target of an organization that uses policies of a type has at least one: levels without any are not in use,
    // and limit nothing, whatever is true of the other type.
    let chain = if levels.iter().all(|level| level.policies.is_empty()) { Chain::default() } else { Chain::of(levels) };
    if chain.levels.is_empty() && matches!(rcps, Rcps::Unused) {
        return Ok(Organization::None);
    }
    // The ids above the account, each followed by a slash.
    let above: String =
        rungs.iter().take(rungs.len().saturating_sub(1)).flat_map(|rung| [rung.id.as_str(), "/"]).collect();
    let membership = Membership { organization: id.clone(), path: format!("{id}/{above}") };
    Ok(Organization::Read { membership: Some(membership), id, chain, rcps })
}

/// The resource control policies: a caller who may read the one type may be denied the other.
async fn resource_policies(aws: &Aws, rungs: &[PendingLevel]) -> Rcps {
    // AWS's own policy can't be detached, and allows everything. If the type is not enabled, there is none at all.
    let none =
        |rung: &PendingLevel| rung.rcps.as_ref().is_ok_and(|named| named.iter().all(|(id, _)| id == RCP_FULL_ACCESS));
    if rungs.iter().all(none) {
        return Rcps::Unused;
    }
    match levels(aws, rungs, |rung| rung.rcps.as_ref()).await {
        Ok(levels) => Rcps::Read(Chain::of(levels)),
        // A partition without resource control policies doesn't know the type.
        Err(error) if error.is(&NO_SUCH_TYPE) => Rcps::Unused,
        Err(error) if aws.is_on_loopback() && !error.is_denied() => Rcps::Unused,
        Err(error) => Rcps::Unreadable(error.to_string()),
    }
}

struct Described {
    id: String,
    manager: String,
    has_policies: bool,
}

async fn describe(aws: &Aws) -> Result<Described, CallError> {
    let Some(found) = aws.organizations().describe_organization().await? else {
        return Err(CallError::unexpected("DescribeOrganization", "the answer holds no organization"));
    };
    Ok(Described {
        id: found.id.unwrap_or_default(),
        manager: found.master_account_id.unwrap_or_default(),
        has_policies: found.feature_set.as_deref() != Some("CONSOLIDATED_BILLING"),
    })
}

/// The levels from the root down, with the policies of one type.
async fn levels<'r>(
    aws: &Aws,
    rungs: &'r [PendingLevel],
    of: impl Fn(&'r PendingLevel) -> Result<&'r Named, &'r CallError>,
) -> Result<Vec<Level>, CallError> {
    let attached: Vec<&Named> = rungs.iter().map(of).collect::<Result<_, _>>().map_err(Clone::clone)?;
    let ids: BTreeMap<&str, &str> =
        attached.iter().copied().flatten().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    let described = ids.into_iter().map(|(id, name)| async move { Ok((id, policy(aws, id, name).await?)) });
    let policies: BTreeMap<&str, Policy> = future::try_join_all(described).await?.into_iter().collect();
    let level = |(rung, attached): (&PendingLevel, &Named)| Level {
        name: match rung.id.split('-').next() {
            Some("r") => format!("root {}", rung.id),
            Some("ou") => format!("unit {}", rung.id),
            _ => format!("account {}", rung.id),
        },
        policies: attached.iter().filter_map(|(id, _)| policies.get(id.as_str()).cloned()).collect(),
    };
    Ok(rungs.iter().zip(attached).map(level).collect())
}

/// The levels from the root down to `id`.
fn ascend(aws: &Aws, id: String) -> BoxFuture<'_, Result<Vec<PendingLevel>, CallError>> {
    async move {
        let above = async {
            match parent(aws, &id).await? {
                Some(parent) => ascend(aws, parent).await,
                None => Ok(Vec::new()),
            }
        };
        let scps = attached(aws, &id, SCP);
        let rcps = attached(aws, &id, RCP).map(Ok);
        let (scps, rcps, mut rungs) = future::try_join3(scps, rcps, above).await?;
        rungs.push(PendingLevel { id: id.clone(), scps, rcps });
        Ok(rungs)
    }
    .boxed()
}

async fn parent(aws: &Aws, id: &str) -> Result<Option<String>, CallError> {
    if id.starts_with("r-") {
        return Ok(None);
    }
    match aws.organizations().list_parents(id).await?.into_iter().next().and_then(|parent| parent.id) {
        Some(parent) => Ok(Some(parent)),
        None => Err(CallError::unexpected("ListParents", format!("`{id}` has no parent"))),
    }
}

async fn attached(aws: &Aws, target: &str, kind: &str) -> Result<Named, CallError> {
    let found = aws.organizations().list_policies_for_target(target, kind).await?;
    let named = |PolicySummary { id, name }: PolicySummary| Some((id?, printable(&name.unwrap_or_default())));
    Ok(found.into_iter().filter_map(named).collect())
}

async fn policy(aws: &Aws, id: &str, name: &str) -> Result<Policy, CallError> {
    let text = aws.organizations().describe_policy(id).await?.unwrap_or_default();
    let value = serde_json::from_str(&text).ok();
    let document = value.as_ref().and_then(Document::from_aws);
    let name =
        if [SCP_FULL_ACCESS, RCP_FULL_ACCESS].contains(&id) { name.to_owned() } else { format!("{name} ({id})") };
    match document {
        Some(document) => {
            Ok(Policy::new(name, &document).with_placeholders(value.as_ref().map(placeholders).unwrap_or_default()))
        }
        None => Err(CallError::unexpected("DescribePolicy", format!("`{name}` holds what is not understood here"))),
    }
}
