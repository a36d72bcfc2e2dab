//! A cluster calls DynamoDB with its own role, for everybody who may use the cluster. A role that may only read keeps a cache
//! from being a way to write.
//!
//! Source: DynamoDB developer guide, "DAX access control": "the permissions policy of the service role".

use std::collections::BTreeMap;

use serde_json::Value;

use crate::policy::{Clause, Decision, Document, Effect, Policy, Request, evaluate};
use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const AT: &str = "/configuration/IamRoleArn";
const WRITES: [&str; 7] = [
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PartiQLDelete",
];

/// Fails for each action that writes and that the role's policies allow on some table.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    let Some(arn) = subject.text(AT)? else { return Err(Unknown("the cluster's role is not known".to_owned())) };
    let role =
        world.by_arn(arn)?.ok_or_else(|| Unknown(format!("the role `{arn}` is not among those that were read")))?;
    let documents = documents(&role)?;
    let policies: Vec<Policy> = documents.iter().map(|(name, document)| Policy::new(name, document)).collect();
    let mut allowed: Vec<&str> = Vec::new();
    let mut unsure = None;
    for action in WRITES {
        for resource in resources(&documents) {
            match evaluate(&policies, &Request::new(action, &resource).by(arn)).decision {
                Decision::Allowed => allowed.push(action),
                Decision::Unknown => unsure = unsure.or(Some(action)),
                Decision::ExplicitlyDenied | Decision::ImplicitlyDenied => continue,
            }
            break;
        }
    }
    match (allowed.as_slice(), unsure) {
        ([], Some(action)) => Err(Unknown(format!("whether the role may `{action}` depends on a condition"))),
        ([], None) => Ok(Verdict::Pass),
        (all, _) => {
            let message = format!("the cluster's role may write: {}", all.join(", "));
            Ok(Verdict::Fail(vec![Fault::new(AT, message).expected("actions that read").actual(all.join(", "))]))
        }
    }
}

/// All policies of a role, by name.
fn documents(role: &Subject<'_>) -> Result<BTreeMap<String, Document>, Unknown> {
    let mut all = BTreeMap::new();
    let mut add = |name: &str, value: &Value| {
        let document =
            Document::from_aws(value).ok_or_else(|| Unknown(format!("the policy `{name}` can't be understood")))?;
        all.insert(name.to_owned(), document);
        Ok(())
    };
    for (_, properties) in role.template()?.filter(|(name, _)| *name == "AWS::IAM::Role") {
        for policy in properties["Policies"].as_array().into_iter().flatten() {
            add(policy["PolicyName"].as_str().unwrap_or("inline"), &policy["PolicyDocument"])?;
        }
    }
    for policy in role.list("/supplementaryConfiguration/AttachedPolicies")? {
        add(policy["PolicyArn"].as_str().unwrap_or("attached"), &policy["Document"])?;
    }
    Ok(all)
}

/// The resources that statements allow something on: a pattern stands for itself.
fn resources(documents: &BTreeMap<String, Document>) -> Vec<String> {
    let statements = documents.values().flat_map(|document| &document.statements);
    let mut all: Vec<String> = statements
        .filter(|statement| statement.effect == Effect::Allow)
        .flat_map(|statement| match &statement.resource {
            Some(Clause::Only(listed)) => listed.clone(),
            _ => vec!["*".to_owned()],
        })
        .collect();
    all.sort();
    all.dedup();
    all
}
