//! A function that writes into the table whose stream it reads is started by its own writes. A check in its code comes too
//! late: it has run, and was paid for, and a mistake in the check is a loop. A filter of the trigger is before that.
//!
//! Whether the function may write is what its role's policies say of the table.

use serde_json::Value;

use crate::base::pending::{self, Part};
use crate::policy::{Decision, Document, Policy, Request, evaluate};
use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const TYPE: &str = "AWS::Lambda::EventSourceMapping";
const WRITES: [&str; 7] = [
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PartiQLDelete",
];

/// AWS's policies that are usual for functions and allow no writes to tables. At plan time AWS is not asked what they say.
const WITHOUT_WRITES: [&str; 15] = [
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaVPCAccessExecutionRole",
    "AWSLambdaENIManagementAccess",
    "AWSLambdaDynamoDBExecutionRole",
    "AWSLambdaInvocation-DynamoDB",
    "AWSLambdaKinesisExecutionRole",
    "AWSLambdaSQSQueueExecutionRole",
    "AWSLambdaMSKExecutionRole",
    "AWSLambdaRole",
    "AWSXRayDaemonWriteAccess",
    "AWSXrayWriteOnlyAccess",
    "CloudWatchLambdaInsightsExecutionRolePolicy",
    "AmazonDynamoDBReadOnlyAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonSSMReadOnlyAccess",
];
/// AWS's policies that allow writes to every table.
const WITH_WRITES: [&str; 4] =
    ["AdministratorAccess", "PowerUserAccess", "AmazonDynamoDBFullAccess", "AmazonDynamoDBFullAccess_v2"];

/// Fails where the role may write into the table, and no filter stands before the function.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    let mut own = subject.template()?.filter(|(name, _)| *name == TYPE);
    let Some((_, mapping)) = own.next() else { return Ok(Verdict::NotApplicable) };
    let Some(table) = table(mapping["EventSourceArn"].as_str().unwrap_or_default(), world)? else {
        return Ok(Verdict::NotApplicable);
    };
    if is_filtered(mapping)? {
        return Ok(Verdict::Pass);
    }
    let name = mapping["FunctionName"].as_str().unwrap_or_default();
    if name.chars().any(pending::is_reserved) {
        return Err(Unknown(format!("it depends on the function `{}`", pending::display(name))));
    }
    let short = name.rsplit("function:").next().unwrap_or(name).split(':').next().unwrap_or(name);
    let function = world.of("AWS::Lambda::Function")?.find(|one| one.id() == short && is_beside(one, subject));
    let function = function.ok_or_else(|| Unknown(format!("the function `{short}` is not among what is judged")))?;
    let role = function.text("/configuration/role")?.unwrap_or_default();
    let found = world.by_arn(role)?.ok_or_else(|| Unknown(format!("the role `{role}` is not among what is judged")))?;
    let Some(action) = write(&found, role, &table)? else { return Ok(Verdict::Pass) };
    let message =
        format!("the function may `{action}` in the table whose stream it reads, and nothing filters its own writes");
    Ok(Verdict::Fail(vec![Fault::new("/configuration/FilterCriteria", message).expected("a filter")]))
}

/// Returns whether a function is in the trigger's account and region; in a plan all are.
fn is_beside(function: &Subject<'_>, trigger: &Subject<'_>) -> bool {
    let place = |one: &Subject<'_>| (one.account().to_owned(), one.region().to_owned());
    trigger.region().is_empty() || place(function) == place(trigger)
}

/// The ARN of the table whose stream this is; `None` if it is something else.
fn table(source: &str, world: &World<'_>) -> Result<Option<String>, Unknown> {
    if pending::seals(source).next().is_some() {
        return Err(Unknown("it depends on the trigger's source, which is hidden".to_owned()));
    }
    if let [Part::Pending(reference)] = pending::parts(source).as_slice() {
        if reference.address.section() != "tables" {
            return Ok(None);
        }
        let name = reference.address.name();
        let table = world.of("AWS::DynamoDB::Table")?.find(|one| one.id() == name);
        let table = table.ok_or_else(|| Unknown(format!("the table `{name}` is not among what is judged")))?;
        return Ok(Some(table.arn().to_owned()));
    }
    let stream = source.split(':').nth(2) == Some("dynamodb");
    Ok(source.split_once("/stream/").filter(|_| stream).map(|(arn, _)| arn.to_owned()))
}

