//! The access levels of AWS's actions, for the services that a stack is made of and their neighbours.
//!
//! Source: Service Authorization Reference, whose tables give each action one of five levels
//! (`scripts/authorization-reference` makes the extract).

use std::collections::HashMap;
use std::sync::LazyLock;

use super::actions::services;

const TEXT: &str = include_str!("access_levels.txt");

/// The access level of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// Lists or reads.
    Read,
    /// Changes nothing but tags.
    Tagging,
    /// Changes something.
    Write,
    /// Changes who may do what.
    Permissions,
}

/// The actions that change something, in lower case, with their names as AWS spells them.
static LEVELS: LazyLock<HashMap<String, (AccessLevel, String)>> = LazyLock::new(|| {
    let mut levels = HashMap::new();
    for line in TEXT.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split(' ');
        let (Some(service), Some(level)) = (words.next(), words.next()) else { continue };
        let level = match level {
            "permissions" => AccessLevel::Permissions,
            "tagging" => AccessLevel::Tagging,
            _ => AccessLevel::Write,
        };
        for name in words {
            let action = format!("{service}:{name}");
            levels.insert(action.to_lowercase(), (level, action));
        }
    }
    levels
});

/// Returns the access level of an action such as `dynamodb:PutItem`; `None` if its service's actions aren't listed here,
/// or if it is not among them.
pub fn access_level(action: &str) -> Option<AccessLevel> {
    let action = action.to_lowercase();
    if let Some((level, _)) = LEVELS.get(&action) {
        return Some(*level);
    }
    let (service, name) = action.split_once(':')?;
    let (_, mut names) = services().find(|(listed, _)| *listed == service)?;
    names.any(|listed| listed.eq_ignore_ascii_case(name)).then_some(AccessLevel::Read)
}

/// All listed actions of a level, as AWS spells them, sorted.
pub fn actions_of(level: AccessLevel) -> Vec<&'static str> {
    if level == AccessLevel::Read {
        return Vec::new();
    }
    let mut all: Vec<&str> =
        LEVELS.values().filter(|(of, _)| *of == level).map(|(_, action)| action.as_str()).collect();
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_have_the_access_level_of_the_reference() {
        for (action, level) in [
            ("dynamodb:GetItem", AccessLevel::Read),
            ("dynamodb:ListTables", AccessLevel::Read),
            ("DynamoDB:putitem", AccessLevel::Write),
            ("dynamodb:DeleteTable", AccessLevel::Write),
            ("dynamodb:TagResource", AccessLevel::Tagging),
            ("dynamodb:PutResourcePolicy", AccessLevel::Permissions),
            ("iam:AttachRolePolicy", AccessLevel::Permissions),
            ("iam:CreateUser", AccessLevel::Write),
            ("lambda:AddPermission", AccessLevel::Permissions),
            ("s3:PutBucketPolicy", AccessLevel::Permissions),
        ] {
            assert_eq!(access_level(action), Some(level), "{action}");
        }
        assert_eq!(access_level("dynamodb:AddedLater"), None);
        assert_eq!(access_level("wellarchitected:CreateWorkload"), None, "its actions aren't listed");
        assert_eq!(access_level("dynamodb"), None);
    }

    #[test]
    fn every_listed_action_is_one_of_the_reference() {
        for level in [AccessLevel::Tagging, AccessLevel::Write, AccessLevel::Permissions] {
            let all = actions_of(level);
            assert!(all.len() > 20, "{level:?}");
            for action in all {
                assert_eq!(super::super::name_of(action), super::super::Name::Known, "{action}");
            }
        }
    }
}
