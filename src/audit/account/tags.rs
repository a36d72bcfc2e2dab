//! Tags: of all resources at once by the tagging API, or of each where that can't be.

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub use super::shared::Tags;
use super::{Reader, Unread};

/// The tags of tables, functions and mappings, by ARN. The tagging API may list what was deleted a moment ago.
/// Source: Resource Groups Tagging API reference, `GetResources`: at most 100 resources in a page.
async fn read(reader: &Reader) -> Result<BTreeMap<String, Tags>, Unread> {
    let input = json!({
        "ResourceTypeFilters": ["dynamodb:table", "lambda:function", "lambda:event-source-mapping"],
        "ResourcesPerPage": 100,
    });
    let resources = reader.all_unrecorded("tag:GetResources", input).await?;
    let pair = |resource: Value| {
        Some((resource.get("ResourceARN")?.as_str()?.to_owned(), of_list(resource.get("Tags").unwrap_or(&Value::Null))))
    };
    Ok(resources.into_iter().filter_map(pair).collect())
}

/// Tags that are given as a list of `Key` and `Value`, in any of AWS's spellings.
pub fn of_list(list: &Value) -> Tags {
    let text =
        |tag: &Value, names: [&str; 2]| names.iter().find_map(|name| tag.get(*name)?.as_str()).map(str::to_owned);
    let pair = |tag: &Value| {
        let key = text(tag, ["Key", "key"]).or_else(|| text(tag, ["TagKey", "tagKey"]))?;
        let value = text(tag, ["Value", "value"]).or_else(|| text(tag, ["TagValue", "tagValue"]));
        Some((key, value.unwrap_or_default()))
    };
    list.as_array().into_iter().flatten().filter_map(pair).collect()
}

/// Tags that are given as a mapping.
pub fn of_map(map: &Value) -> Tags {
    let pair = |(key, value): (&String, &Value)| (key.clone(), value.as_str().unwrap_or_default().to_owned());
    map.as_object().into_iter().flatten().map(pair).collect()
}

/// The tags of one resource: those of the listing, or by the call that is given where there is no listing.
pub(super) async fn of<F>(reader: &Reader, arn: &str, directly: impl FnOnce() -> F) -> Result<Tags, Unread>
where
    F: Future<Output = Result<Tags, Unread>>,
{
    match reader.shared.tagged.get_or_init(|| read(reader)).await.as_ref() {
        Ok(tagged) => Ok(tagged.get(arn).cloned().unwrap_or_default()),
        Err(_) => directly().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_in_every_spelling() {
        let expected: Tags = [("a".to_owned(), "b".to_owned())].into();
        assert_eq!(of_list(&json!([{"Key": "a", "Value": "b"}])), expected);
        assert_eq!(of_list(&json!([{"key": "a", "value": "b"}])), expected);
        assert_eq!(of_list(&json!([{"TagKey": "a", "TagValue": "b"}])), expected);
        assert_eq!(of_map(&json!({"a": "b"})), expected);
        assert_eq!(of_list(&Value::Null), Tags::new());
    }
}
