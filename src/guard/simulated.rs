//! The second-best answer if the organization can't be read: the result of IAM's policy simulator about its service
//! control policies.
//!
//! Only the organization's part of its answer decides here; a permission that the caller's own policies lack is
//! reported beside it. Its limits: it has no resource control policies and no session policies, it knows only the
//! context that it is given, and it names neither policy nor statement. AWS's references of 2026 say that it evaluates
//! the conditions of service control policies; earlier ones said that it leaves policies with conditions out. So its
//! "allowed" is never a pass. Its denial is sure only if it misses no key, and doesn't also deny a request that was
//! allowed just now. Sources: IAM API reference, `SimulatePrincipalPolicy` and `OrganizationsDecisionDetail`; IAM User
//! Guide, "Testing IAM policies with the IAM policy simulator".

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::chain::Locate;
use crate::base::{Address, pending};
use crate::kind::{AccessRequest, Context, Registry};
use crate::plan::{Outcome, Plan, Step, Verdict};
use crate::rules::RequestContext;

/// The maximal number of questions; each is one call.
const MOST: usize = 40;

/// Actions on one resource in one context, as one call can ask about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// An ARN, or `*`.
    pub resource: String,
    /// The known context.
    pub context: BTreeMap<String, Vec<String>>,
    /// The actions.
    pub actions: BTreeSet<String>,
}

/// The questions about a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Questions {
    /// The questions.
    pub ask: Vec<Question>,
    /// The number of questions at the end that are about something this plan has just read: a check of the answers.
    pub controls: usize,
    /// The number of requests without a question: their resource isn't known yet, or there are too many.
    pub left_out: usize,
}

/// The simulator's answer for one action of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulated {
    /// The action.
    pub action: String,
    /// True if the organization's policies allow it; `None` if the answer doesn't contain this.
    pub by_organization: Option<bool>,
    /// True if all policies that it evaluates allow it.
    pub allowed: bool,
    /// The keys that it misses.
    pub missing: Vec<String>,
}

/// Makes questions of a plan's requests, with one more for something that the plan has read.
pub fn questions(plan: &Plan, registry: &Registry, asker: &RequestContext<'_>) -> Questions {
    let mut groups: Vec<Question> = Vec::new();
    let mut left_out = BTreeSet::new();
    for step in &plan.steps {
        for access in &step.requires {
            // A value that isn't known yet, or is a secret, is not sent.
            let told = !access.resource.contains(pending::is_reserved);
            if !told || !put(&mut groups, question(access, &step.service, asker)) {
                left_out.insert((access.action.as_str(), access.resource.as_str()));
            }
        }
    }
    let control = control(plan, registry, asker);
    let controls = control.iter().count();
    groups.extend(control);
    Questions { ask: groups, controls, left_out: left_out.len() }
}

/// Adds a question to the list; returns whether there was room.
fn put(groups: &mut Vec<Question>, question: Question) -> bool {
    let same = |other: &&mut Question| other.resource == question.resource && other.context == question.context;
    if let Some(group) = groups.iter_mut().find(same) {
        group.actions.extend(question.actions);
    } else if groups.len() < MOST {
        groups.push(question);
    } else {
        return false;
    }
    true
}

fn question(access: &AccessRequest, service: &str, asker: &RequestContext<'_>) -> Question {
    let AccessRequest { action, resource, context: _ } = access;
    let mut context = asker.request(service, access).known();
    context.retain(|_, values| !values.iter().any(|value| value.contains(pending::is_reserved)));
    Question { resource: resource.clone(), context, actions: BTreeSet::from([action.clone()]) }
}

/// A question about a read of a live resource that has just succeeded.
fn control(plan: &Plan, registry: &Registry, asker: &RequestContext<'_>) -> Option<Question> {
    plan.changes.iter().filter(|change| plan.steps.iter().any(|step| step.address == change.address)).find_map(
        |change| {
            let kind = registry.kind(change.address.section())?;
            let context = Context { name: &change.name, env: asker.env, facts: None };
            let identity = kind.identity(&change.address, change.wanted.as_ref()?, &context).ok()?;
            let reads = kind.reads(&identity, asker.env);
            let read = reads.into_iter().find(|read| read.resource != "*")?;
            Some(question(&read, read.service(), asker))
        },
    )
}

/// The result of the answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SimulationOutcome {
    /// One verdict for each request that is denied, or may be.
    pub verdicts: Vec<Verdict>,
    /// A summary, in addition to "not readable".
    pub summary: String,
}

