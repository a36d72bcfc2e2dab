//! The policies that restrict a plan, as a chain from root to account: those in files, and those attached.

use crate::base::{Address, Location, PropertyPath};
use crate::policy::{Chain, Level, Policy};

/// A chain of policies, and its origin.
#[derive(Debug, Clone)]
pub struct ScpSource {
    /// The name for a person: `guardrails.scps`, or the organization's id.
    pub name: String,
    /// The levels.
    pub chain: Chain,
    /// The levels that are judged together with AWS's `FullAWSAccess`.
    pub beside_full_access: Vec<String>,
    /// The origin: files, or policies that are attached already.
    pub origin: Origin,
}

/// The origin of policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Files: they may not be attached yet.
    Files,
    /// The organization: they are in force now.
    Organization,
}

impl ScpSource {
    /// A chain of levels from files, in addition to the policies attached in AWS.
    pub fn of_files(name: impl Into<String>, mut levels: Vec<Level>) -> Self {
        let mut beside_full_access = Vec::new();
        for level in &mut levels {
            if !level.policies.iter().any(Policy::allows_anything) {
                level.policies.push(Policy::full_access());
                beside_full_access.push(level.name.clone());
            }
        }
        Self { name: name.into(), chain: Chain::of(levels), beside_full_access, origin: Origin::Files }
    }

    /// The chain that is attached in an organization.
    pub fn attached(organization: &str, chain: Chain) -> Self {
        let name = format!("organization {organization}");
        Self { name, chain, beside_full_access: Vec::new(), origin: Origin::Organization }
    }

    /// The number of policies in its own files or attached: those that were only taken to stand beside are left out.
    pub(super) fn policies(&self) -> usize {
        let beside = self.beside_full_access.len();
        self.chain.levels.iter().map(|level| level.policies.len()).sum::<usize>().saturating_sub(beside)
    }
}

/// Returns the location of a property in the file.
pub type Locate<'a> = &'a dyn Fn(&Address, &PropertyPath) -> Option<Location>;
