//! A workload access token of Bedrock `AgentCore` lets its bearer act for users of the agent: who may get one for every workload
//! identity may act for all of them. A policy that allows everything is the finding of `iam-no-admin-policy`, and not of this
//! one. Source: Service Authorization Reference, "Amazon Bedrock `AgentCore`".

use crate::policy::unconstrained;
use crate::rules::held_policies::{Wrong, judge_policies, some_of};
use crate::rules::rust::{Answer, Subject, World};

const TOKENS: [&str; 3] = [
    "bedrock-agentcore:GetWorkloadAccessToken",
    "bedrock-agentcore:GetWorkloadAccessTokenForJWT",
    "bedrock-agentcore:GetWorkloadAccessTokenForUserId",
];

/// Fails for policies that allow tokens of every workload identity.
pub(crate) fn judge(policy: &Subject<'_>, _: &World<'_>) -> Answer {
    judge_policies(policy, |document| {
        let mut open = unconstrained(document, &TOKENS);
        open.retain(|one| !["*", "*:*", "NotAction"].contains(&one.written.as_str()));
        let first = open.first()?;
        let names: Vec<&str> = open.iter().map(|one| one.action).collect();
        let message = format!("the policy allows tokens of every workload identity ({})", some_of(&names));
        Some(Wrong { message, statement: first.statement, actual: first.written.clone() })
    })
}
