//! The API calls of a change of a rule.

use super::identity::ID;
use super::op::{
    AuthorizeSecurityGroupIngress, IpPermission, IpRange, Ipv6Range, ModifySecurityGroupRules, PrefixListId,
    RevokeSecurityGroupIngress, SecurityGroupRuleOp, SecurityGroupRuleRequest, SecurityGroupRuleUpdate,
    UserIdGroupPair,
};
use super::source::Source;
use super::spec::SecurityGroupRuleSpec;
use crate::base::PropertyPath;
use crate::kind::tags;
use crate::kind::{Change, Difference, Observed, PlannedOperation};
use crate::kinds::ec2_tags::{self, TagSpecification};
use crate::path;

pub(super) fn steps(change: Change<'_, SecurityGroupRuleSpec>) -> Vec<PlannedOperation<SecurityGroupRuleOp>> {
    match change {
        Change::Create { after } => vec![PlannedOperation::new(authorize(after), [PropertyPath::root()])],
        Change::Update { before, after, differences } => update(before, after, differences),
        Change::Delete { before, backup: _ } => {
            let removal = revoke(&before.spec.security_group, [id_of(before)]);
            vec![PlannedOperation::new(removal, [PropertyPath::root()])]
        }
    }
}

fn id_of(before: &Observed<SecurityGroupRuleSpec>) -> String {
    before.outputs.get(ID).unwrap_or(&before.unique_id).clone()
}

/// The first and last port as the API takes them: -1 stands for all types of ICMP, and all protocols have none.
fn port_range(spec: &SecurityGroupRuleSpec) -> (Option<i32>, Option<i32>) {
    match spec.port {
        Some(ports) => (Some(ports.from.into()), Some(ports.to.into())),
        None if spec.protocol.has_types() => (Some(-1), Some(-1)),
        None => (None, None),
    }
}

/// The call that adds a rule.
pub fn authorize(spec: &SecurityGroupRuleSpec) -> SecurityGroupRuleOp {
    let SecurityGroupRuleSpec { security_group, source, protocol, port: _, description, tags } = spec;
    let (from_port, to_port) = port_range(spec);
    let mut permission =
        IpPermission { ip_protocol: protocol.api().to_owned(), from_port, to_port, ..IpPermission::default() };
    let (text, description) = (source.clone(), description.clone());
    match Source::known(source) {
        Some(Source::Ipv6(_)) => permission.ipv6_ranges = vec![Ipv6Range { cidr_ipv6: text, description }],
        Some(Source::PrefixList(_)) => {
            permission.prefix_list_ids = vec![PrefixListId { prefix_list_id: text, description }];
        }
        Some(Source::Group(_)) => {
            permission.user_id_group_pairs = vec![UserIdGroupPair { group_id: text, description }];
        }
        Some(Source::Ipv4(_) | Source::Workspace) | None => {
            permission.ip_ranges = vec![IpRange { cidr_ip: text, description }];
        }
    }
    let tags = tags::listed(tags);
    let tag_specifications = if tags.is_empty() {
        Vec::new()
    } else {
        vec![TagSpecification { resource_type: "security-group-rule".to_owned(), tags }]
    };
    SecurityGroupRuleOp::AuthorizeSecurityGroupIngress(AuthorizeSecurityGroupIngress {
        group_id: security_group.clone(),
        ip_permissions: vec![permission],
        tag_specifications,
    })
}

/// The call that changes a rule in place; its source is of the same type as before.
pub fn modify(id: &str, spec: &SecurityGroupRuleSpec) -> SecurityGroupRuleOp {
    let SecurityGroupRuleSpec { security_group, source, protocol, port: _, description, tags: _ } = spec;
    let (from_port, to_port) = port_range(spec);
    let mut request = SecurityGroupRuleRequest {
        ip_protocol: protocol.api().to_owned(),
        from_port,
        to_port,
        description: description.clone().unwrap_or_default(),
        ..SecurityGroupRuleRequest::default()
    };
    let text = Some(source.clone());
    match Source::known(source) {
        Some(Source::Ipv6(_)) => request.cidr_ipv6 = text,
        Some(Source::PrefixList(_)) => request.prefix_list_id = text,
        Some(Source::Group(_)) => request.referenced_group_id = text,
        Some(Source::Ipv4(_) | Source::Workspace) | None => request.cidr_ipv4 = text,
    }
    SecurityGroupRuleOp::ModifySecurityGroupRules(ModifySecurityGroupRules {
        group_id: security_group.clone(),
        security_group_rules: vec![SecurityGroupRuleUpdate {
            security_group_rule_id: id.to_owned(),
            security_group_rule: request,
        }],
    })
}

