//! The API calls of a change of a role.

use std::collections::BTreeMap;

use serde_json::Value;

use super::op::{Filter, REQUESTER, RoleOp};
use super::spec::{RoleSpec, policy_arn};
use crate::base::PropertyPath;
use crate::kind::tags::{self, TagCalls, TagOrder};
use crate::kind::{Change, Difference, Observed, PlannedOperation, StepContext, policy_text};
use crate::path;
use crate::policy::PolicyKind;
use crate::policy::size::{self, ROLE_INLINE_LIMIT, TRUST_LIMIT};

/// The number of managed policies that a role may have unless the quota was raised.
/// Source: IAM user guide, "IAM and AWS STS quotas".
const MANAGED_LIMIT: usize = 10;

/// The internal attribute that names the instance profiles that a role is in.
pub(super) const PROFILES: &str = "instance_profiles";

pub(super) fn steps(change: Change<'_, RoleSpec>, cx: &StepContext<'_>) -> Vec<PlannedOperation<RoleOp>> {
    match change {
        Change::Create { after } => create(after, cx),
        Change::Update { before, after, differences } => update(&before.spec, after, differences, cx),
        Change::Delete { before, backup: _ } => delete(before, cx),
    }
}

fn create(after: &RoleSpec, cx: &StepContext<'_>) -> Vec<PlannedOperation<RoleOp>> {
    let RoleSpec {
        assumed_by: _,
        assume_role_policy,
        managed_policies,
        inline_policies,
        grants: _,
        permissions_boundary,
        description,
        path,
        max_session_duration,
        tags,
    } = after;
    let role_name = cx.name.to_owned();
    let create = RoleOp::CreateRole {
        path: path.clone(),
        role_name: role_name.clone(),
        assume_role_policy_document: assume_role_policy.as_ref().map(policy_text).unwrap_or_default(),
        description: description.clone(),
        max_session_duration: *max_session_duration,
        permissions_boundary: permissions_boundary.as_deref().map(|boundary| policy_arn(boundary, cx.env)),
        tags: tags::listed(tags),
    };
    let mut moves = vec![PlannedOperation::new(create, [PropertyPath::root()])];
    moves.extend(managed_policies.iter().map(|policy| attach(policy, cx).after([0])));
    moves.extend(inline_policies.iter().map(|(name, document)| put(name, document, cx).after([0])));
    moves
}

fn attach(policy: &str, cx: &StepContext<'_>) -> PlannedOperation<RoleOp> {
    let policy_arn = policy_arn(policy, cx.env);
    PlannedOperation::new(
        RoleOp::AttachRolePolicy { role_name: cx.name.to_owned(), policy_arn },
        [path!["managed_policies"]],
    )
}

fn detach(policy: &str, cx: &StepContext<'_>) -> PlannedOperation<RoleOp> {
    let policy_arn = policy_arn(policy, cx.env);
    PlannedOperation::new(
        RoleOp::DetachRolePolicy { role_name: cx.name.to_owned(), policy_arn },
        [path!["managed_policies"]],
    )
}

fn put(name: &str, document: &Value, cx: &StepContext<'_>) -> PlannedOperation<RoleOp> {
    let op = RoleOp::PutRolePolicy {
        role_name: cx.name.to_owned(),
        policy_name: name.to_owned(),
        policy_document: policy_text(document),
    };
    PlannedOperation::new(op, [path!["inline_policies", name]])
}

fn unput(name: &str, cx: &StepContext<'_>) -> PlannedOperation<RoleOp> {
    let op = RoleOp::DeleteRolePolicy { role_name: cx.name.to_owned(), policy_name: name.to_owned() };
    PlannedOperation::new(op, [path!["inline_policies", name]])
}

/// The operations of an update, which return the positions that others wait for.
struct Moves(Vec<PlannedOperation<RoleOp>>);

impl Moves {
    /// Adds operations beside each other, after those at `positions`; returns their own positions.
    fn beside(&mut self, moves: Vec<PlannedOperation<RoleOp>>, positions: &[usize]) -> Vec<usize> {
        let first = self.0.len();
        self.0.extend(moves.into_iter().map(|one| one.after(positions.iter().copied())));
        (first..self.0.len()).collect()
    }

    /// Adds operations one after the other, the first after those at `positions`.
    fn chained(&mut self, moves: Vec<PlannedOperation<RoleOp>>, positions: &[usize]) {
        let mut positions = positions.to_vec();
        for one in moves {
            positions = self.beside(vec![one], &positions);
        }
    }
}

