//! A policy prepared to judge many requests: every pattern is compiled once.

use super::canonical::{has_placeholder, lower};
use super::check::Problem;
use super::condition::Term;
use super::document::{Clause, Document, Effect, Principals, Statement};
use super::elements::Version;
use super::pattern::Subject;
use super::principal;
use super::request::Request;
use super::ternary::Truth;
use super::variable::{Matcher, Shape};

/// A policy with a name, ready to judge requests.
#[derive(Debug, Clone)]
pub struct Policy {
    name: String,
    pub(super) rules: Vec<Rule>,
    placeholders: Vec<Problem>,
}

impl Policy {
    /// Prepares a document; verdicts use the name.
    pub fn new(name: impl Into<String>, document: &Document) -> Self {
        let rule = |(index, statement)| Rule::new(index, statement, document.version);
        let rules = document.statements.iter().enumerate().map(rule).collect();
        Self { name: name.into(), rules, placeholders: Vec::new() }
    }

    /// Prepares only the statements that may be about a service, such as `dynamodb`; they keep their places.
    pub fn about(service: &str, name: impl Into<String>, document: &Document) -> Self {
        let concerns = |statement: &Statement| match &statement.action {
            Clause::Only(listed) => listed.iter().any(|action| {
                let named = action.split_once(':').map_or(action.as_str(), |(service, _)| service);
                named.contains(['*', '?']) || has_placeholder(named) || named.eq_ignore_ascii_case(service)
            }),
            Clause::Except(_) => true,
        };
        let rules = document.statements.iter().enumerate().filter(|(_, statement)| concerns(statement));
        let rules = rules.map(|(index, statement)| Rule::new(index, statement, document.version)).collect();
        Self { name: name.into(), rules, placeholders: Vec::new() }
    }

    /// Takes apart what it allows and what it denies; the statements keep their places.
    #[must_use]
    pub fn split(self) -> (Self, Self) {
        let Self { name, rules, placeholders } = self;
        let (allows, denies): (Vec<Rule>, Vec<Rule>) = rules.into_iter().partition(|rule| rule.effect == Effect::Allow);
        (
            Self { name: name.clone(), rules: allows, placeholders: placeholders.clone() },
            Self { name, rules: denies, placeholders },
        )
    }

    /// Returns whether no statement is left of it that says anything.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Returns whether a statement of it that allows may be about the action and resource of a request, whoever asks and
    /// on whatever terms.
    pub fn may_allow(&self, request: &Request) -> bool {
        self.rules.iter().any(|rule| rule.effect == Effect::Allow && rule.may_concern(request))
    }

    /// Adds the variables of the policy that no request fills in.
    #[must_use]
    pub fn with_placeholders(self, placeholders: Vec<Problem>) -> Self {
        Self { placeholders, ..self }
    }

    /// The variables in it that no request fills in, if they were looked for.
    pub fn placeholders(&self) -> &[Problem] {
        &self.placeholders
    }

    /// The policy that AWS attaches to every level of an organization at first: it allows everything.
    pub fn full_access() -> Self {
        let everything = || Clause::Only(vec!["*".to_owned()]);
        let allow = Statement {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            action: everything(),
            resource: Some(everything()),
            condition: Vec::new(),
        };
        let rules = vec![Rule::new(0, &allow, Version::V2012)];
        Self { name: "FullAWSAccess".to_owned(), rules, placeholders: Vec::new() }
    }

    /// Returns whether it allows anything at all; a policy that doesn't is a list of denials.
    pub fn allows_anything(&self) -> bool {
        self.rules.iter().any(|rule| rule.effect == Effect::Allow)
    }

    /// Returns whether a condition or a variable of it names a key with this prefix, in lower case.
    pub fn speaks_of(&self, key: &str) -> bool {
        self.rules.iter().any(|rule| rule.speaks_of(key))
    }

    /// Its name in verdicts.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// A statement, prepared to judge.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) sid: Option<String>,
    pub(super) index: usize,
    pub(super) effect: Effect,
    principals: Option<Clause<Principals>>,
    actions: Clause<Vec<Matcher>>,
    resources: Option<Clause<Vec<Matcher>>>,
    condition: Vec<Term>,
}

impl Rule {
    fn new(index: usize, statement: &Statement, version: Version) -> Self {
        let Statement { sid, effect, principal, action, resource, condition } = statement;
        // Actions ignore case and have no variables.
        let action_matcher = |action: &String| Matcher::new(&lower(action), Shape::Like, Version::V2008);
        let actions = |listed: Vec<String>| listed.iter().map(action_matcher).collect();
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

    fn speaks_of(&self, key: &str) -> bool {
        let resources = self.resources.iter().flat_map(Clause::listed);
        self.condition.iter().any(|term| term.speaks_of(key))
            || resources.flat_map(Matcher::variables).any(|variable| variable.starts_with(key))
    }

    /// Returns whether the statement may be about the action and resource of a request.
    fn may_concern(&self, request: &Request) -> bool {
        listed(&self.actions, &request.action, request) != Truth::False
            && self.resources.as_ref().is_none_or(|clause| listed(clause, &request.resource, request) != Truth::False)
    }

    /// Evaluates whether the statement applies to a request.
    pub(super) fn applies(&self, request: &Request) -> Truth {
        let action = listed(&self.actions, &request.action, request);
        if action == Truth::False {
            return action;
        }
        let resource = self.resources.as_ref().map_or(Truth::True, |clause| listed(clause, &request.resource, request));
        let principal = self.principals.as_ref().map_or(Truth::True, |clause| principal::applies(clause, request));
        let whom_and_what = principal.and(action).and(resource);
        if whom_and_what == Truth::False {
            return whom_and_what;
        }
        whom_and_what.and(Truth::all(self.condition.iter().map(|term| term.holds(request))))
    }
}

/// Evaluates whether a text is among those listed, or, with the negated element, not among them.
fn listed(clause: &Clause<Vec<Matcher>>, subject: &Subject, request: &Request) -> Truth {
    let any = Truth::any(clause.listed().iter().map(|matcher| matcher.test(subject, request)));
    if matches!(clause, Clause::Only(_)) { any } else { any.not() }
}

/// Fills up an ARN that lacks segments, as IAM does: `arn:aws:sqs` is `arn:aws:sqs:*:*:*`.
fn whole(resource: &str) -> String {
    let missing = 6_usize.saturating_sub(resource.split(':').count());
    if resource.starts_with("arn:") && !has_placeholder(resource) {
        format!("{resource}{}", ":*".repeat(missing))
    } else {
        resource.to_owned()
    }
}
