//! Finds the strangers whom the policy of a resource lets in: everybody, other accounts, and services that act for any
//! account.
//!
//! A statement counts unless its conditions, or a denial of the same document, confine it. Keys that say nothing about the
//! caller's account (tags, times) confine nobody.

use std::collections::BTreeSet;

use super::document::{Clause, ConditionTerm, Document, Effect, Statement};
use super::operator::{Comparison, Quantifier};
use crate::base::is_account;

/// Somebody outside of the account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stranger {
    /// Everybody who has an account of AWS, or nobody's credentials at all.
    Everyone,
    /// Another account, or an identity of it.
    Account(String),
    /// A service, for whatever account it acts.
    Service(String),
}

/// A statement that lets a stranger in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// The statement's place in the document, from zero.
    pub statement: usize,
    /// Its name, if it has one.
    pub sid: Option<String>,
    /// Who is let in.
    pub stranger: Stranger,
}

/// All strangers whom a resource's policy lets in, by their statements; `account` is the resource's own.
pub fn exposures(document: &Document, account: &str) -> Vec<Exposure> {
    let mut all = Vec::new();
    let denied: Vec<Confined> =
        document.statements.iter().filter_map(|statement| kept_by_denial(statement, account)).collect();
    for (index, statement) in document.statements.iter().enumerate() {
        if statement.effect == Effect::Deny {
            continue;
        }
        let terms = statement.condition.iter().filter(|term| !term.operator.negated);
        let terms = terms.filter_map(|term| confines(term, account));
        let confined = terms.chain(denied.iter().cloned()).fold(Confined::default(), Confined::and);
        for stranger in strangers(statement, &confined, account) {
            all.push(Exposure { statement: index, sid: statement.sid.clone(), stranger });
        }
    }
    all
}

/// What callers are limited to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Confined {
    /// The only accounts; none if conditions name no account.
    accounts: Option<BTreeSet<String>>,
    /// An organization.
    organization: bool,
    /// A network, or a source in no certain account.
    place: bool,
}

impl Confined {
    fn and(self, other: Self) -> Self {
        let accounts = match (self.accounts, other.accounts) {
            (Some(one), Some(other)) => Some(one.intersection(&other).cloned().collect()),
            (one, other) => one.or(other),
        };
        Self { accounts, organization: self.organization || other.organization, place: self.place || other.place }
    }
}

/// The strangers that a statement allows.
fn strangers(statement: &Statement, confined: &Confined, own: &str) -> BTreeSet<Stranger> {
    let everyone = [("AWS".to_owned(), "*".to_owned())];
    let principals: &[(String, String)] = match &statement.principal {
        Some(Clause::Only(listed)) => listed,
        // All but some are everybody.
        Some(Clause::Except(_)) => &everyone,
        None => return BTreeSet::new(),
    };
    let foreign = |accounts: &BTreeSet<String>| -> Vec<Stranger> {
        accounts.iter().filter(|account| *account != own).cloned().map(Stranger::Account).collect()
    };
    let allowed = |(kind, name): &(String, String)| match kind.as_str() {
        "AWS" => match account_of(name) {
            Some(account) if !account.contains(['*', '?']) => {
                let named = confined.accounts.as_ref().is_none_or(|all| all.contains(account));
                let let_in = account != own && named && !confined.organization;
                if let_in { vec![Stranger::Account(account.to_owned())] } else { Vec::new() }
            }
            Some(_) => match &confined.accounts {
                Some(accounts) => foreign(accounts),
                None if confined.organization || confined.place => Vec::new(),
                None => vec![Stranger::Everyone],
            },
            // The id of an identity that is deleted: nobody has it any more.
            None => Vec::new(),
        },
        "Service" => match &confined.accounts {
            Some(accounts) => foreign(accounts),
            None if confined.organization || confined.place => Vec::new(),
            None => vec![Stranger::Service(name.clone())],
        },
        _ => Vec::new(),
    };
    principals.iter().flat_map(allowed).collect()
}

/// The account that a principal is in, perhaps with wildcards; `None` for the id of a deleted identity.
fn account_of(principal: &str) -> Option<&str> {
    if principal == "*" || is_account(principal) {
        return Some(principal);
    }
    principal.starts_with("arn:").then(|| principal.split(':').nth(4)).flatten()
}

