//! What a function needs of the role that it runs as.

use serde_json::Value;

use super::identity::{group_arn, log_group_name, role_arn};
use super::spec::{FunctionSpec, Tracing};
use crate::kind::{RoleNeed, StepContext, allow};

/// The role of a function, and what it is needed for: logs, network interfaces, traces, failed events, its key.
///
/// Sources: Developer Guide, "Defining Lambda function permissions with an execution role" and, for each policy of AWS
/// there (`AWSLambdaBasicExecutionRole`, `AWSLambdaVPCAccessExecutionRole`, `AWSXRayDaemonWriteAccess`), its actions;
/// "Giving Lambda functions access to resources in an Amazon VPC"; "Adding a dead-letter queue".
pub(super) fn role_needs(spec: &FunctionSpec, cx: &StepContext<'_>) -> Vec<RoleNeed> {
    let group = group_arn(&log_group_name(cx.name), cx.env);
    let everywhere = || vec!["*".to_owned()];
    let mut statements: Vec<Value> = vec![
        // Lambda's own policies for a new function have it for the whole region.
        allow("LogGroup", &["logs:CreateLogGroup"], &[cx.env.arn("logs", "*")]),
        allow("Logs", &["logs:CreateLogStream", "logs:PutLogEvents"], &[format!("{group}:*"), group]),
    ];
    if spec.vpc.is_some() {
        let interfaces = [
            "ec2:CreateNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:DeleteNetworkInterface",
            "ec2:AssignPrivateIpAddresses",
            "ec2:UnassignPrivateIpAddresses",
        ];
        statements.push(allow("NetworkInterfaces", &interfaces, &everywhere()));
    }
    if spec.tracing == Tracing::Active {
        let traces = [
            "xray:PutTraceSegments",
            "xray:PutTelemetryRecords",
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
            "xray:GetSamplingStatisticSummaries",
        ];
        statements.push(allow("Traces", &traces, &everywhere()));
    }
    if let Some(target) = &spec.dead_letter {
        let action = if target.split(':').nth(2) == Some("sns") { "sns:Publish" } else { "sqs:SendMessage" };
        statements.push(allow("FailedEvents", &[action], std::slice::from_ref(target)));
    }
    if let Some(key) = &spec.kms_key {
        statements.push(allow("Key", &["kms:Decrypt"], std::slice::from_ref(key)));
    }
    let role = role_arn(&spec.role, cx.env);
    vec![RoleNeed::RunsAs { function: cx.name.to_owned(), role, statements }]
}
