//! The settings of a stack.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::guardrails::Guardrails;
use super::local::{LocalDatabase, Seed};
use super::tags::TagText;

/// The settings of a stack, those of the chosen environment laid over the file's.
///
/// Interpolation here knows `${env:NAME}`, `${environment}` and, but for `stack` itself, `${stack}`. The stack's
/// name, region, account and endpoint are shown and stored: they can't be secret, whatever their source.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The stack's name.
    pub stack: String,
    /// The region, if the environment or the file names one.
    pub region: Option<String>,
    /// The only account that may be changed, if one is named.
    pub account: Option<String>,
    /// The only regions in which the data may be kept; empty for any.
    pub residency: Vec<String>,
    /// Tags of every resource.
    pub tags: BTreeMap<String, TagText>,
    /// Patterns of tag keys that others manage.
    pub ignore_tags: Vec<String>,
    /// Names that the stack had before.
    pub previous_names: Vec<String>,
    /// Folders beside the stack's own that it may read from, as written.
    pub roots: Vec<PathBuf>,
    /// The endpoint of AWS's services, if the environment gives one.
    pub endpoint_url: Option<String>,
    /// The sections that the environment is confined to.
    pub sections: Option<Vec<String>>,
    /// The environment's name, if one was given.
    pub environment: Option<String>,
    /// The guardrails.
    pub guardrails: Guardrails,
    /// The items that the environment's tables begin with.
    pub seeds: Vec<Seed>,
    /// The database of the environment's users, if it has one.
    pub database: Option<LocalDatabase>,
}

impl Settings {
    /// Returns whether resources of a section (as it is in the file) belong to this environment.
    pub fn includes(&self, section: &str) -> bool {
        self.sections.as_ref().is_none_or(|sections| sections.iter().any(|one| one == section))
    }
}
