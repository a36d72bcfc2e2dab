//! Judges a request by several policies together: a matching deny wins, else a matching allow, else an implicit deny.

use std::collections::BTreeSet;

use super::compiled::{Policy, Rule};
use super::document::Effect;
use super::request::Request;
use super::ternary::Truth;
use super::verdict::{Decision, Judgement, StatementName};

/// Judges a request by a set of policies, as AWS combines those of one level, of one identity, or of a resource.
pub fn evaluate<'p>(policies: impl IntoIterator<Item = &'p Policy>, request: &Request) -> Judgement {
    let (mut denies, mut allows) = (Found::default(), Found::default());
    for policy in policies {
        for rule in &policy.rules {
            let found = match rule.effect {
                Effect::Deny => &mut denies,
                Effect::Allow => &mut allows,
            };
            // One sure allow is enough; all denies are evaluated, because one may be sure.
            if found.sure.is_none() {
                found.note(policy, rule, rule.applies(request));
            }
            if denies.sure.is_some() {
                return denies.judgement(Decision::ExplicitlyDenied);
            }
        }
    }
    match (denies.is_open(), allows.sure.is_some(), allows.is_open()) {
        (_, false, false) => Found::default().judgement(Decision::ImplicitlyDenied),
        (false, true, _) => allows.judgement(Decision::Allowed),
        (false, false, true) => allows.judgement(Decision::Unknown),
        (true, sure, _) => {
            if !sure {
                denies.names.extend(allows.names);
            }
            denies.judgement(Decision::Unknown)
        }
    }
}

/// The first statement of an effect that surely applies, or else the first that may apply.
#[derive(Default)]
struct Found<'p> {
    sure: Option<(&'p Policy, &'p Rule)>,
    open: Option<(&'p Policy, &'p Rule)>,
    names: BTreeSet<String>,
}

impl<'p> Found<'p> {
    fn note(&mut self, policy: &'p Policy, rule: &'p Rule, applies: Truth) {
        match applies {
            Truth::True => self.sure = Some((policy, rule)),
            Truth::False => {}
            Truth::Unknown(names) => {
                self.open = self.open.or(Some((policy, rule)));
                self.names.extend(names);
            }
        }
    }

    fn is_open(&self) -> bool {
        self.open.is_some()
    }

    fn judgement(self, decision: Decision) -> Judgement {
        let decided = self.sure.or(self.open);
        Judgement {
            decision,
            policy: decided.map(|(policy, _)| policy.name().to_owned()),
            statement: decided.map(|(_, rule)| StatementName { sid: rule.sid.clone(), index: rule.index }),
            unknown_keys: if decision == Decision::Unknown { self.names } else { BTreeSet::new() },
        }
    }
}
