//! The choice of the mapping that a trigger refers to.

use super::super::identity::SOURCE;
use super::super::source::pending_table;
use super::read::Mapping;
use crate::base::{Address, pending};
use crate::kind::{
    Identity,
    tags::{ADDRESS_TAG, STACK_TAG, address_of, address_tag},
};

/// The mapping that has the identity's tags, else the one that reads its source.
///
/// One that reads another source and has our tags is ours from before: it is found, so that it is replaced.
/// One that has the tags of another of these triggers belongs to that one.
pub(super) fn choose<'m>(id: &Identity, all: &[Identity], mappings: &'m [Mapping]) -> Option<&'m Mapping> {
    let wanted = address_tag(&id.address);
    let stack = id.details.get(STACK_TAG);
    let tagged = |mapping: &&Mapping| {
        let same_stack = stack.is_none() || mapping.tags.get(STACK_TAG) == stack;
        same_stack && mapping.tags.get(ADDRESS_TAG) == Some(&wanted)
    };
    let reads = |mapping: &&Mapping| {
        let live = mapping.config.event_source_arn().unwrap_or_default();
        id.details.get(SOURCE).is_some_and(|source| is_source(source, live))
    };
    let of_another = |mapping: &&Mapping| {
        let same_stack = mapping.tags.get(STACK_TAG) == stack;
        let its: Option<Address> = mapping.tags.get(ADDRESS_TAG).and_then(|tag| address_of(tag));
        same_stack && its.is_some_and(|its| its != id.address && all.iter().any(|other| other.address == its))
    };
    let ours = || mappings.iter().filter(tagged);
    ours()
        .find(reads)
        .or_else(|| ours().next())
        .or_else(|| mappings.iter().filter(reads).find(|mapping| !of_another(mapping)))
}

/// Returns whether the live ARN is the source; for a table's stream that is not known yet, any of its streams.
/// Source: service authorization reference for Amazon `DynamoDB`, resource type `stream`.
fn is_source(source: &str, live: &str) -> bool {
    match pending_table(source) {
        Some(table) => live.contains(&format!(":table/{table}/stream/")),
        None => !pending::is_pending(source) && source == live,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_lambda::types::EventSourceMappingConfiguration;

    use super::*;
    use crate::base::Outputs;

    const TABLE: &str = "arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/2026-01-01T00:00:00.000";
    const OTHER: &str = "arn:aws:kinesis:eu-central-1:123456789012:stream/s";

    fn mapping(uuid: &str, source: &str, address: Option<&str>) -> Mapping {
        let mut tags = std::collections::BTreeMap::new();
        if let Some(address) = address {
            tags.insert(STACK_TAG.to_owned(), "stack".to_owned());
            tags.insert(ADDRESS_TAG.to_owned(), address.to_owned());
        }
        let config = EventSourceMappingConfiguration::builder().uuid(uuid).event_source_arn(source).build();
        Mapping { config, tags, unsupported: Vec::new() }
    }

    fn id(name: &str, source: &str) -> Identity {
        let details = [(SOURCE, source), (STACK_TAG, "stack")];
        Identity {
            address: Address::new("triggers", name),
            name: name.to_owned(),
            details: details.map(|(key, value)| (key.to_owned(), value.to_owned())).into_iter().collect::<Outputs>(),
        }
    }

    fn chosen(id: &Identity, all: &[Identity], mappings: &[Mapping]) -> Option<String> {
        choose(id, all, mappings).and_then(|mapping| mapping.config.uuid()).map(str::to_owned)
    }

    #[test]
    fn tagged_mapping_is_chosen_before_matching_source() {
        let id = id("f/a", OTHER);
        let mappings = [mapping("by-hand", OTHER, None), mapping("ours", TABLE, Some("triggers.f/a"))];
        assert_eq!(chosen(&id, std::slice::from_ref(&id), &mappings).as_deref(), Some("ours"));
        assert_eq!(chosen(&id, std::slice::from_ref(&id), &mappings[..1]).as_deref(), Some("by-hand"));
        assert_eq!(chosen(&id, std::slice::from_ref(&id), &[]), None);
    }

    #[test]
    fn mapping_tagged_for_another_trigger_is_not_chosen() {
        let ids = [id("f/a", OTHER), id("f/b", OTHER)];
        let mappings = [mapping("b", OTHER, Some("triggers.f/b"))];
        assert_eq!(chosen(&ids[0], &ids, &mappings), None);
        assert_eq!(chosen(&ids[1], &ids, &mappings).as_deref(), Some("b"));
        // The trigger's key was changed in the file: it is the same mapping.
        assert_eq!(chosen(&ids[0], &ids[..1], &mappings).as_deref(), Some("b"));
    }

    #[test]
    fn pending_stream_is_matched_by_its_table() {
        let reference = "tables.t.stream_arn".parse().expect("a reference");
        let id = id("f/a", &pending::text(&reference));
        let mappings = [mapping("other", OTHER, None), mapping("stream", TABLE, None)];
        assert_eq!(chosen(&id, std::slice::from_ref(&id), &mappings).as_deref(), Some("stream"));
    }
}
