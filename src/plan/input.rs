//! The input of a plan.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::base::{Address, Environment, PropertyPath, Reference, Vault};
use crate::kind::{Facts, Ignore, Owner, ReadOutcome};
use crate::stack::OnUnknown;

/// A resource of the file, resolved.
#[derive(Debug, Clone)]
pub struct Desired {
    /// The address.
    pub address: Address,
    /// The physical name.
    pub name: String,
    /// Its properties, in the shape of the kind's `Spec`, without our own tags.
    pub body: Value,
    /// The references in it, including those that are known from the file alone.
    pub references: Vec<(PropertyPath, Reference)>,
    /// The properties that the file ignores.
    pub ignored: Vec<Ignore>,
}

/// A resource with this stack's tags that is no longer in the file.
#[derive(Debug, Clone)]
pub struct Orphan {
    /// The address that its tag gives.
    pub address: Address,
    /// The physical name.
    pub name: String,
    /// The live resource as it was read.
    pub live: crate::kind::Observed<Value>,
}

impl Orphan {
    /// The resource as the file has it: without any property.
    pub(super) fn unwanted(&self) -> Desired {
        Desired {
            address: self.address.clone(),
            name: self.name.clone(),
            body: Value::Null,
            references: Vec::new(),
            ignored: Vec::new(),
        }
    }
}

/// The live resources, as far as they were read.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// Shared look-ups.
    pub facts: Facts,
    /// True if the endpoint lacks what they ask for: then `facts` say nothing.
    pub lacks_facts: bool,
    /// The resources that the file names.
    pub readings: BTreeMap<Address, ReadOutcome<Value>>,
    /// The resources of the file that the endpoint can't read, and the reason: nothing is done to them.
    pub unknown: BTreeMap<Address, String>,
    /// The resources that the file no longer names.
    pub orphans: Vec<Orphan>,
    /// Sections in which orphans could not be searched, and the reason.
    pub not_searched: BTreeMap<String, String>,
    /// Notes for the reader before a resource is deleted.
    pub before_it_goes: BTreeMap<Address, Vec<String>>,
    /// Stateful resources, and whether they hold data, as far as it was read.
    pub holds_data: BTreeMap<Address, bool>,
}

/// The terms of a plan.
#[derive(Clone, Copy)]
pub struct PlanOptions<'a> {
    /// The owner of the resources.
    pub owner: &'a Owner,
    /// The environment.
    pub env: &'a Environment,
    /// Seals live values.
    pub vault: &'a Vault,
    /// Tag keys that others manage.
    pub ignore_tags: &'a [String],
    /// True if all resources are to be deleted.
    pub destroy: bool,
    /// True if resources that hold data get a last backup before they are deleted.
    pub backup: bool,
    /// The addresses of `--target`, and their dependencies; empty for all.
    pub targets: &'a BTreeSet<Address>,
    /// The addresses of `--exclude`, and their dependents.
    pub excludes: &'a BTreeSet<Address>,
    /// The addresses to release; if there are any, nothing else is planned.
    pub releases: &'a BTreeSet<Address>,
    /// The meaning of an unknown verdict.
    pub unknown: OnUnknown,
    /// The time of the plan, as `20261121T120000Z`: names backups.
    pub at: &'a str,
    /// Names idempotent requests.
    pub token: &'a str,
}

/// The options of a comparison.
#[derive(Clone, Copy)]
pub struct CompareOptions<'a> {
    /// Seals live values.
    pub vault: &'a Vault,
    /// Tag keys that others manage.
    pub ignore_tags: &'a [String],
}

impl<'a> PlanOptions<'a> {
    pub(super) fn comparison(&self) -> CompareOptions<'a> {
        CompareOptions { vault: self.vault, ignore_tags: self.ignore_tags }
    }
}
