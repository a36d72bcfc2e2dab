//! The properties that a resource ignores: `ignore:`, a mapping of paths to reasons.

use std::sync::Arc;

use serde_json::Value;

use super::index::Raw;
use crate::base::PropertyPath;
use crate::kind::tags::{ADDRESS_TAG, SCOPE_TAG, STACK_TAG};
use crate::kind::{Below, Ignore, PureKind, Registry, Rule, below};
use crate::stack::diagnostics::{Complaint, Reports};
use crate::stack::messages::wording;
use crate::stack::schema::hoist;
use crate::stack::schema::stack::IGNORE;
use crate::stack::source::Source;
use crate::stack::source::tree::{Entry, Shape};

const EXAMPLE: &str = "for example `ignore: {tags.costs: set by the finance team}`";

/// Reads the key; errors are reported at their lines.
pub(crate) fn read(
    raw: &Raw<'_>,
    schema: &Value,
    registry: &Registry,
    source: &Arc<Source>,
    reports: &Reports,
) -> Vec<Ignore> {
    let Some(entry) = raw.node.entry(IGNORE).filter(|entry| !entry.value.is_null()) else { return Vec::new() };
    let entries = match &entry.value.shape {
        Shape::Mapping(entries) => entries,
        Shape::Refused => return Vec::new(),
        Shape::Scalar(_) | Shape::Sequence(_) => {
            let is = if entry.value.scalar().is_some() { "a text" } else { "a list" };
            let complaint = Complaint::new("wrong-type", format!("`ignore` is {is}, not a mapping"));
            let complaint = complaint.label("expected each property with the reason").hint(EXAMPLE);
            reports.push(complaint.at(source, entry.key_span));
            return Vec::new();
        }
    };
    let one = |entry: &Entry| match (path(&entry.key, raw.kind, schema, registry), reason(entry)) {
        (Ok(path), Ok(reason)) => Some(Ignore { path, reason }),
        (path, reason) => {
            path.err().into_iter().for_each(|complaint| reports.push(complaint.at(source, entry.key_span)));
            let at = if entry.value.is_null() { entry.key_span } else { entry.value.span };
            reason.err().into_iter().for_each(|complaint| reports.push(complaint.at(source, at)));
            None
        }
    };
    entries.iter().filter_map(one).collect()
}

fn reason(entry: &Entry) -> Result<String, Complaint> {
    let hint = format!("for example `{}: set by the platform team`", entry.key);
    if entry.value.is_null() {
        return Err(Complaint::new("missing-reason", format!("`{}` is ignored without a reason", entry.key)).hint(hint));
    }
    match entry.value.scalar() {
        None => Err(Complaint::new("wrong-type", format!("the reason to ignore `{}` is not a text", entry.key))
            .label("expected the reason")
            .hint(hint)),
        Some(text) if text.text.trim().is_empty() => {
            Err(Complaint::new("missing-reason", format!("the reason to ignore `{}` is empty", entry.key)).hint(hint))
        }
        // Each plan shows it, so it must not hold a value of the environment.
        Some(text) if text.text.contains("${") => {
            let message = "a reason is shown as it is written: `${…}` is not filled in";
            Err(Complaint::new("bad-interpolation", message).hint("write the text out"))
        }
        Some(text) => Ok(text.text.trim().to_owned()),
    }
}

/// The path, if it may be ignored.
fn path(text: &str, kind: &dyn PureKind, schema: &Value, registry: &Registry) -> Result<PropertyPath, Complaint> {
    let refused = |message: String| Complaint::new("not-ignorable", message);
    let noun = kind.noun();
    let Some(path) = text.parse::<PropertyPath>().ok().filter(|path| !path.is_root()) else {
        let complaint = Complaint::new("unknown-property", format!("`{text}` is not the path of a property"));
        return Err(complaint.hint("keys are joined by dots; a key that holds a dot is written `tags[\"a.b\"]`"));
    };
    match path.keys() {
        [name] if name == "name" && schema["properties"].get("name").is_none() => {
            return Err(refused(format!("a {noun} is found by its name, which can't be ignored"))
                .hint("write the name that is live under `name:`"));
        }
        [tags, key] if tags == "tags" && [STACK_TAG, ADDRESS_TAG, SCOPE_TAG].contains(&key.as_str()) => {
            return Err(refused(format!("the tag `{key}` shows which stack owns the {noun}"))
                .hint("to release it, use `underpin release`"));
        }
        _ => {}
    }
    let lifted = hoist::out_of(kind.section(), registry).into_iter().find(|lift| path.keys()[0] == lift.property);
    if let Some(lift) = lifted {
        let one = registry.kind(lift.into).map_or("resource", |kind| kind.noun());
        return Err(refused(format!("each {one} is a resource of its own"))
            .hint(format!("write `ignore` under the {one} whose property it is")));
    }
    known(&path, kind, schema)?;
    for rule in kind.rules() {
        let touches = rule.path.matches_at_or_above(&path) || rule.path.has_entries_at(&path);
        match rule.rule {
            Rule::CreateOnly if touches => {
                let message = format!(
                    "`{path}` is set when the {noun} is created and can't change in place: it can't be ignored"
                );
                return Err(refused(message).hint("write what is live in the file"));
            }
            Rule::FileOnly if rule.path.matches_at_or_above(&path) => {
                let message = format!("`{path}` is of the file alone, so that nobody else can set it");
                return Err(refused(message).hint("remove it from `ignore`"));
            }
            Rule::ShortFor(other) if rule.path.matches_at_or_above(&path) => {
                let message = format!("`{path}` is a short form of `{other}`");
                return Err(refused(message).hint(format!("ignore `{other}`")));
            }
            _ => {}
        }
    }
    Ok(path)
}

/// Follows the path down the kind's schema.
fn known(path: &PropertyPath, kind: &dyn PureKind, schema: &Value) -> Result<(), Complaint> {
    let (mut at, mut schema) = (PropertyPath::root(), schema);
    for key in path.keys() {
        schema = match below(schema, key) {
            Below::Property(next) | Below::Entry(next) => next,
            Below::Unknown(known) => {
                let whole = if at.is_root() { format!("a {}", kind.noun()) } else { format!("`{at}`") };
                let complaint = Complaint::new("unknown-property", format!("{whole} has no property `{key}`"));
                let hint = match wording::meant(key, &known) {
                    Some(meant) => format!("did you mean `{}`?", at.child(meant)),
                    None => wording::unknown_key_hint(key, &known),
                };
                return Err(complaint.hint(hint));
            }
            Below::Whole => {
                let message = format!("`{at}` can only be ignored as a whole");
                return Err(Complaint::new("unknown-property", message).hint(format!("ignore `{at}`")));
            }
        };
        at = at.child(key);
    }
    Ok(())
}
