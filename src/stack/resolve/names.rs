//! The resources that a file names, for who asks for no more: the rest of the file may be wrong.

use std::cell::RefCell;

use super::index::Index;
use super::resolver::Resolver;
use crate::base::{Address, Environment};
use crate::kind::Registry;
use crate::stack::diagnostics::Reports;
use crate::stack::parse::Document;
use crate::stack::settings::{Settings, Variables};

/// A resource by its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedResource {
    /// Its address.
    pub address: Address,
    /// Its physical name, as far as that can be computed.
    pub name: Option<String>,
}

impl Document {
    /// The resources of an environment, in the order of the registry's sections and of the file. If the settings can't be
    /// read, no section is left out. `env` gives the account and the region for settings.
    pub fn named_resources(
        &self,
        environment: Option<&str>,
        env: &dyn Fn(&Settings) -> Environment,
        registry: &Registry,
        variables: &Variables<'_>,
    ) -> Vec<NamedResource> {
        let settings = self.settings(environment, registry, variables);
        let settings = settings.unwrap_or_else(|_| self.open_settings(environment, registry, variables));
        let reports = Reports::default();
        let index = Index::new(self, &settings, registry, &reports);
        let resolver = Resolver {
            index: &index,
            settings: &settings,
            env: &env(&settings),
            registry,
            variables,
            source: &self.tree.source,
            frames: RefCell::default(),
            names: RefCell::default(),
        };
        let kept = index.resources.iter().filter(|raw| !raw.excluded);
        let named = kept.map(|raw| NamedResource { address: raw.address.clone(), name: resolver.name(raw) });
        named.collect()
    }

    /// The names of the environments, in the order of the file.
    pub fn environments(&self) -> Vec<String> {
        let environments = self.tree.root.entry("environments");
        environments.into_iter().flat_map(|entry| entry.value.entries()).map(|entry| entry.key.clone()).collect()
    }
}
