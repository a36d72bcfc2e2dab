//! The resources that a file declares, before their contents are interpreted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::Address;
use crate::kind::{PureKind, Registry};
use crate::stack::diagnostics::{Complaint, Finding, Reports};
use crate::stack::messages::wording;
use crate::stack::parse::Document;
use crate::stack::schema::hoist::{self, Lift};
use crate::stack::schema::settings::top_schema;
use crate::stack::settings::Settings;
use crate::stack::source::tree::{Entry, Node, Shape};
use crate::stack::source::{Source, Span};

/// A resource as it is in the file.
#[derive(Clone)]
pub(crate) struct Raw<'d> {
    /// Its address.
    pub(crate) address: Address,
    /// Its kind.
    pub(crate) kind: &'static dyn PureKind,
    /// Its key.
    pub(crate) key: &'d str,
    /// The place of the key.
    pub(crate) key_span: Span,
    /// Its body.
    pub(crate) node: &'d Node,
    /// The keys that lead to its body from the root of the file.
    pub(crate) keys: Vec<String>,
    /// The lifting and the owner, if it was lifted.
    pub(crate) owner: Option<(Lift, Address)>,
    /// True if the environment leaves its section out.
    pub(crate) excluded: bool,
}

/// All resources, in the order of the registry's sections and of the file.
pub(crate) struct Index<'d> {
    /// The resources.
    pub(crate) resources: Vec<Raw<'d>>,
    places: BTreeMap<Address, usize>,
    /// The resources below a misspelt section, by their intended addresses.
    misplaced: BTreeSet<Address>,
}

impl<'d> Index<'d> {
    /// Reads the sections of a file.
    pub(crate) fn new(document: &'d Document, settings: &Settings, registry: &Registry, reports: &Reports) -> Self {
        let mut index =
            Self { resources: Vec::new(), places: BTreeMap::new(), misplaced: misplaced(document, registry) };
        let source = &document.tree.source;
        let mut lifted = Vec::new();
        for section in hoist::top_sections(registry) {
            let (Some(entry), Some(kind)) = (document.tree.root.entry(section), registry.kind(section)) else {
                continue;
            };
            let excluded = !settings.includes(section);
            for one in named(entry, kind.noun(), source, reports) {
                let address = Address::new(section, &one.key);
                let keys = vec![section.to_owned(), one.key.clone()];
                for lift in hoist::out_of(section, registry) {
                    lifted.extend(lift_out(lift, &address, one, &keys, excluded, registry, source, reports));
                }
                index.resources.push(Raw {
                    address,
                    kind,
                    key: &one.key,
                    key_span: one.key_span,
                    node: &one.value,
                    keys,
                    owner: None,
                    excluded,
                });
            }
        }
        index.resources.extend(lifted);
        index.resources.sort_by_key(|raw| registry.rank(raw.kind.section()));
        index.places = index.resources.iter().enumerate().map(|(at, raw)| (raw.address.clone(), at)).collect();
        index
    }

    /// The resource with an address.
    pub(crate) fn get(&self, address: &Address) -> Option<&Raw<'d>> {
        self.places.get(address).and_then(|at| self.resources.get(*at))
    }

    /// Returns whether a resource is below a misspelt section.
    pub(crate) fn is_misplaced(&self, address: &Address) -> bool {
        self.misplaced.contains(address)
    }

    /// The names in a section.
    pub(crate) fn names<'i>(&'i self, section: &'i str) -> impl Iterator<Item = &'i str> {
        self.resources
            .iter()
            .map(|raw| &raw.address)
            .filter(move |address| address.section() == section)
            .map(Address::name)
    }
}

/// The resources below unknown top-level keys that resemble a section.
fn misplaced(document: &Document, registry: &Registry) -> BTreeSet<Address> {
    let known = top_schema(registry);
    let sections = hoist::top_sections(registry);
    let known = |key: &str| known["properties"].get(key).is_some() || sections.contains(&key);
    let Shape::Mapping(entries) = &document.tree.root.shape else { return BTreeSet::new() };
    let unknown = entries.iter().filter(|entry| !known(&entry.key));
    unknown
        .filter_map(|entry| Some((wording::nearest(&entry.key, sections.iter().copied())?, &entry.value.shape)))
        .filter_map(|(section, shape)| match shape {
            Shape::Mapping(entries) => Some(entries.iter().map(move |one| Address::new(section, &one.key))),
            _ => None,
        })
        .flatten()
        .collect()
}

/// The entries of a mapping of resources by name.
fn named<'d>(entry: &'d Entry, noun: &str, source: &Arc<Source>, reports: &Reports) -> &'d [Entry] {
    match &entry.value.shape {
        Shape::Mapping(entries) => entries,
        _ if entry.value.is_null() => &[],
        _ => {
            let complaint = Complaint::new("wrong-type", format!("`{}` is not a mapping", entry.key));
            let complaint = complaint.label(format!("expected each {noun} by its name"));
            reports.push(complaint.hint(format!("write `{}: {{name: {{…}}}}`", entry.key)).at(source, entry.key_span));
            &[]
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of a loop's body")]
fn lift_out<'d>(
    lift: Lift,
    owner: &Address,
    entry: &'d Entry,
    keys: &[String],
    excluded: bool,
    registry: &Registry,
    source: &Arc<Source>,
    reports: &Reports,
) -> Vec<Raw<'d>> {
    let (Some(held), Some(kind)) = (entry.value.entry(lift.property), registry.kind(lift.into)) else {
        return Vec::new();
    };
    let raw = |one: &'d Entry| Raw {
        address: Address::new(lift.into, format!("{}/{}", owner.name(), one.key)),
        kind,
        key: &one.key,
        key_span: one.key_span,
        node: &one.value,
        keys: [keys, &[lift.property.to_owned(), one.key.clone()]].concat(),
        owner: Some((lift, owner.clone())),
        excluded,
    };
    let found = named(held, kind.noun(), source, reports).iter();
    let given = |one: &&'d Entry| match one.value.entry(lift.owner) {
        None => true,
        Some(given) => {
            let message = format!("the key `{}` can't be given here: it is `{}`", lift.owner, owner);
            reports.push(Finding::at(source, given.key_span, "unknown-key", message).hint("remove it"));
            false
        }
    };
    found.filter(given).map(raw).collect()
}

/// A complaint about a name that does not exist.
pub(crate) fn unknown_name(index: &Index<'_>, address: &Address, noun: &str) -> Complaint {
    let names: Vec<&str> = index.names(address.section()).collect();
    let message = format!("there is no {noun} `{}` in this file", address.name());
    let complaint = Complaint::new("unknown-reference", message);
    match wording::did_you_mean(address.name(), names.iter().copied()) {
        Some(question) => complaint.hint(question),
        None if names.is_empty() => complaint.hint(format!("`{}` has no entries", address.section())),
        None => complaint.hint(format!("`{}` has {}", address.section(), wording::all(&names))),
    }
}
