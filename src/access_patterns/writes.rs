//! The writes of a pattern: which items, with which keys, at once or one by one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::comparison::Comparison;
use super::value::AttributeTemplate;

/// The writes of a pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Writes {
    /// True if all of them happen, or none.
    pub transact: bool,
    /// True if there are writes beside the transaction, which is an error.
    pub mixed: bool,
    /// The writes, in the order of the file.
    pub writes: Vec<Write>,
}

/// A write of one item.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// The operation.
    pub kind: WriteKind,
    /// The keys that lead to it below `write`, for messages.
    pub at: Vec<String>,
    /// True if its attributes stand below `item` or `key`.
    pub nested: bool,
    /// The item's attributes of a put; the key of any other.
    pub attributes: BTreeMap<String, AttributeTemplate>,
    /// What must hold of the item that is there.
    pub condition: BTreeMap<String, Comparison>,
    /// The attributes that an update sets.
    pub set: BTreeMap<String, AttributeTemplate>,
    /// The numbers that an update adds to.
    pub add: BTreeMap<String, AttributeTemplate>,
    /// The attributes that an update removes.
    pub remove: Vec<String>,
}

/// The operation of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WriteKind {
    /// Puts an item in the place of any that has its key.
    Put,
    /// Deletes an item.
    Delete,
    /// Changes some attributes of an item.
    Update,
    /// Checks an item, and changes nothing: in a transaction only.
    Check,
}

const KINDS: [(&str, WriteKind); 4] = [
    ("put", WriteKind::Put),
    ("delete", WriteKind::Delete),
    ("update", WriteKind::Update),
    ("check", WriteKind::Check),
];

impl WriteKind {
    /// Its word in a file.
    pub(crate) fn word(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    /// The key below which attributes may stand.
    pub(crate) fn body(self) -> &'static str {
        if self == Self::Put { "item" } else { "key" }
    }
}

impl Write {
    fn read(kind: WriteKind, at: Vec<String>, value: Value) -> Result<Self, String> {
        let Value::Object(mut map) = value else {
            return Err(format!("`{}` takes a mapping of attributes, or a list of them", kind.word()));
        };
        let scalars = |value: Option<Value>| -> Result<BTreeMap<String, AttributeTemplate>, String> {
            let map = match value {
                None | Some(Value::Null) => Map::new(),
                Some(Value::Object(map)) => map,
                Some(_) => return Err("expected a mapping of attributes".to_owned()),
            };
            let one = |(name, value)| match AttributeTemplate::read(value) {
                Ok(value) => Ok((name, value)),
                Err(expected) => Err(expected.to_owned()),
            };
            map.into_iter().map(one).collect()
        };
        let condition = match map.shift_remove("condition") {
            None | Some(Value::Null) => BTreeMap::new(),
            Some(value) => serde_json::from_value(value).map_err(|error| error.to_string())?,
        };
        let (mut set, mut add, mut remove) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        if kind == WriteKind::Update {
            set = scalars(map.shift_remove("set"))?;
            add = scalars(map.shift_remove("add"))?;
            remove = match map.shift_remove("remove") {
                None | Some(Value::Null) => Vec::new(),
                Some(value) => serde_json::from_value(value).map_err(|error| error.to_string())?,
            };
        }
        let body = map.shift_remove(kind.body());
        let nested = body.is_some();
        let mut attributes = scalars(body)?;
        attributes.extend(scalars(Some(Value::Object(map)))?);
        Ok(Self { kind, at, nested, attributes, condition, set, add, remove })
    }
}

fn read(map: Map<String, Value>, at: &[String], into: &mut Vec<Write>) -> Result<(), String> {
    for (word, value) in map {
        let Some((_, kind)) = KINDS.into_iter().find(|(known, _)| *known == word) else {
            return Err(format!("`{word}` is no write: `put`, `delete`, `update` and `check` are"));
        };
        let at = [at, &[word]].concat();
        match value {
            Value::Array(items) => {
                for (index, item) in items.into_iter().enumerate() {
                    into.push(Write::read(kind, [&at[..], &[index.to_string()]].concat(), item)?);
                }
            }
            one => into.push(Write::read(kind, at, one)?),
        }
    }
    Ok(())
}

impl<'de> Deserialize<'de> for Writes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut map = Map::<String, Value>::deserialize(deserializer)?;
        let mut writes = Vec::new();
        let transact = map.shift_remove("transact");
        read(map, &[], &mut writes).map_err(D::Error::custom)?;
        let at = ["transact".to_owned()];
        let mixed = !writes.is_empty();
        match transact {
            None | Some(Value::Null) => return Ok(Self { transact: false, mixed: false, writes }),
            Some(Value::Object(map)) => read(map, &at, &mut writes).map_err(D::Error::custom)?,
            Some(Value::Array(items)) => {
                for (index, item) in items.into_iter().enumerate() {
                    let Value::Object(map) = item else {
                        return Err(D::Error::custom(
                            "each write of a transaction is `put`, `delete`, `update` or `check`",
                        ));
                    };
                    read(map, &[&at[..], &[index.to_string()]].concat(), &mut writes).map_err(D::Error::custom)?;
                }
            }
            Some(_) => return Err(D::Error::custom("`transact` takes a mapping or a list of writes")),
        }
        Ok(Self { transact: true, mixed, writes })
    }
}

