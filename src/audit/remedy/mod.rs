//! The remedy of a finding: the lines and the commands of its check, with what is known of the resource in them.

#[cfg(test)]
mod catalogue_tests;
mod document;
mod elsewhere;
mod fill;
mod known;
mod members;
mod network;
mod placeholders;
mod plain;
mod shell;
mod template;
#[cfg(test)]
mod tests;
mod yaml;

pub use document::Known;
pub(crate) use elsewhere::{Elsewhere, LOOKED_AT};
pub use fill::{own_remedy, remedy};
pub use known::known;
pub use placeholders::{PLACEHOLDERS, comments};
pub use template::{Part, Values, parts};
pub use yaml::yaml_text;
