//! Checks the principals of a statement.

use serde_json::{Map, Value};

use super::super::canonical::has_placeholder;
use super::{Checker, PolicyKind, join, noun};
use crate::base::is_account;

const KINDS: [&str; 4] = ["AWS", "Federated", "Service", "CanonicalUser"];

impl Checker {
    pub(super) fn principal_element(&mut self, path: &str, map: &Map<String, Value>) {
        let Some((name, at, value)) = self.either(path, map, "Principal", "NotPrincipal") else {
            if self.kind.takes_principal() {
                let message = format!("`Principal` is missing, which {} needs", self.kind.noun());
                let hint = match self.kind {
                    PolicyKind::Trust => "name who may assume it: `{\"Service\": \"lambda.amazonaws.com\"}`",
                    _ => "`\"Principal\": \"*\"` stands for everyone",
                };
                self.report_with(path, message, hint);
            }
            return;
        };
        if !self.kind.takes_principal() {
            let message = format!("`{name}` is not allowed in {}", self.kind.noun());
            self.report_with(&at, message, "it applies to the identity that has it: leave it out");
            return;
        }
        if self.kind == PolicyKind::Trust && name == "NotPrincipal" {
            self.report_with(&at, "`NotPrincipal` is not allowed in a trust policy", "use `Principal`");
        }
        match value {
            // Source: measured answer of IAM: "AssumeRolepolicy contained an invalid principal: \"STAR\":\"*\"".
            Value::String(everyone) if everyone == "*" && self.kind == PolicyKind::Trust => {
                let hint = "write `{\"AWS\": \"*\"}`, with a `Condition` that says who of them is meant";
                self.report_with(&at, format!("`{name}` of a trust policy has a kind, and `*` alone has none"), hint);
            }
            Value::String(everyone) if everyone == "*" || has_placeholder(everyone) => {}
            Value::Object(kinds) if kinds.is_empty() => self.report(&at, format!("`{name}` must not be empty")),
            Value::Object(kinds) => kinds.iter().for_each(|(kind, names)| self.names(&at, kind, names)),
            other => {
                let message = format!("`{name}` must be `*` or an object, not {}", brief(other));
                self.report_with(&at, message, "write `{\"AWS\": …}` or `{\"Service\": …}`");
            }
        }
    }

    fn names(&mut self, path: &str, kind: &str, names: &Value) {
        let at = join(path, kind);
        if !KINDS.contains(&kind) {
            let message = format!("`{kind}` is not a kind of principal");
            self.report_with(&at, message, "they are `AWS`, `Service`, `Federated` and `CanonicalUser`");
            return;
        }
        for (path, name) in self.texts(&at, kind, names) {
            if has_placeholder(name) {
                continue;
            }
            let (fits, hint) = match kind {
                "AWS" => (
                    is_aws_principal(name),
                    "write an account number, an ARN of a user, role or session, or `*`; a part of a name can't \
                     be a wildcard",
                ),
                "Service" if self.kind == PolicyKind::Trust => (is_service_principal(name), SERVICE),
                "Service" => (is_service(name), SERVICE),
                _ => (!name.is_empty(), "write a name"),
            };
            if !fits {
                self.report_with(&path, format!("`{name}` is not a principal of the kind `{kind}`"), hint);
            }
        }
    }
}

/// Matches everyone, an account, an ARN without wildcards, or the unique id that AWS shows for a deleted principal.
fn is_aws_principal(name: &str) -> bool {
    let arn = || {
        let parts: Vec<&str> = name.splitn(6, ':').collect();
        let [_, _, service, region, account, resource] = parts.as_slice() else { return false };
        // Sessions and federated users belong to STS. A group is no principal.
        let of = match *service {
            "iam" => ["root", "user/", "role/", "oidc-provider/", "saml-provider/"].as_slice(),
            "sts" => ["assumed-role/", "federated-user/"].as_slice(),
            _ => return false,
        };
        let named = |kind: &&str| {
            resource == kind || (kind.ends_with('/') && resource.len() > kind.len() && resource.starts_with(*kind))
        };
        // CloudFront's users are in no customer's account.
        let placed = region.is_empty() && (is_account(account) || *account == "cloudfront");
        name.starts_with("arn:") && placed && of.iter().any(named) && !name.contains(['*', '?'])
    };
    let id = || name.len() >= 16 && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    name == "*" || is_account(name) || arn() || id()
}

const SERVICE: &str = "write the name as the service gives it, such as `lambda.amazonaws.com`";

/// The domains of service principals.
/// Source: IAM user guide, "Service principals"; botocore, `partitions.json` (`dnsSuffix`).
const DOMAINS: [&str; 8] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".csp.hci.ic.gov",
    ".cloud.adc-e.uk",
    ".aws.internal",
];

/// Returns whether a name may be a service that assumes roles: IAM takes it literally, and only under AWS's domains.
/// Source: measured answers of IAM: "Invalid principal in policy: \"SERVICE\":…".
pub fn is_service_principal(name: &str) -> bool {
    let of_aws = DOMAINS.iter().any(|domain| name.len() > domain.len() && name.ends_with(domain));
    of_aws && name != "*" && is_service(name)
}

fn is_service(name: &str) -> bool {
    let part =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    name == "*" || (name.contains('.') && name.split('.').all(part))
}

fn brief(value: &Value) -> String {
    value.as_str().map_or_else(|| noun(value).to_owned(), |text| format!("`{text}`"))
}
