//! Checks one statement: its effect, actions and resources, and that no required element is missing.

use serde_json::{Map, Value};

use super::super::canonical::has_placeholder;
use super::super::elements::ELEMENTS;
use super::{Checker, PolicyKind, noun};
use crate::base::is_account;

/// The actions that a trust policy may name.
/// Source: the error of IAM, which lists only the actions of STS that assume a role (measured).
const ASSUMING: [&str; 6] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetContext",
    "sts:SetSourceIdentity",
    "sts:TagSession",
];

impl Checker {
    pub(super) fn statement(&mut self, path: &str, statement: &Value) {
        let Some(map) = statement.as_object() else {
            self.report(path, format!("a statement must be an object, not {}", noun(statement)));
            return;
        };
        self.elements(path, statement, &ELEMENTS);
        self.sid(path, map.get("Sid"));
        self.effect(path, map.get("Effect"));
        self.principal_element(path, map);
        self.actions(path, map);
        self.resources(path, map);
        if let Some(condition) = map.get("Condition") {
            self.condition(&format!("{path}.Condition"), condition);
        } else {
            self.pool_without_condition(path, map);
        }
    }

    /// Source: measured answer of IAM: "A condition block must be present for the Cognito provider".
    fn pool_without_condition(&mut self, path: &str, map: &Map<String, Value>) {
        const POOLS: &str = "cognito-identity.amazonaws.com";
        let federated = map.get("Principal").and_then(|principal| principal.get("Federated"));
        let named = match federated {
            Some(Value::Array(names)) => names.iter().any(|name| name == POOLS),
            Some(name) => name == POOLS,
            None => false,
        };
        if named && self.kind == PolicyKind::Trust {
            let message = format!("a statement that trusts `{POOLS}` must name the pool in a `Condition`");
            let hint = "`{\"StringEquals\": {\"cognito-identity.amazonaws.com:aud\": \"<pool>\"}}`";
            self.report_with(path, message, hint);
        }
    }

    /// The one of two elements that exclude each other, with its name and path.
    pub(super) fn either<'v>(
        &mut self,
        path: &str,
        map: &'v Map<String, Value>,
        plain: &'static str,
        not: &'static str,
    ) -> Option<(&'static str, String, &'v Value)> {
        if map.contains_key(plain) && map.contains_key(not) {
            self.report_with(path, format!("`{plain}` and `{not}` are in one statement"), "keep one of them");
        }
        let name = [plain, not].into_iter().find(|name| map.contains_key(*name))?;
        Some((name, format!("{path}.{name}"), map.get(name)?))
    }

    fn sid(&mut self, path: &str, sid: Option<&Value>) {
        let Some(sid) = sid else { return };
        let path = format!("{path}.Sid");
        let Some(text) = sid.as_str() else {
            self.report(&path, format!("`Sid` must be a string, not {}", noun(sid)));
            return;
        };
        if self.of_iam() && !has_placeholder(text) && text.contains(|c: char| !c.is_ascii_alphanumeric()) {
            let message = format!("the Sid `{text}` has other characters than letters and digits");
            self.report_with(&path, message, "IAM takes A-Z, a-z and 0-9 only");
        }
    }

    fn effect(&mut self, path: &str, effect: Option<&Value>) {
        match effect {
            None => self.report_with(path, "`Effect` is missing", "write `Allow` or `Deny`"),
            Some(Value::String(text)) if text == "Allow" || text == "Deny" => {}
            Some(other) => {
                let path = format!("{path}.Effect");
                self.report_with(&path, format!("effect {other} is not valid"), "write `Allow` or `Deny`");
            }
        }
    }

    fn actions(&mut self, path: &str, map: &Map<String, Value>) {
        let Some((name, path, value)) = self.either(path, map, "Action", "NotAction") else {
            self.report(path, "`Action` or `NotAction` is missing");
            return;
        };
        for (path, action) in self.texts(&path, name, value) {
            if !has_placeholder(action) {
                self.action(&path, action);
            }
        }
    }

    fn action(&mut self, path: &str, action: &str) {
        if self.kind == PolicyKind::Trust {
            if !ASSUMING.iter().any(|known| known.eq_ignore_ascii_case(action)) {
                let message =
                    format!("a trust policy may only name the actions of STS that assume a role, not `{action}`");
                self.report_with(path, message, "usually `sts:AssumeRole`; no wildcards here");
            }
            return;
        }
        if action == "*" {
            return;
        }
        let Some((service, name)) = action.split_once(':') else {
            let message = format!("the action `{action}` has no service before it");
            self.report_with(path, message, "write it as `service:Action`, such as `dynamodb:GetItem`");
            return;
        };
        let service_fits = service == "*" || service.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let name_fits = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*?-_".contains(&byte));
        if service.is_empty() || name.is_empty() || !service_fits || !name_fits {
            let message = format!("`{action}` is not an action");
            self.report_with(path, message, "write it as `service:Action`; wildcards come after the colon");
        }
    }

    fn resources(&mut self, path: &str, map: &Map<String, Value>) {
        let Some((name, at, value)) = self.either(path, map, "Resource", "NotResource") else {
            if matches!(self.kind, PolicyKind::Identity | PolicyKind::Scp | PolicyKind::Endpoint) {
                let message = "`Resource` or `NotResource` is missing";
                self.report_with(path, message, "`\"Resource\": \"*\"` stands for all");
            }
            return;
        };
        if self.kind == PolicyKind::Trust {
            let message = format!("`{name}` is not allowed in a trust policy");
            self.report_with(&at, message, "it applies to its role only: leave it out");
            return;
        }
        for (path, resource) in self.texts(&at, name, value) {
            self.variables(&path, resource);
            // Some services use other names in their own policies: `execute-api:/*`.
            let free = self.kind == PolicyKind::Resource || has_placeholder(resource);
            if resource != "*" && !resource.starts_with("arn:") && !free {
                let message = format!("the resource `{resource}` is neither an ARN nor `*`");
                self.report_with(&path, message, ARN);
            } else if has_placeholder(resource) {
                // It isn't known yet which segment is which.
            } else if match self.kind {
                PolicyKind::Scp => is_short(resource),
                PolicyKind::Identity => is_short(resource) && is_misplaced(resource),
                _ => false,
            } {
                self.report_with(&path, format!("the ARN `{resource}` lacks segments"), ARN);
            } else if self.kind == PolicyKind::Identity {
                self.segments(&path, resource);
            }
        }
    }
}

