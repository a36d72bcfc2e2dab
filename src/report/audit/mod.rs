//! The formats of an audit's report, all made from one [`crate::audit::Report`]; JSON is the report's own form.
//!
//! What a report says of resources is foreign text: nobody knows who wrote a tag, a description or a policy's `Sid`. Each
//! format makes it harmless in its own way, and all are written to a stream, finding by finding.

mod asff;
mod csv;
mod groups;
mod html;
mod junit;
mod list;
mod markdown;
mod ocsf;
mod partition;
mod sarif;
mod standards;
mod text;
mod together;
mod uri;

pub(super) use groups::severity_name;
pub(super) use junit::xml;
pub(super) use list::line;
pub(super) use sarif::{SARIF_SCHEMA, sarif_level, sarif_message, sarif_score};
pub(super) use uri::file_uri;

pub use asff::audit_asff;
pub use csv::audit_csv;
pub use html::audit_html;
pub use junit::audit_junit;
pub use markdown::audit_markdown;
pub use ocsf::audit_ocsf;
pub use sarif::audit_sarif;
pub use text::{Shown, audit_text};

#[cfg(test)]
mod tests;
