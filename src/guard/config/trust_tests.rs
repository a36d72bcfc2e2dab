//! The subjects that are pinned in a trust policy for web identities, form by form.

use serde_json::{Value, json};

use crate::rules::{Document, RuleOutcome, judge_one};
use crate::stack::shipped_rules;

/// Subjects that name one customer and one project or repository: the issuer, and the value that `StringLike` allows.
/// Sources: GitHub, "`OpenID` Connect reference" (also on subjects with the numbers of owner and repository, which new
/// repositories have since July 2026); GitLab, Terraform Cloud, Buildkite, `CircleCI`, Bitbucket, Ona, Vercel and
/// Pulumi, each on its tokens.
const PINNED: &[(&str, &str)] = &[
    ("token.actions.githubusercontent.com", "repo:me/mine:ref:refs/heads/*"),
    ("token.actions.githubusercontent.com", "repo:me/mine:*"),
    ("token.actions.githubusercontent.com", "repo:me@123456/mine@456789:ref:refs/heads/main"),
    ("token.actions.githubusercontent.com", "repo:me@123456/mine@456789:*"),
    ("token.actions.githubusercontent.com", "repository_id:123:*"),
    ("token.actions.githubusercontent.com", "environment:prod:repository_id:123"),
    ("gitlab.com", "project_path:group/sub/project:ref_type:branch:ref:*"),
    ("app.terraform.io", "organization:acme:project:shop:workspace:*:run_phase:*"),
    ("app.gitpod.io", "organization_id:o1:project_id:p1"),
    ("app.gitpod.io", "organization_id:o1:project_id:p1:*"),
    ("app.gitpod.io", "org:o1/prj:p1/env:*"),
    ("agent.buildkite.com", "organization:acme:pipeline:shop:*"),
    ("agent.buildkite.com", "organization:acme:pipeline:shop:ref:refs/heads/main:commit:*:step:deploy"),
    ("agent.buildkite.com", "01849c6e-0a5b-4a3b-8c55-111111111111"),
    ("oidc.circleci.com/org/o1", "org/o1/project/p1/user/*"),
    ("oidc.circleci.com/org/o1", "org/o1/project/p1/user/*/vcs-origin/github.com/me/mine/vcs-ref/refs/heads/main"),
    ("api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc", "{11111111-2222}*"),
    ("api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc", "{11111111-2222}:{33333333-4444}:*"),
    ("oidc.eks.eu-central-1.amazonaws.com/id/ABC", "system:serviceaccount:shop:worker"),
    ("oidc.eks.eu-central-1.amazonaws.com/id/ABC", "system:serviceaccount:shop:*"),
    ("oidc.vercel.com", "owner:acme:project:shop:environment:*"),
    ("oidc.vercel.com/acme", "owner:acme:project:shop:environment:production"),
    ("api.pulumi.com/oidc", "pulumi:deploy:org:acme:project:shop:*"),
    ("api.pulumi.com/oidc", "pulumi:deploy:org:acme:project:shop:stack:prod:operation:*:scope:write"),
    ("api.pulumi.com/oidc", "pulumi:environments:org:acme:env:shop/prod"),
    ("api.pulumi.com/oidc", "pulumi:environments:org:acme:env:shop/*"),
    ("api.pulumi.com/oidc", "pulumi:environments:org:acme:env:prod"),
    (
        "api.pulumi.com/oidc",
        "pulumi:environments:pulumi.organization.login:acme:currentEnvironment.name:shop/prod:pulumi.user.login:*",
    ),
    (
        "api.pulumi.com/oidc",
        "pulumi:environments:pulumi.organization.login:acme:pulumi.user.login:me:rootEnvironment.name:shop/prod",
    ),
    ("login.acme.example", "service/*"),
];

