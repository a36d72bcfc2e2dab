//! The rest of a resource that has mistakes: as much as its kind can still check, so that one mistake doesn't
//! hide another, and no mistake is reported twice.

use serde_json::{Map, Value, json};

use crate::base::{Address, Problem, PropertyPath, Reference, pending};
use crate::kind::X_UNDERPIN;
use crate::path;
use crate::stack::schema::view::{self, accepts};

/// A property that is wrong or missing, which has been reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvalidProperty {
    /// The path of the property.
    pub(crate) path: PropertyPath,
    /// True if its parent needs it.
    pub(crate) needed: bool,
    /// The replacement for it.
    pub(crate) stand_in: Placeholder,
}

/// The replacement for a value that is wrong or missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placeholder {
    /// Nothing: it is left out.
    Nothing,
    /// An unknown text, which kinds do not check.
    Text,
    /// The code of a function, unknown too.
    Code,
}

impl Placeholder {
    /// The replacement for a value of a (resolved) schema.
    pub(crate) fn of(root: &Value, schema: &Map<String, Value>) -> Self {
        match schema.get(X_UNDERPIN).and_then(Value::as_str) {
            Some("policy") => return Self::Text,
            Some("code") => return Self::Code,
            _ => {}
        }
        let branches = ["anyOf", "oneOf"].iter().filter_map(|key| schema.get(*key)).filter_map(Value::as_array);
        let mut branches = branches.flatten().peekable();
        let is_text = if branches.peek().is_some() {
            branches.any(|branch| Self::of(root, &view::resolved(root, branch)) == Self::Text)
        } else {
            !schema.contains_key("const") && !schema.contains_key("enum") && accepts(schema, "string")
        };
        if is_text { Self::Text } else { Self::Nothing }
    }

    fn value(self, path: &PropertyPath) -> Option<Value> {
        let reference = Reference { address: Address::new("unsound", path.to_string()), attribute: "value".to_owned() };
        let text = pending::text(&reference);
        match self {
            Self::Nothing => None,
            Self::Text => Some(json!(text)),
            Self::Code => Some(json!({ "path": text, "sha256": text, "size": 0 })),
        }
    }
}

/// Replaces wrong or missing values where possible; removes a parent that needs one which can't be replaced.
pub(crate) fn repair(body: &mut Value, unsound: &mut Vec<InvalidProperty>) {
    let mut next = 0;
    while let Some(one) = unsound.get(next).cloned() {
        next += 1;
        let Some((key, above)) = one.path.keys().split_last() else { continue };
        let Some(holder) = above.iter().try_fold(&mut *body, |value, key| below(value, key)) else { continue };
        if below(holder, key).is_some_and(|value| !value.is_null()) {
            continue;
        }
        match one.stand_in.value(&one.path) {
            Some(value) => {
                if let Value::Object(map) = holder {
                    map.insert(key.clone(), value);
                } else if let Some(place) = below(holder, key) {
                    *place = value;
                }
            }
            None if one.needed => remove(body, above, unsound),
            None => {}
        }
    }
}

/// Removes a property, which counts as invalid from now on.
fn remove(body: &mut Value, path: &[String], unsound: &mut Vec<InvalidProperty>) {
    let Some((key, above)) = path.split_last() else { return };
    let Some(holder) = above.iter().try_fold(body, |value, key| below(value, key)) else { return };
    let in_list = holder.is_array();
    if let Value::Object(map) = holder {
        map.shift_remove(key);
    } else if let Some(place) = below(holder, key) {
        *place = Value::Null;
    }
    unsound.push(InvalidProperty {
        path: path.iter().cloned().collect(),
        needed: in_list,
        stand_in: Placeholder::Nothing,
    });
}

fn below<'v>(value: &'v mut Value, key: &str) -> Option<&'v mut Value> {
    match value {
        Value::Object(map) => map.get_mut(key),
        Value::Array(items) => items.get_mut(key.parse::<usize>().ok()?),
        _ => None,
    }
}

/// Returns whether a kind's problem is only a result of an invalid property: at its place, or from its value.
pub(crate) fn follows(problem: &Problem, unsound: &[InvalidProperty]) -> bool {
    let touches = |path: &PropertyPath| unsound.iter().any(|one| one.path.covers(path) || path.covers(&one.path));
    touches(&problem.path) || problem.given.iter().any(touches)
}

/// The problems without those that may only follow from others: a problem that depends on another property is left
/// out if that property is refused itself.
pub(crate) fn causes(problems: Vec<Problem>) -> Vec<Problem> {
    let refused: Vec<PropertyPath> = problems.iter().map(|problem| problem.path.clone()).collect();
    let follows = |problem: &Problem| problem.given.iter().any(|path| *path != problem.path && refused.contains(path));
    // If two depend on each other, both are reported.
    let mutual = |problem: &Problem| {
        problems.iter().any(|other| problem.given.contains(&other.path) && other.given.contains(&problem.path))
    };
    let kept: Vec<bool> = problems.iter().map(|problem| !follows(problem) || mutual(problem)).collect();
    problems.into_iter().zip(kept).filter_map(|(problem, kept)| kept.then_some(problem)).collect()
}

/// A replacement for a physical name that can't be read.
pub(crate) fn name(unsound: &mut Vec<InvalidProperty>) -> String {
    let path = path!["name"];
    let text = Placeholder::Text.value(&path).and_then(|value| value.as_str().map(str::to_owned));
    unsound.push(InvalidProperty { path, needed: true, stand_in: Placeholder::Text });
    text.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_caused_by_a_wrong_property_are_suppressed() {
        let wrong = Problem::new(path!["service"], "no such service").given(path!["service"]);
        let follows = Problem::new(path!["route_tables"], "only gateways have them").given(path!["service"]);
        let other = Problem::new(path!["policy"], "it is too long");
        let both = [
            Problem::new(path!["a"], "a and b").given(path!["b"]),
            Problem::new(path!["b"], "b and a").given(path!["a"]),
        ];
        let all = [vec![wrong, follows, other], both.to_vec()].concat();
        let told: Vec<String> = causes(all).iter().map(|one| one.path.to_string()).collect();
        assert_eq!(told, ["service", "policy", "a", "b"]);
    }
}
