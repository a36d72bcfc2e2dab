//! What is asked: an action on a resource by a principal, and what is known of the context.

use std::collections::{BTreeMap, HashMap};

use super::pattern::Subject;
use super::variable::{Lookup, Variables};
use crate::base::is_account;

/// What is known of one key of a request's context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// The request has no such key.
    Absent,
    /// Its values; keys that take one only have one. A value may hold placeholders of what is known only after
    /// apply, between U+E000 and U+E001: then its existence is known, and the text around it.
    Values(Vec<String>),
    /// Nothing is known, not even whether the request has it.
    Unknown,
}

/// What holds for the keys that a context doesn't name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unnamed {
    /// They aren't known.
    #[default]
    Unknown,
    /// The request has no others.
    Absent,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    Absent,
    Values(Vec<Subject>),
    Unknown,
}

/// A request to judge. Keys of the context ignore case.
#[derive(Debug, Clone)]
pub struct Request {
    pub(super) action: Subject,
    pub(super) resource: Subject,
    principal: Option<String>,
    context: HashMap<String, Entry>,
    absent: Vec<String>,
    unnamed: Unnamed,
}

impl Request {
    /// Asks for an action on a resource; `*` is the resource of actions that have none. What isn't known of the
    /// ARN stands in it as a placeholder between U+E000 and U+E001.
    pub fn new(action: &str, resource: &str) -> Self {
        let (action, resource) = (Subject::new(&action.to_lowercase()), Subject::new(resource));
        Self {
            action,
            resource,
            principal: None,
            context: HashMap::new(),
            absent: Vec::new(),
            unnamed: Unnamed::Unknown,
        }
    }

    /// Says who asks: an ARN, or the name of a service. `aws:PrincipalArn` and `aws:PrincipalAccount` follow from it where the context
    /// doesn't name them.
    #[must_use]
    pub fn by(mut self, principal: &str) -> Self {
        let mut segments = principal.splitn(6, ':').skip(1);
        let (partition, service) = (segments.next(), segments.next());
        let (_, account, name) = (segments.next(), segments.next(), segments.next());
        if let Some(account) = account.filter(|account| is_account(account)) {
            self.derive("aws:principalaccount", account);
            let session =
                name.and_then(|name| name.strip_prefix("assumed-role/")).and_then(|name| name.split_once('/'));
            match (partition, service, session) {
                // A session tells its role's name, not its path.
                (Some(partition), Some("sts"), Some((role, _))) => {
                    let arn = format!("arn:{partition}:iam::{account}:role/\u{E000}aws:PrincipalArn\u{E001}{role}");
                    self.derive("aws:principalarn", &arn);
                }
                _ => self.derive("aws:principalarn", principal),
            }
        }
        self.principal = Some(principal.to_owned());
        self
    }

    /// Says what is known of a key of the context.
    #[must_use]
    pub fn with(mut self, key: &str, known: Known) -> Self {
        let entry = match known {
            Known::Absent => Entry::Absent,
            Known::Unknown => Entry::Unknown,
            Known::Values(values) if values.is_empty() => Entry::Absent,
            Known::Values(values) => Entry::Values(values.iter().map(|value| Subject::new(value)).collect()),
        };
        self.context.insert(key.to_lowercase(), entry);
        self
    }

    /// Gives a key of the context one value.
    #[must_use]
    pub fn with_value(self, key: &str, value: &str) -> Self {
        self.with(key, Known::Values(vec![value.to_owned()]))
    }

    /// Says that the request has no other keys of a family than those that are named: `aws:RequestTag/`.
    #[must_use]
    pub fn no_other(mut self, family: &str) -> Self {
        self.absent.push(family.to_lowercase());
        self
    }

    /// Says what holds for all other keys.
    #[must_use]
    pub fn others(mut self, unnamed: Unnamed) -> Self {
        self.unnamed = unnamed;
        self
    }

    /// Who asks.
    pub fn principal(&self) -> Option<&str> {
        self.principal.as_deref()
    }

