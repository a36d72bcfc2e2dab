//! A request: an action on a resource by a principal, with its context as far as it is known.

use std::collections::{BTreeMap, HashMap};

use super::condition_keys::{ActionKeys, has_form_of_key};
use super::context::{Known, Unnamed};
use super::pattern::Subject;
use super::principal_keys::{PrincipalKey, principal_keys};
use super::variable::{Lookup, Variables};

#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    Absent,
    Values(Vec<Subject>),
    OneOf(Vec<Subject>),
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
    keys: ActionKeys,
}

impl Request {
    /// Makes a request for an action on a resource; `*` is the resource of actions that have none. Unknown parts of the
    /// ARN are placeholders between U+E000 and U+E001.
    pub fn new(action: &str, resource: &str) -> Self {
        Self {
            action: Subject::new(&action.to_lowercase()),
            resource: Subject::new(resource),
            principal: None,
            context: HashMap::new(),
            absent: Vec::new(),
            unnamed: Unnamed::Unknown,
            keys: ActionKeys::of(action),
        }
    }

    /// Sets the caller: an ARN, or the name of a service. The keys that follow from it (`aws:PrincipalArn`,
    /// `aws:username` …) are set unless the context names them.
    #[must_use]
    pub fn by(mut self, principal: &str) -> Self {
        for (key, known) in principal_keys(principal) {
            match known {
                PrincipalKey::Family => self.absent.push(key.to_owned()),
                PrincipalKey::Key(known) if !self.context.contains_key(key) => self = self.with(key, known),
                PrincipalKey::Key(_) => {}
            }
        }
        self.principal = Some(principal.to_owned());
        self
    }

    /// Sets the knowledge about a key of the context.
    #[must_use]
    pub fn with(mut self, key: &str, known: Known) -> Self {
        let entry = match known {
            Known::Absent => Entry::Absent,
            Known::Unknown => Entry::Unknown,
            Known::Values(values) | Known::OneOf(values) if values.is_empty() => Entry::Absent,
            Known::OneOf(values) => Entry::OneOf(values.iter().map(|value| Subject::new(value)).collect()),
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

    /// Declares that the request has no other keys of a family than the named ones: `aws:RequestTag/`.
    #[must_use]
    pub fn no_other(mut self, family: &str) -> Self {
        self.absent.push(family.to_lowercase());
        self
    }

    /// Sets the assumption about all other keys.
    #[must_use]
    pub fn others(mut self, unnamed: Unnamed) -> Self {
        self.unnamed = unnamed;
        self
    }

    /// The caller.
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

    /// Returns whether the value of a key is known, or its absence.
    pub fn tells(&self, key: &str) -> bool {
        !matches!(self.values(&key.to_lowercase()), Values::OneOf(_) | Values::Unknown)
    }

    /// Returns whether the caller is a service-linked role, which SCPs don't restrict.
    pub fn by_service_linked_role(&self) -> bool {
        let resource = self.principal.as_deref().and_then(|arn| arn.splitn(6, ':').nth(5));
        resource.is_some_and(|name| name.starts_with("role/aws-service-role/"))
    }

    /// The knowledge about a key, which must be in lower case.
    pub(super) fn values(&self, key: &str) -> Values<'_> {
        let unnamed =
            if self.absent.iter().any(|family| key.starts_with(family)) { Unnamed::Absent } else { self.unnamed };
        match (self.context.get(key), unnamed) {
            (Some(Entry::Values(values)), _) => Values::Present(values),
            (Some(Entry::OneOf(values)), _) => Values::OneOf(values),
            (Some(Entry::Absent), _) | (None, Unnamed::Absent) => Values::Absent,
            (None, Unnamed::Documented) if !self.keys.may_have(key) => Values::Absent,
            (Some(Entry::Unknown), _) | (None, Unnamed::Unknown | Unnamed::Documented) => Values::Unknown,
        }
    }
}

/// The values of a key in a request.
pub(super) enum Values<'r> {
    Absent,
    Present(&'r [Subject]),
    /// It has one value, which is one of these.
    OneOf(&'r [Subject]),
    Unknown,
}

impl Variables for Request {
    fn lookup(&self, key: &str) -> Lookup<'_> {
        if !has_form_of_key(key) {
            return Lookup::Absent;
        }
        match self.values(key) {
            Values::Present([value]) => Lookup::Value(value),
            // A key with several values can't be a variable.
            Values::Present(_) | Values::Absent => Lookup::Absent,
            Values::OneOf(_) | Values::Unknown => Lookup::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tag_key_family_may_be_declared_complete() {
        let request = Request::new("a:B", "*").no_other("aws:RequestTag/").with_value("aws:RequestTag/Team", "x");
        assert!(matches!(request.values("aws:requesttag/team"), Values::Present(_)));
        assert!(matches!(request.values("aws:requesttag/other"), Values::Absent));
        assert!(matches!(request.values("aws:resourcetag/other"), Values::Unknown));
    }

    #[test]
    fn keys_that_aws_documents_for_other_actions_may_be_absent() {
        let request =
            Request::new("dynamodb:CreateTable", "*").others(Unnamed::Documented).with_value("ec2:Owner", "x");
        assert!(matches!(request.values("s3:x-amz-acl"), Values::Absent));
        assert!(matches!(request.values("ec2:owner"), Values::Present(_)), "what is named goes first");
        assert!(matches!(request.values("aws:sourceip"), Values::Unknown));
        assert!(matches!(Request::new("dynamodb:CreateTable", "*").values("s3:x-amz-acl"), Values::Unknown));
    }

    #[test]
    fn service_linked_role_is_recognized_by_path() {
        let by = |principal: &str| Request::new("a:B", "*").by(principal).by_service_linked_role();
        assert!(by("arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"));
        assert!(!by("arn:aws:iam::111122223333:role/AWSServiceRoleForX"), "the name alone is anyone's");
        assert!(!by("arn:aws:iam::111122223333:role/service-role/x"));
    }
}