/// Subjects that others can have, too.
const OPEN: &[(&str, &str)] = &[
    ("token.actions.githubusercontent.com", "repo:*"),
    ("token.actions.githubusercontent.com", "repo:me/*"),
    ("token.actions.githubusercontent.com", "repo:me/mine*"),
    ("token.actions.githubusercontent.com", "repo:*/mine:*"),
    ("token.actions.githubusercontent.com", "repo:m?/mine:*"),
    ("token.actions.githubusercontent.com", "repo:me/*:ref:refs/heads/main"),
    ("token.actions.githubusercontent.com", "repo:me@*/mine@*:ref:refs/heads/main"),
    ("token.actions.githubusercontent.com", "r*"),
    ("token.actions.githubusercontent.com", "?epo:me/mine:*"),
    ("token.actions.githubusercontent.com", "environment:prod"),
    ("token.actions.githubusercontent.com", "job_workflow_ref:me/mine/.github/workflows/x.yml@*"),
    ("token.actions.githubusercontent.com", "repository_owner:me"),
    ("gitlab.com", "project_path:group/*:ref_type:branch:ref:main"),
    ("gitlab.com", "project_path:*"),
    ("app.terraform.io", "organization:acme:project:*:workspace:*:run_phase:*"),
    ("app.terraform.io", "organization:*"),
    ("app.gitpod.io", "organization_id:*"),
    ("app.gitpod.io", "organization_id:o1:project_id:*"),
    ("app.gitpod.io", "organization_id:o1:*"),
    ("app.gitpod.io", "org:*"),
    ("app.gitpod.io", "org:o1/*"),
    ("app.gitpod.io", "org:o1/prj:*"),
    ("agent.buildkite.com", "organization:acme:*"),
    ("oidc.circleci.com/org/o1", "org/o1/*"),
    ("agent.buildkite.com", "01849c6e-0a5b-*"),
    ("oidc.circleci.com/org/o1", "org/o1/project/p*/user/*"),
    ("oidc.circleci.com/org/o1", "org/o1/project/*/user/*/vcs-origin/github.com/me/mine/vcs-ref/refs/heads/main"),
    ("oidc.eks.eu-central-1.amazonaws.com/id/ABC", "system:serviceaccount:*:worker"),
    ("oidc.eks.eu-central-1.amazonaws.com/id/ABC", "system:serviceaccount:shop*"),
    ("oidc.vercel.com", "owner:acme:*"),
    ("oidc.vercel.com", "owner:acme:project:shop*"),
    ("oidc.vercel.com", "owner:acme:project:*:environment:production"),
    ("api.pulumi.com/oidc", "pulumi:deploy:org:acme:*"),
    ("api.pulumi.com/oidc", "pulumi:*:project:shop:*"),
    ("api.pulumi.com/oidc", "pulumi:environments:org:acme:*"),
    ("api.pulumi.com/oidc", "pulumi:environments:org:acme:env:*"),
    ("api.pulumi.com/oidc", "pulumi:environments:org:acme:env:shop*"),
    ("api.pulumi.com/oidc", "pulumi:environments:org:*:env:shop/prod"),
    ("api.pulumi.com/oidc", "pulumi:environments:pulumi.organization.login:acme*"),
    ("api.pulumi.com/oidc", "pulumi:environments:pulumi.organization.login:acme:pulumi.user.login:*"),
    ("api.pulumi.com/oidc", "pulumi:environments:pulumi.organization.login:acme:currentEnvironment.name:*"),
    ("api.pulumi.com/oidc", "pulumi:environments:pulumi.organization.login:*:currentEnvironment.name:shop/prod"),
    ("api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc", "{*}:*"),
];

