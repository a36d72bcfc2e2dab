//! Tables and patterns for tests.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{AccessPattern, IndexKeys, Key, Projected, ScalarType, TableKeys};

pub(super) fn string(name: &str) -> Key {
    Key { name: name.to_owned(), kind: ScalarType::S }
}

pub(super) fn number(name: &str) -> Key {
    Key { name: name.to_owned(), kind: ScalarType::N }
}

/// The project's table, with two more indexes.
pub(super) fn messages() -> TableKeys {
    let global = |partition: Vec<Key>, sort: Vec<Key>, projected: Projected| IndexKeys {
        partition,
        sort,
        projected,
        global: true,
    };
    let by_group = global(vec![string("message_group_uuid")], vec![string("sk")], Projected::All);
    let by_author =
        global(vec![string("user_uuid")], vec![number("score")], Projected::Include(vec!["message".to_owned()]));
    let by_place =
        global(vec![string("country"), string("city")], vec![string("year"), string("day")], Projected::Keys);
    let by_length = IndexKeys {
        partition: vec![string("pk")],
        sort: vec![number("length")],
        projected: Projected::Keys,
        global: false,
    };
    TableKeys {
        partition: string("pk"),
        sort: Some(string("sk")),
        indexes: [("by-group", by_group), ("by-author", by_author), ("by-place", by_place), ("by-length", by_length)]
            .map(|(name, index)| (name.to_owned(), index))
            .into(),
    }
}

/// The project's table as it is.
pub(super) fn plain() -> TableKeys {
    let mut keys = messages();
    keys.indexes.retain(|name, _| name == "by-group");
    keys
}

pub(super) fn patterns(value: Value) -> BTreeMap<String, AccessPattern> {
    serde_json::from_value(value).expect("patterns")
}

pub(super) fn pattern(value: Value) -> AccessPattern {
    serde_json::from_value(value).expect("a pattern")
}
