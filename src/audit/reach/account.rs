//! An account's documents, prepared once to say who can reach each of its tables.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::identity::{Identity, Split, halves, principal_tags, trusted};
use super::read_item::ReadItem;
use super::value::PrincipalKind;
use super::ways::Path;
use crate::policy::{Chain, Held, Policy, chain_of, documents_of, group_documents_of, trust_of};

type Halves = (Arc<Policy>, Arc<Policy>);

/// An account's identities and policies, prepared to judge.
#[derive(Debug)]
pub struct Account<'a> {
    pub(super) id: String,
    pub(super) partition: String,
    pub(super) identities: Vec<Identity>,
    pub(super) scps: Option<Chain>,
    pub(super) rcps: Option<Chain>,
    pub(super) organization: Option<String>,
    endpoints: Vec<ReadItem<'a>>,
    pub(super) tables: Vec<ReadItem<'a>>,
    pub(super) not_assessed: Vec<String>,
}

/// The types of which documents are needed.
pub const READ_TYPES: [&str; 7] = [
    "AWS::DynamoDB::Table",
    "AWS::IAM::Role",
    "AWS::IAM::User",
    "AWS::IAM::Group",
    "AWS::IAM::Policy",
    "AWS::EC2::VPCEndpoint",
    "AWS::Organizations::Organization",
];

/// The types that decide who can reach a table, in words.
const TYPES: [(&str, &str); 5] = [
    ("AWS::IAM::Role", "roles"),
    ("AWS::IAM::User", "users"),
    ("AWS::IAM::Group", "groups"),
    ("AWS::IAM::Policy", "managed policies"),
    ("AWS::EC2::VPCEndpoint", "VPC endpoints"),
];

impl<'a> Account<'a> {
    /// Prepares the documents of an account; those of other accounts are left out. `unread` are the types whose list could
    /// not be read.
    pub fn new(id: &str, items: impl IntoIterator<Item = ReadItem<'a>>, unread: &[&str]) -> Self {
        let items: Vec<ReadItem<'a>> =
            items.into_iter().filter(|item| item.text("/awsAccountId").is_none_or(|account| account == id)).collect();
        let of = |name: &'static str| items.iter().filter(move |item| item.type_name() == name).copied();
        let mut not_assessed: Vec<String> = TYPES
            .iter()
            .filter(|(name, _)| unread.contains(name))
            .map(|(_, words)| format!("the {words} of the account could not be listed: there may be more"))
            .collect();
        let organization = of("AWS::Organizations::Organization").next();
        let mut chain = |member: &str, words: &str| {
            let item = organization?;
            chain_of(item.body, member, id).unwrap_or_else(|text| {
                let reason = item.reason(&text);
                not_assessed.push(format!("{words} could not be read ({reason}): they may deny what is listed"));
                None
            })
        };
        let scps = chain("ServiceControlPolicies", "service control policies");
        let rcps = chain("ResourceControlPolicies", "resource control policies");
        if unread.contains(&"AWS::Organizations::Organization") {
            not_assessed.push("the organization could not be read: its policies may deny what is listed".to_owned());
        }
        let mut library = Library::new(of("AWS::IAM::Policy"), of("AWS::IAM::Group"));
        let functions = functions_by_role(of("AWS::Lambda::Function"));
        let mut identities: Vec<Identity> = of("AWS::IAM::Role")
            .map(|item| (item, "AWS::IAM::Role"))
            .chain(of("AWS::IAM::User").map(|item| (item, "AWS::IAM::User")))
            .filter_map(|(item, name)| library.identity(&item, name, id, &functions))
            .collect();
        let partition = identities.first().and_then(|one| one.arn.split(':').nth(1)).unwrap_or("aws").to_owned();
        identities.push(root(&partition, id));
        identities.sort_by(|left, right| (left.kind, &left.arn).cmp(&(right.kind, &right.arn)));
        Self {
            id: id.to_owned(),
            partition,
            identities,
            scps,
            rcps,
            organization: organization.and_then(|item| item.text("/configuration/Id").map(str::to_owned)),
            endpoints: of("AWS::EC2::VPCEndpoint").collect(),
            tables: of("AWS::DynamoDB::Table").collect(),
            not_assessed,
        }
    }

    /// The ways to the service in a region.
    pub(super) fn ways(&self, region: &str) -> Vec<Path> {
        let mut endpoints: Vec<Path> = self.endpoints.iter().filter_map(|item| Path::endpoint(item, region)).collect();
        endpoints.sort_by(|left, right| left.way.id.cmp(&right.way.id));
        std::iter::once(Path::public()).chain(endpoints).collect()
    }
}

/// The root user, who may do everything that nothing denies.
fn root(partition: &str, account: &str) -> Identity {
    let policies = Split { allows: vec![Arc::new(Policy::full_access())], denies: Vec::new() };
    Identity {
        arn: format!("arn:{partition}:iam::{account}:root"),
        kind: PrincipalKind::Root,
        policies,
        boundary: None,
        unread: Vec::new(),
        tags: Some(Vec::new()),
        used_by: Vec::new(),
        trusts: Vec::new(),
        by_way: false,
    }
}

/// The names of functions by the ARN of their role.
fn functions_by_role<'a>(functions: impl Iterator<Item = ReadItem<'a>>) -> HashMap<String, Vec<String>> {
    let mut all: HashMap<String, Vec<String>> = HashMap::new();
    for item in functions {
        if let (Some(role), Some(name)) = (item.text("/configuration/role"), item.text("/resourceName")) {
            all.entry(role.to_owned()).or_default().push(name.to_owned());
        }
    }
    for names in all.values_mut() {
        names.sort();
    }
    all
}

