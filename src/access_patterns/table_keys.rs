//! The keys of a table and of its indexes.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A type of scalar attributes. Source: API reference, `AttributeValue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum ScalarType {
    /// A string.
    S,
    /// A number.
    N,
    /// Bytes, in base64.
    B,
    /// A truth value.
    #[serde(rename = "BOOL")]
    Bool,
}

impl ScalarType {
    /// The type in a sentence.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::S => "a string",
            Self::N => "a number",
            Self::B => "bytes in base64",
            Self::Bool => "`true` or `false`",
        }
    }
}

/// A key attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: ScalarType,
}

/// The attributes in an index beside the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Projected {
    /// All.
    All,
    /// No others.
    Keys,
    /// These.
    Include(Vec<String>),
}

/// The keys of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexKeys {
    /// The attributes of the partition key.
    pub partition: Vec<Key>,
    /// The attributes of the sort key, the first one first.
    pub sort: Vec<Key>,
    /// The other attributes.
    pub projected: Projected,
    /// True for a global index.
    pub global: bool,
}

impl IndexKeys {
    /// All attributes of its key.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.partition.iter().chain(&self.sort)
    }
}

/// The keys of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableKeys {
    /// The partition key.
    pub partition: Key,
    /// The sort key.
    pub sort: Option<Key>,
    /// The indexes by name.
    pub indexes: BTreeMap<String, IndexKeys>,
}

impl TableKeys {
    /// The attributes of the table's own key.
    pub(crate) fn own(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.partition).chain(&self.sort)
    }

    /// The type of an attribute, if it is a key of the table or of an index.
    pub(crate) fn type_of(&self, attribute: &str) -> Option<ScalarType> {
        let of_indexes = self.indexes.values().flat_map(IndexKeys::keys);
        self.own().chain(of_indexes).find(|key| key.name == attribute).map(|key| key.kind)
    }

    /// True for an attribute of the table's own key.
    pub(crate) fn is_own(&self, attribute: &str) -> bool {
        self.own().any(|key| key.name == attribute)
    }

    /// The attributes that an index holds, keys of index and table included; `None` if it holds all.
    pub(crate) fn held(&self, index: &IndexKeys) -> Option<BTreeSet<String>> {
        let included = match &index.projected {
            Projected::All => return None,
            Projected::Keys => &[][..],
            Projected::Include(names) => names,
        };
        let keys = self.own().chain(index.keys()).map(|key| key.name.clone());
        Some(keys.chain(included.iter().cloned()).collect())
    }
}
