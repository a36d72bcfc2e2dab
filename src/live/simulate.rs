//! Asks IAM's policy simulator about the caller's own requests.
//!
//! Sources: IAM API reference, `SimulatePrincipalPolicy`: it takes the ARN of a user or role, not of a session; each
//! action is evaluated on each resource; no request is made of the services. IAM User Guide, "IAM identifiers".

use std::time::Duration;

use aws_sdk_iam::types::{
    ContextEntry, ContextKeyTypeEnum, OrganizationsDecisionDetail, PolicyEvaluationDecisionType, ResourceSpecificResult,
};
use futures::stream::{self, StreamExt, TryStreamExt};

use crate::aws::{Aws, CallError};
use crate::base::{Caller, printable};
use crate::guard::{Question, Simulated};

/// The reason why there are no answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSimulated {
    /// The caller may not simulate; everything else works as before.
    NotAllowed,
    /// It was not tried, or failed; the reason.
    Skipped(String),
}

/// The time limit for all answers together, and the number of calls at the same time: IAM throttles early.
const LIMIT: Duration = Duration::from_secs(20);
const AT_ONCE: usize = 8;

/// Asks all questions about a caller; the answers have the same order. A failure here makes nothing else fail.
pub async fn simulate(
    aws: &Aws,
    caller: Option<&Caller>,
    questions: &[Question],
) -> Result<Vec<Vec<Simulated>>, NotSimulated> {
    match tokio::time::timeout(LIMIT, ask_all(aws, caller, questions)).await {
        Ok(answers) => answers,
        Err(_) => Err(NotSimulated::Skipped(format!("no answer within {} s", LIMIT.as_secs()))),
    }
}

async fn ask_all(
    aws: &Aws,
    caller: Option<&Caller>,
    questions: &[Question],
) -> Result<Vec<Vec<Simulated>>, NotSimulated> {
    let principal = principal(aws, caller).await?;
    let Some((first, rest)) = questions.split_first() else { return Ok(Vec::new()) };
    // A caller who may not simulate learns it from one call.
    let mut answers = vec![ask(aws, &principal, first).await.map_err(|error| refused(&error))?];
    let asked = rest.iter().map(|question| ask(aws, &principal, question));
    let more = stream::iter(asked).buffered(AT_ONCE).try_collect::<Vec<_>>().await;
    answers.extend(more.map_err(|error| refused(&error))?);
    Ok(answers)
}

fn refused(error: &CallError) -> NotSimulated {
    if error.is_denied() {
        NotSimulated::NotAllowed
    } else if error.is_unsupported() {
        NotSimulated::Skipped("this endpoint does not have it".to_owned())
    } else {
        NotSimulated::Skipped(error.to_string())
    }
}

/// The user or role whose policies the caller has.
enum Principal {
    Itself(String),
    /// A session, whose ARN has the name of its role, but not the path.
    SessionOf {
        role: String,
        partition: String,
        account: String,
    },
    /// A caller that can't be simulated; the reason.
    Nobody(&'static str),
}

impl Principal {
    fn of(caller: &str) -> Self {
        let parts: Vec<&str> = caller.splitn(6, ':').collect();
        let [_, partition, service, _, account, name] = parts.as_slice() else {
            return Self::Nobody("the caller is unknown");
        };
        match (*service, name.split_once('/')) {
            ("iam", Some(("user" | "role", _))) => Self::Itself(caller.to_owned()),
            ("sts", Some(("assumed-role", session))) => Self::SessionOf {
                role: session.split('/').next().unwrap_or_default().to_owned(),
                partition: (*partition).to_owned(),
                account: (*account).to_owned(),
            },
            ("sts", Some(("federated-user", _))) => Self::Nobody("a federated user can't be simulated"),
            _ if *name == "root" => Self::Nobody("the root user can't be simulated"),
            _ => Self::Nobody("the caller is neither a user nor a role"),
        }
    }
}

async fn principal(aws: &Aws, caller: Option<&Caller>) -> Result<String, NotSimulated> {
    if let Some(role) = caller.and_then(|caller| caller.role.as_ref()) {
        return Ok(role.arn.clone());
    }
    match Principal::of(caller.map(|caller| caller.arn.as_str()).unwrap_or_default()) {
        Principal::Itself(arn) => Ok(arn),
        Principal::Nobody(why) => Err(NotSimulated::Skipped(why.to_owned())),
        Principal::SessionOf { role, partition, account } => {
            let answer = aws.iam().get_role().role_name(&role).send().await;
            let told = answer.ok().and_then(|answer| answer.role).map(|role| role.arn);
            // Names are unique whatever the path: without one it is this role, or none at all, which IAM reports.
            Ok(told.unwrap_or_else(|| format!("arn:{partition}:iam::{account}:role/{role}")))
        }
    }
}

async fn ask(aws: &Aws, principal: &str, question: &Question) -> Result<Vec<Simulated>, CallError> {
    let Question { resource, context, actions } = question;
    let mut entries: Vec<ContextEntry> = context.iter().map(|(key, values)| entry(key, values)).collect();
    // The path of a session's role is known only now.
    if !context.contains_key("aws:principalarn") {
        entries.push(entry("aws:PrincipalArn", &[principal.to_owned()]));
    }
    let call = aws.iam().simulate_principal_policy().policy_source_arn(principal);
    let call = call.set_action_names(Some(actions.iter().cloned().collect()));
    let call = call.resource_arns(resource).set_context_entries(Some(entries));
    let mut pages = call.into_paginator().send();
    let mut answers = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::of("iam", "SimulatePrincipalPolicy", &error))?;
        answers.extend(page.evaluation_results().iter().map(|result| {
            let of_resources =
                result.resource_specific_results().iter().flat_map(ResourceSpecificResult::missing_context_values);
            let mut missing: Vec<String> =
                result.missing_context_values().iter().chain(of_resources).map(|key| printable(key)).collect();
            missing.sort();
            missing.dedup();
            Simulated {
                action: result.eval_action_name().to_owned(),
                by_organization: result
                    .organizations_decision_detail()
                    .map(OrganizationsDecisionDetail::allowed_by_organizations),
                allowed: result.eval_decision() == &PolicyEvaluationDecisionType::Allowed,
                missing,
            }
        }));
    }
    Ok(answers)
}

