//! The condition keys that a call of an action can have.
//!
//! A key with the prefix of a service (`s3:x-amz-acl`) is a parameter or a property of that service's own actions, and
//! AWS's service authorization reference lists which of them have it: a call of any other action has no such key. A few
//! keys with such a prefix come with the session of a role instead, whatever it calls. Names that the reference doesn't
//! have (a service, an action or a key newer than its extract here) stay unknown. Sources: Service Authorization
//! Reference (`scripts/authorization-reference` makes the extract); IAM User Guide, "AWS global condition context
//! keys".

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::actions::services;

const TEXT: &str = include_str!("condition_keys.txt");

/// The keys of services that come with the session of a role, in lower case.
/// Source: IAM User Guide, "AWS global condition context keys", "Properties of a role session".
pub(super) const OF_SESSIONS: [&str; 9] = [
    "codebuild:buildarn",
    "codebuild:projectarn",
    "ec2:roledelivery",
    "ec2:sourceinstancearn",
    "glue:credentialissuingservice",
    "glue:roleassumedby",
    "identitystore:userid",
    "lambda:sourcefunctionarn",
    "ssm:sourceinstancearn",
];

/// The global keys, in lower case; those that end in `/` are followed by a tag's name.
/// Source: IAM User Guide, "AWS global condition context keys", and the keys that it had before.
const GLOBAL: &str = "\
    aws:assumedroot aws:calledvia aws:calledviaawsmcp aws:calledviafirst aws:calledvialast aws:chatbotsourcearn \
    aws:currenttime aws:ec2instancesourceprivateipv4 aws:ec2instancesourcevpc aws:epochtime aws:federatedprovider \
    aws:ismcpserviceaction aws:multifactorauthage aws:multifactorauthpresent aws:principalaccount aws:principalarn \
    aws:principalisawsservice aws:principalorgid aws:principalorgpaths aws:principalservicename \
    aws:principalservicenameslist aws:principaltag/ aws:principaltype aws:referer aws:requestedregion aws:requesttag/ \
    aws:resourceaccount aws:resourceorgid aws:resourceorgpaths aws:resourcetag/ aws:securetransport \
    aws:signinsessionarn aws:sourceaccount aws:sourcearn aws:sourceidentity aws:sourceip aws:sourceorgid \
    aws:sourceorgpaths aws:sourceowner aws:sourcevpc aws:sourcevpcarn aws:sourcevpce aws:tagkeys aws:tokenissuetime \
    aws:useragent aws:userid aws:username aws:viaawsmcpservice aws:viaawsservice aws:vpceaccount aws:vpceorgid \
    aws:vpceorgpaths aws:vpcsourceip";

/// A set of keys in lower case, with families of keys by their prefix.
#[derive(Debug, Default)]
struct Keys {
    exact: HashSet<String>,
    families: Vec<String>,
}

impl Keys {
    fn read<'w>(service: &str, words: impl Iterator<Item = &'w str>) -> Self {
        let mut keys = Self::default();
        for word in words {
            let key = if word.starts_with(':') { format!("{service}{word}") } else { word.to_owned() }.to_lowercase();
            if key.ends_with(['/', ':']) {
                keys.families.push(key);
            } else {
                keys.exact.insert(key);
            }
        }
        keys
    }

    fn has(&self, key: &str) -> bool {
        self.exact.contains(key) || self.families.iter().any(|family| key.starts_with(family.as_str()))
    }
}

/// The entry of a service in the reference.
#[derive(Debug, Default)]
struct Service {
    keys: Keys,
    /// The actions in lower case, with the group of each; empty if the service's actions are not listed.
    actions: HashMap<String, Option<usize>>,
    groups: Vec<Keys>,
    without_resource: HashSet<String>,
}