    /// The keys whose values are fully known, in lower case, with their values.
    pub fn known(&self) -> BTreeMap<String, Vec<String>> {
        let values = |entry: &Entry| match entry {
            Entry::Values(values) if values.iter().all(Subject::is_known) => {
                Some(values.iter().map(|value| value.text().to_owned()).collect())
            }
            _ => None,
        };
        self.context.iter().filter_map(|(key, entry)| Some((key.clone(), values(entry)?))).collect()
    }

    /// Whether it is known of a key what it is, or that it isn't there.
    pub fn tells(&self, key: &str) -> bool {
        !matches!(self.values(&key.to_lowercase()), Values::Unknown)
    }

    /// Whether a service-linked role asks, which SCPs don't restrict.
    pub fn by_service_linked_role(&self) -> bool {
        let resource = self.principal.as_deref().and_then(|arn| arn.splitn(6, ':').nth(5));
        resource.is_some_and(|name| name.starts_with("role/aws-service-role/"))
    }

    fn derive(&mut self, key: &str, value: &str) {
        self.context.entry(key.to_owned()).or_insert_with(|| Entry::Values(vec![Subject::new(value)]));
    }

    /// What is known of a key, which must be in lower case.
    pub(super) fn values(&self, key: &str) -> Values<'_> {
        let unnamed =
            if self.absent.iter().any(|family| key.starts_with(family)) { Unnamed::Absent } else { self.unnamed };
        match (self.context.get(key), unnamed) {
            (Some(Entry::Values(values)), _) => Values::Present(values),
            (Some(Entry::Absent), _) | (None, Unnamed::Absent) => Values::Absent,
            (Some(Entry::Unknown), _) | (None, Unnamed::Unknown) => Values::Unknown,
        }
    }
}

/// The values of a key in a request.
pub(super) enum Values<'r> {
    Absent,
    Present(&'r [Subject]),
    Unknown,
}

impl Variables for Request {
    fn lookup(&self, key: &str) -> Lookup<'_> {
        match self.values(key) {
            Values::Present([value]) => Lookup::Value(value),
            // A key with several values can't be a variable.
            Values::Present(_) | Values::Absent => Lookup::Absent,
            Values::Unknown => Lookup::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_principal_tells_its_own_keys() {
        let value = |request: &Request, key| match request.values(key) {
            Values::Present([value]) => Some(value.text().to_owned()),
            _ => None,
        };
        let request = Request::new("a:B", "*").by("arn:aws:iam::111122223333:role/dev");
        assert_eq!(value(&request, "aws:principalarn").as_deref(), Some("arn:aws:iam::111122223333:role/dev"));
        assert_eq!(value(&request, "aws:principalaccount").as_deref(), Some("111122223333"));
        let session = Request::new("a:B", "*").by("arn:aws:sts::111122223333:assumed-role/dev/me");
        let arn = value(&session, "aws:principalarn");
        assert_eq!(arn.as_deref(), Some("arn:aws:iam::111122223333:role/\u{E000}dev"), "the path is not known");
        let named = Request::new("a:B", "*").with_value("aws:PrincipalArn", "x").by("arn:aws:iam::111122223333:root");
        assert_eq!(value(&named, "aws:principalarn").as_deref(), Some("x"), "what is named goes first");
    }

    #[test]
    fn a_family_of_keys_may_be_complete() {
        let request = Request::new("a:B", "*").no_other("aws:RequestTag/").with_value("aws:RequestTag/Team", "x");
        assert!(matches!(request.values("aws:requesttag/team"), Values::Present(_)));
        assert!(matches!(request.values("aws:requesttag/other"), Values::Absent));
        assert!(matches!(request.values("aws:resourcetag/other"), Values::Unknown));
    }

    #[test]
    fn a_service_linked_role_is_known_by_its_path() {
        let by = |principal: &str| Request::new("a:B", "*").by(principal).by_service_linked_role();
        assert!(by("arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"));
        assert!(!by("arn:aws:iam::111122223333:role/AWSServiceRoleForX"), "the name alone is anyone's");
        assert!(!by("arn:aws:iam::111122223333:role/service-role/x"));
    }
}
