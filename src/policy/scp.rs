//! Judges a request by the chain of service control policies, from the root of the organization to the account.
//!
//! At every level something must allow the request, and a deny at any level wins. The management account and
//! service-linked roles are exempt. The verdict is "not denied by SCPs", never "authorised": identity policies,
//! boundaries and resource control policies are not evaluated. AWS also exempts a few tasks of the root user (reverse
//! DNS, `CloudFront`'s trusted signers, support plans), none of which provisioning needs.

use std::collections::BTreeSet;

use super::compiled::Policy;
use super::evaluate::evaluate;
use super::request::Request;
use super::verdict::{Decision, Exemption, Judgement, LevelVerdict, Verdict};

/// The action of which AWS writes "No permissions are required to perform this operation"; a deny doesn't stop it.
const ALWAYS_ALLOWED: &str = "sts:getcalleridentity";

/// One level of the organization with the policies attached to it.
#[derive(Debug, Clone)]
pub struct Level {
    /// Its name: the root, a unit, or the account.
    pub name: String,
    /// The policies attached to it.
    pub policies: Vec<Policy>,
}

/// The levels from the root to the account; without any, SCPs are not in use and deny nothing.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    /// The levels, the root first.
    pub levels: Vec<Level>,
    /// The relation of the account to the organization.
    pub account: Account,
}

/// The relation of an account to its organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Account {
    /// One of its members, which SCPs restrict.
    #[default]
    Member,
    /// The one that manages it, which SCPs never restrict.
    Management,
}

impl Chain {
    /// A chain for an account that is a member.
    pub fn of(levels: Vec<Level>) -> Self {
        Self { levels, account: Account::Member }
    }

    /// Returns whether a policy of it names a key with this prefix, in lower case.
    pub fn speaks_of(&self, key: &str) -> bool {
        self.levels.iter().flat_map(|level| &level.policies).any(|policy| policy.speaks_of(key))
    }

    /// The reason why the chain restricts nothing at all, if there is one.
    pub fn exemption(&self) -> Option<Exemption> {
        (self.account == Account::Management).then_some(Exemption::ManagementAccount)
    }

    /// Judges a request.
    pub fn judge(&self, request: &Request) -> Verdict {
        let exemption = match self.account {
            Account::Management => Some(Exemption::ManagementAccount),
            Account::Member if request.by_service_linked_role() => Some(Exemption::ServiceLinkedRole),
            Account::Member if request.action.text() == ALWAYS_ALLOWED => Some(Exemption::NeedsNoPermission),
            Account::Member => None,
        };
        if exemption.is_some() {
            let (decision, unknown_keys) = (Decision::Allowed, BTreeSet::new());
            return Verdict { decision, unknown_keys, exemption, levels: Vec::new() };
        }
        let levels: Vec<LevelVerdict> = self.levels.iter().map(|level| level.judge(request)).collect();
        let decision = overall(&levels);
        let unknown_keys = match decision {
            Decision::Unknown => levels.iter().flat_map(|level| level.unknown_keys.iter().cloned()).collect(),
            _ => BTreeSet::new(),
        };
        Verdict { decision, unknown_keys, exemption, levels }
    }
}

impl Level {
    fn judge(&self, request: &Request) -> LevelVerdict {
        let Judgement { decision, policy, statement, unknown_keys } = evaluate(&self.policies, request);
        LevelVerdict { level: self.name.clone(), decision, policy, statement, unknown_keys }
    }
}

/// The strongest decision of the levels: a deny, then a missing allow, then unknown.
fn overall(levels: &[LevelVerdict]) -> Decision {
    [Decision::ExplicitlyDenied, Decision::ImplicitlyDenied, Decision::Unknown]
        .into_iter()
        .find(|decision| levels.iter().any(|level| level.decision == *decision))
        .unwrap_or(Decision::Allowed)
}