/// Judges a plan by the answers, which are in the order of the questions.
pub fn second_best(
    plan: &Plan,
    asker: &RequestContext<'_>,
    questions: &Questions,
    answers: &[Vec<Simulated>],
    locate: Locate<'_>,
) -> SimulationOutcome {
    let (ours, _) = questions.ask.split_at(questions.ask.len().saturating_sub(questions.controls));
    // If it also denies a read that was allowed just now, the simulator misses something.
    let denied = |simulated: &&Simulated| simulated.by_organization == Some(false);
    let doubt = answers.iter().skip(ours.len()).flatten().find(denied).map(|simulated| simulated.action.clone());
    let find = |access: &AccessRequest, step: &Step| {
        let question = question(access, &step.service, asker);
        let same = |other: &Question| other.resource == question.resource && other.context == question.context;
        let index = ours.iter().position(same)?;
        answers.get(index)?.iter().find(|simulated| simulated.action.eq_ignore_ascii_case(&access.action))
    };
    let (mut verdicts, mut seen) = (Vec::new(), BTreeSet::new());
    let (mut told, mut lacking) = (0, BTreeSet::new());
    for step in &plan.steps {
        for access in &step.requires {
            let Some(simulated) = find(access, step) else { continue };
            let Some(passes) = simulated.by_organization else { continue };
            told += 1;
            if passes {
                lacking.extend((!simulated.allowed).then_some(access.action.as_str()));
                continue;
            }
            if !seen.insert((&step.address, &access.action, &access.resource)) {
                continue;
            }
            let request = asker.request(&step.service, access);
            // It may list keys that are known to be absent, because it can't be told so.
            let missing: Vec<&str> =
                simulated.missing.iter().map(String::as_str).filter(|key| !request.tells(key)).collect();
            let source = locate(&step.address, &step.place());
            verdicts.push(Verdict { source, ..denial(&step.address, step, access, &missing, doubt.as_deref()) });
        }
    }
    let summary = summary(told, verdicts.len(), questions.left_out, &lacking);
    SimulationOutcome { verdicts, summary }
}

fn denial(address: &Address, step: &Step, access: &AccessRequest, missing: &[&str], doubt: Option<&str>) -> Verdict {
    let AccessRequest { action, resource, context: _ } = access;
    let what = format!("`{action}` on `{resource}`");
    let says = "simulated by IAM (less reliable)";
    let (outcome, message) = match (missing, doubt) {
        ([], None) => {
            (Outcome::Fail, format!("{what} is denied by the organization's service control policies: {says}"))
        }
        (_, Some(control)) => (
            Outcome::Unknown,
            format!(
                "{what} would be denied by the organization's service control policies: {says}; but so would \
                 `{control}`, which was allowed just now"
            ),
        ),
        (missing, None) => (
            Outcome::Unknown,
            format!(
                "{what} would be denied by the organization's service control policies: {says}, without knowing `{}`",
                missing.join("`, `")
            ),
        ),
    };
    let hint = "the simulator doesn't name the policy and the statement: ask the organization's administrators; no \
                permission overrides it";
    Verdict {
        address: Some(address.clone()),
        step: Some(step.id.clone()),
        hint: Some(hint.to_owned()),
        action: Some(action.clone()),
        resource: Some(resource.clone()),
        ..Verdict::new("scp", "simulated", outcome, message)
    }
}

fn summary(told: usize, denied: usize, left_out: usize, lacking: &BTreeSet<&str>) -> String {
    let mut text = match (told, denied) {
        (0, _) => {
            return "IAM's policy simulator reports nothing about them, as for an account that is in no organization"
                .to_owned();
        }
        (_, 0) => format!("simulated by IAM (less reliable), they deny none of {told} that it was asked about"),
        (_, _) => format!("simulated by IAM (less reliable), they deny {denied} of {told} that it was asked about"),
    };
    text.push_str(
        " (it ignores resource control policies and session policies, and knows only the context that it is given)",
    );
    if left_out > 0 {
        let _ = write!(text, ", and {left_out} more could not be asked about");
    }
    if !lacking.is_empty() {
        let listed = lacking.iter().copied().collect::<Vec<_>>().join("`, `");
        let _ = write!(text, "; the caller's own policies would not allow `{listed}`");
    }
    text
}

#[cfg(test)]
#[path = "simulated_tests.rs"]
mod tests;
