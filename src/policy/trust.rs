//! Tells from a role's trust policy whether a service may assume the role.

use serde_json::Value;

use super::canonical::has_placeholder;
use super::check::PolicyKind;
use super::document::{Clause, Document, Effect, Principals, Statement};
use super::pattern::{Pattern, tokens};

const ASSUME: &str = "sts:assumerole";

/// Whether a trust policy plainly lets a service assume its role; nothing where conditions, or values known only
/// after apply, decide it, or where the document isn't a trust policy that AWS would take.
pub fn trusts_service(policy: &Value, service: &str) -> Option<bool> {
    let document = Document::from_value(policy, PolicyKind::Trust).ok()?;
    let verdict = |effect: Effect| {
        let statements = document.statements.iter().filter(|statement| statement.effect == effect);
        let all: Vec<Option<bool>> = statements.map(|statement| applies(statement, service)).collect();
        if all.contains(&Some(true)) {
            Some(true)
        } else if all.contains(&None) {
            None
        } else {
            Some(false)
        }
    };
    match (verdict(Effect::Deny), verdict(Effect::Allow)) {
        (Some(true), _) | (_, Some(false)) => Some(false),
        (Some(false), allowed) => allowed,
        (None, _) => None,
    }
}

/// Whether a statement is about the service's assuming; nothing if that can't be told.
fn applies(statement: &Statement, service: &str) -> Option<bool> {
    let assumes = |action: &String| Pattern::text(&tokens(&action.to_lowercase())).matches(ASSUME);
    let named = statement.action.listed().iter().any(assumes);
    let action = named == matches!(statement.action, Clause::Only(_));
    let principal = match &statement.principal {
        Some(Clause::Only(principals)) => names(principals, service),
        _ => None,
    };
    match (action, principal) {
        (false, _) | (_, Some(false)) => Some(false),
        (true, Some(true)) if statement.condition.is_empty() => Some(true),
        _ => None,
    }
}

/// Whether principals name the service; AWS doesn't say whether `*` among accounts means services too.
fn names(principals: &Principals, service: &str) -> Option<bool> {
    let of_service = |name: &str| principals.iter().any(|(kind, other)| kind == "Service" && other == name);
    if of_service(service) {
        Some(true)
    } else if principals.iter().any(|(_, name)| name == "*" || has_placeholder(name)) {
        None
    } else {
        Some(false)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LAMBDA: &str = "lambda.amazonaws.com";

    fn trusts(statements: &Value) -> Option<bool> {
        trusts_service(&json!({"Version": "2012-10-17", "Statement": statements}), LAMBDA)
    }

    fn statement(effect: &str, principal: &Value) -> Value {
        json!({"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole"})
    }

    #[test]
    fn a_service_that_is_named_is_trusted() {
        let allow = statement("Allow", &json!({"Service": LAMBDA}));
        assert_eq!(trusts(&allow), Some(true));
        assert_eq!(trusts(&statement("Allow", &json!({"Service": ["ec2.amazonaws.com", LAMBDA]}))), Some(true));
        assert_eq!(trusts(&statement("Allow", &json!({"Service": "ec2.amazonaws.com"}))), Some(false));
        assert_eq!(trusts(&statement("Allow", &json!({"AWS": "123456789012"}))), Some(false));
        assert_eq!(trusts(&json!([allow, statement("Deny", &json!({"Service": LAMBDA}))])), Some(false));
    }

    #[test]
    fn the_action_must_be_assume_role() {
        let with = |key: &str, action: &str| {
            trusts(&json!({"Effect": "Allow", "Principal": {"Service": LAMBDA}, key: action}))
        };
        assert_eq!(with("Action", "STS:assumerole"), Some(true));
        assert_eq!(with("Action", "sts:Assume*"), Some(true));
        assert_eq!(with("Action", "sts:TagSession"), Some(false));
        assert_eq!(with("NotAction", "sts:TagSession"), Some(true));
        assert_eq!(with("NotAction", "sts:*"), Some(false));
    }

    #[test]
    fn what_conditions_or_unknown_values_decide_is_unknown() {
        let condition = json!({"StringEquals": {"aws:SourceAccount": "123456789012"}});
        let mut allow = statement("Allow", &json!({"Service": LAMBDA}));
        let plain = allow.clone();
        allow["Condition"] = condition.clone();
        assert_eq!(trusts(&allow), None);
        assert_eq!(trusts(&json!([allow, plain])), Some(true), "another statement settles it");
        let mut deny = statement("Deny", &json!({"Service": LAMBDA}));
        deny["Condition"] = condition;
        assert_eq!(trusts(&json!([plain, deny])), None);
        assert_eq!(trusts(&deny), Some(false), "nothing allows it");
        assert_eq!(trusts(&statement("Allow", &json!("*"))), None);
        assert_eq!(trusts(&statement("Allow", &json!({"AWS": "\u{E000}roles.a.arn\u{E001}"}))), None);
        assert_eq!(trusts_service(&json!({"Statement": 3}), LAMBDA), None);
    }
}
