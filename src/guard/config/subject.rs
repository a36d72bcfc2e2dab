//! A resource of a plan to judge: as planned, and as it is live.

use serde_json::Value;

use crate::base::{Address, Environment, Outputs};
use crate::kind::{Facts, Registry, RenderContext};
use crate::plan::{Action, PlannedChange};
use crate::rules::{self, Before, Declarations, Rendered};

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

    /// The resource in AWS's spelling, as planned and as it is live.
    pub(super) fn written(&self, cx: WriteContext<'_>) -> rules::Subject {
        let kind = cx.registry.kind(self.address.section());
        let before = match self.live {
            Some((spec, _)) if spec == self.wanted => Before::Same,
            Some((spec, outputs)) => {
                let mut before = self.write(spec, outputs, cx);
                cx.declared.write_before(&mut before.items);
                Before::Other(before)
            }
            None => Before::Absent,
        };
        let mut now = self.write(self.wanted, self.outputs, cx);
        cx.declared.write(&mut now.items);
        rules::Subject {
            name: self.address.to_string(),
            type_name: kind.map(crate::kind::PureKind::type_name).unwrap_or_default(),
            now,
            before,
            kept: None,
        }
    }

    /// Writes it in both spellings.
    fn write(&self, spec: &Value, outputs: &Outputs, cx: WriteContext<'_>) -> Rendered {
        let Some(kind) = cx.registry.kind(self.address.section()) else { return Rendered::default() };
        let cx = RenderContext { name: self.name, env: cx.env, outputs, facts: cx.facts };
        match (kind.config_items(spec, &cx), kind.cloudformation(spec, &cx)) {
            (Ok(items), Ok(template)) => Rendered { items, template, error: None },
            (Err(problem), _) | (_, Err(problem)) => Rendered { error: Some(problem.message), ..Rendered::default() },
        }
    }
}

/// What a resource is written with.
#[derive(Clone, Copy)]
pub(super) struct WriteContext<'a> {
    pub(super) registry: &'a Registry,
    pub(super) env: &'a Environment,
    pub(super) facts: Option<&'a Facts>,
    pub(super) declared: &'a Declarations,
}
