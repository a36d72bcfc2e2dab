//! A policy made ready to judge many requests: every pattern is prepared once.

use super::condition::Term;
use super::document::{Clause, Document, Effect, Principals, Statement, Version};
use super::pattern::{Pattern, tokens};
use super::principal;
use super::request::Request;
use super::truth::Truth;
use super::variable::{Matcher, Shape};

/// A policy with a name, ready to judge requests.
#[derive(Debug, Clone)]
pub struct Policy {
    name: String,
    pub(super) rules: Vec<Rule>,
}

impl Policy {
    /// Makes a document ready; the name is how verdicts call it.
    pub fn new(name: impl Into<String>, document: &Document) -> Self {
        let rule = |(index, statement)| Rule::new(index, statement, document.version);
        Self { name: name.into(), rules: document.statements.iter().enumerate().map(rule).collect() }
    }

    /// How verdicts call it.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// A statement, ready to judge.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) sid: Option<String>,
    pub(super) index: usize,
    pub(super) effect: Effect,
    principals: Option<Clause<Principals>>,
    actions: Clause<Vec<Pattern>>,
    resources: Option<Clause<Vec<Matcher>>>,
    condition: Vec<Term>,
}

impl Rule {
    fn new(index: usize, statement: &Statement, version: Version) -> Self {
        let Statement { sid, effect, principal, action, resource, condition } = statement;
        let actions =
            |listed: Vec<String>| listed.iter().map(|action| Pattern::text(&tokens(&action.to_lowercase()))).collect();
        let resources = |listed: Vec<String>| {
            listed.iter().map(|resource| Matcher::new(&whole(resource), Shape::Arn, version)).collect()
        };
        Self {
            sid: sid.clone(),
            index,
            effect: *effect,
            principals: principal.clone(),
            actions: action.clone().map(actions),
            resources: resource.clone().map(|clause| clause.map(resources)),
            condition: condition.iter().map(|term| Term::new(term, version)).collect(),
        }
    }

    /// Whether the statement applies to a request.
    pub(super) fn applies(&self, request: &Request) -> Truth {
        let listed = self.actions.listed().iter().any(|action| action.matches(&request.action));
        if listed != matches!(self.actions, Clause::Only(_)) {
            return Truth::False;
        }
        let resource = match &self.resources {
            None => Truth::True,
            Some(clause) => {
                let each = |matcher: &Matcher| matcher.test(&request.resource, request);
                let listed = Truth::any(clause.listed().iter().map(each));
                if matches!(clause, Clause::Only(_)) { listed } else { listed.not() }
            }
        };
        let principal = self.principals.as_ref().map_or(Truth::True, |clause| principal::applies(clause, request));
        let whom_and_what = principal.and(resource);
        if whom_and_what == Truth::False {
            return whom_and_what;
        }
        whom_and_what.and(Truth::all(self.condition.iter().map(|term| term.holds(request))))
    }
}

/// Fills up an ARN that lacks segments, as IAM does: `arn:aws:sqs` is `arn:aws:sqs:*:*:*`.
fn whole(resource: &str) -> String {
    let missing = 6_usize.saturating_sub(resource.split(':').count());
    if resource.starts_with("arn:") { format!("{resource}{}", ":*".repeat(missing)) } else { resource.to_owned() }
}
