//! The records that each type of source passes to Lambda, as far as filters can see them.
//!
//! Sources: Lambda Developer Guide, "Using event filtering with a `DynamoDB` event source" and its counterparts for
//! Kinesis and SQS; `DynamoDB` API reference, `Record`, `StreamRecord` and `AttributeValue`.

use serde_json::Value;

use crate::base::Problem;

use super::pattern::{EventPattern, Node};

/// A type of source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The stream of a table.
    Table,
    /// A Kinesis data stream.
    Kinesis,
    /// An SQS queue.
    Queue,
}

impl Source {
    /// The shape of its records.
    pub(super) fn record(self) -> Shape {
        match self {
            Self::Table => Shape::Fields(TABLE),
            Self::Kinesis => Shape::Fields(KINESIS),
            Self::Queue => Shape::Fields(QUEUE),
        }
    }

    /// The noun for one of its records.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Table => "a record of a table's stream",
            Self::Kinesis => "a record of a Kinesis stream",
            Self::Queue => "a message of a queue",
        }
    }

    /// The property that holds the author's own data.
    pub(super) fn data(self) -> &'static str {
        match self {
            Self::Table => "dynamodb",
            Self::Kinesis => "data",
            Self::Queue => "body",
        }
    }
}

/// The problem of a filter on the data of a stream that is not a mapping, which Lambda refuses: a queue's `body` may
/// be plain text, a stream's data may not.
/// Source: Lambda Developer Guide, "Properly filtering Kinesis and `DynamoDB` messages".
pub(super) fn not_json(pattern: &EventPattern, source: Source) -> Option<Problem> {
    if source == Source::Queue {
        return None;
    }
    let field = pattern.fields.iter().find(|field| field.name == source.data())?;
    let Node::OneOf(_) = field.node else { return None };
    let message = format!("`{}` of {} is a mapping, and Lambda refuses a list for it", field.name, source.noun());
    let hint = match source {
        Source::Table => "name what is in it: `dynamodb: {NewImage: {status: {S: [open]}}}`",
        _ => "name what is in it: `data: {status: [open]}`",
    };
    Some(Problem::new(field.at.clone(), message).hint(hint))
}

/// The shape of a value in a record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Shape {
    /// Unknown: the author's own data.
    Any,
    /// A text.
    Text,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A number, written as a text.
    NumberAsText,
    /// A number.
    Number,
    /// True or false.
    Truth,
    /// A mapping with these properties.
    Fields(&'static [(&'static str, Shape)]),
    /// A mapping with names of the author's, each to a mapping with these properties.
    Named(&'static [(&'static str, Shape)]),
    /// An item: its attributes, each to a mapping of its type to its value.
    Item,
    /// The value of an attribute: a mapping of its type to the value.
    Attribute,
    /// The attributes of a key.
    Key,
    /// The value of an attribute of a key.
    KeyAttribute,
}

impl Shape {
    /// The shape of a property of a mapping; `None` if there can't be one of this name.
    pub(super) fn child(self, name: &str) -> Option<Self> {
        let of = |fields: &[(&str, Self)]| fields.iter().find(|(field, _)| *field == name).map(|(_, shape)| *shape);
        match self {
            Self::Any => Some(Self::Any),
            Self::Fields(fields) => of(fields),
            Self::Named(fields) => Some(Self::Fields(fields)),
            Self::Item => Some(Self::Attribute),
            Self::Key => Some(Self::KeyAttribute),
            Self::Attribute => of(TYPES),
            Self::KeyAttribute => of(KEY_TYPES),
            Self::Text | Self::OneOf(_) | Self::NumberAsText | Self::Number | Self::Truth => None,
        }
    }

    /// The names of its properties, if they are AWS's.
    pub(super) fn names(self) -> Vec<&'static str> {
        let of = |fields: &'static [(&'static str, Self)]| fields.iter().map(|(name, _)| *name).collect();
        match self {
            Self::Fields(fields) => of(fields),
            Self::Attribute => of(TYPES),
            Self::KeyAttribute => of(KEY_TYPES),
            _ => Vec::new(),
        }
    }

    /// Returns whether it is a mapping.
    pub(super) fn is_mapping(self) -> bool {
        matches!(self, Self::Fields(_) | Self::Named(_) | Self::Item | Self::Attribute | Self::Key | Self::KeyAttribute)
    }
}

/// `DynamoDB`'s types.
const TYPES: &[(&str, Shape)] = &[
    ("S", Shape::Text),
    ("N", Shape::NumberAsText),
    ("B", Shape::Text),
    ("SS", Shape::Text),
    ("NS", Shape::NumberAsText),
    ("BS", Shape::Text),
    ("M", Shape::Item),
    ("L", Shape::Attribute),
    ("BOOL", Shape::Truth),
    ("NULL", Shape::Truth),
];

