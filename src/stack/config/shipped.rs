//! The rules that come with underpin: those of `policies/config`, carried in the program.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::catalogue;
use super::files::GuardFiles;
use crate::rules::Rule;
use crate::stack::report::Reports;
use crate::stack::source::Source;

macro_rules! shipped {
    ($($name:literal)*) => {
        const GUARDS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../policies/config/", $name, ".guard")))),*];
    };
}

const TEXT: &str = include_str!("../../../policies/config/catalogue.yaml");

shipped! {}

/// The shipped rules, in the order of their catalogue.
pub fn shipped_rules() -> Vec<Rule> {
    let source = |name: &str, text: &str| Arc::new(Source::new(PathBuf::from(name), text.to_owned()));
    let guard = |(name, text): &(&str, &str)| ((*name).to_owned(), source(&format!("{name}.guard"), text));
    let guards = GuardFiles::new(GUARDS.iter().map(guard).collect::<BTreeMap<_, _>>());
    // That nothing is wrong with them is tested.
    let reports = Reports::default();
    catalogue::rules(&source("catalogue.yaml", TEXT), &guards, &[], &reports)
}
