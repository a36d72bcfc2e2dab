//! The condition keys that follow from the ARN of the principal that makes a request.
//!
//! A session's ARN has the role's name and not its path, while `aws:PrincipalArn` is the role's ARN with its path. A
//! name is unique in its account, so there are two forms: without a path, and with an unknown one. A pattern that
//! matches both or neither is decided all the same. The roles of IAM Identity Center have a path that AWS gives them.
//! Sources: IAM User Guide, "AWS global condition context keys" and "IAM policy elements: variables and tags",
//! "Principal key values"; IAM Identity Center User Guide, "Referencing permission sets in resource policies".

use super::condition_keys::OF_SESSIONS;
use super::context::Known;
use super::pattern::WORD;
use crate::base::{is_account, pending};

/// The fact about a key, or about all keys with its prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PrincipalKey {
    /// The value of the key, as far as it is known.
    Key(Known),
    /// The request has no key of the family.
    Family,
}

/// Global keys that only a role's session has, in lower case.
const OF_ROLES: [&str; 2] = ["aws:federatedprovider", "aws:sourceidentity"];

/// Keys of a session of an EC2 instance's role, in lower case. Its name is the instance's id.
const OF_INSTANCES: [&str; 4] =
    ["aws:ec2instancesourceprivateipv4", "aws:ec2instancesourcevpc", "ec2:roledelivery", "ec2:sourceinstancearn"];

/// Keys of identity providers, which come with the session of a role.
const OF_PROVIDERS: [&str; 5] =
    ["accounts.google.com:", "cognito-identity.amazonaws.com:", "graph.facebook.com:", "saml:", "www.amazon.com:"];

/// The name in verdicts for the unknown part of the ARN.
const ARN: &str = "aws:PrincipalArn";

/// The prefix of the names of the roles that IAM Identity Center creates.
const PERMISSION_SET: &str = "AWSReservedSSO_";

/// The facts that follow from an ARN, key by key in lower case; none if it is no ARN of a principal.
pub(super) fn principal_keys(principal: &str) -> Vec<(&'static str, PrincipalKey)> {
    let parts: Vec<&str> = principal.splitn(6, ':').collect();
    let ["arn", partition, service, "", account, name] = parts.as_slice() else { return Vec::new() };
    if !is_account(account) {
        return Vec::new();
    }
    let mut keys = Keys(vec![("aws:principalaccount", value(account))]);
    match (*service, name.split_once('/')) {
        ("iam", None) if *name == "root" => {
            keys.set("aws:principalarn", value(principal)).set("aws:principaltype", value("Account"));
            keys.set("aws:userid", value(account)).absent(&["aws:username"]).no_role().family("aws:principaltag/");
        }
        ("iam", Some(("user", path))) => {
            let user = path.rsplit('/').next().unwrap_or_default();
            keys.set("aws:principalarn", value(principal)).set("aws:principaltype", value("User"));
            keys.set("aws:userid", value(&format!("AIDA{}", hole("aws:userid")))).set("aws:username", value(user));
            keys.absent(&["aws:assumedroot"]).no_role();
        }
        // A role makes requests only by its sessions.
        ("iam", Some(("role", _))) => {
            keys.set("aws:principalarn", value(principal));
            keys.session(&hole("aws:userid"));
        }
        ("sts", Some(("assumed-role", session))) => {
            let (role, session) = session.split_once('/').unwrap_or((session, ""));
            keys.set("aws:principalarn", arns(partition, account, role));
            keys.session(session);
            // An instance's session looks the same as one that somebody gave such a name.
            if !session.starts_with("i-") {
                keys.absent(&OF_INSTANCES);
            }
        }
        ("sts", Some(("federated-user", user))) => {
            keys.set("aws:principalarn", value(principal)).set("aws:principaltype", value("FederatedUser"));
            keys.set("aws:userid", value(&format!("{account}:{user}")));
            keys.absent(&["aws:assumedroot", "aws:username"]).no_role();
        }
        _ => _ = keys.set("aws:principalarn", value(principal)),
    }
    keys.0
}

struct Keys(Vec<(&'static str, PrincipalKey)>);

impl Keys {
    fn set(&mut self, key: &'static str, known: PrincipalKey) -> &mut Self {
        self.0.push((key, known));
        self
    }

    fn absent(&mut self, keys: &[&'static str]) -> &mut Self {
        self.0.extend(keys.iter().map(|key| (*key, PrincipalKey::Key(Known::Absent))));
        self
    }

    fn family(&mut self, family: &'static str) -> &mut Self {
        self.set(family, PrincipalKey::Family)
    }

    /// Sets the keys of every session of a role; the id of the role begins with `AROA`.
    fn session(&mut self, name: &str) {
        self.set("aws:principaltype", value("AssumedRole"));
        self.set("aws:userid", value(&format!("AROA{}:{name}", hole("aws:userid"))));
        self.absent(&["aws:assumedroot", "aws:username"]);
    }

    /// Marks the keys that only sessions of roles have as absent.
    fn no_role(&mut self) -> &mut Self {
        self.absent(&OF_ROLES).absent(&OF_SESSIONS).absent(&OF_INSTANCES).absent(&["aws:chatbotsourcearn"]);
        OF_PROVIDERS.iter().fold(self, |keys, family| keys.family(family))
    }
}

fn value(text: &str) -> PrincipalKey {
    PrincipalKey::Key(Known::Values(vec![text.to_owned()]))
}

/// An unknown part.
fn hole(name: &str) -> String {
    format!("{}{name}{}", pending::OPEN, pending::CLOSE)
}

/// The ARNs that the role of a session may have.
fn arns(partition: &str, account: &str, role: &str) -> PrincipalKey {
    let (hole, region) = (hole(ARN), hole(&format!("{WORD}{ARN}")));
    let arn = |path: &str| format!("arn:{partition}:iam::{account}:role/{path}{role}");
    let arns = if role.starts_with(PERMISSION_SET) {
        // The home region of Identity Center is in the path, unless it is us-east-1.
        let path = "aws-reserved/sso.amazonaws.com/";
        vec![arn(path), arn(&format!("{path}{region}/"))]
    } else {
        vec![arn(""), arn(&format!("{hole}/"))]
    };
    PrincipalKey::Key(Known::OneOf(arns))
}

#[cfg(test)]
#[path = "principal_keys_tests.rs"]
mod tests;