/// A key with its values, of the type that its reference gives it: a value alone (a tag may hold `true`) doesn't show
/// it. Sources: IAM User Guide, "AWS global condition context keys"; each service's page in the Service Authorization
/// Reference.
fn entry(key: &str, values: &[String]) -> ContextEntry {
    let lower = key.to_lowercase();
    let kind = match lower.as_str() {
        "aws:currenttime" => ContextKeyTypeEnum::Date,
        "aws:epochtime" => ContextKeyTypeEnum::Numeric,
        "aws:principalisawsservice" | "aws:securetransport" | "aws:viaawsservice" | "kms:grantisforawsresource" => {
            ContextKeyTypeEnum::Boolean
        }
        "aws:tagkeys"
        | "aws:principalorgpaths"
        | "aws:resourceorgpaths"
        | "lambda:layer"
        | "lambda:securitygroupids"
        | "lambda:subnetids" => ContextKeyTypeEnum::StringList,
        _ if values.len() > 1 => ContextKeyTypeEnum::StringList,
        _ => ContextKeyTypeEnum::String,
    };
    let entry = ContextEntry::builder().context_key_name(key).context_key_type(kind);
    entry.set_context_key_values(Some(values.to_vec())).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(caller: &str) -> String {
        match Principal::of(caller) {
            Principal::Itself(arn) => arn,
            Principal::SessionOf { role, partition, account } => format!("{partition} {account} {role}"),
            Principal::Nobody(why) => why.to_owned(),
        }
    }

    #[test]
    fn caller_arn_maps_to_the_principal_to_simulate() {
        assert_eq!(told("arn:aws:iam::123456789012:user/people/ada"), "arn:aws:iam::123456789012:user/people/ada");
        assert_eq!(told("arn:aws-cn:sts::123456789012:assumed-role/dev/me"), "aws-cn 123456789012 dev");
        assert!(told("arn:aws:iam::123456789012:root").contains("root user"));
        assert!(told("arn:aws:sts::123456789012:federated-user/x").contains("federated"));
        assert!(told("").contains("unknown"));
    }

    #[test]
    fn every_context_key_has_its_type() {
        let kind = |key: &str, values: &[&str]| {
            let values: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
            entry(key, &values).context_key_type.expect("a type")
        };
        assert_eq!(kind("aws:CurrentTime", &["2026-11-21T12:00:00Z"]), ContextKeyTypeEnum::Date);
        assert_eq!(kind("aws:epochtime", &["1"]), ContextKeyTypeEnum::Numeric);
        assert_eq!(kind("aws:TagKeys", &["a"]), ContextKeyTypeEnum::StringList);
        for key in ["aws:PrincipalOrgPaths", "aws:ResourceOrgPaths", "lambda:SubnetIds"] {
            assert_eq!(kind(key, &["o-a/r-b/"]), ContextKeyTypeEnum::StringList, "{key}");
        }
        assert_eq!(kind("aws:RequestTag/protected", &["true"]), ContextKeyTypeEnum::String, "a tag is a text");
        assert_eq!(kind("lambda:VpcIds", &[]), ContextKeyTypeEnum::String);
        assert_eq!(kind("aws:ViaAWSService", &["false"]), ContextKeyTypeEnum::Boolean);
        assert_eq!(kind("aws:SecureTransport", &["true"]), ContextKeyTypeEnum::Boolean);
        assert_eq!(kind("aws:RequestedRegion", &["eu-central-1"]), ContextKeyTypeEnum::String);
    }
}
