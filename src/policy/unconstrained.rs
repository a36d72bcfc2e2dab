//! Finds what a policy allows without any constraint: on every resource of its kind, and on no terms.
//!
//! A statement constrains if it names resources more closely than by their type, or if it has a condition. A deny without
//! a condition on every resource takes away what it names; any other deny leaves something, and is not counted. Whatever
//! is not the policy's own (boundaries, service control policies) is left out: it may change without the policy.

use super::document::{Clause, Document, Effect, Statement};

/// An action that a statement allows without a constraint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unconstrained<'a> {
    /// The statement's place in the document, from zero.
    pub statement: usize,
    /// The place of the text that allows it within `Action`, from zero; `None` for `NotAction`.
    pub place: Option<usize>,
    /// The text that allows it, as written: `dynamodb:*`; `NotAction` for a statement that lists exceptions.
    pub written: String,
    /// The action, as the caller spells it.
    pub action: &'a str,
}

/// The actions of a list that a document allows without a constraint, each with the first statement that does.
pub fn unconstrained<'a>(document: &Document, actions: &[&'a str]) -> Vec<Unconstrained<'a>> {
    let prepared: Vec<Prepared> = document.statements.iter().enumerate().filter_map(Prepared::open).collect();
    let (allows, denies): (Vec<&Prepared>, Vec<&Prepared>) =
        prepared.iter().partition(|one| one.effect == Effect::Allow);
    if allows.is_empty() {
        return Vec::new();
    }
    let found = |action: &'a str| {
        let lower = action.to_lowercase();
        if denies.iter().any(|deny| deny.actions.covers(&lower).is_some()) {
            return None;
        }
        allows.iter().find_map(|allow| {
            let place = allow.actions.covers(&lower)?;
            let written = match (place, &document.statements[allow.index].action) {
                (Some(place), Clause::Only(listed)) => listed[place].clone(),
                _ => "NotAction".to_owned(),
            };
            Some(Unconstrained { statement: allow.index, place, written, action })
        })
    };
    actions.iter().filter_map(|action| found(action)).collect()
}

/// Returns whether a resource in a policy stands for every one of its kind, or for all there are: `*`, `arn:aws:s3:::*`,
/// `arn:aws:dynamodb:*:123456789012:table/*`. The region and the account make no difference: they are seldom more than
/// where the policy is used.
pub fn is_every_resource(resource: &str) -> bool {
    let wild = |text: &str| !text.is_empty() && text.chars().all(|c| matches!(c, '*' | '?'));
    if wild(resource) {
        return true;
    }
    let segments: Vec<&str> = resource.splitn(6, ':').collect();
    if segments[0] != "arn" {
        return false;
    }
    let Some(name) = segments.get(5) else { return true };
    if wild(name) || name.split('/').all(wild) {
        return true;
    }
    // A bucket's name stands where others have their type.
    if segments[2] == "s3" {
        return false;
    }
    let Some((kind, rest)) = name.split_once([':', '/']) else { return false };
    let is_word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    let mut parts = rest.split([':', '/']);
    is_word(kind) && parts.next().is_some_and(wild) && parts.all(|part| wild(part) || is_word(part))
}

/// A statement on every resource and without conditions.
struct Prepared {
    index: usize,
    effect: Effect,
    actions: Actions,
}

impl Prepared {
    fn open((index, statement): (usize, &Statement)) -> Option<Self> {
        let resource = match (&statement.resource, statement.effect) {
            (Some(Clause::Only(listed)), _) => listed.iter().any(|resource| is_every_resource(resource)),
            // All but a few are as good as all for an allow; a deny leaves the few.
            (Some(Clause::Except(_)), effect) => effect == Effect::Allow,
            (None, _) => false,
        };
        let open = resource && statement.condition.is_empty();
        open.then(|| Self { index, effect: statement.effect, actions: Actions::new(&statement.action) })
    }
}

/// The actions of a statement in lower case: a policy is asked for many of them.
pub(super) struct Actions(Clause<Vec<String>>);

impl Actions {
    pub(super) fn new(actions: &Clause<Vec<String>>) -> Self {
        Self(actions.clone().map(|listed| listed.iter().map(|action| action.to_lowercase()).collect()))
    }

    /// The place of the text that covers an action in lower case; `Some(None)` if all are covered but some others.
    #[expect(clippy::option_option, reason = "the place of a text that is there, or of none")]
    pub(super) fn covers(&self, action: &str) -> Option<Option<usize>> {
        let fits = |written: &String| matches(written.as_bytes(), action.as_bytes());
        match &self.0 {
            Clause::Only(listed) => listed.iter().position(fits).map(Some),
            Clause::Except(listed) => (!listed.iter().any(fits)).then_some(None),
        }
    }
}

