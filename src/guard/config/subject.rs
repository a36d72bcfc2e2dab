//! What is judged: a resource in AWS's spelling, now and as planned.

use serde_json::{Map, Value, json};

use super::evaluate::Plain;
use crate::base::{Address, Outputs};
use crate::kind::{RenderContext, Rendering};
use crate::plan::{Action, PlannedChange};
use crate::rules::Document;

/// A resource to judge.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// Which.
    pub address: &'a Address,
    /// The physical name.
    pub name: &'a str,
    /// Its properties as they will be.
    pub wanted: &'a Value,
    /// What is known of it then.
    pub outputs: &'a Outputs,
    /// What is there now and is going to change.
    pub live: Option<(&'a Value, &'a Outputs)>,
}

impl<'a> Judged<'a> {
    /// What is there after a change; nothing after a deletion.
    pub fn of(change: &'a PlannedChange) -> Option<Self> {
        let PlannedChange { address, name, wanted, outputs, live, action, .. } = change;
        let changes = *action != Action::NoOp;
        let live = live.as_ref().filter(|_| changes).map(|live| (&live.spec, &live.outputs));
        Some(Self { address, name, wanted: wanted.as_ref()?, outputs, live })
    }
}

/// A resource as AWS writes it; why not, where it can't be written.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) items: Vec<(Rendering, Document)>,
    pub(super) template: Vec<Rendering>,
    pub(super) error: Option<String>,
}

/// Writes a resource in both spellings.
pub(super) fn write(one: &Judged<'_>, spec: &Value, outputs: &Outputs, plain: Plain<'_>) -> Written {
    let Some(kind) = plain.registry.kind(one.address.section()) else { return Written::default() };
    let cx = RenderContext { name: one.name, env: plain.env, outputs };
    match (kind.config_items(spec, &cx), kind.cloudformation(spec, &cx)) {
        (Ok(items), Ok(template)) => {
            let items = items.into_iter().map(|mut item| {
                let document = Document::new(std::mem::take(&mut item.body));
                (item, document)
            });
            Written { items: items.collect(), template, error: None }
        }
        (Err(problem), _) | (_, Err(problem)) => Written { error: Some(problem.message), ..Written::default() },
    }
}

/// All resources as one template.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) document: Document,
    /// The logical id, the resource (by its place in the list) and the part of it (by its place there).
    pub(super) ids: Vec<(String, usize, usize)>,
}

pub(super) fn template(resources: &[Judged<'_>], written: &[Written]) -> Template {
    let mut body: Map<String, Value> = Map::new();
    let mut ids = Vec::new();
    for (index, (one, written)) in resources.iter().zip(written).enumerate() {
        for (part, rendering) in written.template.iter().enumerate() {
            let id = free(&body, &logical_id(one.address, &rendering.part));
            body.insert(id.clone(), json!({"Type": rendering.type_name, "Properties": rendering.body}));
            ids.push((id, index, part));
        }
    }
    Template { document: Document::template(body), ids }
}

/// A name of letters and digits alone.
/// Source: `CloudFormation` user guide, "Resources": "The logical ID must be alphanumeric".
fn logical_id(address: &Address, part: &str) -> String {
    let mut id = String::new();
    for word in [address.section(), address.name(), part]
        .into_iter()
        .flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric()))
    {
        let mut letters = word.chars();
        id.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        id.extend(letters);
    }
    id
}

fn free(taken: &Map<String, Value>, id: &str) -> String {
    if !taken.contains_key(id) {
        return id.to_owned();
    }
    // There are fewer names taken than numbers tried.
    let numbered = (2..=taken.len() + 2).map(|number| format!("{id}X{number}"));
    numbered.into_iter().find(|id| !taken.contains_key(id)).unwrap_or_else(|| id.to_owned())
}
