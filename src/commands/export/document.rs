//! The text of a template: JSON, or YAML.

use serde_json::Value;

use super::yaml;
use crate::cli::Format;
use crate::report::to_json;

/// The largest template that goes with a call, in bytes; a larger one is uploaded to S3 first.
/// Source: `CloudFormation` user guide, "CloudFormation quotas".
pub(super) const INLINE_LIMIT: usize = 51_200;
/// The largest template that is taken from S3, in bytes. Source: the same.
pub(super) const S3_LIMIT: usize = 1_000_000;
/// The most resources. Source: the same.
pub(super) const MOST_RESOURCES: usize = 500;
/// The most parameters. Source: the same.
pub(super) const MOST_PARAMETERS: usize = 200;

/// Writes a template.
pub(super) fn text(document: &Value, format: Format) -> String {
    match format {
        Format::CloudformationYaml => yaml::text(document),
        _ => to_json(document),
    }
}