/// Returns whether a pattern with `*` and `?` matches a text; names of actions are ASCII.
pub(super) fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut from, mut retry) = (0, 0, None);
    while from < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                retry = Some((at + 1, from));
                at += 1;
            }
            Some(wanted) if *wanted == b'?' || *wanted == text[from] => {
                at += 1;
                from += 1;
            }
            _ => {
                // Let the last `*` match one letter more.
                let Some((after, start)) = retry else { return false };
                (at, from) = (after, start + 1);
                retry = Some((after, start + 1));
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn found(statements: &Value, actions: &[&'static str]) -> Vec<(usize, Option<usize>, String, &'static str)> {
        let document = Document::from_aws(&json!({"Version": "2012-10-17", "Statement": statements}));
        let all = unconstrained(&document.expect("a policy"), actions);
        all.into_iter().map(|one| (one.statement, one.place, one.written, one.action)).collect()
    }

    #[test]
    fn actions_on_every_resource_are_unconstrained() {
        let watched = ["s3:GetObject", "dynamodb:PutItem", "iam:PassRole"];
        let allow = json!([
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},
            {"Effect": "Allow", "Action": ["dynamodb:Query", "DynamoDB:P?tItem"], "Resource": "*"},
            {"Effect": "Allow", "NotAction": ["s3:*", "dynamodb:*"], "Resource": "*"}]);
        assert_eq!(
            found(&allow, &watched),
            [
                (1, Some(1), "DynamoDB:P?tItem".to_owned(), "dynamodb:PutItem"),
                (2, None, "NotAction".to_owned(), "iam:PassRole")
            ]
        );
    }

    #[test]
    fn conditions_and_denies_constrain() {
        let watched = ["s3:GetObject"];
        let condition = json!({"StringEquals": {"aws:PrincipalTag/team": "a"}});
        let allow = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        assert_eq!(found(&allow, &watched).len(), 1);
        let mut on_terms = allow.clone();
        on_terms["Condition"] = condition.clone();
        assert!(found(&on_terms, &watched).is_empty());
        let deny = json!({"Effect": "Deny", "Action": "s3:Get*", "Resource": "*"});
        assert!(found(&json!([allow, deny]), &watched).is_empty());
        let mut deny_on_terms = deny.clone();
        deny_on_terms["Condition"] = condition;
        assert_eq!(found(&json!([allow, deny_on_terms]), &watched).len(), 1, "it leaves something");
        let some = json!({"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"});
        assert_eq!(found(&json!([allow, some]), &watched).len(), 1, "it leaves the other buckets");
        let but = json!({"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::b/*"});
        assert_eq!(found(&json!([allow, but]), &watched).len(), 1, "it leaves a bucket");
        let others = json!({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::b/*"});
        assert_eq!(found(&others, &watched).len(), 1);
    }

    #[test]
    fn wildcards_of_actions_match_any_letters() {
        for (pattern, text, matched) in [
            ("*", "a:b", true),
            ("s3:get*", "s3:getobject", true),
            ("s3:*object", "s3:putobject", true),
            ("s3:*object", "s3:putobjectacl", false),
            ("s3:?etobject", "s3:getobject", true),
            ("s3:getobject?", "s3:getobject", false),
            ("*:*b*t", "s3:getobject", true),
            ("", "", true),
            ("", "a", false),
            ("a**", "a", true),
        ] {
            assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), matched, "{pattern} {text}");
        }
    }

    #[test]
    fn resources_of_one_kind_without_a_name_are_every_resource() {
        for every in [
            "*",
            "**",
            "arn:aws:dynamodb:*:*:*",
            "arn:aws:dynamodb",
            "arn:*",
            "arn:aws:dynamodb:eu-central-1:123456789012:table/*",
            "arn:aws:dynamodb:*:123456789012:table/*/index/*",
            "arn:aws:iam::*:role/*",
            "arn:aws:secretsmanager:*:*:secret:*",
            "arn:aws:logs:*:*:log-group:*:*",
            "arn:aws:s3:::*",
            "arn:aws:s3:::*/*",
        ] {
            assert!(is_every_resource(every), "{every}");
        }
        for some in [
            "arn:aws:dynamodb:*:*:table/orders",
            "arn:aws:dynamodb:*:*:table/prod-*",
            "arn:aws:dynamodb:*:*:table/*-prod",
            "arn:aws:s3:::bucket/*",
            "arn:aws:s3:::logs-*",
            "arn:aws:sqs:*:*:queue",
            "arn:aws:lambda:*:*:function:${aws:PrincipalTag/team}-*",
            "orders",
            "",
        ] {
            assert!(!is_every_resource(some), "{some}");
        }
    }
}
