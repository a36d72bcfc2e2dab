//! The answer of one level of the organization to one request, as a verdict.

use crate::base::{Address, pending};
use crate::kind::AccessRequest;
use crate::plan::{Outcome, Step, Verdict};
use crate::policy::{Decision, LevelVerdict};

/// A type of policies that the organization attaches level by level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// Service control policies, for principals.
    Scp,
    /// Resource control policies, for resources.
    Rcp,
}

impl Family {
    /// The name of the guardrail in verdicts.
    pub(super) fn guardrail(self) -> &'static str {
        match self {
            Self::Scp => "scp",
            Self::Rcp => "rcp",
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Scp => "service control policy",
            Self::Rcp => "resource control policy",
        }
    }
}

/// Returns whether a verdict is unknown because the role of the caller's session was not read: its path or its tags.
pub fn hangs_on_role(verdict: &Verdict) -> bool {
    let Verdict { outcome, message, .. } = verdict;
    let message = message.to_lowercase();
    *outcome == Outcome::Unknown && ["`aws:principalarn`", "`aws:principaltag/"].iter().any(|key| message.contains(key))
}

/// The verdict on a request that a level denies or may deny.
pub(super) fn verdict(
    family: Family,
    address: Option<&Address>,
    step: Option<&Step>,
    access: &AccessRequest,
    source: &str,
    level: &LevelVerdict,
) -> Verdict {
    let LevelVerdict { level: name, decision, policy, statement, unknown_keys } = level;
    let AccessRequest { action, resource, context: _ } = access;
    let noun = family.noun();
    let shown = pending::display(resource);
    let what = format!("`{action}` on `{shown}`");
    // A single level has no name of its own.
    let place = if name == source { format!("in `{name}`") } else { format!("at level `{name}` of {source}") };
    let statement = statement.as_ref().map(ToString::to_string);
    let by = || {
        let policy = policy.as_deref().unwrap_or_default();
        let statement = statement.as_deref().unwrap_or_default();
        format!("statement `{statement}` of the {noun} `{policy}` {place}")
    };
    let (outcome, message, hint) = match decision {
        Decision::Allowed | Decision::ExplicitlyDenied => (
            Outcome::Fail,
            format!("{what} is denied by {}", by()),
            "no permission overrides this: change the policy, or remove what needs the call".to_owned(),
        ),
        Decision::ImplicitlyDenied => (
            Outcome::Fail,
            format!("no {noun} allows {what} {place}"),
            "what no policy of a level allows is denied: add the action to one of them".to_owned(),
        ),
        Decision::Unknown => {
            let keys: Vec<String> = unknown_keys.iter().map(|key| format!("`{key}`")).collect();
            (
                Outcome::Unknown,
                format!("{what} depends on {}, which is unknown before the call: see {}", keys.join(", "), by()),
                "AWS decides when the call is made".to_owned(),
            )
        }
    };
    let rule = policy.clone().unwrap_or_else(|| name.clone());
    Verdict {
        address: address.cloned(),
        step: step.map(|step| step.id.clone()),
        hint: Some(hint),
        statement,
        level: Some(name.clone()),
        action: Some(action.clone()),
        resource: Some(shown),
        ..Verdict::new(family.guardrail(), rule, outcome, message)
    }
}
