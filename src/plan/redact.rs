//! Redacts live values that hold a secret that the file no longer names in that place.
//!
//! If the file has a secret, the live value in its place is sealed before the two are compared. In other places (a
//! renamed tag, a policy that is removed) the value is still known while the file names its variable.

use serde_json::Value;

use super::decision::Decision;
use crate::base::{Vault, pending, redacted};

/// Redacts the values of environment variables in all that is shown of a decision. The values that a call needs stay
/// in the vault.
pub(super) fn redact(decision: &mut Decision, vault: &Vault) {
    let secrets = vault.secrets();
    if secrets.is_empty() {
        return;
    }
    // A text with one of our markers (of a sealed value, of one known after apply) must not be sealed over it.
    let holds = |text: &str| {
        !text.contains(pending::is_reserved) && secrets.iter().any(|secret| text.contains(secret.as_str()))
    };
    for property in &mut decision.change.properties {
        for value in [&mut property.before, &mut property.after].into_iter().flatten() {
            property.sensitive |= each(value, &|text| holds(text).then(|| vault.mask(text)));
        }
    }
    for ignored in &mut decision.change.ignored {
        for value in [&mut ignored.live, &mut ignored.file].into_iter().flatten() {
            ignored.sensitive |= each(value, &|text| holds(text).then(|| vault.mask(text)));
        }
    }
    for call in decision.unmaking.iter_mut().chain(&mut decision.making) {
        each(&mut call.op, &|text| holds(text).then(|| vault.seal(text)));
        call.call.title = redacted(&call.call.title, &secrets);
        let asked = call.requires.iter_mut().flat_map(|request| request.context.values_mut()).flatten();
        asked.filter(|text| holds(text)).for_each(|text| *text = vault.mask(text));
    }
    for warning in &mut decision.warnings {
        *warning = redacted(warning, &secrets);
    }
}

/// Replaces each text for which `change` returns another; returns whether there was any.
fn each(value: &mut Value, change: &dyn Fn(&str) -> Option<String>) -> bool {
    match value {
        Value::String(text) => change(text).map(|other| *text = other).is_some(),
        Value::Array(items) => items.iter_mut().filter_map(|item| each(item, change).then_some(())).count() > 0,
        Value::Object(map) => map.values_mut().filter_map(|item| each(item, change).then_some(())).count() > 0,
        _ => false,
    }
}
