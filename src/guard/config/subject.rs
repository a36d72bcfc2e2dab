//! The subject of a judgement: a resource in AWS's spelling, live and as planned.

use serde_json::Value;

use super::context::RuleContext;
use crate::base::{Address, Outputs};
use crate::kind::{RenderContext, Rendering};
use crate::plan::{Action, PlannedChange};
use crate::rules::{Input, Rule};

/// A resource to judge.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The resource.
    pub address: &'a Address,
    /// The physical name.
    pub name: &'a str,
    /// Its planned properties.
    pub wanted: &'a Value,
    /// Its known outputs after apply.
    pub outputs: &'a Outputs,
    /// The live resource; equal to the planned one if nothing changes.
    pub live: Option<(&'a Value, &'a Outputs)>,
}

impl<'a> Subject<'a> {
    /// The subject after a change; `None` after a deletion.
    pub fn of(change: &'a PlannedChange) -> Option<Self> {
        let PlannedChange { address, name, wanted, outputs, live, action, .. } = change;
        let wanted = wanted.as_ref()?;
        let live = match action {
            Action::NoOp => Some((wanted, outputs)),
            _ => live.as_ref().map(|live| (&live.spec, &live.outputs)),
        };
        Some(Self { address, name, wanted, outputs, live })
    }

    /// Returns whether the resource is created or changed.
    pub(super) fn changes(&self) -> bool {
        self.live.is_none_or(|(spec, _)| spec != self.wanted)
    }
}

/// A resource as AWS writes it, or the reason why it can't be written.
#[derive(Debug, Default)]
pub(super) struct RenderedSubject {
    pub(super) items: Vec<Rendering>,
    pub(super) template: Vec<Rendering>,
    pub(super) error: Option<String>,
}

/// Returns whether a rule would judge a rendering of a resource of this type. A type that belongs to no kind is that of
/// a part, and any resource may have it.
pub(super) fn would_judge(rule: &Rule, own: &str, plain: RuleContext<'_>) -> bool {
    let is_part = |name: &String| plain.registry.kinds().all(|kind| kind.type_name() != name);
    rule.judges(own) || (rule.input == Input::Template && rule.resource_types.iter().any(is_part))
}

/// Writes a resource in both spellings.
pub(super) fn write(one: &Subject<'_>, spec: &Value, outputs: &Outputs, plain: RuleContext<'_>) -> RenderedSubject {
    let Some(kind) = plain.registry.kind(one.address.section()) else { return RenderedSubject::default() };
    let cx = RenderContext { name: one.name, env: plain.env, outputs, facts: plain.facts };
    match (kind.config_items(spec, &cx), kind.cloudformation(spec, &cx)) {
        (Ok(items), Ok(template)) => RenderedSubject { items, template, error: None },
        (Err(problem), _) | (_, Err(problem)) => {
            RenderedSubject { error: Some(problem.message), ..RenderedSubject::default() }
        }
    }
}
