//! Checks of planned changes against the shared look-ups, before AWS would refuse them half-way through apply.

use super::decision::Decision;
use super::input::{Desired, Inventory, PlanOptions};
use super::model::Action;
use super::ownership::Ownership;
use crate::base::{PropertyPath, redacted};
use crate::kind::{Context, Prerequisites, PureKind};

/// Checks the properties that a change sends: AWS has accepted those that stay as they are.
pub(super) fn check(
    kind: &dyn PureKind,
    wanted: &Desired,
    decision: &Decision,
    inventory: &Inventory,
    options: &PlanOptions<'_>,
) -> Prerequisites {
    let sent: Vec<PropertyPath> = match decision.change.action {
        _ if matches!(decision.ownership, Ownership::Others(_)) => Vec::new(),
        Action::Create | Action::Replace => vec![PropertyPath::root()],
        Action::Update | Action::Adopt => decision.change.properties.iter().map(|one| one.path.clone()).collect(),
        Action::Delete | Action::Release | Action::NoOp => Vec::new(),
    };
    if sent.is_empty() {
        return Prerequisites::default();
    }
    let cx = Context { name: &wanted.name, env: options.env, facts: Some(&inventory.facts) };
    let mut found = kind.check_facts(&wanted.body, &sent, &cx);
    // An id from AWS may be the value of an environment variable of the file.
    let secrets = options.vault.secrets();
    for problem in &mut found.problems {
        problem.message = redacted(&problem.message, &secrets);
    }
    found
}
