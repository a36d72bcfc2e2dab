//! Places in a file, with what its schema allows there.

use std::borrow::Cow;

use serde_json::Value;

use crate::kind::X_UNDERPIN;
use crate::stack::messages::{synonyms, wording};

/// The allowed values of a place, and whether they may be shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Place<'s> {
    /// One of these schemas, with `$ref` and alternatives included.
    Known(Vec<&'s Value>),
    /// The same for a property that the schema itself names: the value was meant for it.
    Named(Vec<&'s Value>),
    /// Anything, and all of it may be shown.
    Open,
    /// A part of a policy document.
    Policy(Part),
    /// A sensitive value, or an unknown place.
    Hidden,
}

/// The parts of a policy document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Document,
    Statement,
    Principal,
    Condition,
    Operator,
    Values,
}

/// Finds places by a schema.
pub(super) struct Places<'s> {
    root: &'s Value,
    sensitive: Vec<Cow<'static, str>>,
}

impl<'s> Places<'s> {
    pub(super) fn new(root: &'s Value) -> Self {
        Self { root, sensitive: sensitive_names(root) }
    }

    /// The place of the file as a whole.
    pub(super) fn whole(&self) -> Place<'s> {
        match self.place([self.root]) {
            Place::Known(schemas) if schemas.iter().all(|schema| is_policy(schema)) => Place::Policy(Part::Document),
            place => place,
        }
    }

    fn place(&self, schemas: impl IntoIterator<Item = &'s Value>) -> Place<'s> {
        let mut all = Vec::new();
        schemas.into_iter().for_each(|schema| self.flatten(schema, 0, &mut all));
        if all.iter().any(|schema| schema.get(X_UNDERPIN).is_some_and(|word| word == "sensitive")) {
            return Place::Hidden;
        }
        let is_open = |schema: &&Value| {
            **schema == Value::Bool(true) || schema.as_object().is_some_and(serde_json::Map::is_empty)
        };
        if all.iter().any(is_open) { Place::Open } else { Place::Known(all) }
    }

    fn flatten(&self, schema: &'s Value, depth: usize, into: &mut Vec<&'s Value>) {
        if depth > 16 {
            return;
        }
        into.push(schema);
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|pointer| pointer.strip_prefix('#'));
        if let Some(target) = target.and_then(|pointer| self.root.pointer(pointer)) {
            self.flatten(target, depth + 1, into);
        }
        for key in ["allOf", "anyOf", "oneOf"] {
            for branch in schema.get(key).and_then(Value::as_array).into_iter().flatten() {
                self.flatten(branch, depth + 1, into);
            }
        }
    }

    /// Returns whether a key is the name of a sensitive property, or resembles one.
    pub(super) fn is_sensitive_name(&self, key: &str) -> bool {
        let near = wording::nearest(key, self.sensitive.iter().map(AsRef::as_ref)).is_some();
        near || self.sensitive.iter().any(|name| wording::meant(key, &[name.as_ref()]).is_some())
    }

    /// The place of a key's value. After a sensitive property without a value, unknown keys may be its own.
    pub(super) fn below(&self, place: &Place<'s>, key: &str, after_empty: bool) -> Place<'s> {
        match place {
            Place::Hidden => Place::Hidden,
            Place::Open if self.is_sensitive_name(key) => Place::Hidden,
            Place::Open => Place::Open,
            Place::Policy(part) => part.below(key),
            Place::Known(schemas) | Place::Named(schemas) if schemas.iter().any(|schema| is_policy(schema)) => {
                Part::Document.below(key)
            }
            Place::Known(schemas) | Place::Named(schemas) => self.property(schemas, key, after_empty),
        }
    }

    /// Returns whether everything below a place is sensitive, under any name.
    pub(super) fn holds_secrets(&self, place: &Place<'s>) -> bool {
        match place {
            Place::Hidden => true,
            Place::Known(schemas) | Place::Named(schemas) => self.others(schemas) == Some(Place::Hidden),
            Place::Open | Place::Policy(_) => false,
        }
    }

    /// The place of values under names that the author chooses.
    fn others(&self, schemas: &[&'s Value]) -> Option<Place<'s>> {
        let others =
            |schema: &&'s Value| schema.get("additionalProperties").filter(|below| **below != Value::Bool(false));
        let others: Vec<&Value> = schemas.iter().filter_map(others).collect();
        (!others.is_empty()).then(|| self.place(others))
    }

    fn named(&self, schemas: Vec<&'s Value>) -> Place<'s> {
        match self.place(schemas) {
            Place::Known(schemas) => Place::Named(schemas),
            place => place,
        }
    }

    fn property(&self, schemas: &[&'s Value], key: &str, after_empty: bool) -> Place<'s> {
        let own = |key: &str| {
            let of = |schema: &&'s Value| schema.get("properties")?.get(key);
            schemas.iter().filter_map(of).collect::<Vec<_>>()
        };
        let exact = own(key);
        if !exact.is_empty() {
            return self.named(exact);
        }
        if let Some(place) = self.others(schemas) {
            let is_scalar = takes_scalar(&place) && !takes(&place, "object");
            let secret = if is_scalar { looks_secret(key) } else { self.is_sensitive_name(key) };
            return if secret { Place::Hidden } else { place };
        }
        let is_free = |schema: &&'s Value| {
            schema.get("type").is_some_and(|types| names(types).contains(&"object"))
                && schema.get("properties").is_none()
        };
        if schemas.iter().any(is_free) {
            return if self.is_sensitive_name(key) { Place::Hidden } else { Place::Open };
        }
        if after_empty || self.is_sensitive_name(key) {
            return Place::Hidden;
        }
        // A typing mistake is distinguished from a name that belongs elsewhere.
        let known =
            schemas.iter().filter_map(|schema| schema.get("properties")?.as_object()).flat_map(|map| map.keys());
        let known: Vec<&str> = known.map(String::as_str).collect();
        let plain = snake_case(key);
        let slip = |known: &&&str| known.len() > 3 && strsim::osa_distance(known, &plain) <= 2;
        let near = || known.iter().filter(slip).min_by_key(|known| strsim::osa_distance(known, &plain)).copied();
        // Variables of functions are written in capitals.
        let mut letters = key.chars().filter(|c| c.is_alphabetic());
        let is_shouted = letters.all(char::is_uppercase);
        match synonyms::ours(key, &known).or_else(near).filter(|_| !is_shouted) {
            Some(meant) => self.named(own(meant)),
            None => Place::Hidden,
        }
    }

    /// The place of an element of a list in brackets: in the place of one value, several are of the same sort.
    pub(super) fn listed(&self, place: &Place<'s>) -> Place<'s> {
        match self.item(place) {
            Place::Hidden if self.shows(place) => place.clone(),
            item => item,
        }
    }

    /// The place of a list's element.
    pub(super) fn item(&self, place: &Place<'s>) -> Place<'s> {
        match place {
            Place::Hidden => Place::Hidden,
            Place::Open => Place::Open,
            Place::Policy(part) => Place::Policy(*part),
            Place::Known(schemas) | Place::Named(schemas) => {
                let items: Vec<&Value> = schemas.iter().filter_map(|schema| schema.get("items")).collect();
                if items.is_empty() { Place::Hidden } else { self.place(items) }
            }
        }
    }

    /// Returns whether a text may be shown in a place: where none is allowed, the text may belong anywhere.
    pub(super) fn shows(&self, place: &Place<'s>) -> bool {
        match place {
            Place::Hidden => false,
            Place::Open => true,
            Place::Policy(part) => matches!(part, Part::Values | Part::Principal),
            Place::Named(_) => !self.holds_secrets(place),
            Place::Known(_) => takes_scalar(place) || takes_scalar(&self.item(place)),
        }
    }

    /// The place of the mappings below, if the keys of a place are names that the author chooses.
    pub(super) fn is_named(&self, place: &Place<'s>) -> Option<Place<'s>> {
        let (Place::Known(schemas) | Place::Named(schemas)) = place else { return None };
        self.others(schemas).filter(|place| takes(place, "object"))
    }
}

/// Returns whether a bare word is a key of a place: then only its colon is missing.
pub(super) fn is_key(place: &Place<'_>, word: &str) -> bool {
    match place {
        Place::Known(schemas) | Place::Named(schemas) => {
            schemas.iter().any(|schema| schema.get("properties").and_then(|all| all.get(word)).is_some())
        }
        Place::Policy(part) => part.below(word) != Place::Hidden,
        Place::Open | Place::Hidden => false,
    }
}

fn is_policy(schema: &Value) -> bool {
    schema.get(X_UNDERPIN).is_some_and(|word| word == "policy")
}

fn takes_scalar(place: &Place<'_>) -> bool {
    ["string", "integer", "number", "boolean"].iter().any(|kind| takes(place, kind))
}

fn names(types: &Value) -> Vec<&str> {
    match types {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn takes(place: &Place<'_>, kind: &str) -> bool {
    let (Place::Known(schemas) | Place::Named(schemas)) = place else { return *place == Place::Open };
    schemas.iter().any(|schema| {
        let word = |value: &Value| kind == "string" && !value.is_null();
        schema.get("type").is_some_and(|types| names(types).contains(&kind))
            || schema.get("const").is_some_and(word)
            || schema.get("enum").is_some_and(word)
            || (kind == "string" && schema.get(X_UNDERPIN).is_some())
    })
}

/// `timeToLive` as `time_to_live`.
fn snake_case(key: &str) -> String {
    let mut plain = String::with_capacity(key.len() + 4);
    for c in key.chars() {
        if c.is_uppercase() && !plain.is_empty() {
            plain.push('_');
        }
        plain.extend(c.to_lowercase());
    }
    plain
}

/// Returns whether a freely chosen name looks like that of a secret.
fn looks_secret(key: &str) -> bool {
    const WORDS: [&str; 9] =
        ["password", "passwd", "passphrase", "secret", "token", "credential", "apikey", "privatekey", "accesskey"];
    let plain: String = key.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    WORDS.iter().any(|word| plain.contains(word))
}

impl Part {
    /// Source: IAM User Guide, "Grammar of the IAM JSON policy language".
    fn below<'s>(self, key: &str) -> Place<'s> {
        let part = match (self, key) {
            (Self::Document, "Version" | "Id")
            | (Self::Statement, "Sid" | "Effect" | "Action" | "NotAction" | "Resource" | "NotResource")
            | (Self::Principal, "AWS" | "Service" | "Federated" | "CanonicalUser") => Self::Values,
            (Self::Document, "Statement") => Self::Statement,
            (Self::Statement, "Principal" | "NotPrincipal") => Self::Principal,
            (Self::Statement, "Condition") => Self::Condition,
            (Self::Condition, operator) if is_operator(operator) => Self::Operator,
            (Self::Operator, key) if key.contains(':') => return Place::Policy(Self::Values),
            _ => return Place::Hidden,
        };
        Place::Policy(part)
    }
}

fn is_operator(text: &str) -> bool {
    const KINDS: [&str; 9] =
        ["String", "Numeric", "Date", "Bool", "Binary", "IpAddress", "NotIpAddress", "Arn", "Null"];
    let bare = text.rsplit(':').next().unwrap_or(text);
    KINDS.iter().any(|kind| bare.starts_with(kind))
}

/// The properties of any kind that are sensitive, or that have sensitive values.
fn sensitive_names(schema: &Value) -> Vec<Cow<'static, str>> {
    fn is_sensitive(schema: &Value) -> bool {
        match schema {
            Value::Object(map) => {
                map.get(X_UNDERPIN).is_some_and(|word| word == "sensitive")
                    || ["additionalProperties", "items"].iter().filter_map(|key| map.get(*key)).any(is_sensitive)
                    || ["anyOf", "oneOf", "allOf"].iter().filter_map(|key| map.get(*key)).any(is_sensitive)
            }
            Value::Array(branches) => branches.iter().any(is_sensitive),
            _ => false,
        }
    }
    fn walk(schema: &Value, into: &mut Vec<Cow<'static, str>>) {
        match schema {
            Value::Object(map) => {
                if let Some(Value::Object(properties)) = map.get("properties") {
                    let names = properties.iter().filter(|(_, below)| is_sensitive(below));
                    into.extend(names.map(|(name, _)| Cow::Owned(name.clone())));
                }
                map.values().for_each(|below| walk(below, into));
            }
            Value::Array(items) => items.iter().for_each(|below| walk(below, into)),
            _ => {}
        }
    }
    // Also if the kinds are not known.
    let mut names = vec![Cow::Borrowed("environment")];
    walk(schema, &mut names);
    names.sort_unstable();
    names.dedup();
    names
}