/// The call that removes rules of a group.
pub fn revoke(group: &str, ids: impl IntoIterator<Item = String>) -> SecurityGroupRuleOp {
    SecurityGroupRuleOp::RevokeSecurityGroupIngress(RevokeSecurityGroupIngress {
        group_id: group.to_owned(),
        security_group_rule_ids: ids.into_iter().collect(),
    })
}

/// Returns whether the live rule can get another source in place. Of a sensitive source the type is not known.
pub(super) fn is_in_place(before: &str, after: &str) -> bool {
    before == after || Source::known(before).zip(Source::known(after)).is_some_and(|(one, other)| one.is_like(&other))
}

fn update(
    before: &Observed<SecurityGroupRuleSpec>,
    after: &SecurityGroupRuleSpec,
    differences: &[Difference],
) -> Vec<PlannedOperation<SecurityGroupRuleOp>> {
    let (id, live) = (id_of(before), &before.spec);
    if !is_in_place(&live.source, &after.source) {
        // The old rule goes first: nobody is let in who is not in the file any more, if the second call fails.
        let removal = revoke(&live.security_group, [id]);
        return vec![
            PlannedOperation::new(removal, [path!["source"]]),
            PlannedOperation::new(authorize(after), [PropertyPath::root()]),
        ];
    }
    let properties = ["source", "protocol", "port", "description"];
    let covers: Vec<PropertyPath> = properties
        .into_iter()
        .filter(|key| differences.iter().any(|difference| difference.is_in(key)))
        .map(|key| path![key])
        .collect();
    let mut moves = Vec::new();
    if !covers.is_empty() {
        moves.push(PlannedOperation::new(modify(&id, after), covers).after([]));
    }
    if differences.iter().any(|difference| difference.is_in("tags")) {
        let set = |resources, tags| SecurityGroupRuleOp::CreateTags { resources, tags };
        let remove = |resources, tags| SecurityGroupRuleOp::DeleteTags { resources, tags };
        moves.extend(ec2_tags::changes(&id, &live.tags, &after.tags, set, remove));
    }
    moves
}

pub(super) fn warnings(change: Change<'_, SecurityGroupRuleSpec>) -> Vec<String> {
    let open = |spec: &SecurityGroupRuleSpec| {
        let everybody = Source::known(&spec.source).is_some_and(|source| source.is_everybody());
        let traffic = match spec.port {
            Some(ports) => format!("{} {ports}", spec.protocol.api()),
            None if spec.protocol.has_types() => spec.protocol.api().to_owned(),
            None => "all traffic".to_owned(),
        };
        everybody.then(|| format!("it lets everybody in: {traffic} from {}", spec.source))
    };
    match change {
        Change::Create { after } => open(after).into_iter().collect(),
        Change::Update { before, after, differences: _ } => {
            let type_changes = !is_in_place(&before.spec.source, &after.source);
            let anew = "a rule's source keeps its type: the rule is removed and added again, and new connections are \
                        refused meanwhile";
            let newly_open = open(after).filter(|_| before.spec.source != after.source);
            newly_open.into_iter().chain(type_changes.then(|| anew.to_owned())).collect()
        }
        // Source: VPC user guide, "Security group connection tracking": tracked connections are not cut at once.
        Change::Delete { .. } => vec!["what it let in is refused from now on, save for open connections".to_owned()],
    }
}

#[cfg(test)]
#[path = "steps_tests.rs"]
mod tests;
