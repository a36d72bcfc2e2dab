//! Keys of AWS KMS, with rotation, policy and aliases.

use futures::future;
use serde_json::{Value, json};

use super::fields::text;
use super::lists::List;
use super::part::{self, Form, Input, Part};
use super::tagged::{self, TagsByArn};
use super::{Collector, Document, Reader, Unread, Wanted, listing};

/// AWS's type.
pub(super) const TYPE: &str = super::types::KEY;

const ALIASES: &str = "kms:ListAliases";

const ID: (&str, Input) = ("KeyId", Input::At("/KeyId"));

const DESCRIBE: Part =
    Part { member: "DescribeKey", operation: "kms:DescribeKey", input: &[ID], form: Form::At("/KeyMetadata") };

/// The calls about a key of the customer; what they show of AWS's own keys nobody can change.
const PARTS: &[Part] = &[
    Part { member: "GetKeyRotationStatus", operation: "kms:GetKeyRotationStatus", input: &[ID], form: Form::At("") },
    Part {
        member: "GetKeyPolicy",
        operation: "kms:GetKeyPolicy",
        input: &[ID, ("PolicyName", Input::Text("default"))],
        form: Form::Document("/Policy"),
    },
];

/// The answers about all keys.
struct Shared {
    aliases: List,
    tags: Result<TagsByArn, Unread>,
}

/// Reads the keys of a region.
pub(super) async fn read(reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    if !wanted.has(TYPE) {
        return;
    }
    let Some(keys) = listing::list(TYPE, reader.list("kms:ListKeys").await, reader, into) else { return };
    if keys.is_empty() {
        return;
    }
    let aliases = part::if_wanted((TYPE, "ListAliases"), ALIASES, wanted, reader.list(ALIASES));
    let (aliases, tags) = future::join(aliases, tagged::of("kms", reader)).await;
    let shared = Shared { aliases, tags };
    listing::each(&keys, into, |key| document(key, &shared, reader, wanted)).await;
}

async fn document(key: &Value, shared: &Shared, reader: &Reader, wanted: &Wanted) -> Option<Document> {
    let (id, arn) = (text(key, "/KeyId"), text(key, "/KeyArn"));
    let described = DESCRIBE.ask(reader, key).await.transpose()?;
    let is_of_aws = described.as_ref().is_ok_and(|key| key["KeyManager"] == json!("AWS"));
    let mut document = Document::new(TYPE, reader, id, None, arn);
    part::configure(&mut document, reader, DESCRIBE.operation, described);
    document.tags(tagged::of_arn(&shared.tags, arn));
    let is_own = |alias: &&Value| text(alias, "/TargetKeyId") == id;
    let aliases = shared.aliases.as_ref().map(|aliases| aliases.iter().filter(is_own).cloned().collect());
    part::write(&mut document, reader, ALIASES, "ListAliases", aliases.map(Some).map_err(Clone::clone));
    if !is_of_aws {
        part::add(&mut document, PARTS, key, reader, wanted).await;
    }
    Some(document)
}
