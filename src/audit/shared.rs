//! Texts of findings that are said many times, held once.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use super::Evidence;
use crate::base::Location;

/// The texts and calls of findings, each held once.
#[derive(Debug, Default)]
pub(super) struct Shared {
    texts: HashSet<Arc<str>>,
    evidence: HashSet<Arc<[Evidence]>>,
    locations: HashSet<Arc<Location>>,
}

impl Shared {
    /// A text.
    pub(super) fn text(&mut self, text: &str) -> Arc<str> {
        match self.texts.get(text) {
            Some(known) => known.clone(),
            None => known_or_added(&mut self.texts, Arc::from(text)),
        }
    }

    /// The calls that showed a resource.
    pub(super) fn evidence(&mut self, evidence: Vec<Evidence>) -> Arc<[Evidence]> {
        known_or_added(&mut self.evidence, Arc::from(evidence))
    }

    /// A place in a file.
    pub(super) fn location(&mut self, location: Location) -> Arc<Location> {
        known_or_added(&mut self.locations, Arc::new(location))
    }
}

fn known_or_added<T: Eq + Hash + ?Sized>(known: &mut HashSet<Arc<T>>, one: Arc<T>) -> Arc<T> {
    if let Some(known) = known.get(&one) {
        return known.clone();
    }
    known.insert(one.clone());
    one
}
