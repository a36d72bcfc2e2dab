//! A role or user with its policies, prepared to judge many requests.

use std::sync::Arc;

use serde_json::Value;

use super::value::{PrincipalKind, TrustedBy};
use super::ways::Path;
use crate::base::is_account;
use crate::policy::{Clause, Document, Effect, Known, Policy, Request, allows_session_tags};

/// Policies of one kind, apart by what they allow and what they deny. Those that say nothing on the service are left out.
#[derive(Debug, Clone, Default)]
pub(super) struct Split {
    pub(super) allows: Vec<Arc<Policy>>,
    pub(super) denies: Vec<Arc<Policy>>,
}

impl Split {
    /// Adds both halves of a policy.
    pub(super) fn add(&mut self, (allows, denies): &(Arc<Policy>, Arc<Policy>)) {
        if !allows.is_empty() {
            self.allows.push(Arc::clone(allows));
        }
        if !denies.is_empty() {
            self.denies.push(Arc::clone(denies));
        }
    }

    /// Returns whether any of them speaks of what differs from way to way.
    pub(super) fn decides_by_way(&self) -> bool {
        self.allows.iter().chain(&self.denies).any(|policy| Path::decides(policy))
    }
}

/// The halves of a document's part that is about `DynamoDB`.
pub(super) fn halves(name: &str, document: &Document) -> (Arc<Policy>, Arc<Policy>) {
    let (allows, denies) = Policy::about("dynamodb", name, document).split();
    (Arc::new(allows), Arc::new(denies))
}

/// A role or user.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub(super) arn: String,
    pub(super) kind: PrincipalKind,
    pub(super) policies: Split,
    /// The permissions boundary; `Err` with the reason if it could not be read.
    pub(super) boundary: Option<Result<Split, String>>,
    /// The reasons why some of its policies are not known.
    pub(super) unread: Vec<String>,
    /// The tags, where requests have just these.
    pub(super) tags: Option<Vec<(String, String)>>,
    pub(super) used_by: Vec<String>,
    pub(super) trusts: Vec<TrustedBy>,
    /// True if a policy speaks of what differs from way to way.
    pub(super) by_way: bool,
}

impl Identity {
    /// A request by this identity.
    pub(super) fn asks(&self, request: &Request) -> Request {
        let request = by_somebody(request.clone()).by(&self.arn);
        match &self.tags {
            Some(tags) => {
                let tagged = |request: Request, (key, value): &(String, String)| {
                    request.with_value(&format!("aws:PrincipalTag/{key}"), value)
                };
                tags.iter().fold(request.no_other("aws:PrincipalTag/"), tagged)
            }
            None => request,
        }
    }
}

/// The tags of a role or user that each of its requests has: a session of a role may have others, if its trust policy
/// allows that.
pub(super) fn principal_tags(item: &Value, trust: Option<&Value>) -> Option<Vec<(String, String)>> {
    if trust.is_some_and(allows_session_tags) {
        return None;
    }
    let tags = item.get("tags")?.as_object()?;
    tags.iter().map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// The principals that a trust policy names in what it allows.
pub(super) fn trusted(document: &Document, account: &str) -> Vec<TrustedBy> {
    let mut all = Vec::new();
    for statement in document.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
        let on_terms = !statement.condition.is_empty();
        match &statement.principal {
            Some(Clause::Only(listed)) => all.extend(listed.iter().map(|(kind, name)| {
                let own = kind == "Service" || account_of(name) == Some(account);
                TrustedBy { principal: name.clone(), outside: !own, on_terms }
            })),
            Some(Clause::Except(_)) => {
                all.push(TrustedBy { principal: "everybody but some".to_owned(), outside: true, on_terms });
            }
            None => {}
        }
    }
    all.sort();
    all.dedup();
    all
}

/// The account of a principal's name: its number, or the one in an ARN.
pub(super) fn account_of(name: &str) -> Option<&str> {
    if is_account(name) {
        return Some(name);
    }
    name.strip_prefix("arn:")?.split(':').nth(3).filter(|account| is_account(account))
}

/// The facts of a request that comes from a user, a role or an account, and not from a service.
pub(super) fn by_somebody(request: Request) -> Request {
    request
        .with_value("aws:PrincipalIsAWSService", "false")
        .with("aws:SourceArn", Known::Absent)
        .with("aws:SourceAccount", Known::Absent)
}

/// The facts of any request for a table that the caller can choose as they like, or that are always so.
pub(super) fn plain(request: Request, region: &str, account: &str) -> Request {
    request
        .with_value("aws:RequestedRegion", region)
        .with_value("aws:ResourceAccount", account)
        // Whoever asks can choose an encrypted connection; direct calls don't come from a service.
        .with_value("aws:SecureTransport", "true")
        .with_value("aws:ViaAWSService", "false")
        .with("aws:CalledVia", Known::Absent)
        .with("aws:CalledViaFirst", Known::Absent)
        .with("aws:CalledViaLast", Known::Absent)
}
