//! Trust policies for roles that a workspace or a workflow assumes by OIDC, pinned to one project or repository.

use serde_json::{Value, json};

/// An issuer of tokens that all its customers share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issuer {
    /// Ona, formerly Gitpod. Source: Ona, "`OpenID` Connect (OIDC)" and "AWS OIDC".
    Ona,
    /// GitHub Actions. Source: GitHub, "`OpenID` Connect reference".
    Github,
}

/// The one customer, and the one project or repository of theirs, whose tokens are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject(SubjectForm);

#[derive(Debug, Clone, PartialEq, Eq)]
enum SubjectForm {
    Ona { org: String, project: String },
    Github { owner: Part, name: Part },
}

/// A name, and the number that GitHub gave to it and to nothing else, ever.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    name: String,
    id: Option<String>,
}

/// The reason why there is no subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct SubjectError {
    /// The text that was given.
    pub text: String,
    /// The expected form.
    pub expected: &'static str,
}

/// The audience of tokens for AWS.
const AUDIENCE: &str = "sts.amazonaws.com";

impl Issuer {
    /// The host of the issuer, as AWS names its provider and its condition keys.
    pub fn host(self) -> &'static str {
        match self {
            Self::Ona => "app.gitpod.io",
            Self::Github => "token.actions.githubusercontent.com",
        }
    }
}

impl Subject {
    /// A project of an organization at Ona, by their ids.
    ///
    /// # Errors
    /// An id that has another form: a wildcard above all, which would take the tokens of other customers.
    pub fn ona(org: &str, project: &str) -> Result<Self, SubjectError> {
        let is_id = |text: &str| {
            text.len() >= 2 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        for (text, expected) in [
            (org, "the id of an organization, such as `a1b2c3d4-0000-4000-8000-000000000001`"),
            (project, "the id of a project, such as `c9d0e1f2-0000-4000-8000-000000000005`"),
        ] {
            if !is_id(text) {
                return Err(SubjectError { text: text.to_owned(), expected });
            }
        }
        Ok(Self(SubjectForm::Ona { org: org.to_owned(), project: project.to_owned() }))
    }

    /// A repository at GitHub: `owner/name`, or `owner@ID/name@ID` with the numbers of both.
    ///
    /// # Errors
    /// A text of another form.
    pub fn github(repository: &str) -> Result<Self, SubjectError> {
        const EXPECTED: &str = "a repository: `owner/name`, or `owner@123456/name@456789` with the numbers of both";
        let wrong = || SubjectError { text: repository.to_owned(), expected: EXPECTED };
        let (owner, name) = repository.split_once('/').ok_or_else(wrong)?;
        let part = |text: &str, allowed: &[u8]| {
            let (name, id) = text.split_once('@').map_or((text, None), |(name, id)| (name, Some(id)));
            let is_name = !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || allowed.contains(&byte));
            let is_number = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
            let fits = is_name && id.is_none_or(is_number);
            fits.then(|| Part { name: name.to_owned(), id: id.map(str::to_owned) })
        };
        // Names of enterprise users have an underscore. Source: GitHub, "Username considerations for external
        // authentication".
        let (owner, name) = (part(owner, b"_").ok_or_else(wrong)?, part(name, b"._").ok_or_else(wrong)?);
        if owner.id.is_some() != name.id.is_some() {
            return Err(wrong());
        }
        Ok(Self(SubjectForm::Github { owner, name }))
    }

    /// Returns whether the subject depends on names that somebody else may get one day.
    pub fn is_mutable(&self) -> bool {
        matches!(&self.0, SubjectForm::Github { owner, .. } if owner.id.is_none())
    }

    /// The values of the claim `sub` that are taken.
    ///
    /// Ona: tokens of the third version have no more than this; those of the second name the environment at the end.
    /// GitHub: with numbers for repositories created or renamed since July 2026, and for those that opted in; names alone
    /// before. A repository's tokens have one form, so that only one is taken.
    fn values(&self) -> Vec<String> {
        match &self.0 {
            SubjectForm::Ona { org, project } => {
                vec![format!("organization_id:{org}:project_id:{project}"), format!("org:{org}/prj:{project}/env:*")]
            }
            SubjectForm::Github { owner, name } => {
                let part = |Part { name, id }: &Part| match id {
                    Some(id) => format!("{name}@{id}"),
                    None => name.clone(),
                };
                vec![format!("repo:{}/{}:*", part(owner), part(name))]
            }
        }
    }