/// The types that an attribute of a key may have.
const KEY_TYPES: &[(&str, Shape)] = &[("S", Shape::Text), ("N", Shape::NumberAsText), ("B", Shape::Text)];

/// The types of change that a table's stream reports.
pub(super) const EVENTS: &[&str] = &["INSERT", "MODIFY", "REMOVE"];

const TABLE: &[(&str, Shape)] = &[
    ("eventID", Shape::Text),
    ("eventName", Shape::OneOf(EVENTS)),
    ("eventVersion", Shape::Text),
    ("eventSource", Shape::OneOf(&["aws:dynamodb"])),
    ("awsRegion", Shape::Text),
    ("dynamodb", Shape::Fields(CHANGE)),
    ("eventSourceARN", Shape::Text),
    ("userIdentity", Shape::Fields(&[("type", Shape::Text), ("principalId", Shape::Text)])),
];

const CHANGE: &[(&str, Shape)] = &[
    ("ApproximateCreationDateTime", Shape::Any),
    ("Keys", Shape::Key),
    ("NewImage", Shape::Item),
    ("OldImage", Shape::Item),
    ("SequenceNumber", Shape::Text),
    ("SizeBytes", Shape::Number),
    ("StreamViewType", Shape::OneOf(&["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"])),
];

/// The record of a Kinesis stream: the properties under `kinesis` in the function's event are at the top for filters.
const KINESIS: &[(&str, Shape)] = &[
    ("data", Shape::Any),
    ("partitionKey", Shape::Text),
    ("sequenceNumber", Shape::Text),
    ("kinesisSchemaVersion", Shape::Text),
    ("approximateArrivalTimestamp", Shape::Number),
    ("eventSource", Shape::OneOf(&["aws:kinesis"])),
    ("eventVersion", Shape::Text),
    ("eventID", Shape::Text),
    ("eventName", Shape::OneOf(&["aws:kinesis:record"])),
    ("invokeIdentityArn", Shape::Text),
    ("awsRegion", Shape::Text),
    ("eventSourceARN", Shape::Text),
];

const QUEUE: &[(&str, Shape)] = &[
    ("body", Shape::Any),
    ("messageId", Shape::Text),
    ("receiptHandle", Shape::Text),
    ("attributes", Shape::Fields(ATTRIBUTES)),
    ("messageAttributes", Shape::Named(MESSAGE_ATTRIBUTE)),
    ("md5OfBody", Shape::Text),
    ("md5OfMessageAttributes", Shape::Text),
    ("eventSource", Shape::OneOf(&["aws:sqs"])),
    ("eventSourceARN", Shape::Text),
    ("awsRegion", Shape::Text),
];

/// The attributes of a message. Source: SQS API reference, `ReceiveMessage`.
const ATTRIBUTES: &[(&str, Shape)] = &[
    ("ApproximateReceiveCount", Shape::NumberAsText),
    ("SentTimestamp", Shape::NumberAsText),
    ("SenderId", Shape::Text),
    ("ApproximateFirstReceiveTimestamp", Shape::NumberAsText),
    ("SequenceNumber", Shape::NumberAsText),
    ("MessageGroupId", Shape::Text),
    ("MessageDeduplicationId", Shape::Text),
    ("AWSTraceHeader", Shape::Text),
    ("DeadLetterQueueSourceArn", Shape::Text),
];

const MESSAGE_ATTRIBUTE: &[(&str, Shape)] = &[
    ("stringValue", Shape::Text),
    ("binaryValue", Shape::Text),
    ("stringListValues", Shape::Text),
    ("binaryListValues", Shape::Text),
    ("dataType", Shape::Text),
];

/// A table of the stack, with the properties on which its records depend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct StreamedTable {
    /// Its address, for messages.
    pub(in super::super) address: String,
    /// True for each image (old, new) that its stream carries; `None` if that is not known.
    pub(in super::super) images: Option<(bool, bool)>,
    /// The attributes of its key, with their types.
    pub(in super::super) keys: Vec<(String, String)>,
}

impl StreamedTable {
    /// Reads a table's normalised properties.
    pub(in super::super) fn new(address: String, desired: &Value) -> Self {
        let images = match desired.get("stream").and_then(Value::as_str) {
            Some("keys_only") => Some((false, false)),
            Some("new_image") => Some((false, true)),
            Some("old_image") => Some((true, false)),
            Some("new_and_old_images") => Some((true, true)),
            _ => None,
        };
        let key = |property: &str| {
            let (name, kind) = match desired.get(property)? {
                Value::String(name) => (name.as_str(), "S"),
                Value::Object(key) => {
                    (key.get("name")?.as_str()?, key.get("type").and_then(Value::as_str).unwrap_or("S"))
                }
                _ => return None,
            };
            Some((name.to_owned(), kind.to_owned()))
        };
        Self { address, images, keys: ["partition_key", "sort_key"].into_iter().filter_map(key).collect() }
    }
}
