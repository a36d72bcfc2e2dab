//! What a plan is made from.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::change::CompareOptions;
use crate::base::{Address, Environment, PropertyPath, Reference, Vault};
use crate::kind::{Facts, Ignore, Owner, ReadOutcome};
use crate::stack::OnUnknown;

/// A resource of the file, resolved.
#[derive(Debug, Clone)]
pub struct Desired {
    /// Which.
    pub address: Address,
    /// The physical name.
    pub name: String,
    /// Its properties, in the shape of the kind's `Spec`, without our own tags.
    pub body: Value,
    /// The references in it, those that are known from the file alone included.
    pub references: Vec<(PropertyPath, Reference)>,
    /// The properties that it leaves to somebody else.
    pub ignored: Vec<Ignore>,
}

/// Something of ours that the file does not name any more.
#[derive(Debug, Clone)]
pub struct Orphan {
    /// The address that its tag gives.
    pub address: Address,
    /// The physical name.
    pub name: String,
    /// What was read.
    pub live: crate::kind::Observed<Value>,
}

/// What is live, as far as it was read.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// Shared look-ups.
    pub facts: Facts,
    /// What the file names.
    pub readings: BTreeMap<Address, ReadOutcome<Value>>,
    /// What the file names and the endpoint can't tell of, and why: nothing is done to it.
    pub unknown: BTreeMap<Address, String>,
    /// What it does not name any more.
    pub orphans: Vec<Orphan>,
    /// Sections in which removals could not be searched, and why.
    pub not_searched: BTreeMap<String, String>,
    /// What a reader should know of a resource before it goes.
    pub before_it_goes: BTreeMap<Address, Vec<String>>,
    /// Stateful resources that hold data, as far as it was asked.
    pub holds_data: BTreeMap<Address, bool>,
}

/// The terms of a plan.
#[derive(Clone, Copy)]
pub struct PlanOptions<'a> {
    /// Whose resources these are.
    pub owner: &'a Owner,
    /// Where.
    pub env: &'a Environment,
    /// Seals what is live.
    pub vault: &'a Vault,
    /// Tag keys that are somebody else's.
    pub ignore_tags: &'a [String],
    /// Everything goes.
    pub destroy: bool,
    /// Take a last backup of what holds data before it is deleted.
    pub backup: bool,
    /// The addresses to work on, and what they stand on; empty for all.
    pub targets: &'a BTreeSet<Address>,
    /// The addresses to leave out, and what stands on them.
    pub excludes: &'a BTreeSet<Address>,
    /// The addresses to let go; where there are any, nothing else is planned.
    pub releases: &'a BTreeSet<Address>,
    /// What an unknown verdict means.
    pub unknown: OnUnknown,
    /// When the plan was made, as `20261121T120000Z`: names backups.
    pub at: &'a str,
    /// Names idempotent requests.
    pub token: &'a str,
}

impl<'a> PlanOptions<'a> {
    pub(super) fn options(&self) -> CompareOptions<'a> {
        CompareOptions { vault: self.vault, ignore_tags: self.ignore_tags }
    }
}
