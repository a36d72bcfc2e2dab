//! Whoever makes an agent of Bedrock `AgentCore` chooses the role that it runs as: with every role to choose from, that is every
//! permission of the account. Looked at are statements that allow `iam:PassRole` on every role, to `AgentCore` or, without a
//! condition on `iam:PassedToService`, in a policy that allows something of `AgentCore`. A policy that allows everything is the
//! finding of `iam-no-admin-policy`. Source: Service Authorization Reference, "Amazon Bedrock `AgentCore`"; IAM User Guide, "Grant a
//! user permissions to pass a role to an AWS service".

use crate::policy::{Clause, Document, Effect, Statement, is_every_resource};
use crate::rules::held_policies::{Wrong, judge_policies};
use crate::rules::rust::{Answer, Subject, World};

const SERVICE: &str = "bedrock-agentcore";

/// Fails for policies that let every role be passed to `AgentCore`.
pub(crate) fn judge(policy: &Subject<'_>, _: &World<'_>) -> Answer {
    judge_policies(policy, |document| {
        let open = |(_, statement): &(usize, &Statement)| {
            statement.effect == Effect::Allow
                && named(statement).any(|action| fits(action, "iam", "passrole"))
                && on_every_role(statement)
                && to_agents(statement, document)
        };
        let (statement, _) = document.statements.iter().enumerate().find(open)?;
        let message = "the policy lets every role be passed to Bedrock AgentCore".to_owned();
        Some(Wrong { message, statement, actual: "iam:PassRole".to_owned() })
    })
}

/// The actions that a statement names; not those of one that allows everything.
fn named(statement: &Statement) -> impl Iterator<Item = &String> {
    let listed = match &statement.action {
        Clause::Only(listed) => listed.as_slice(),
        Clause::Except(_) => &[],
    };
    listed.iter().filter(|action| !["*", "*:*"].contains(&action.as_str()))
}

/// Returns whether a pattern of an action may stand for one of a service; without a name, for any.
fn fits(pattern: &str, service: &str, name: &str) -> bool {
    let pattern = pattern.to_lowercase();
    let Some((of, rest)) = pattern.split_once(':') else { return false };
    glob(of, service) && (name.is_empty() || glob(rest, name))
}

/// Returns whether a pattern with `*` matches a text.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text
            .strip_prefix(before)
            .is_some_and(|rest| (0..=rest.len()).any(|at| rest.is_char_boundary(at) && glob(after, &rest[at..]))),
    }
}

fn on_every_role(statement: &Statement) -> bool {
    match &statement.resource {
        Some(Clause::Only(listed)) => listed.iter().any(|resource| is_every_resource(resource)),
        Some(Clause::Except(_)) => true,
        None => false,
    }
}

/// Returns whether roles may be passed to `AgentCore` by a statement.
fn to_agents(statement: &Statement, document: &Document) -> bool {
    let mut services = statement
        .condition
        .iter()
        .filter(|term| term.key.eq_ignore_ascii_case("iam:PassedToService"))
        .flat_map(|term| &term.values)
        .peekable();
    if services.peek().is_some() {
        let probes = ["bedrock-agentcore.amazonaws.com", "runtime-identity.bedrock-agentcore.amazonaws.com"];
        return services.any(|value| {
            let value = value.to_lowercase();
            value.contains(SERVICE) || probes.iter().any(|probe| glob(&value, probe))
        });
    }
    let allows = document.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    allows.flat_map(named).any(|action| fits(action, SERVICE, ""))
}
