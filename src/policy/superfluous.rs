//! Finds what a policy allows beyond declared needs: actions that no need asks for, resources beyond those of the need, and
//! conditions that the need has and the policy lacks.
//!
//! Needs are statements as well. Patterns are compared with patterns: one resource is within another if everything that it
//! stands for is. What the identity's own policies deny is not counted, as far as a request shows it. Boundaries and service
//! control policies are left out: they may change without the policy.

use std::collections::BTreeSet;

use super::actions::services;
use super::compiled::Policy;
use super::condition_keys::takes_resource;
use super::document::{Clause, Document, Effect, Statement};
use super::evaluate::evaluate;
use super::request::Request;
use super::unconstrained::matches;
use super::verdict::Decision;
use crate::base::pending;

/// A part of a statement that no need asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superfluous {
    /// The statement's place in the document, from zero.
    pub statement: usize,
    /// The text that allows it, as written: `dynamodb:*`; `NotAction` for a statement that lists exceptions.
    pub written: String,
    /// The action.
    pub action: String,
    /// The way in which it goes beyond the needs.
    pub beyond: Beyond,
}

/// The way in which a statement goes beyond needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beyond {
    /// Nothing needs the action.
    Action,
    /// The action is needed on fewer resources.
    Resource {
        /// The resource as the policy has it.
        allowed: String,
        /// The resources on which it is needed.
        needed: Vec<String>,
    },
    /// The action is needed on narrower terms: with a condition on this key.
    Condition {
        /// The key.
        key: String,
    },
}

/// What a document allows beyond needs; `own` are all policies of the identity, for what they deny.
///
/// # Errors
/// The text on which it depends, where that is not known yet.
pub fn superfluous(document: &Document, own: &[Policy], needs: &[Statement]) -> Result<Vec<Superfluous>, String> {
    let mut found = Vec::new();
    let mut unknown = None;
    for (index, statement) in document.statements.iter().enumerate() {
        if statement.effect != Effect::Allow {
            continue;
        }
        for (written, action) in actions(&statement.action) {
            match beyond(&action, statement, needs) {
                Ok(parts) => found.extend(
                    parts.into_iter().filter(|part| !is_denied(&action, part, statement, own)).map(|beyond| {
                        Superfluous { statement: index, written: written.clone(), action: action.clone(), beyond }
                    }),
                ),
                Err(text) => unknown = unknown.or(Some(text)),
            }
        }
    }
    match unknown {
        Some(text) if found.is_empty() => Err(text),
        _ => Ok(found),
    }
}

/// Returns whether a document allows an action on any resource and terms.
pub fn mentions(document: &Document, action: &str) -> bool {
    let allows = document.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    allows.into_iter().any(|statement| lists(&statement.action, action))
}

/// The actions of a statement, each with the text that allows it: patterns stand for those that are known, and for themselves
/// where the actions of their service aren't listed here.
fn actions(clause: &Clause<Vec<String>>) -> Vec<(String, String)> {
    let all = || services().flat_map(|(service, names)| names.map(move |name| format!("{service}:{name}")));
    let fits =
        |pattern: &str, action: &str| matches(pattern.to_lowercase().as_bytes(), action.to_lowercase().as_bytes());
    match clause {
        Clause::Only(listed) => {
            let mut found = Vec::new();
            for written in listed {
                let expanded: Vec<String> = if written.contains(['*', '?']) {
                    all().filter(|action| fits(written, action)).collect()
                } else {
                    Vec::new()
                };
                if expanded.is_empty() {
                    found.push((written.clone(), written.clone()));
                }
                found.extend(expanded.into_iter().map(|action| (written.clone(), action)));
            }
            found
        }
        Clause::Except(listed) => {
            let others = all().filter(|action| !listed.iter().any(|pattern| fits(pattern, action)));
            others.map(|action| ("NotAction".to_owned(), action)).collect()
        }
    }
}

/// Returns whether a clause lists an action, or, with a pattern in its place, all that the pattern stands for.
fn lists(clause: &Clause<Vec<String>>, action: &str) -> bool {
    let fits = |pattern: &String| contains(&pattern.to_lowercase(), &action.to_lowercase());
    match clause {
        Clause::Only(listed) => listed.iter().any(fits),
        Clause::Except(listed) => !listed.iter().any(fits),
    }
}