static REFERENCE: LazyLock<HashMap<&'static str, Service>> = LazyLock::new(|| {
    let mut all: HashMap<&'static str, Service> = HashMap::new();
    let mut name = "";
    for line in TEXT.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split(' ');
        match words.next() {
            Some("+") => {
                let (actions, keys) = line[1..].split_once('=').unwrap_or_default();
                let service = all.entry(name).or_default();
                let group = Some(service.groups.len());
                service.groups.push(Keys::read(name, keys.split_whitespace()));
                service.actions.extend(actions.split_whitespace().map(|action| (action.to_lowercase(), group)));
            }
            Some("*") => all.entry(name).or_default().without_resource.extend(words.map(str::to_lowercase)),
            Some(service) => {
                name = service;
                all.insert(name, Service { keys: Keys::read(name, words), ..Service::default() });
            }
            None => {}
        }
    }
    for (name, actions) in services() {
        if let Some(service) = all.get_mut(name) {
            for action in actions {
                service.actions.entry(action.to_lowercase()).or_insert(None);
            }
        }
    }
    all
});

/// Returns whether a service documents a key, in lower case.
fn is_documented(key: &str) -> bool {
    let prefix = key.split(':').next().unwrap_or_default();
    REFERENCE.get(prefix).is_some_and(|service| service.keys.has(key))
}

/// Returns whether a name has the form of a key, `service:key`; any other name is an unfilled placeholder.
pub(super) fn has_form_of_key(name: &str) -> bool {
    name.split_once(':').is_some_and(|(prefix, rest)| !prefix.is_empty() && !rest.is_empty() && !rest.starts_with(':'))
}

/// Returns whether AWS has a key of this name: a global one, one of a service or of an identity provider.
pub(super) fn is_key(name: &str) -> bool {
    let key = name.to_lowercase();
    if key.starts_with("aws:") {
        return GLOBAL.split(' ').any(|known| match known.strip_suffix('/') {
            Some(_) => key.starts_with(known) && key.len() > known.len(),
            None => key == known,
        });
    }
    // Providers have host names as prefix; some keys of services aren't in the reference (`transfer:UserName`).
    has_form_of_key(&key)
}

/// The global key with the most similar name, in lower case.
pub(super) fn near(name: &str) -> Option<&'static str> {
    let key = name.to_lowercase();
    let distance = |known: &str| strsim::damerau_levenshtein(known, &key);
    let nearest = GLOBAL.split(' ').filter(|known| !known.ends_with('/')).min_by_key(|known| distance(known))?;
    (distance(nearest) <= 2).then_some(nearest)
}

/// The place of an action in the reference.
#[derive(Debug, Clone, Copy)]
enum Group {
    /// The actions of its service are listed, and it is not among them.
    NotListed,
    /// It has no keys of its own.
    WithoutKeys,
    /// The group of the actions that have the same keys.
    At(usize),
}

/// The keys of services that a call of one action can have.
#[derive(Debug, Clone, Copy)]
pub(super) struct ActionKeys {
    prefix: Option<&'static str>,
    service: Option<&'static Service>,
    group: Group,
}

impl ActionKeys {
    /// The keys of an action, such as `dynamodb:CreateTable`, by the reference.
    pub(super) fn of(action: &str) -> Self {
        let action = action.to_lowercase();
        let (service, name) = action.split_once(':').unwrap_or((&action, ""));
        let found = REFERENCE.get_key_value(service);
        Self {
            prefix: found.map(|(prefix, _)| *prefix),
            service: found.map(|(_, service)| service),
            group: match found.and_then(|(_, service)| service.actions.get(name)) {
                None => Group::NotListed,
                Some(None) => Group::WithoutKeys,
                Some(Some(group)) => Group::At(*group),
            },
        }
    }

    /// Returns whether a call may have a key, in lower case. It is always `true` for global keys.
    pub(super) fn may_have(&self, key: &str) -> bool {
        let prefix = key.split(':').next().unwrap_or_default();
        if prefix == "aws" || OF_SESSIONS.contains(&key) || !is_documented(key) {
            return true;
        }
        match (self.service, self.group) {
            (Some(service), Group::At(group)) => service.groups.get(group).is_some_and(|keys| keys.has(key)),
            (Some(_), Group::WithoutKeys) => false,
            (Some(service), Group::NotListed) => self.prefix == Some(prefix) || service.keys.has(key),
            (None, _) => true,
        }
    }
}

