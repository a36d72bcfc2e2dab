//! What is judged: a resource in AWS's spelling, now and as planned.

use serde_json::Value;

use super::evaluate::RuleContext;
use crate::base::{Address, Outputs};
use crate::kind::{RenderContext, Rendering};
use crate::plan::{Action, PlannedChange};
use crate::rules::{Input, Rule};

/// A resource to judge.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Which.
    pub address: &'a Address,
    /// The physical name.
    pub name: &'a str,
    /// Its properties as they will be.
    pub wanted: &'a Value,
    /// What is known of it then.
    pub outputs: &'a Outputs,
    /// What is there now; the very same where nothing changes.
    pub live: Option<(&'a Value, &'a Outputs)>,
}

impl<'a> Subject<'a> {
    /// What is there after a change; nothing after a deletion.
    pub fn of(change: &'a PlannedChange) -> Option<Self> {
        let PlannedChange { address, name, wanted, outputs, live, action, .. } = change;
        let wanted = wanted.as_ref()?;
        let live = match action {
            Action::NoOp => Some((wanted, outputs)),
            _ => live.as_ref().map(|live| (&live.spec, &live.outputs)),
        };
        Some(Self { address, name, wanted, outputs, live })
    }

    /// Whether it is not there yet, or otherwise.
    pub(super) fn changes(&self) -> bool {
        self.live.is_none_or(|(spec, _)| spec != self.wanted)
    }
}

/// A resource as AWS writes it; why not, where it can't be written.
#[derive(Debug, Default)]
pub(super) struct RenderedSubject {
    pub(super) items: Vec<Rendering>,
    pub(super) template: Vec<Rendering>,
    pub(super) error: Option<String>,
}

/// Whether a rule would judge what a resource of a type is written as. A type of no kind's own is that of a part, and any
/// resource may have it.
pub(super) fn would_judge(rule: &Rule, own: &str, plain: RuleContext<'_>) -> bool {
    let is_part = |name: &String| plain.registry.kinds().all(|kind| kind.type_name() != name);
    rule.judges(own) || (rule.input == Input::Template && rule.resource_types.iter().any(is_part))
}

/// Writes a resource in both spellings.
pub(super) fn write(one: &Subject<'_>, spec: &Value, outputs: &Outputs, plain: RuleContext<'_>) -> RenderedSubject {
    let Some(kind) = plain.registry.kind(one.address.section()) else { return RenderedSubject::default() };
    let cx = RenderContext { name: one.name, env: plain.env, outputs };
    match (kind.config_items(spec, &cx), kind.cloudformation(spec, &cx)) {
        (Ok(items), Ok(template)) => RenderedSubject { items, template, error: None },
        (Err(problem), _) | (_, Err(problem)) => {
            RenderedSubject { error: Some(problem.message), ..RenderedSubject::default() }
        }
    }
}