/// How an action of a statement goes beyond needs; empty if it doesn't.
fn beyond(action: &str, statement: &Statement, needs: &[Statement]) -> Result<Vec<Beyond>, String> {
    let asking: Vec<&Statement> =
        needs.iter().filter(|need| need.effect == Effect::Allow && lists(&need.action, action)).collect();
    if asking.is_empty() {
        return Ok(vec![Beyond::Action]);
    }
    let fitting: Vec<&Statement> =
        asking.iter().copied().filter(|need| missing_condition(need, statement).is_none()).collect();
    if fitting.is_empty() {
        let key = asking.iter().find_map(|need| missing_condition(need, statement)).unwrap_or_default();
        return Ok(vec![Beyond::Condition { key }]);
    }
    if takes_resource(action) == Some(false) {
        return Ok(Vec::new());
    }
    let every = vec!["*".to_owned()];
    let allowed = match &statement.resource {
        Some(Clause::Only(listed)) => listed,
        Some(Clause::Except(_)) | None => &every,
    };
    let needed: BTreeSet<&String> = fitting
        .iter()
        .filter_map(|need| need.resource.as_ref())
        .flat_map(|resource| match resource {
            Clause::Only(listed) => listed.as_slice(),
            Clause::Except(_) => every.as_slice(),
        })
        .collect();
    let mut found = Vec::new();
    for one in allowed {
        if needed.iter().any(|need| contains(need, one)) {
            continue;
        }
        if let Some(text) = std::iter::once(one).chain(needed.iter().copied()).find(|text| pending::is_pending(text)) {
            return Err(text.clone());
        }
        let needed = needed.iter().map(|need| (*need).clone()).collect();
        found.push(Beyond::Resource { allowed: one.clone(), needed });
    }
    Ok(found)
}

/// The key of a condition that a need has, and that a statement lacks or has with other values.
fn missing_condition(need: &Statement, statement: &Statement) -> Option<String> {
    let has = |term: &super::document::ConditionTerm| {
        statement.condition.iter().any(|own| {
            own.operator == term.operator
                && own.key.eq_ignore_ascii_case(&term.key)
                && own.values.iter().all(|value| term.values.contains(value))
        })
    };
    need.condition.iter().find(|term| !has(term)).map(|term| term.key.clone())
}

/// Returns whether the identity's own policies deny it, on any terms that a request leaves open.
fn is_denied(action: &str, beyond: &Beyond, statement: &Statement, own: &[Policy]) -> bool {
    let listed = match (beyond, &statement.resource) {
        (Beyond::Resource { allowed, .. }, _) => std::slice::from_ref(allowed),
        (_, Some(Clause::Only(listed))) => listed.as_slice(),
        _ => &[],
    };
    // One text that the pattern stands for: a deny of all others leaves it.
    let example = |resource: &String| resource.replace('*', "underpin-example").replace('?', "x");
    let denies = |resource: &str| evaluate(own, &Request::new(action, resource)).decision == Decision::ExplicitlyDenied;
    if listed.is_empty() { denies("*") } else { listed.iter().map(example).all(|resource| denies(&resource)) }
}

/// Returns whether a pattern stands for everything that another one stands for.
fn contains(pattern: &str, other: &str) -> bool {
    let (pattern, other): (Vec<char>, Vec<char>) = (pattern.chars().collect(), other.chars().collect());
    // reach[j]: the rest of the pattern contains the rest of the other from `j` on.
    let mut reach = vec![false; other.len() + 1];
    reach[other.len()] = true;
    for token in pattern.iter().rev() {
        let later = reach;
        reach = vec![false; other.len() + 1];
        for at in (0..=other.len()).rev() {
            let next = other.get(at).copied();
            reach[at] = match token {
                '*' => later[at] || (at < other.len() && reach[at + 1]),
                '?' => next.is_some_and(|c| c != '*') && later[at + 1],
                c => next == Some(*c) && later[at + 1],
            };
        }
    }
    reach[0]
}

#[cfg(test)]
#[path = "superfluous_tests.rs"]
mod tests;
