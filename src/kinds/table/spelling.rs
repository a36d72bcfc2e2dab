//! The conversion of the words of `stack.yaml` to AWS's spelling.

use super::op::{
    GlobalSecondaryIndex, KeySchemaElement, LocalSecondaryIndex, OnDemandThroughput, Projection, ProvisionedThroughput,
    SseSpecification, StreamSpecification,
};
use super::properties::{Encryption, IndexKey, KeyAttribute, Projection as Held};
use super::spec::{BillingMode, GlobalIndex, LocalIndex, Stream, TableClass};

impl BillingMode {
    /// AWS's word.
    pub fn aws(self) -> &'static str {
        match self {
            Self::OnDemand => "PAY_PER_REQUEST",
            Self::Provisioned => "PROVISIONED",
        }
    }
}

impl TableClass {
    /// AWS's word.
    pub fn aws(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::StandardInfrequentAccess => "STANDARD_INFREQUENT_ACCESS",
        }
    }
}

impl Stream {
    /// AWS's word; `None` if there is no stream.
    pub fn aws(self) -> Option<&'static str> {
        match self {
            Self::Off => None,
            Self::KeysOnly => Some("KEYS_ONLY"),
            Self::NewImage => Some("NEW_IMAGE"),
            Self::OldImage => Some("OLD_IMAGE"),
            Self::NewAndOldImages => Some("NEW_AND_OLD_IMAGES"),
        }
    }

    /// The specification that turns the stream on with this view, or off.
    pub fn specification(self) -> StreamSpecification {
        let view = self.aws();
        StreamSpecification { stream_enabled: view.is_some(), stream_view_type: view.map(str::to_owned) }
    }
}

impl Encryption {
    /// The specification in a call.
    pub fn specification(&self) -> SseSpecification {
        let kms = || Some("KMS".to_owned());
        match self {
            Self::AwsOwned => SseSpecification { enabled: false, sse_type: None, kms_master_key_id: None },
            Self::AwsManaged => SseSpecification { enabled: true, sse_type: kms(), kms_master_key_id: None },
            Self::CustomerKey(arn) => {
                SseSpecification { enabled: true, sse_type: kms(), kms_master_key_id: Some(arn.clone()) }
            }
        }
    }
}

impl Held {
    /// The specification in a call.
    pub fn specification(&self) -> Projection {
        let (kind, attributes) = match self {
            Self::All => ("ALL", None),
            Self::KeysOnly => ("KEYS_ONLY", None),
            Self::Include(names) => ("INCLUDE", Some(names.clone())),
        };
        Projection { projection_type: kind.to_owned(), non_key_attributes: attributes }
    }
}

/// The key schema: partition keys, then sort keys, in their order.
pub(super) fn key_schema<'k>(
    partition: impl IntoIterator<Item = &'k KeyAttribute>,
    sort: impl IntoIterator<Item = &'k KeyAttribute>,
) -> Vec<KeySchemaElement> {
    let element = |part: &'static str| {
        move |key: &KeyAttribute| KeySchemaElement { attribute_name: key.name.clone(), key_type: part.to_owned() }
    };
    partition.into_iter().map(element("HASH")).chain(sort.into_iter().map(element("RANGE"))).collect()
}

/// The capacity, if both values are known.
pub(super) fn throughput(read: Option<u64>, write: Option<u64>) -> Option<ProvisionedThroughput> {
    Some(ProvisionedThroughput { read_capacity_units: read?, write_capacity_units: write? })
}

/// The limits; `None` if there are none.
pub(super) fn limits(read: Option<u64>, write: Option<u64>) -> Option<OnDemandThroughput> {
    let units = |limit: Option<u64>| limit.map(|units| i64::try_from(units).unwrap_or(i64::MAX));
    (read.is_some() || write.is_some())
        .then(|| OnDemandThroughput { max_read_request_units: units(read), max_write_request_units: units(write) })
}

/// The limits to set: -1 removes one.
/// Source: API reference, `OnDemandThroughput`.
pub(super) fn new_limits(read: Option<u64>, write: Option<u64>) -> OnDemandThroughput {
    let units = |limit: Option<u64>| Some(limit.map_or(-1, |units| i64::try_from(units).unwrap_or(i64::MAX)));
    OnDemandThroughput { max_read_request_units: units(read), max_write_request_units: units(write) }
}

impl GlobalIndex {
    /// The specification that creates the index.
    pub fn specification(&self, name: &str, provisioned: bool) -> GlobalSecondaryIndex {
        let sort = self.sort_key.iter().flat_map(|IndexKey(keys)| keys);
        let (capacity, limit) = if provisioned {
            (throughput(self.read_capacity, self.write_capacity), None)
        } else {
            (None, limits(self.max_read_request_units, self.max_write_request_units))
        };
        GlobalSecondaryIndex {
            index_name: name.to_owned(),
            key_schema: key_schema(&self.partition_key.0, sort),
            projection: self.projection.specification(),
            provisioned_throughput: capacity,
            on_demand_throughput: limit,
        }
    }
}

impl LocalIndex {
    /// The specification that creates the index.
    pub fn specification(&self, name: &str, partition: &KeyAttribute) -> LocalSecondaryIndex {
        LocalSecondaryIndex {
            index_name: name.to_owned(),
            key_schema: key_schema([partition], [&self.sort_key]),
            projection: self.projection.specification(),
        }
    }
}
