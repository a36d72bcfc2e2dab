//! Trails of AWS `CloudTrail`, with their state, their selectors and their buckets.

use std::collections::{BTreeMap, BTreeSet};

use futures::future;
use serde_json::{Value, json};

use super::document::Place;
use super::fields::{tags, text};
use super::part::{self, Form, Input, Part};
use super::tagged::{self, TagsByArn};
use super::types::TRAIL as TYPE;
use super::{AccountDocuments, Collector, Document, Reader, Unread, Wanted, bucket, listing};
use crate::audit::Live;

/// The member with what is read of the bucket.
const BUCKET: &str = "Bucket";

/// The calls about a trail. They take the ARN: a name is not enough for the trail of an organization, nor for one of
/// another region.
/// Source: `CloudTrail` API reference, `GetTrailStatus`, `GetEventSelectors`.
const PARTS: &[Part] = &[
    Part {
        member: "GetTrailStatus",
        operation: "cloudtrail:GetTrailStatus",
        input: &[("Name", Input::At("/TrailARN"))],
        form: Form::At(""),
    },
    Part {
        member: "GetEventSelectors",
        operation: "cloudtrail:GetEventSelectors",
        input: &[("TrailName", Input::At("/TrailARN"))],
        form: Form::At(""),
    },
];

/// The most trails of one call. Source: `CloudTrail` API reference, `ListTags`.
const TAGGED_AT_ONCE: usize = 20;

/// Reads the trails that log a region. A trail of several regions is listed in each of them: its document is in its home
/// region, and whoever reads several regions gets it several times (see [`once`]).
pub(super) async fn read(reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    if !wanted.has(TYPE) {
        return;
    }
    let Some(trails) = listing::list(TYPE, reader.list("cloudtrail:DescribeTrails").await, reader, into) else {
        return;
    };
    let names: BTreeSet<&str> = trails.iter().map(|trail| text(trail, "/S3BucketName")).collect();
    let names = names.into_iter().filter(|name| !name.is_empty() && wanted.has_member(TYPE, BUCKET));
    let buckets = future::join_all(names.map(|name| async move { (name, bucket::read(name, reader).await) }));
    let (buckets, tags) = future::join(buckets, tags_of(&trails, reader)).await;
    let buckets: BTreeMap<&str, bucket::Bucket> =
        buckets.into_iter().filter_map(|(name, bucket)| Some((name, bucket?))).collect();
    listing::each(&trails, into, |trail| document(trail, &buckets, &tags, reader, wanted)).await;
}

async fn document(
    trail: &Value,
    buckets: &BTreeMap<&str, bucket::Bucket>,
    tags: &Result<TagsByArn, Unread>,
    reader: &Reader,
    wanted: &Wanted,
) -> Option<Document> {
    let (name, arn) = (text(trail, "/Name"), text(trail, "/TrailARN"));
    let home = Some(text(trail, "/HomeRegion")).filter(|region| !region.is_empty());
    let region = home.unwrap_or(&reader.env().region);
    let mut document = Document::of_place(reader, &Place { type_name: TYPE, id: name, name, arn, region });
    document.seen(reader.evidence("cloudtrail:DescribeTrails"));
    document.configuration(trail.clone());
    document.tags(tagged::of_arn(tags, arn));
    part::add(&mut document, PARTS, trail, reader, wanted).await;
    if !wanted.has_member(TYPE, BUCKET) {
        document.supplement(BUCKET, Err(Unread::not_asked("s3:GetBucketAcl")));
    } else if let Some(bucket) = buckets.get(text(trail, "/S3BucketName")) {
        bucket.write(&format!("/supplementaryConfiguration/{BUCKET}"), &mut document, reader);
    }
    Some(document)
}

/// ARN → tags of the account's own trails that are at home in the region: those of others can't be asked for here.
async fn tags_of(trails: &[Value], reader: &Reader) -> Result<TagsByArn, Unread> {
    let env = reader.env();
    let own = format!("arn:{}:cloudtrail:{}:{}:", env.partition, env.region, env.account);
    let arns: Vec<&str> =
        trails.iter().map(|trail| text(trail, "/TrailARN")).filter(|arn| arn.starts_with(&own)).collect();
    let mut found = BTreeMap::new();
    for arns in arns.chunks(TAGGED_AT_ONCE) {
        let answer = reader.all("cloudtrail:ListTags", json!({"ResourceIdList": arns})).await?;
        found.extend(answer.iter().map(|one| (text(one, "/ResourceId").to_owned(), tags(one.get("TagsList")))));
    }
    Ok(found)
}

/// Leaves one document of each trail: the one with the fewest parts that could not be read. The reader of the home region
/// gets the most answers.
pub(super) fn once(documents: &mut AccountDocuments) {
    let unknown = |live: &Live| live.items.iter().map(|item| item.unknown.len()).sum::<usize>();
    let key = |live: &Live| (live.resource.account.clone(), live.resource.arn.clone());
    let is_trail = |live: &Live| live.resource.type_name == TYPE;
    let mut best: BTreeMap<(String, String), (usize, usize)> = BTreeMap::new();
    for (index, live) in documents.live.iter().enumerate().filter(|(_, live)| is_trail(live)) {
        let place = best.entry(key(live)).or_insert((unknown(live), index));
        *place = (*place).min((unknown(live), index));
    }
    let kept: BTreeSet<usize> = best.into_values().map(|(_, index)| index).collect();
    let mut index = 0;
    documents.live.retain(|live| {
        index += 1;
        !is_trail(live) || kept.contains(&(index - 1))
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Resource;
    use crate::kind::Rendering;

    fn live(type_name: &'static str, arn: &str, unknown: usize) -> Live {
        let mut item = Rendering::new(type_name);
        item.unknown = (0..unknown).map(|number| (number.to_string(), String::new())).collect();
        let resource = Resource {
            type_name: type_name.to_owned(),
            id: "t".to_owned(),
            arn: arn.to_owned(),
            region: "eu-central-1".to_owned(),
            account: "123456789012".to_owned(),
            tags: BTreeMap::new(),
            owner: None,
        };
        Live { resource, items: vec![item], template: Vec::new(), evidence: Vec::new() }
    }

    #[test]
    fn trail_that_several_regions_show_is_kept_once_by_its_most_complete_document() {
        let live = vec![
            live(TYPE, "a", 2),
            live("AWS::KMS::Key", "a", 0),
            live(TYPE, "a", 0),
            live(TYPE, "b", 1),
            live(TYPE, "a", 0),
        ];
        let mut documents = AccountDocuments { live, ..AccountDocuments::default() };
        once(&mut documents);
        let left: Vec<(&str, &str, usize)> = documents
            .live
            .iter()
            .map(|live| (live.resource.type_name.as_str(), live.resource.arn.as_str(), live.items[0].unknown.len()))
            .collect();
        assert_eq!(left, [("AWS::KMS::Key", "a", 0), (TYPE, "a", 0), (TYPE, "b", 1)]);
    }
}
