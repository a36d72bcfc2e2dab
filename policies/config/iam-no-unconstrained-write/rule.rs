//! Actions that change something should be allowed on what is meant. Looked at are the services of a stack and their
//! neighbours; actions that take no resource can not be narrowed, and are left out. Source: Service Authorization
//! Reference, access level "Write".

use std::sync::LazyLock;

use crate::policy::{AccessLevel, actions_of, takes_resource, unconstrained};
use crate::rules::held_policies::{Wrong, judge_policies, some_of};
use crate::rules::rust::{Answer, Subject, World};

/// The actions that change something and take a resource, of the services whose actions are listed.
static ACTIONS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let takes = |action: &&str| takes_resource(action) == Some(true);
    actions_of(AccessLevel::Write).into_iter().filter(takes).collect()
});

/// Fails for policies that allow changes of every resource and on no terms.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    judge_policies(subject, |document| {
        let open = unconstrained(document, &ACTIONS);
        let first = open.first()?;
        let names: Vec<&str> = open.iter().map(|one| one.action).collect();
        let message = format!("the policy changes every resource ({})", some_of(&names));
        Some(Wrong { message, statement: first.statement, actual: first.written.clone() })
    })
}