impl Serialize for Write {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { kind, at: _, nested, attributes, condition, set, add, remove } = self;
        let mut map = serializer.serialize_map(None)?;
        if *nested {
            map.serialize_entry(kind.body(), attributes)?;
        } else {
            for (name, value) in attributes {
                map.serialize_entry(name, value)?;
            }
        }
        if !condition.is_empty() {
            map.serialize_entry("condition", condition)?;
        }
        for (word, changed) in [("set", set), ("add", add)] {
            if !changed.is_empty() {
                map.serialize_entry(word, changed)?;
            }
        }
        if !remove.is_empty() {
            map.serialize_entry("remove", remove)?;
        }
        map.end()
    }
}

impl Serialize for Writes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A list of a transaction keeps its order; else each operation has a list.
        let in_list = self.writes.iter().any(|write| write.at.get(1).is_some_and(|key| key.parse::<usize>().is_ok()));
        let mut map = serializer.serialize_map(Some(1))?;
        if self.transact && in_list {
            let each: Vec<BTreeMap<&str, &Write>> =
                self.writes.iter().map(|write| BTreeMap::from([(write.kind.word(), write)])).collect();
            map.serialize_entry("transact", &each)?;
            return map.end();
        }
        let mut kinds: Vec<WriteKind> = Vec::new();
        for write in &self.writes {
            if !kinds.contains(&write.kind) {
                kinds.push(write.kind);
            }
        }
        let of = |kind: WriteKind| self.writes.iter().filter(move |write| write.kind == kind).collect::<Vec<_>>();
        if self.transact {
            let mut all = Map::new();
            for kind in kinds {
                let writes = serde_json::to_value(of(kind)).map_err(serde::ser::Error::custom)?;
                all.insert(kind.word().to_owned(), writes);
            }
            map.serialize_entry("transact", &all)?;
        } else {
            for kind in kinds {
                map.serialize_entry(kind.word(), &of(kind))?;
            }
        }
        map.end()
    }
}

/// The schema of one write: its own keys, and any attribute beside them.
fn write_schema(kind: WriteKind) -> Value {
    let scalar = json!({"type": ["string", "number", "boolean"], "examples": ["\"MSG#{message_group_uuid}\""]});
    let attributes = json!({"type": "object", "additionalProperties": scalar, "minProperties": 1});
    let comparison = Comparison::json_schema(&mut SchemaGenerator::default()).to_value();
    let mut properties = Map::new();
    let (body, description) = match kind {
        WriteKind::Put => ("item", "The attributes, where one of them has the name `condition` or `item`."),
        _ => ("key", "The key, where an attribute of it has another meaning here."),
    };
    let mut nested = attributes.clone();
    nested["description"] = json!(description);
    properties.insert(body.to_owned(), nested);
    properties.insert(
        "condition".to_owned(),
        json!({
            "description": "What must hold of the item that is there, else nothing is written.",
            "type": "object",
            "additionalProperties": comparison,
            "minProperties": 1,
            "examples": ["{pk: {exists: false}}"]
        }),
    );
    if kind == WriteKind::Update {
        for (word, description) in [("set", "The attributes that are set."), ("add", "The numbers that are added to.")]
        {
            let mut changed = attributes.clone();
            changed["description"] = json!(description);
            properties.insert(word.to_owned(), changed);
        }
        properties.insert(
            "remove".to_owned(),
            json!({
                "description": "The attributes that are removed.",
                "type": "array",
                "items": {"type": "string", "minLength": 1}
            }),
        );
    }
    json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": scalar,
        "minProperties": 1,
    })
}

/// The schema of the operations, each of one item or of several.
fn operations(kinds: &[(&str, WriteKind)]) -> Map<String, Value> {
    let one = |(word, kind): &(&str, WriteKind)| {
        let description = match kind {
            WriteKind::Put => "Puts these items: the key, and what else is known of their attributes.",
            WriteKind::Delete => "Deletes the items with these keys.",
            WriteKind::Update => "Updates the items with these keys.",
            WriteKind::Check => "Checks the items with these keys, and changes nothing.",
        };
        let item = write_schema(*kind);
        let schema = json!({
            "description": description,
            "anyOf": [{"type": "array", "items": item.clone(), "minItems": 1}, item]
        });
        ((*word).to_owned(), schema)
    };
    kinds.iter().map(one).collect()
}

impl JsonSchema for Writes {
    fn schema_name() -> Cow<'static, str> {
        "Writes".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let within = operations(&KINDS);
        let mut single = operations(&KINDS);
        for (word, kind) in KINDS {
            single.insert(word.to_owned(), write_schema(kind));
        }
        let mut properties = operations(&KINDS[..3]);
        properties.insert(
            "transact".to_owned(),
            json!({
                "description": "Writes that happen all or not at all: at most 100.",
                "anyOf": [
                    {"type": "object", "properties": within, "additionalProperties": false, "minProperties": 1},
                    {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": single,
                            "additionalProperties": false,
                            "minProperties": 1,
                            "maxProperties": 1
                        },
                        "minItems": 1
                    }
                ]
            }),
        );
        json_schema!({
            "description": "The items that are written: with `put`, `delete` and `update` one by one, with `transact` \
                            all or none.",
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
            "minProperties": 1,
            "examples": ["{put: [{pk: \"MSG#{id}\", sk: \"{created_at}\"}]}"]
        })
    }
}
