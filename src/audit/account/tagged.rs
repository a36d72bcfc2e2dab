//! The tags of all resources of a service, in one paged call of the tagging API.

use std::collections::BTreeMap;

use serde_json::json;

use super::fields::{tags, text};
use super::shared::Tags;
use super::{Reader, Unread};

/// ARN → tags. Resources without tags are not in it.
pub(super) type TagsByArn = BTreeMap<String, Tags>;

/// Reads the tags of a service's resources: `kms`, `logs`, `config`.
///
/// Source: Resource Groups Tagging API reference, `GetResources`: a filter may name a service, or a service and a type.
pub(super) async fn of(service: &str, reader: &Reader) -> Result<TagsByArn, Unread> {
    let resources = reader.all("tag:GetResources", json!({"ResourceTypeFilters": [service]})).await?;
    let pair = |one: &serde_json::Value| (plain(text(one, "/ResourceARN")).to_owned(), tags(one.get("Tags")));
    Ok(resources.iter().map(pair).collect())
}

/// The tags of one resource.
pub(super) fn of_arn<'t>(tags: &'t Result<TagsByArn, Unread>, arn: &str) -> Result<&'t Tags, &'t Unread> {
    static NONE: Tags = Tags::new();
    tags.as_ref().map(|tags| tags.get(plain(arn)).unwrap_or(&NONE))
}

/// An ARN without the `:*` that stands for the streams of a log group.
pub(super) fn plain(arn: &str) -> &str {
    arn.strip_suffix(":*").unwrap_or(arn)
}