/// Returns whether a filter leaves out anything: one pattern of several that takes all is none.
fn is_filtered(mapping: &Value) -> Result<bool, Unknown> {
    let Some(criteria) = mapping.get("FilterCriteria") else { return Ok(false) };
    if let Some(text) = criteria.as_str() {
        return Err(Unknown(format!("it depends on {}", pending::display(text))));
    }
    let filters = criteria["Filters"].as_array().map(Vec::as_slice).unwrap_or_default();
    for filter in filters {
        if takes_all(filter["Pattern"].as_str().unwrap_or_default())? {
            return Ok(false);
        }
    }
    Ok(!filters.is_empty())
}

/// Returns whether a pattern leaves out nothing: it is empty, or names all events and nothing else.
fn takes_all(text: &str) -> Result<bool, Unknown> {
    let Ok(Value::Object(pattern)) = serde_json::from_str::<Value>(text) else {
        return Ok(text.trim().is_empty());
    };
    let Some(names) = pattern.get("eventName").filter(|_| pattern.len() == 1) else {
        return Ok(pattern.is_empty());
    };
    if text.chars().any(pending::is_reserved) {
        return Err(Unknown("it depends on a value of the filter that is not known".to_owned()));
    }
    let is_listed = |one: &&str| names.as_array().is_some_and(|all| all.iter().any(|event| event == *one));
    Ok(["INSERT", "MODIFY", "REMOVE"].iter().all(is_listed))
}

/// The first action that writes and that the role's policies allow on the table.
fn write(role: &Subject<'_>, arn: &str, table: &str) -> Result<Option<&'static str>, Unknown> {
    let mut policies = Vec::new();
    let mut add = |name: &str, value: &Value| {
        let document =
            Document::from_aws(value).ok_or_else(|| Unknown(format!("the policy `{name}` can't be understood")))?;
        policies.push(Policy::new(name, &document));
        Ok(())
    };
    let (mut managed, mut bounded) = (Vec::new(), false);
    for (_, properties) in role.template()?.filter(|(name, _)| *name == "AWS::IAM::Role") {
        for policy in properties["Policies"].as_array().into_iter().flatten() {
            add(policy["PolicyName"].as_str().unwrap_or("inline"), &policy["PolicyDocument"])?;
        }
        let arns = properties["ManagedPolicyArns"].as_array().into_iter().flatten();
        managed.extend(arns.filter_map(Value::as_str));
        bounded |= properties.get("PermissionsBoundary").is_some();
    }
    match role.get("/supplementaryConfiguration/AttachedPolicies")? {
        Some(attached) => {
            for policy in attached.as_array().into_iter().flatten() {
                add(policy["PolicyArn"].as_str().unwrap_or("attached"), &policy["Document"])?;
            }
            managed.clear();
        }
        None => managed.retain(|arn| !of_aws(arn).is_some_and(|name| WITHOUT_WRITES.contains(&name))),
    }
    let (mut found, mut open) = (None, None);
    if managed.iter().any(|arn| of_aws(arn).is_some_and(|name| WITH_WRITES.contains(&name))) {
        found = Some(WRITES[0]);
    }
    for action in WRITES {
        match evaluate(&policies, &Request::new(action, table).by(arn)).decision {
            Decision::Allowed => found = found.or(Some(action)),
            Decision::Unknown => open = open.or(Some(action)),
            Decision::ExplicitlyDenied | Decision::ImplicitlyDenied => {}
        }
    }
    match (found, open, managed.first()) {
        (Some(action), ..) if bounded => Err(Unknown(format!("the role's permissions boundary may deny `{action}`"))),
        (Some(action), ..) => Ok(Some(action)),
        (None, Some(action), _) => {
            Err(Unknown(format!("whether the role may `{action}` depends on what is not known")))
        }
        (None, None, Some(policy)) => {
            Err(Unknown(format!("what the policy `{}` allows is not known", pending::display(policy))))
        }
        (None, None, None) => Ok(None),
    }
}

/// The name of a policy of AWS.
fn of_aws(arn: &str) -> Option<&str> {
    arn.contains(":iam::aws:policy/").then(|| arn.rsplit('/').next()).flatten()
}