/// The policies that several identities share, each prepared once.
struct Library<'a> {
    managed: HashMap<String, Result<Halves, String>>,
    groups: HashMap<String, ReadItem<'a>>,
}

impl<'a> Library<'a> {
    fn new(policies: impl Iterator<Item = ReadItem<'a>>, groups: impl Iterator<Item = ReadItem<'a>>) -> Self {
        let mut managed = HashMap::new();
        for item in policies {
            for held in documents_of("AWS::IAM::Policy", item.body, false) {
                managed.insert(held.name.clone(), prepared(&item, &held));
            }
        }
        let named = |item: ReadItem<'a>| {
            let name = item.text("/configuration/GroupName").or_else(|| item.text("/resourceName"))?;
            Some((name.to_owned(), item))
        };
        Self { managed, groups: groups.filter_map(named).collect() }
    }

    fn identity(
        &mut self,
        item: &ReadItem<'a>,
        type_name: &str,
        account: &str,
        functions: &HashMap<String, Vec<String>>,
    ) -> Option<Identity> {
        let is_role = type_name == "AWS::IAM::Role";
        let arn = item
            .text("/ARN")
            .or_else(|| item.text("/configuration/arn"))
            .or_else(|| item.text("/configuration/Arn"))?;
        let (mut policies, mut unread) = (Split::default(), Vec::new());
        self.gather(item, type_name, &mut policies, &mut unread);
        if !is_role {
            self.gather_groups(item, &mut policies, &mut unread);
        }
        let boundary = item
            .text("/configuration/permissionsBoundary/permissionsBoundaryArn")
            .or_else(|| item.text("/configuration/PermissionsBoundary/PermissionsBoundaryArn"))
            .map(str::to_owned);
        let boundary = boundary.map(|arn| {
            let mut split = Split::default();
            self.managed(&arn).map(|halves| {
                split.add(&halves);
                split
            })
        });
        let trust = trust_of(item.body).filter(|_| is_role);
        let trust_value = trust.as_ref().and_then(|held| held.document.as_ref().ok());
        let trusts = trust.as_ref().and_then(|held| held.parsed().ok());
        let tags = if is_role && trust_value.is_none() {
            None
        } else {
            principal_tags(item.body, trust_value.map(AsRef::as_ref))
        };
        let kind = match (is_role, arn.contains(":role/aws-service-role/")) {
            (true, true) => PrincipalKind::ServiceLinkedRole,
            (true, false) => PrincipalKind::Role,
            (false, _) => PrincipalKind::User,
        };
        let by_way = policies.decides_by_way()
            || boundary.as_ref().is_some_and(|one| one.as_ref().is_ok_and(Split::decides_by_way));
        Some(Identity {
            arn: arn.to_owned(),
            kind,
            policies,
            boundary,
            unread,
            tags,
            used_by: functions.get(arn).cloned().unwrap_or_default(),
            trusts: trusts.map(|document| trusted(&document, account)).unwrap_or_default(),
            by_way,
        })
    }

    /// Adds the inline policies of an item, and those that are attached to it.
    fn gather(&mut self, item: &ReadItem<'_>, type_name: &str, policies: &mut Split, unread: &mut Vec<String>) {
        let mut add = |halves: Result<Halves, String>| match halves {
            Ok(halves) => policies.add(&halves),
            Err(reason) => unread.push(reason),
        };
        let mut seen = Vec::new();
        for held in documents_of(type_name, item.body, true) {
            if held.own {
                add(prepared(item, &held));
            } else {
                let halves = self.managed.entry(held.name.clone()).or_insert_with(|| prepared(item, &held));
                add(halves.clone());
                seen.push(held.name);
            }
        }
        for list in ["/configuration/attachedManagedPolicies", "/configuration/AttachedManagedPolicies"] {
            match item.body.pointer(list) {
                Some(Value::Array(attached)) => {
                    for policy in attached {
                        let arn = policy.get("policyArn").or_else(|| policy.get("PolicyArn")).and_then(Value::as_str);
                        if let Some(arn) = arn.filter(|arn| !seen.iter().any(|known| known == arn)) {
                            add(self.managed(arn));
                        }
                    }
                }
                Some(Value::String(text)) => add(Err(item.reason(text))),
                _ => {}
            }
        }
    }

    /// Adds the policies of the groups that a user is in: they stand in the user's item, or in items of their own.
    fn gather_groups(&mut self, user: &ReadItem<'_>, policies: &mut Split, unread: &mut Vec<String>) {
        if let Some(documents) = group_documents_of(user.body) {
            for held in documents {
                match prepared(user, &held) {
                    Ok(halves) => policies.add(&halves),
                    Err(reason) => unread.push(reason),
                }
            }
            return;
        }
        let names: Vec<&str> = match user.body.pointer("/configuration/GroupList") {
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(text)) => {
                unread.push(user.reason(text));
                return;
            }
            _ => return,
        };
        for name in names {
            match self.groups.get(name).copied() {
                Some(group) => self.gather(&group, "AWS::IAM::Group", policies, unread),
                None => unread.push(format!("the policies of the group `{name}` were not read")),
            }
        }
    }

    fn managed(&self, arn: &str) -> Result<Halves, String> {
        self.managed.get(arn).cloned().unwrap_or_else(|| Err(format!("the policy {arn} was not read")))
    }
}

fn prepared(item: &ReadItem<'_>, held: &Held<'_>) -> Result<Halves, String> {
    held.parsed().map(|document| halves(&held.name, &document)).map_err(|text| item.reason(&text))
}