impl Checker {
    /// Refuses segments that IAM refuses in identity policies.
    /// Source: measured answers of IAM: "Resource vendor must be fully qualified and cannot contain regexes.", "can not
    /// contain region information", "cannot contain an account id".
    fn segments(&mut self, path: &str, resource: &str) {
        let parts: Vec<&str> = resource.splitn(6, ':').collect();
        let [_, _, service, region, account, rest] = parts.as_slice() else { return };
        if service.contains(['*', '?']) {
            let message = format!("the service of the ARN `{resource}` must be named without wildcards");
            self.report_with(path, message, "`\"Resource\": \"*\"` stands for everything of every service");
            return;
        }
        let given = |segment: &str| !segment.trim_matches(['*', '?']).is_empty();
        // Access points and the like have a region and an account, and a `/`.
        let of_bucket = *service == "s3" && !rest.contains('/');
        let mut refuse = |what: &str, segment: &str, example: &str| {
            let message = format!("the ARN `{resource}` names the {what} `{segment}`, which must be empty here");
            self.report_with(path, message, format!("such as `{example}`"));
        };
        match *service {
            _ if of_bucket && given(region) => refuse("region", region, "arn:aws:s3:::bucket"),
            _ if of_bucket && given(account) => refuse("account", account, "arn:aws:s3:::bucket"),
            "iam" if given(region) => refuse("region", region, "arn:aws:iam::123456789012:role/name"),
            "route53" if given(region) => refuse("region", region, "arn:aws:route53:::hostedzone/id"),
            _ => {}
        }
    }
}

const ARN: &str = "write `arn:partition:service:region:account:resource`";

/// Returns whether an ARN is short: IAM fills its missing segments with `*`; Organizations only if it ends in one.
fn is_short(resource: &str) -> bool {
    resource != "*" && resource.split(':').count() < 6 && !resource.ends_with('*')
}

/// Returns whether a short ARN has left out a segment in the middle: the text in the place of the region or the account
/// is neither.
/// Source: measured answer of IAM to `arn:aws:s3:bucket`: "The policy failed legacy parsing".
fn is_misplaced(resource: &str) -> bool {
    let mut segments = resource.split(':').skip(3);
    let open = |segment: &str| segment.is_empty() || segment.contains(['*', '?', '$']);
    let is_region =
        |text: &str| text.contains('-') && text.ends_with(|c: char| c.is_ascii_digit()) && !text.contains('/');
    let region = segments.next().is_some_and(|region| !open(region) && !is_region(region));
    region || segments.next().is_some_and(|account| !open(account) && !is_account(account))
}