    fn issuer(&self) -> Issuer {
        match self.0 {
            SubjectForm::Ona { .. } => Issuer::Ona,
            SubjectForm::Github { .. } => Issuer::Github,
        }
    }
}

/// The trust policy of a role: tokens of this subject, for AWS, and no others. `account` has the identity provider.
pub fn trust_policy(partition: &str, account: &str, subject: &Subject) -> Value {
    let host = subject.issuer().host();
    let values = subject.values();
    let sub = if values.len() == 1 { json!(values[0]) } else { json!(values) };
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Federated": format!("arn:{partition}:iam::{account}:oidc-provider/{host}")},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {(format!("{host}:aud")): AUDIENCE},
                "StringLike": {(format!("{host}:sub")): sub},
            },
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Document, RuleOutcome, judge_one};
    use crate::stack::shipped_rules;

    fn of(subject: &Subject) -> Value {
        trust_policy("aws", "123456789012", subject)
    }

    fn subjects() -> Vec<Subject> {
        vec![
            Subject::ona("a1b2c3d4-0000-4000-8000-000000000001", "c9d0e1f2-0000-4000-8000-000000000005").expect("ids"),
            Subject::github("octocat/my-repo").expect("a repository"),
            Subject::github("octocat@123456/my-repo@456789").expect("a repository with numbers"),
        ]
    }

    #[test]
    fn subjects_are_those_that_the_issuers_document() {
        let values: Vec<Vec<String>> = subjects().iter().map(Subject::values).collect();
        assert_eq!(
            values,
            [
                &[
                    "organization_id:a1b2c3d4-0000-4000-8000-000000000001:project_id:c9d0e1f2-0000-4000-8000-000000000005",
                    "org:a1b2c3d4-0000-4000-8000-000000000001/prj:c9d0e1f2-0000-4000-8000-000000000005/env:*",
                ][..],
                &["repo:octocat/my-repo:*"],
                &["repo:octocat@123456/my-repo@456789:*"],
            ]
        );
        assert_eq!(subjects().iter().map(Subject::is_mutable).collect::<Vec<_>>(), [false, true, false]);
    }

    #[test]
    fn printed_policy_passes_the_shipped_rule_and_an_unpinned_one_does_not() {
        let rules = shipped_rules();
        let rule = rules.iter().find(|rule| rule.name == "iam-oidc-trust-pinned").expect("it is shipped");
        let judged = |policy: &Value| {
            let resource = json!({"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": policy}});
            judge_one(rule, &Document::template([("R".to_owned(), resource)].into_iter().collect()))
        };
        for subject in subjects() {
            assert!(matches!(judged(&of(&subject)), RuleOutcome::Pass), "{subject:?}");
            let key = format!("{}:sub", subject.issuer().host());
            let mut open = of(&subject);
            for value in ["organization_id:*", "org:*", "org:o1/*", "organization_id:o1:*", "repo:*", "repo:octocat/*"]
            {
                open["Statement"][0]["Condition"]["StringLike"][&key] = json!(value);
                assert!(matches!(judged(&open), RuleOutcome::Fail(_)), "{value}");
            }
        }
    }

    #[test]
    fn wildcards_and_texts_of_another_form_are_refused() {
        for (org, project) in
            [("*", "p1"), ("o1", "*"), ("o1", ""), ("o1:project_id:*", "p1"), ("o?", "p1"), ("o1/p", "p1")]
        {
            assert!(Subject::ona(org, project).is_err(), "{org} {project}");
        }
        for repository in
            ["*", "me", "me/*", "*/mine", "me/mine:*", "me@1/mine", "me/mine@2", "me@x/mine@2", "me/a/b", "/a"]
        {
            assert!(Subject::github(repository).is_err(), "{repository}");
        }
        let error = Subject::github("me/*").expect_err("a wildcard");
        assert!(error.to_string().starts_with("`me/*` is not a repository"), "{error}");
    }
}