fn fails(statement: &Value) -> bool {
    let rules = shipped_rules();
    let rule = rules.iter().find(|rule| rule.name == "iam-oidc-trust-pinned").expect("it is shipped");
    let trust = json!({"Version": "2012-10-17", "Statement": [statement]});
    let resource = json!({"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}});
    let template = Document::template([("R".to_owned(), resource)].into_iter().collect());
    match judge_one(rule, &template) {
        RuleOutcome::Pass => false,
        RuleOutcome::Fail(_) => true,
        other => panic!("{other:?}: {statement}"),
    }
}

fn trusts(host: &str, operator: &str, subject: &Value) -> Value {
    let mut conditions = json!({"StringEquals": {format!("{host}:aud"): "sts.amazonaws.com"}});
    conditions[operator][format!("{host}:sub")] = subject.clone();
    json!({
        "Effect": "Allow",
        "Principal": {"Federated": format!("arn:aws:iam::123456789012:oidc-provider/{host}")},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": conditions,
    })
}

#[test]
fn oidc_subject_of_one_project_or_repository_passes() {
    for (host, subject) in PINNED {
        assert!(!fails(&trusts(host, "StringLike", &json!([subject, subject]))), "{host} {subject}");
    }
}

#[test]
fn operators_that_match_a_missing_claim_do_not_restrict_the_subject() {
    let (host, subject) = PINNED[0];
    for operator in ["StringLike", "ForAnyValue:StringLike", "stringlike"] {
        assert!(!fails(&trusts(host, operator, &json!(subject))), "{operator}");
    }
    for operator in ["StringLikeIfExists", "ForAllValues:StringLike", "StringNotLike", "ForAnyValue:StringLikeIfExists"]
    {
        assert!(fails(&trusts(host, operator, &json!(subject))), "{operator}");
    }
}

#[test]
fn oidc_subject_shared_with_others_fails() {
    for (host, subject) in OPEN {
        assert!(fails(&trusts(host, "StringLike", &json!(subject))), "{host} {subject}");
    }
    let ((host, pinned), (_, open)) = (PINNED[0], OPEN[0]);
    for list in [json!([pinned, open]), json!([open, pinned])] {
        assert!(fails(&trusts(host, "StringLike", &list)), "{list}");
    }
}

#[test]
fn repository_and_identity_pool_claims_restrict_like_a_subject() {
    for statement in [
        json!({"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}, "StringLike": {"token.actions.githubusercontent.com:sub": ["repo:me/mine:*", "repo:me/other:environment:prod"]}}}),
        json!({"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com", "token.actions.githubusercontent.com:repository": "me/mine"}, "StringLike": {"token.actions.githubusercontent.com:sub": "repo:me/*"}}}),
        json!({"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"ForAnyValue:StringLike": {"token.actions.githubusercontent.com:sub": ["repo:me/mine:*"], "token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}}),
        json!({"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com/acme"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"token.actions.githubusercontent.com/acme:sub": "repo:me/mine:*", "token.actions.githubusercontent.com/acme:aud": "sts.amazonaws.com"}}}),
        json!({"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-central-1:1"}, "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}}}),
    ] {
        assert!(!fails(&statement), "{statement}");
    }
    for statement in [
        json!({"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}, "StringEqualsIgnoreCase": {"token.actions.githubusercontent.com:sub": "environment:prod"}}}),
        json!({"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}, "StringLike": {"token.actions.githubusercontent.com:sub": ["repo:me/mine:*", "repo:me/*"]}}}),
        json!({"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}, "StringLikeIfExists": {"token.actions.githubusercontent.com:sub": "repo:me/mine:*"}}}),
        json!({"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}, "ForAllValues:StringLike": {"token.actions.githubusercontent.com:sub": "repo:me/mine:*"}}}),
        json!({"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}, "StringNotLike": {"token.actions.githubusercontent.com:sub": "repo:evil/*"}}}),
        json!({"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:me/mine:ref:refs/heads/main"}}}),
        json!({"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com", "token.actions.githubusercontent.com:repository_owner": "me"}}}),
        json!({"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com", "token.actions.githubusercontent.com:amr": "x"}}}),
        json!({"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWeb*"}),
        json!({"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:assumerolewithwebidentity"}),
        json!({"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"token.actions.githubusercontent.com:aud": "*", "token.actions.githubusercontent.com:sub": "repo:me/mine:*"}}}),
        json!({"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}, "StringLike": {"token.actions.githubusercontent.com:repository": "me/*"}}}),
    ] {
        assert!(fails(&statement), "{statement}");
    }
}