/// What a denial of everybody else leaves: `Deny` for all, unless a key has one of these values.
fn kept_by_denial(statement: &Statement, own: &str) -> Option<Confined> {
    let all = |listed: &Vec<String>| listed.iter().any(|action| action == "*" || action.ends_with(":*"));
    let everything = matches!(&statement.action, Clause::Only(listed) if all(listed));
    let everyone = match &statement.principal {
        None => true,
        Some(Clause::Only(listed)) => listed.iter().any(|(kind, name)| kind == "AWS" && name == "*"),
        Some(Clause::Except(_)) => false,
    };
    if statement.effect == Effect::Allow || !everything || !everyone {
        return None;
    }
    // Services may be left out of the denial: they are no strangers.
    let of_services = |term: &&ConditionTerm| {
        term.operator.comparison == Comparison::Bool && term.key.eq_ignore_ascii_case("aws:PrincipalIsAWSService")
    };
    let mut terms = statement.condition.iter().filter(|term| !of_services(term));
    let (only, more) = (terms.next()?, terms.next());
    if more.is_some() || !only.operator.negated { None } else { confines(only, own) }
}

/// The confinement by one line of a condition; `None` if strangers can meet it. The variables for the account and the
/// organization of the resource are its own.
/// Source: S3 user guide, "The meaning of public", which lists the keys and their fixed values.
fn confines(term: &ConditionTerm, own: &str) -> Option<Confined> {
    let ConditionTerm { operator, key, values } = term;
    let texts = matches!(
        operator.comparison,
        Comparison::StringEquals | Comparison::StringEqualsIgnoreCase | Comparison::StringLike | Comparison::Arn
    );
    // An absent key makes these true.
    let absent = !operator.negated && (operator.if_exists || operator.quantifier == Some(Quantifier::All));
    if absent || values.is_empty() {
        return None;
    }
    let fixed = |value: &String| !value.starts_with(['*', '?', '$']);
    let place = |all: bool| all.then(|| Confined { place: true, ..Confined::default() });
    match key.to_ascii_lowercase().as_str() {
        "aws:principalaccount" | "aws:sourceaccount" | "aws:sourceowner" | "kms:calleraccount" if texts => {
            let named = |value: &String| {
                if value.eq_ignore_ascii_case("${aws:ResourceAccount}") { own.to_owned() } else { value.clone() }
            };
            let accounts: BTreeSet<String> = values.iter().map(named).collect();
            let all = accounts.iter().all(|account| is_account(account));
            all.then(|| Confined { accounts: Some(accounts), ..Confined::default() })
        }
        "aws:principalarn" | "aws:sourcearn" if texts => by_arns(values),
        "aws:principalorgid" | "aws:principalorgpaths" | "aws:sourceorgid" | "aws:sourceorgpaths" if texts => {
            let own = |value: &String| value.to_ascii_lowercase().starts_with("${aws:resourceorg");
            let all = values.iter().all(|value| fixed(value) || own(value));
            all.then(|| Confined { organization: true, ..Confined::default() })
        }
        "aws:sourcevpc" | "aws:sourcevpce" | "aws:sourcevpcarn" | "aws:userid" | "lambda:eventsourcetoken" if texts => {
            place(values.iter().all(fixed))
        }
        "aws:sourceip" | "aws:vpcsourceip" if operator.comparison == Comparison::Ip => {
            place(values.iter().all(|value| is_narrow(value)))
        }
        _ => None,
    }
}

/// The confinement by ARNs: their accounts, or a bucket or the like whose ARN has none.
fn by_arns(values: &[String]) -> Option<Confined> {
    let mut confined = Confined::default();
    let mut accounts = BTreeSet::new();
    for value in values {
        let mut parts = value.splitn(6, ':').skip(4);
        match (parts.next()?, parts.next()?) {
            ("", rest) if !rest.starts_with(['*', '?']) => confined.place = true,
            (account, _) if is_account(account) => {
                accounts.insert(account.to_owned());
            }
            _ => return None,
        }
    }
    if !confined.place {
        confined.accounts = Some(accounts);
    }
    Some(confined)
}

