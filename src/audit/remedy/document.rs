//! Documents of resources, and what stands in them for the words of a remedy's template.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::base::pending;
use crate::rules::Subject;

/// What stands for words in brackets: each with its values, of which there may be several. A word that is there without a
/// value stands for nothing: lines with it are left out.
pub type Known = BTreeMap<String, Vec<String>>;

/// The configuration item of a subject, as far as it is kept; null if it has none.
pub(super) fn document(subject: &Subject) -> Cow<'_, Value> {
    let Some(item) = subject.now.items.first() else { return Cow::Owned(Value::Null) };
    match (&subject.kept, item.body.as_object()) {
        (Some(kept), Some(heads)) => {
            let mut whole = heads.clone();
            let members = kept.item().as_object().into_iter().flatten();
            whole.extend(members.map(|(name, value)| (name.clone(), value.clone())));
            Cow::Owned(Value::Object(whole))
        }
        _ => Cow::Borrowed(&item.body),
    }
}

/// A text of a document that is known.
pub(super) fn text<'v>(body: &'v Value, pointer: &str) -> Option<&'v str> {
    body.pointer(pointer)?.as_str().filter(|text| !text.is_empty() && !pending::is_pending(text))
}

/// The subjects of a type.
pub(super) fn of_type<'s>(all: &'s [Subject], type_name: &'s str) -> impl Iterator<Item = Cow<'s, Value>> {
    all.iter().filter(move |one| one.type_name == type_name).map(document)
}

/// Adds a value, once.
pub(super) fn put(known: &mut Known, word: &str, value: &str) {
    let all = known.entry(word.to_owned()).or_default();
    if !all.iter().any(|one| one == value) {
        all.push(value.to_owned());
    }
}

/// Adds the text at a place, if it is there.
pub(super) fn put_text(known: &mut Known, word: &str, body: &Value, pointer: &str) {
    if let Some(value) = text(body, pointer) {
        put(known, word, value);
    }
}
