//! Evaluates whether a statement is about the principal of a request.
//!
//! Only policies of resources, endpoints and roles name principals; others are about the identity they belong to.

use super::canonical::{account_of_root, has_placeholder};
use super::document::{Clause, Principals};
use super::pattern::Subject;
use super::request::Request;
use super::ternary::Truth;
use crate::base::is_account;

/// The name in verdicts for an unknown fact about the caller.
const UNKNOWN: &str = "principal";

/// Evaluates whether the caller is among the named principals, or, with `NotPrincipal`, is not.
pub(super) fn applies(clause: &Clause<Principals>, request: &Request) -> Truth {
    let listed = Truth::any(clause.listed().iter().map(|(kind, name)| is_meant(kind, name, request.principal())));
    if matches!(clause, Clause::Only(_)) { listed } else { listed.not() }
}

fn is_meant(kind: &str, name: &str, asking: Option<&str>) -> Truth {
    if has_placeholder(name) {
        return Truth::unknown(Subject::new(name).names().iter().cloned());
    }
    let Some(asking) = asking else {
        let anyone = kind == "AWS" && name == "*";
        return if anyone { Truth::True } else { Truth::unknown([UNKNOWN.to_owned()]) };
    };
    match (kind, asking.starts_with("arn:")) {
        // AWS's documents leave open whether everyone includes its services.
        ("AWS", false) if name == "*" => Truth::unknown([UNKNOWN.to_owned()]),
        ("AWS", true) => is_named(name, asking),
        ("Service", false) => (name == asking || name == "*").into(),
        ("Federated" | "CanonicalUser", _) => (name == asking).into(),
        _ => Truth::False,
    }
}

/// Evaluates whether a name of accounts, users, roles and sessions matches an ARN.
fn is_named(name: &str, asking: &str) -> Truth {
    let account = if is_account(name) { Some(name) } else { account_of_root(name) };
    if name == "*" || name == asking {
        Truth::True
    } else if let Some(account) = account {
        (asking.split(':').nth(4) == Some(account)).into()
    } else if name.starts_with("arn:") {
        role_of_session(name, asking).into()
    } else {
        // The unique id of a deleted principal, or one that only AWS can look up.
        Truth::unknown([UNKNOWN.to_owned()])
    }
}

/// Returns whether a session belongs to a role; a role's name is unique in its account, whatever its path.
fn role_of_session(role: &str, session: &str) -> bool {
    let parts = |arn: &str| {
        let mut segments = arn.splitn(6, ':').skip(1).map(str::to_owned);
        (segments.next(), segments.next(), segments.nth(1), segments.next())
    };
    let (role, session) = (parts(role), parts(session));
    let of_role =
        role.3.as_deref().and_then(|name| name.strip_prefix("role/")).and_then(|name| name.rsplit('/').next());
    let of_session = session.3.as_deref().and_then(|name| name.strip_prefix("assumed-role/"));
    let of_session = of_session.and_then(|name| name.split('/').next());
    let services = role.1.as_deref() == Some("iam") && session.1.as_deref() == Some("sts");
    services && of_role.is_some() && of_role == of_session && (role.0, role.2) == (session.0, session.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws:iam::111122223333:role/team/dev";
    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/dev/me";

    fn meant(kind: &str, name: &str, asking: Option<&str>) -> Option<bool> {
        match is_meant(kind, name, asking) {
            Truth::True => Some(true),
            Truth::False => Some(false),
            Truth::Unknown(_) => None,
        }
    }

    #[test]
    fn account_principal_matches_all_its_identities() {
        for account in ["111122223333", "arn:aws:iam::111122223333:root"] {
            assert_eq!(meant("AWS", account, Some(ROLE)), Some(true));
            assert_eq!(meant("AWS", account, Some(SESSION)), Some(true));
            assert_eq!(meant("AWS", account, Some("arn:aws:iam::999999999999:role/dev")), Some(false));
            assert_eq!(meant("AWS", account, Some("lambda.amazonaws.com")), Some(false));
        }
    }

    #[test]
    fn role_principal_matches_its_sessions() {
        assert_eq!(meant("AWS", ROLE, Some(ROLE)), Some(true));
        assert_eq!(meant("AWS", ROLE, Some(SESSION)), Some(true));
        assert_eq!(meant("AWS", ROLE, Some("arn:aws:sts::999999999999:assumed-role/dev/me")), Some(false));
        assert_eq!(meant("AWS", ROLE, Some("arn:aws:sts::111122223333:assumed-role/other/me")), Some(false));
        assert_eq!(meant("AWS", SESSION, Some(SESSION)), Some(true));
        assert_eq!(meant("AWS", SESSION, Some("arn:aws:sts::111122223333:assumed-role/dev/you")), Some(false));
        assert_eq!(meant("AWS", "arn:aws:iam::111122223333:user/dev", Some(SESSION)), Some(false));
    }

    #[test]
    fn unresolvable_principals_are_unknown() {
        assert_eq!(meant("AWS", "AROAJQABLZS4A3QDU576Q", Some(ROLE)), None);
        assert_eq!(meant("AWS", "\u{E000}roles.a.arn\u{E001}", Some(ROLE)), None);
        assert_eq!(meant("AWS", ROLE, None), None);
        assert_eq!(meant("AWS", "*", None), Some(true));
        assert_eq!(meant("AWS", "*", Some("lambda.amazonaws.com")), None);
        assert_eq!(meant("Service", "lambda.amazonaws.com", Some("lambda.amazonaws.com")), Some(true));
        assert_eq!(meant("Service", "ec2.amazonaws.com", Some("lambda.amazonaws.com")), Some(false));
        assert_eq!(meant("Service", "ec2.amazonaws.com", Some(ROLE)), Some(false));
    }
}
