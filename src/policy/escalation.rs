//! The sets of actions with which an identity can get permissions that it was not given.
//!
//! Sources: R. Rhino Security Labs, "AWS IAM privilege escalation methods"; `DataDog`, pathfinding.cloud; both are what
//! Prowler and Checkov (by Cloudsplaining) judge by.

use super::document::{Clause, ConditionTerm, Document, Effect};
use super::operator::Comparison;
use super::unconstrained::{Actions, Unconstrained, unconstrained};

/// A way to more permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Escalation {
    /// All of them are needed.
    pub actions: &'static [&'static str],
    /// The service that the role is passed to, if the way begins with `iam:PassRole`.
    pub passed_to: Option<&'static str>,
}

const fn way(actions: &'static [&'static str]) -> Escalation {
    Escalation { actions, passed_to: None }
}

const fn passing(service: &'static str, actions: &'static [&'static str]) -> Escalation {
    Escalation { actions, passed_to: Some(service) }
}

/// The action that hands a role to a service.
const PASS_ROLE: &str = "iam:PassRole";

/// The key that says which service a role is passed to.
const PASSED_TO: &str = "iam:PassedToService";

/// The ways, the shortest first. Sets that hold a shorter one are left out: the shorter one is enough.
pub const ESCALATIONS: &[Escalation] = &[
    way(&["iam:CreatePolicyVersion"]),
    way(&["iam:SetDefaultPolicyVersion"]),
    way(&["iam:CreateAccessKey"]),
    way(&["iam:CreateLoginProfile"]),
    way(&["iam:UpdateLoginProfile"]),
    way(&["iam:AddUserToGroup"]),
    way(&["iam:AttachUserPolicy"]),
    way(&["iam:AttachGroupPolicy"]),
    way(&["iam:AttachRolePolicy"]),
    way(&["iam:PutUserPolicy"]),
    way(&["iam:PutGroupPolicy"]),
    way(&["iam:PutRolePolicy"]),
    way(&["iam:UpdateAssumeRolePolicy"]),
    way(&["lambda:UpdateFunctionCode"]),
    way(&["lambda:UpdateFunctionConfiguration"]),
    way(&["glue:UpdateDevEndpoint"]),
    way(&["cloudformation:UpdateStack"]),
    way(&["codebuild:StartBuild"]),
    way(&["codebuild:StartBuildBatch"]),
    way(&["apprunner:UpdateService"]),
    way(&["ssm:SendCommand"]),
    way(&["ssm:StartSession"]),
    way(&["sagemaker:CreatePresignedNotebookInstanceUrl"]),
    way(&["bedrock-agentcore:InvokeAgentRuntimeCommand"]),
    way(&["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"]),
    way(&["ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"]),
    way(&["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"]),
    way(&["ec2-instance-connect:SendSSHPublicKey", "ec2:DescribeInstances"]),
    way(&["ecs:ExecuteCommand", "ecs:DescribeTasks"]),
    way(&["bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"]),
    way(&[
        "sagemaker:CreateNotebookInstanceLifecycleConfig",
        "sagemaker:StopNotebookInstance",
        "sagemaker:UpdateNotebookInstance",
        "sagemaker:StartNotebookInstance",
    ]),
    passing("ec2.amazonaws.com", &[PASS_ROLE, "ec2:RunInstances"]),
    passing("ec2.amazonaws.com", &[PASS_ROLE, "ec2:RequestSpotInstances"]),
    passing(
        "ec2.amazonaws.com",
        &[PASS_ROLE, "autoscaling:CreateAutoScalingGroup", "autoscaling:CreateLaunchConfiguration"],
    ),
    passing(
        "ec2.amazonaws.com",
        &[PASS_ROLE, "autoscaling:UpdateAutoScalingGroup", "autoscaling:CreateLaunchConfiguration"],
    ),
    passing("lambda.amazonaws.com", &[PASS_ROLE, "lambda:CreateFunction", "lambda:InvokeFunction"]),
    passing("lambda.amazonaws.com", &[PASS_ROLE, "lambda:CreateFunction", "lambda:CreateEventSourceMapping"]),
    passing("lambda.amazonaws.com", &[PASS_ROLE, "lambda:CreateFunction", "lambda:AddPermission"]),
    passing("glue.amazonaws.com", &[PASS_ROLE, "glue:CreateDevEndpoint"]),
    passing("glue.amazonaws.com", &[PASS_ROLE, "glue:CreateJob", "glue:StartJobRun"]),
    passing("glue.amazonaws.com", &[PASS_ROLE, "glue:CreateJob", "glue:CreateTrigger"]),
    passing("glue.amazonaws.com", &[PASS_ROLE, "glue:UpdateJob", "glue:StartJobRun"]),
    passing("glue.amazonaws.com", &[PASS_ROLE, "glue:UpdateJob", "glue:CreateTrigger"]),
    passing("cloudformation.amazonaws.com", &[PASS_ROLE, "cloudformation:CreateStack"]),
    passing(
        "cloudformation.amazonaws.com",
        &[PASS_ROLE, "cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"],
    ),
    passing("cloudformation.amazonaws.com", &[PASS_ROLE, "cloudformation:UpdateStackSet"]),
    passing(
        "datapipeline.amazonaws.com",
        &[
            PASS_ROLE,
            "datapipeline:CreatePipeline",
            "datapipeline:PutPipelineDefinition",
            "datapipeline:ActivatePipeline",
        ],
    ),
    passing("ecs-tasks.amazonaws.com", &[PASS_ROLE, "ecs:RegisterTaskDefinition", "ecs:CreateService"]),
    passing("ecs-tasks.amazonaws.com", &[PASS_ROLE, "ecs:RegisterTaskDefinition", "ecs:StartTask"]),
    passing("ecs-tasks.amazonaws.com", &[PASS_ROLE, "ecs:RunTask"]),
    passing("sagemaker.amazonaws.com", &[PASS_ROLE, "sagemaker:CreateNotebookInstance"]),
    passing("sagemaker.amazonaws.com", &[PASS_ROLE, "sagemaker:CreateTrainingJob"]),
    passing("sagemaker.amazonaws.com", &[PASS_ROLE, "sagemaker:CreateProcessingJob"]),
    passing("tasks.apprunner.amazonaws.com", &[PASS_ROLE, "apprunner:CreateService"]),
];

/// The first way that a document opens, with what allows its last action; `None` if it opens none.
///
/// A condition constrains, with one exception: where `iam:PassedToService` alone is asked for, the role may still be
/// passed to that service, so that ways through it stay open.
pub fn escalation(document: &Document) -> Option<(&'static Escalation, Unconstrained<'static>)> {
    let asks = |term: &ConditionTerm| term.key.eq_ignore_ascii_case(PASSED_TO);
    let narrows = document.statements.iter().flat_map(|statement| &statement.condition).any(asks);
    ESCALATIONS.iter().find_map(|way| {
        let narrowed = way.passed_to.filter(|_| narrows).map(|service| with_passing_to(document, service));
        let open = unconstrained(narrowed.as_ref().unwrap_or(document), way.actions);
        let all = open.len() == way.actions.len();
        open.into_iter().next_back().filter(|_| all).map(|last| (way, last))
    })
}

/// The document for requests that pass a role to one service: conditions that ask for just that are dropped.
fn with_passing_to(document: &Document, service: &str) -> Document {
    let mut document = document.clone();
    for statement in &mut document.statements {
        let passes = statement.effect == Effect::Allow
            && !statement.condition.is_empty()
            && statement.condition.iter().all(|term| holds_for(term, service));
        if !passes || Actions::new(&statement.action).covers("iam:passrole").is_none() {
            continue;
        }
        // Only a request that passes a role has the key.
        if !statement.condition.iter().all(|term| term.operator.if_exists) {
            statement.action = Clause::Only(vec![PASS_ROLE.to_owned()]);
        }
        statement.condition.clear();
    }
    document
}

/// Returns whether a line of a condition asks for nothing but a service to pass the role to, this one among others.
fn holds_for(term: &ConditionTerm, service: &str) -> bool {
    let text = matches!(
        term.operator.comparison,
        Comparison::StringEquals | Comparison::StringEqualsIgnoreCase | Comparison::StringLike
    );
    let wanted = |value: &String| value == service || value.chars().all(|c| c == '*');
    let named = term.key.eq_ignore_ascii_case(PASSED_TO);
    text && named && !term.operator.negated && term.values.iter().any(wanted)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn way_of(statements: &Value) -> Option<(Vec<&'static str>, usize)> {
        let document = Document::from_aws(&json!({"Version": "2012-10-17", "Statement": statements}));
        escalation(&document.expect("a policy")).map(|(way, last)| (way.actions.to_vec(), last.statement))
    }

    fn allow(actions: &Value, resource: &str) -> Value {
        json!({"Effect": "Allow", "Action": actions, "Resource": resource})
    }

    #[test]
    fn policies_that_open_a_way_to_more_permissions_are_found() {
        assert_eq!(way_of(&allow(&json!("iam:Put*"), "*")), Some((vec!["iam:PutUserPolicy"], 0)));
        assert_eq!(way_of(&allow(&json!("iam:AttachRolePolicy"), "arn:aws:iam::123456789012:role/one")), None);
        let pass = allow(&json!("iam:PassRole"), "*");
        let create = allow(&json!(["lambda:CreateFunction", "lambda:InvokeFunction"]), "*");
        assert_eq!(way_of(&pass), None, "nothing to pass it to");
        assert_eq!(way_of(&create), None, "no role to pass");
        let lambda = vec!["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"];
        assert_eq!(way_of(&json!([pass, create])), Some((lambda, 1)));
        let pinned = allow(&json!("iam:PassRole"), "arn:aws:iam::123456789012:role/worker");
        assert_eq!(way_of(&json!([pinned, create])), None);
        let never = json!({"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*"});
        assert_eq!(way_of(&json!([pass, create, never])), None);
        assert!(way_of(&json!({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"})).is_some());
    }

    #[test]
    fn a_passed_to_condition_leaves_the_way_through_that_service() {
        let create = allow(&json!(["lambda:CreateFunction", "lambda:InvokeFunction"]), "*");
        let pass = |operator: &str, service: &str| {
            let mut pass = allow(&json!("iam:PassRole"), "*");
            pass["Condition"] = json!({operator: {"iam:PassedToService": service}});
            pass
        };
        assert!(way_of(&json!([pass("StringEquals", "lambda.amazonaws.com"), create])).is_some());
        assert!(way_of(&json!([pass("StringLike", "*"), create])).is_some());
        assert_eq!(way_of(&json!([pass("StringEquals", "ec2.amazonaws.com"), create])), None);
        assert_eq!(way_of(&json!([pass("StringNotEquals", "ec2.amazonaws.com"), create])), None);
        // The condition never holds for the other actions of the same statement: they have no such key.
        let mut both = allow(&json!(["iam:PassRole", "lambda:*"]), "*");
        both["Condition"] = json!({"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}});
        assert_eq!(way_of(&both), None);
        both["Condition"] = json!({"StringEqualsIfExists": {"iam:PassedToService": "lambda.amazonaws.com"}});
        assert!(way_of(&both).is_some());
    }

    #[test]
    fn no_way_holds_a_shorter_one() {
        for (index, longer) in ESCALATIONS.iter().enumerate() {
            for (other, shorter) in ESCALATIONS.iter().enumerate() {
                let held = shorter.actions.iter().all(|action| longer.actions.contains(action));
                assert!(index == other || !held, "{:?} holds {:?}", longer.actions, shorter.actions);
            }
            assert_eq!(longer.passed_to.is_some(), longer.actions[0] == PASS_ROLE);
        }
    }
}