/// Returns whether an action has a resource that a policy can name; `None` if its service's actions aren't listed.
pub fn takes_resource(action: &str) -> Option<bool> {
    let action = action.to_lowercase();
    let (service, name) = action.split_once(':')?;
    let service = REFERENCE.get(service)?;
    service.actions.contains_key(name).then(|| !service.without_resource.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may_have(action: &str, key: &str) -> bool {
        ActionKeys::of(action).may_have(&key.to_lowercase())
    }

    #[test]
    fn condition_keys_of_other_services_and_actions_are_absent() {
        for (action, key) in [
            ("dynamodb:CreateTable", "ec2:Owner"),
            ("dynamodb:CreateTable", "s3:x-amz-acl"),
            ("dynamodb:CreateTable", "dynamodb:LeadingKeys"),
            ("dynamodb:CreateTable", "kms:EncryptionContext:aws:dynamodb:tableName"),
            ("dynamodb:CreateTable", "ec2:ResourceTag/team"),
            ("ec2:CreateVpcEndpoint", "ec2:InstanceType"),
            ("wellarchitected:CreateWorkload", "lambda:FunctionUrlAuthType"),
            ("Lambda:createfunction", "lambda:FunctionUrlAuthType"),
        ] {
            assert!(!may_have(action, key), "{action} has no {key}");
        }
    }

    #[test]
    fn listed_and_unlisted_condition_keys_are_undecided() {
        for (action, key) in [
            ("lambda:CreateFunction", "lambda:VpcIds"),
            ("ec2:CreateVpcEndpoint", "ec2:VpceServiceName"),
            ("ec2:CreateVpcEndpoint", "ec2:ResourceTag/team"),
            ("kms:Decrypt", "kms:EncryptionContext:aws:dynamodb:tableName"),
            ("kms:Decrypt", "kms:ViaService"),
            ("iam:PassRole", "iam:PassedToService"),
            ("sts:AssumeRole", "iam:ResourceTag/team"),
            ("qbusiness:Chat", "identitystore:GroupId"),
            // Keys of a session, of a provider, of unknown origin; keys of a service or an action that isn't listed.
            ("dynamodb:CreateTable", "lambda:SourceFunctionArn"),
            ("dynamodb:CreateTable", "saml:sub"),
            ("dynamodb:CreateTable", "token.actions.githubusercontent.com:sub"),
            ("dynamodb:CreateTable", "ec2:AddedLater"),
            ("dynamodb:CreateTable", "aws:SourceIp"),
            ("wellarchitected:CreateWorkload", "wellarchitected:JiraProjectKey"),
            ("dynamodb:AddedLater", "dynamodb:LeadingKeys"),
            ("addedlater:Do", "ec2:Owner"),
        ] {
            assert!(may_have(action, key), "{action} may have {key}");
        }
    }

    #[test]
    fn session_keys_have_known_service_prefixes() {
        assert!(
            OF_SESSIONS.iter().all(|key| key.split_once(':').is_some_and(|(prefix, _)| REFERENCE.contains_key(prefix)))
        );
    }

    #[test]
    fn actions_without_a_resource_are_known() {
        assert_eq!(takes_resource("dynamodb:ListTables"), Some(false));
        assert_eq!(takes_resource("DynamoDB:deletetable"), Some(true));
        assert_eq!(takes_resource("wellarchitected:CreateWorkload"), None);
        assert_eq!(takes_resource("dynamodb:AddedLater"), None);
    }

    #[test]
    fn condition_keys_are_distinguished_from_placeholders() {
        for key in [
            "aws:PrincipalTag/team",
            "aws:username",
            "s3:prefix",
            "saml:sub",
            "transfer:UserName",
            "cognito-identity.amazonaws.com:sub",
            "ec2:SourceInstanceARN",
        ] {
            assert!(is_key(key), "{key}");
        }
        for other in ["Account", "AWS::AccountId", "aws:AccountId", "account_id", "", ":x", "aws:PrincipalTag/", "s3:"]
        {
            assert!(!is_key(other), "{other}");
        }
        assert_eq!(near("aws:PrincipalAcount"), Some("aws:principalaccount"));
        assert_eq!(near("aws:AccountId"), None);
    }
}
