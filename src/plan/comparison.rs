//! The comparison of a live resource with the desired one.

use serde_json::Value;

use super::ignored;
use super::input::CompareOptions;
use super::model::Ignored;
use super::tags::TAG_PROPERTIES;
use super::unsupported::UnsupportedProperties;
use crate::base::{Problem, Vault};
use crate::diff;
use crate::kind::{Context, Dependency, Difference, Ignore, Observed, PureKind, ReadOutcome};

/// A live resource, compared with the desired one.
pub(super) struct Compared {
    pub(super) live: Observed<Value>,
    /// The desired values; properties that the file does not manage have their live values.
    pub(super) desired: Value,
    /// The same, with the file's values of the ignored properties.
    pub(super) file: Value,
    pub(super) differences: Vec<Difference>,
    /// The differences that the file ignores.
    pub(super) ignored: Vec<Ignored>,
}

/// The part of a comparison that comes from the file.
#[derive(Clone, Copy, Default)]
pub(super) struct Comparison<'a> {
    /// The properties that the file ignores.
    pub(super) ignored: &'a [Ignore],
    /// The context of the resource; without it nothing is ignored.
    pub(super) cx: Option<&'a Context<'a>>,
}

/// Compares a live resource with the desired one, but for what the endpoint does not support.
pub(super) fn compared(
    kind: &dyn PureKind,
    live: &Observed<Value>,
    desired: &Value,
    unsupported: &mut UnsupportedProperties<'_>,
    Comparison { ignored, cx }: Comparison<'_>,
    options: CompareOptions<'_>,
) -> Result<Compared, Problem> {
    let mut live = live.clone();
    seal_alike(&mut live.spec, desired, options.vault);
    let mut desired = kind.adopt_live_values(desired, &live.spec)?;
    keep_ignored_tags(&mut desired, &live.spec, options.ignore_tags);
    let (mut left_out, file) = (Vec::new(), desired.clone());
    if let Some(cx) = cx.filter(|_| !ignored.is_empty()) {
        desired = ignored::with_live(kind, &file, &live.spec, ignored, cx, options.vault)?;
        left_out = ignored::left_out(compare(kind, &desired, &file, options), ignored);
    }
    let differences = supported_differences(kind, &live.spec, &desired, unsupported, options);
    Ok(Compared { live, desired, file, differences, ignored: left_out })
}

/// The differences of a resource from the desired one, as a plan finds them; `None` if it does not exist.
pub fn unlike(
    kind: &dyn PureKind,
    reading: &ReadOutcome<Value>,
    desired: &Value,
    options: CompareOptions<'_>,
) -> Result<Option<Vec<Difference>>, Problem> {
    let Some(live) = &reading.live else { return Ok(None) };
    let compared =
        compared(kind, live, desired, &mut UnsupportedProperties::of(Some(reading)), Comparison::default(), options)?;
    Ok(Some(compared.differences))
}

/// Adds properties to set again because a dependency was made anew; returns the reason if nothing else differs.
pub(super) fn refresh(
    kind: &dyn PureKind,
    desired: &Value,
    live: &Observed<Value>,
    dependencies: &[Dependency<'_>],
    ignored: &[Ignore],
    differences: &mut Vec<Difference>,
) -> Option<String> {
    let differed = !differences.is_empty();
    let mut reason = None;
    for dependency in dependencies {
        for path in kind.refreshes(desired, live, dependency) {
            let at = |tree: &Value| path.keys().iter().try_fold(tree, |value, key| value.get(key)).cloned();
            let differs = |difference: &Difference| difference.path.covers(&path) || path.covers(&difference.path);
            if differences.iter().any(differs) || ignored::is_ignored(ignored, &path) {
                continue;
            }
            let (before, after) = (at(&live.spec), at(desired));
            reason.get_or_insert_with(|| {
                let when = if dependency.made_anew { "is" } else { "was" };
                format!("{} {when} created again, so this is set again", dependency.address)
            });
            differences.push(Difference { path, before, after, sensitive: false, forces_replacement: false });
        }
    }
    reason.filter(|_| !differed)
}

/// Compares, without the differences that the endpoint can't set.
pub(super) fn supported_differences(
    kind: &dyn PureKind,
    live: &Value,
    desired: &Value,
    unsupported: &mut UnsupportedProperties<'_>,
    options: CompareOptions<'_>,
) -> Vec<Difference> {
    let mut differences = compare(kind, live, desired, options);
    unsupported.without(&mut differences);
    differences
}

/// Compares by the kind's rules.
pub(super) fn compare(
    kind: &dyn PureKind,
    live: &Value,
    desired: &Value,
    options: CompareOptions<'_>,
) -> Vec<Difference> {
    let seal = |text: &str| options.vault.mask(text);
    diff::diff(live, desired, diff::DiffOptions { rules: kind.rules(), seal: &seal, ignore_tags: options.ignore_tags })
}

/// Seals live values wherever the desired value is sensitive, so that the two can be compared and neither is
/// ever shown. Within a list or a policy document a value may be anywhere: there, any text that equals a sensitive
/// value is sealed.
pub(super) fn seal_alike(live: &mut Value, desired: &Value, vault: &Vault) {
    match (live, desired) {
        (Value::String(live), Value::String(desired)) if Vault::is_sealed(desired) && !Vault::is_sealed(live) => {
            *live = vault.seal(live);
        }
        (Value::Object(live), Value::Object(desired)) if !live.contains_key("Statement") => {
            for (key, live) in live {
                if let Some(desired) = desired.get(key) {
                    seal_alike(live, desired, vault);
                }
            }
        }
        (live @ (Value::Array(_) | Value::Object(_)), desired) if Vault::holds_sealed(desired) => {
            vault.seal_like(live, desired);
        }
        _ => {}
    }
}

/// Keeps the live tags that match an ignore pattern, whatever the kind's steps compare.
fn keep_ignored_tags(desired: &mut Value, live: &Value, ignore: &[String]) {
    for property in TAG_PROPERTIES {
        let Some(Value::Object(live)) = live.get(property) else { continue };
        for (key, value) in live {
            if ignore.iter().any(|pattern| diff::glob(pattern, key))
                && let Some(Value::Object(tags)) = desired.get_mut(property)
                && !tags.contains_key(key)
            {
                tags.insert(key.clone(), value.clone());
            }
        }
    }
}