fn update(
    before: &RoleSpec,
    after: &RoleSpec,
    differences: &[Difference],
    cx: &StepContext<'_>,
) -> Vec<PlannedOperation<RoleOp>> {
    let RoleSpec {
        assumed_by: _,
        assume_role_policy,
        managed_policies: _,
        inline_policies: _,
        grants: _,
        permissions_boundary,
        description,
        // It can only be set at creation.
        path: _,
        max_session_duration,
        tags: _,
    } = after;
    let differs = |key: &str| differences.iter().any(|difference| difference.is_in(key));
    let role_name = cx.name.to_owned();
    let mut moves = Moves(Vec::new());

    if differs("assume_role_policy")
        && let Some(policy) = assume_role_policy
    {
        let op = RoleOp::UpdateAssumeRolePolicy { role_name: role_name.clone(), policy_document: policy_text(policy) };
        moves.beside(vec![PlannedOperation::new(op, [path!["assume_role_policy"]])], &[]);
    }
    if differs("description") || differs("max_session_duration") {
        let op = RoleOp::UpdateRole {
            role_name: role_name.clone(),
            description: description.clone().unwrap_or_default(),
            max_session_duration: *max_session_duration,
        };
        moves.beside(vec![PlannedOperation::new(op, [path!["description"], path!["max_session_duration"]])], &[]);
    }
    // A boundary is set before the policies change, and removed after them: some callers may only change the policies
    // of a bounded role.
    let bounded = match permissions_boundary {
        Some(boundary) if differs("permissions_boundary") => {
            let op = RoleOp::PutRolePermissionsBoundary {
                role_name: role_name.clone(),
                permissions_boundary: policy_arn(boundary, cx.env),
            };
            moves.beside(vec![PlannedOperation::new(op, [path!["permissions_boundary"]])], &[])
        }
        _ => Vec::new(),
    };
    if differs("managed_policies") {
        managed(before, after, cx, &mut moves, &bounded);
    }
    inline(before, after, differences, cx, &mut moves, &bounded);
    if permissions_boundary.is_none() && differs("permissions_boundary") {
        let all: Vec<usize> = (0..moves.0.len()).collect();
        let op = RoleOp::DeleteRolePermissionsBoundary { role_name };
        moves.beside(vec![PlannedOperation::new(op, [path!["permissions_boundary"]])], &all);
    }
    if differs("tags") {
        retag(before, after, cx, &mut moves);
    }
    moves.0
}

/// Attaches before it detaches, so that there is no gap, unless the quota forbids it.
fn managed(before: &RoleSpec, after: &RoleSpec, cx: &StepContext<'_>, moves: &mut Moves, first: &[usize]) {
    let (old, new) = (&before.managed_policies, &after.managed_policies);
    let missing: Vec<_> = new.iter().filter(|policy| !old.contains(policy)).map(|policy| attach(policy, cx)).collect();
    let extra: Vec<_> = old.iter().filter(|policy| !new.contains(policy)).map(|policy| detach(policy, cx)).collect();
    let (one, other) = if old.len() + missing.len() > MANAGED_LIMIT { (extra, missing) } else { (missing, extra) };
    let done = moves.beside(one, first);
    let both: Vec<usize> = first.iter().copied().chain(done).collect();
    moves.beside(other, &both);
}

/// Puts before it deletes, so that there is no gap, unless the limit of size forbids it: then the policies that get
/// smaller come first, one after the other.
fn inline(
    before: &RoleSpec,
    after: &RoleSpec,
    differences: &[Difference],
    cx: &StepContext<'_>,
    moves: &mut Moves,
    first: &[usize],
) {
    let (old, new) = (&before.inline_policies, &after.inline_policies);
    let differs = |name: &str| {
        let at = path!["inline_policies", name];
        differences.iter().any(|d| d.path.covers(&at) || at.covers(&d.path))
    };
    let size = |policies: &BTreeMap<String, Value>, name: &str| {
        policies.get(name).map_or(0, |document| size::counted(document, PolicyKind::Identity))
    };
    let mut changed: Vec<(&String, &Value)> = new.iter().filter(|(name, _)| differs(name)).collect();
    changed.sort_by_key(|(name, _)| size(new, name).cast_signed() - size(old, name).cast_signed());
    let puts: Vec<_> = changed.into_iter().map(|(name, document)| put(name, document, cx)).collect();
    let gone = old.keys().filter(|name| !new.contains_key(*name) && differs(name));
    let deletions: Vec<_> = gone.map(|name| unput(name, cx)).collect();
    let names = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
    let at_most: usize = names.map(|name| size(old, name).max(size(new, name))).sum();
    if at_most > ROLE_INLINE_LIMIT {
        let done = moves.beside(deletions, first);
        let both: Vec<usize> = first.iter().copied().chain(done).collect();
        moves.chained(puts, &both);
    } else {
        let done = moves.beside(puts, first);
        let both: Vec<usize> = first.iter().copied().chain(done).collect();
        moves.beside(deletions, &both);
    }
}

