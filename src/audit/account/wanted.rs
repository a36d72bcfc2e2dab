//! The part of an account that is to be read: types, and members of their documents.

use std::collections::BTreeSet;

/// The types that are written in the template of another one.
const PARTS: &[(&str, &str)] = &[
    ("AWS::ApplicationAutoScaling::ScalableTarget", "AWS::DynamoDB::Table"),
    ("AWS::ApplicationAutoScaling::ScalingPolicy", "AWS::DynamoDB::Table"),
    ("AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"),
    ("AWS::Lambda::Permission", "AWS::Lambda::Function"),
    ("AWS::Logs::LogGroup", "AWS::Lambda::Function"),
];

/// The types to read, and the members under `supplementaryConfiguration` that anybody looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    types: Option<BTreeSet<String>>,
    members: Option<BTreeSet<(String, String)>>,
}

impl Wanted {
    /// Everything.
    pub fn everything() -> Self {
        Self::default()
    }

    /// Only these types, such as `AWS::DynamoDB::Table`, with all members.
    /// Of a type that is a part of another's template (`AWS::Lambda::Permission`), the other one is wanted.
    pub fn types<T: Into<String>>(types: impl IntoIterator<Item = T>) -> Self {
        let mut types: BTreeSet<String> = types.into_iter().map(Into::into).collect();
        let owners = PARTS.iter().filter(|(part, _)| types.contains(*part)).map(|(_, owner)| (*owner).to_owned());
        let owners: Vec<String> = owners.collect();
        types.extend(owners);
        Self { types: Some(types), members: None }
    }

    /// Of these types, only these members: pairs of type and member (`AWS::Lambda::Function`, `GetPolicy`).
    #[must_use]
    pub fn members<T: Into<String>, M: Into<String>>(self, members: impl IntoIterator<Item = (T, M)>) -> Self {
        let members = members.into_iter().map(|(one, member)| (one.into(), member.into())).collect();
        Self { members: Some(members), ..self }
    }

    /// Returns whether resources of a type are wanted.
    pub fn has(&self, type_name: &str) -> bool {
        self.types.as_ref().is_none_or(|types| types.contains(type_name))
    }

    /// Returns whether a member is wanted by its name: for members that cost many calls and that hardly anybody looks at.
    pub fn names_member(&self, type_name: &str, member: &str) -> bool {
        self.members.is_some() && self.has_member(type_name, member)
    }

    /// Returns whether a member of a type's documents is wanted.
    pub fn has_member(&self, type_name: &str, member: &str) -> bool {
        let named = |members: &BTreeSet<(String, String)>| members.iter().any(|(t, m)| t == type_name && m == member);
        self.has(type_name) && self.members.as_ref().is_none_or(named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_of_a_template_brings_the_type_that_it_is_a_part_of() {
        let wanted = Wanted::types(["AWS::Lambda::Permission"]);
        assert!(wanted.has("AWS::Lambda::Function") && !wanted.has("AWS::DynamoDB::Table"));
        assert!(wanted.has_member("AWS::Lambda::Function", "GetPolicy"));
        let one = Wanted::types(["AWS::DynamoDB::Table"]).members([("AWS::DynamoDB::Table", "ScalableTargets")]);
        assert!(one.has_member("AWS::DynamoDB::Table", "ScalableTargets"));
        assert!(!one.has_member("AWS::DynamoDB::Table", "GetResourcePolicy"));
        assert!(Wanted::everything().has("AWS::KMS::Key") && !Wanted::everything().names_member("x", "y"));
    }
}
