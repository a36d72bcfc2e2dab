//! Reads from a role's trust policy whether a service may assume the role.

use serde_json::Value;

use super::compiled::Policy;
use super::document::Document;
use super::evaluate::evaluate;
use super::request::Request;
use super::verdict::Decision;

/// Returns whether a trust policy lets a service assume its role; `None` if conditions, or values known only after
/// apply, decide it, or if the document isn't a policy.
pub fn trusts_service(policy: &Value, service: &str) -> Option<bool> {
    let policy = Policy::new("trust policy", &Document::from_aws(policy)?);
    match evaluate([&policy], &Request::new("sts:AssumeRole", "*").by(service)).decision {
        Decision::Allowed => Some(true),
        Decision::ExplicitlyDenied | Decision::ImplicitlyDenied => Some(false),
        Decision::Unknown => None,
    }
}

/// Returns whether a role's trust policy may let somebody tag a session; `true` for one that can't be read.
/// Source: IAM User Guide, "Pass session tags in AWS STS": the trust policy must allow `sts:TagSession`.
pub fn allows_session_tags(policy: &Value) -> bool {
    let Some(document) = Document::from_aws(policy) else { return true };
    let policy = Policy::new("trust policy", &document);
    matches!(evaluate([&policy], &Request::new("sts:TagSession", "*")).decision, Decision::Allowed | Decision::Unknown)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ASSUME: &str = "sts:AssumeRole";
    const LAMBDA: &str = "lambda.amazonaws.com";

    fn trusts(statements: &Value) -> Option<bool> {
        trusts_service(&json!({"Version": "2012-10-17", "Statement": statements}), LAMBDA)
    }

    fn statement(effect: &str, principal: &Value) -> Value {
        json!({"Effect": effect, "Principal": principal, "Action": ASSUME})
    }

    #[test]
    fn named_service_is_trusted() {
        let allow = statement("Allow", &json!({"Service": LAMBDA}));
        assert_eq!(trusts(&allow), Some(true));
        assert_eq!(trusts(&statement("Allow", &json!({"Service": ["ec2.amazonaws.com", LAMBDA]}))), Some(true));
        assert_eq!(trusts(&statement("Allow", &json!({"Service": "ec2.amazonaws.com"}))), Some(false));
        assert_eq!(trusts(&statement("Allow", &json!({"AWS": "123456789012"}))), Some(false));
        assert_eq!(trusts(&json!([allow, statement("Deny", &json!({"Service": LAMBDA}))])), Some(false));
    }

    #[test]
    fn trust_needs_the_assume_role_action() {
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
    fn session_tags_need_sts_tag_session() {
        let may = |action: Value, principal: Value| {
            allows_session_tags(&json!({"Version": "2012-10-17", "Statement": {
                "Effect": "Allow", "Principal": principal, "Action": action
            }}))
        };
        let account = || json!({"AWS": "123456789012"});
        assert!(!may(json!("sts:AssumeRole"), account()));
        assert!(!may(json!(["sts:AssumeRoleWithSAML", "sts:SetSourceIdentity"]), account()));
        assert!(may(json!(["sts:AssumeRole", "sts:TagSession"]), account()));
        assert!(may(json!("sts:*"), json!({"Federated": "arn:aws:iam::123456789012:saml-provider/x"})));
        assert!(may(json!("*"), json!("*")));
        assert!(allows_session_tags(&json!({"Statement": 3})), "nobody knows");
    }

    #[test]
    fn trust_with_condition_or_unknown_value_is_unknown() {
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