/// Returns whether a range of addresses is that of a network, and not of half the Internet.
/// Source: S3 user guide, "The meaning of public": IPv4 from /8, IPv6 from /32.
fn is_narrow(range: &str) -> bool {
    let Some((address, bits)) = range.split_once('/') else { return true };
    bits.parse::<u8>().is_ok_and(|bits| bits >= if address.contains(':') { 32 } else { 8 })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const OWN: &str = "123456789012";
    const OTHER: &str = "210987654321";

    fn found(statements: &Value) -> Vec<Stranger> {
        let document = json!({"Version": "2012-10-17", "Statement": statements});
        let document = Document::from_aws(&document).expect("it is a policy");
        exposures(&document, OWN).into_iter().map(|one| one.stranger).collect()
    }

    fn allow(principal: &Value, condition: &Value) -> Value {
        json!({"Effect": "Allow", "Principal": principal, "Action": "dynamodb:*", "Resource": "*", "Condition": condition})
    }

    fn other() -> Vec<Stranger> {
        vec![Stranger::Account(OTHER.to_owned())]
    }

    #[test]
    fn everybody_and_other_accounts_are_strangers() {
        let none = json!({});
        for principal in
            [json!("*"), json!({"AWS": "*"}), json!({"AWS": [OWN, "*"]}), json!({"AWS": "arn:aws:iam::*:root"})]
        {
            assert_eq!(found(&allow(&principal, &none)), [Stranger::Everyone], "{principal}");
        }
        let negated = json!({"Effect": "Allow", "NotPrincipal": {"AWS": OWN}, "Action": "*", "Resource": "*"});
        assert_eq!(found(&negated), [Stranger::Everyone]);
        for principal in
            [OTHER.to_owned(), format!("arn:aws-cn:iam::{OTHER}:root"), format!("arn:aws:iam::{OTHER}:role/a/b")]
        {
            assert_eq!(found(&allow(&json!({"AWS": principal}), &none)), other(), "{principal}");
        }
        for principal in [json!(OWN), json!(format!("arn:aws:iam::{OWN}:user/me")), json!("AIDAJQABLZS4A3QDU576Q")] {
            assert_eq!(found(&allow(&json!({"AWS": principal}), &none)), [], "{principal}");
        }
        assert_eq!(found(&json!([{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}])), []);
    }

    #[test]
    fn conditions_on_the_caller_confine_everybody() {
        for (condition, strangers) in [
            (json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), vec![]),
            (json!({"StringEquals": {"AWS:SourceAccount": OWN}}), vec![]),
            (json!({"StringEquals": {"kms:CallerAccount": [OWN, OTHER]}}), other()),
            (json!({"ArnLike": {"aws:PrincipalArn": format!("arn:aws:iam::{OWN}:role/*")}}), vec![]),
            (json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"}}), vec![]),
            (json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}}), vec![]),
            (json!({"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}), vec![]),
            (json!({"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}), vec![]),
            (json!({"StringEquals": {"aws:PrincipalOrgID": "${aws:PrincipalTag/org}"}}), vec![Stranger::Everyone]),
            (json!({"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "2001:db8::/32"]}}), vec![]),
            (json!({"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}), vec![Stranger::Everyone]),
            (json!({"StringLike": {"aws:PrincipalOrgID": "*"}}), vec![Stranger::Everyone]),
            (json!({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:topic"}}), vec![Stranger::Everyone]),
            (json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}), vec![Stranger::Everyone]),
            (json!({"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-1/*"}}), vec![Stranger::Everyone]),
            (json!({"StringNotEquals": {"aws:PrincipalAccount": OTHER}}), vec![Stranger::Everyone]),
            (json!({"StringEquals": {"aws:PrincipalTag/team": "shop"}}), vec![Stranger::Everyone]),
            (json!({"Bool": {"aws:SecureTransport": true}}), vec![Stranger::Everyone]),
        ] {
            assert_eq!(found(&allow(&json!("*"), &condition)), strangers, "{condition}");
        }
    }

    #[test]
    fn another_account_is_confined_by_an_organization_only() {
        let principal = json!({"AWS": OTHER});
        assert_eq!(found(&allow(&principal, &json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}))), []);
        assert_eq!(found(&allow(&principal, &json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}}))), other());
        assert_eq!(found(&allow(&principal, &json!({"StringEquals": {"aws:PrincipalAccount": OWN}}))), []);
    }

    #[test]
    fn services_are_strangers_unless_their_source_is_known() {
        let principal = json!({"Service": "events.amazonaws.com"});
        let service = vec![Stranger::Service("events.amazonaws.com".to_owned())];
        assert_eq!(found(&allow(&principal, &json!({}))), service);
        for (condition, strangers) in [
            (json!({"StringEquals": {"AWS:SourceAccount": OWN}}), vec![]),
            (json!({"StringEquals": {"AWS:SourceAccount": OTHER}}), other()),
            (json!({"ArnLike": {"AWS:SourceArn": format!("arn:aws:events:eu-central-1:{OWN}:rule/r")}}), vec![]),
            (json!({"StringEquals": {"lambda:EventSourceToken": "amzn1.ask.skill.1"}}), vec![]),
        ] {
            assert_eq!(found(&allow(&principal, &condition)), strangers, "{condition}");
        }
    }

    #[test]
    fn denial_of_all_others_confines_everybody() {
        let deny = |condition: Value| {
            json!([allow(&json!("*"), &json!({})),
                {"Effect": "Deny", "Principal": "*", "Action": "dynamodb:*", "Resource": "*", "Condition": condition}])
        };
        assert_eq!(found(&deny(json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}))), []);
        let but_services = json!({"StringNotEqualsIfExists": {"aws:PrincipalAccount": OWN}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}});
        assert_eq!(found(&deny(but_services)), []);
        assert_eq!(found(&deny(json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}))), [Stranger::Everyone]);
        let both = json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1", "aws:SourceVpce": "vpce-1"}});
        assert_eq!(found(&deny(both)), [Stranger::Everyone], "either of both is let in");
    }
}