/// Keys that are removed come first: IAM ignores their case, so that `Team` and `team` are one tag.
fn retag(before: &RoleSpec, after: &RoleSpec, cx: &StepContext<'_>, moves: &mut Moves) {
    let role_name = cx.name;
    let calls = TagCalls {
        property: "tags",
        order: TagOrder::RemoveFirst,
        set: |tags| RoleOp::TagRole { role_name: role_name.to_owned(), tags: tags::listed(&tags) },
        remove: |tag_keys| RoleOp::UntagRole { role_name: role_name.to_owned(), tag_keys },
    };
    let mut first = Vec::new();
    for call in calls.between(&before.tags, &after.tags) {
        first = moves.beside(vec![call], &first);
    }
}

fn delete(before: &Observed<RoleSpec>, cx: &StepContext<'_>) -> Vec<PlannedOperation<RoleOp>> {
    let role_name = cx.name.to_owned();
    let mut moves = Moves(Vec::new());
    let mut first = Vec::new();
    if serves_vpc_functions(&before.spec) {
        let filters = vec![
            Filter { name: "description".to_owned(), values: vec!["AWS Lambda VPC ENI*".to_owned()] },
            Filter { name: REQUESTER.to_owned(), values: vec![format!("{}:*", before.unique_id)] },
        ];
        first = moves.beside(vec![PlannedOperation::new(RoleOp::DescribeNetworkInterfaces { filters }, [])], &[]);
    }
    let profiles = before.outputs.get(PROFILES).into_iter().flat_map(|names| names.split_whitespace());
    let remove = |profile: &str| {
        let instance_profile_name = profile.to_owned();
        PlannedOperation::new(
            RoleOp::RemoveRoleFromInstanceProfile { instance_profile_name, role_name: role_name.clone() },
            [],
        )
    };
    let mut parts: Vec<_> = profiles.map(remove).collect();
    parts.extend(before.spec.managed_policies.iter().map(|policy| detach(policy, cx)));
    parts.extend(before.spec.inline_policies.keys().map(|name| unput(name, cx)));
    let parts = moves.beside(parts, &first);
    let all: Vec<usize> = first.into_iter().chain(parts).collect();
    moves.beside(vec![PlannedOperation::new(RoleOp::DeleteRole { role_name }, [PropertyPath::root()])], &all);
    moves.0
}

/// Returns whether Lambda may have made network interfaces under this role: it trusts Lambda, and may handle them.
fn serves_vpc_functions(spec: &RoleSpec) -> bool {
    let trusts = spec.assume_role_policy.as_ref().is_some_and(|policy| policy.to_string().contains("lambda.amazonaws"));
    let by_managed = spec.managed_policies.iter().any(|policy| {
        // The permissions in a customer's own policy are not known here.
        let own = policy.starts_with("arn:") && !policy.contains(":iam::aws:policy/");
        let words = ["VPCAccess", "ENIManagement", "AdministratorAccess", "PowerUserAccess", "EC2FullAccess"];
        own || words.iter().any(|word| policy.contains(word))
    });
    let grants = |document: &Value| {
        let text = document.to_string();
        text.contains("NetworkInterface") || text.contains("\"ec2:*\"") || text.contains("Action\":\"*\"")
    };
    trusts && (by_managed || spec.inline_policies.values().any(grants))
}

pub(super) fn warnings(change: Change<'_, RoleSpec>, differences: &[Difference]) -> Vec<String> {
    let mut warnings = Vec::new();
    let after = match change {
        Change::Create { after } => after,
        Change::Update { before, after, .. } => {
            let lost = |policy: &&String| policy.contains("VPCAccess") && !after.managed_policies.contains(policy);
            if differences.iter().any(|d| d.path == path!["managed_policies"])
                && let Some(policy) = before.spec.managed_policies.iter().find(lost)
            {
                warnings.push(format!(
                    "Lambda deletes a function's network interfaces with the permissions of its role: without \
                     `{policy}`, those of functions that leave their VPC now may stay behind"
                ));
            }
            after
        }
        Change::Delete { before, .. } => {
            if serves_vpc_functions(&before.spec) {
                warnings.push(
                    "Lambda needs the role to delete the network interfaces of functions that were in a VPC, which \
                     takes up to 40 minutes: the role is deleted only once they are gone"
                        .to_owned(),
                );
            }
            return warnings;
        }
    };
    if let Some(policy) = &after.assume_role_policy {
        let counted = size::counted(policy, PolicyKind::Trust);
        if counted > TRUST_LIMIT {
            warnings.push(format!(
                "the trust policy has {counted} characters: more than {TRUST_LIMIT} need a raised quota"
            ));
        }
    }
    let count = after.managed_policies.len();
    if count > MANAGED_LIMIT {
        warnings.push(format!("{count} managed policies: more than {MANAGED_LIMIT} need a raised quota"));
    }
    warnings
}

#[cfg(test)]
#[path = "steps_tests.rs"]
mod tests;
