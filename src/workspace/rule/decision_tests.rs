//! The tests of [`super`]: the decisions as a machine, whose calls are carried out on a model of the group.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

const GROUP: &str = "sg-1";

fn rule(workspace: &str) -> WorkspaceRule {
    WorkspaceRule {
        workspace: workspace.to_owned(),
        security_group: GROUP.to_owned(),
        protocol: Protocol::Tcp,
        ports: Ports::one(5432),
        tags: BTreeMap::new(),
        adopted: None,
    }
}

fn address(text: &str) -> WorkspaceAddress {
    text.parse().expect("an address")
}

fn live(id: &str, source: &str, description: &str) -> LiveRule {
    let spec = SecurityGroupRuleSpec {
        security_group: GROUP.to_owned(),
        source: source.to_owned(),
        protocol: Protocol::Tcp,
        port: Some(Ports::one(5432)),
        description: Some(description.to_owned()),
        tags: BTreeMap::new(),
    };
    LiveRule { id: id.to_owned(), spec, unmanaged: Vec::new() }
}

/// Carries the calls out as EC2 would: by their inputs alone.
fn carry_out(calls: &[SecurityGroupRuleOp], group: &mut Vec<LiveRule>) {
    for call in calls {
        let call = serde_json::to_value(call).expect("a tree");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        if let Some(input) = call.get("AuthorizeSecurityGroupIngress") {
            let permission = &input["IpPermissions"][0];
            let range = [&permission["IpRanges"][0], &permission["Ipv6Ranges"][0]];
            let range = range.into_iter().find(|range| range.is_object()).expect("a block");
            let source = if range["CidrIp"].is_string() { text(&range["CidrIp"]) } else { text(&range["CidrIpv6"]) };
            assert!(group.iter().all(|one| one.spec.source != source), "AWS refuses a second rule for {source}");
            let last = group.iter().filter_map(|one| one.id.strip_prefix("sgr-")?.parse::<u32>().ok()).max();
            let id = format!("sgr-{}", last.unwrap_or(100) + 1);
            group.push(live(&id, &source, &text(&range["Description"])));
        } else if let Some(input) = call.get("ModifySecurityGroupRules") {
            let update = &input["SecurityGroupRules"][0];
            let wanted = &update["SecurityGroupRule"];
            let source = [&wanted["CidrIpv4"], &wanted["CidrIpv6"]].map(text).concat();
            let id = text(&update["SecurityGroupRuleId"]);
            assert!(group.iter().all(|one| one.id == id || one.spec.source != source), "a second rule for {source}");
            let rule = group.iter_mut().find(|one| one.id == id).expect("it is there");
            assert_eq!(rule.spec.source.contains(':'), source.contains(':'), "a rule keeps its type");
            rule.spec.source = source;
            rule.spec.description = Some(text(&wanted["Description"]));
        } else {
            let input = call.get("RevokeSecurityGroupIngress").expect("no other call");
            for id in input["SecurityGroupRuleIds"].as_array().expect("ids") {
                let before = group.len();
                group.retain(|one| *id != one.id.as_str());
                assert_eq!(group.len(), before - 1, "{id} is not there");
            }
        }
    }
}

fn opened(rule: &WorkspaceRule, text: &str, group: &mut Vec<LiveRule>) -> Decision {
    let decision = rule.opening(address(text), group, "2026-11-30T12:00:00Z").expect("it can be opened");
    carry_out(&decision.calls, group);
    decision
}

#[test]
fn rule_is_added_once_and_follows_the_address() {
    let (mine, mut group) = (rule("a"), Vec::new());
    assert_eq!(opened(&mine, "3.120.5.6", &mut group).state, RuleState::Opened);
    let again = opened(&mine, "3.120.5.6", &mut group);
    assert_eq!((again.state, again.calls.len()), (RuleState::Unchanged, 0));
    let changed = opened(&mine, "3.120.5.7", &mut group);
    assert_eq!((changed.state, changed.calls.len()), (RuleState::Changed, 1));
    assert_eq!(group.len(), 1);
    // The other version of IP is another rule: the new one first, then the old one goes.
    let other = opened(&mine, "2a05:d014::1", &mut group);
    assert_eq!((other.state, other.calls.len()), (RuleState::Opened, 2));
    assert_eq!(group.iter().map(|one| one.spec.source.as_str()).collect::<Vec<_>>(), ["2a05:d014::1/128"]);
    let closed = mine.closing(None, &group);
    carry_out(&closed.calls, &mut group);
    assert_eq!((closed.state, group.len()), (RuleState::Closed, 0));
    assert_eq!(mine.closing(None, &group).state, RuleState::Absent);
}

#[test]
fn surplus_rules_of_the_workspace_are_removed() {
    let description = description_of("a");
    let mut group = vec![live("sgr-1", "3.120.5.6/32", &description), live("sgr-2", "3.120.5.7/32", &description)];
    let kept = opened(&rule("a"), "3.120.5.7", &mut group);
    assert_eq!((kept.state, kept.id.as_deref()), (RuleState::Unchanged, Some("sgr-2")));
    assert_eq!(group.len(), 1);
}

#[test]
fn address_of_another_rule_is_shared_and_the_own_old_rule_goes() {
    for (description, whose) in [(description_of("b"), "the workspace `b`"), ("office".to_owned(), "somebody else")] {
        let mut group =
            vec![live("sgr-1", "3.120.5.6/32", &description), live("sgr-2", "3.120.5.9/32", "underpin workspace a")];
        let shared = opened(&rule("a"), "3.120.5.6", &mut group);
        assert_eq!((shared.state, shared.id.as_deref()), (RuleState::Shared, Some("sgr-1")));
        assert!(shared.notes[0].contains(whose), "{:?}", shared.notes);
        assert_eq!(group.len(), 1, "the old address is let in no more");
        assert_eq!(rule("a").closing(None, &group).state, RuleState::Absent, "another's rule stays");
    }
}

#[test]
fn rules_of_other_ports_groups_and_workspaces_are_left_alone() {
    let mut other_port = live("sgr-1", "3.120.5.6/32", &description_of("a"));
    other_port.spec.port = Some(Ports::one(22));
    let mut other_group = live("sgr-2", "3.120.5.6/32", &description_of("a"));
    other_group.spec.security_group = "sg-2".to_owned();
    let all = [other_port, other_group, live("sgr-3", "3.120.5.8/32", &description_of("b"))];
    let decision = rule("a").opening(address("3.120.5.6"), &all, "now").expect("it can be opened");
    assert_eq!((decision.state, decision.calls.len()), (RuleState::Opened, 1));
    assert_eq!(rule("a").closing(Some(address("3.120.5.6")), &all).calls, []);
    let others = rule("a").others(&all);
    assert_eq!(others.iter().map(|one| one.workspace.as_str()).collect::<Vec<_>>(), ["b"]);
}

#[test]
fn adopted_rule_is_set_as_the_script_sets_it_and_keeps_its_id() {
    let adopting = WorkspaceRule { adopted: Some("sgr-9".to_owned()), ..rule("a") };
    let mut group = vec![live("sgr-9", "3.120.5.1/32", "by hand")];
    let adopted = opened(&adopting, "3.120.5.6", &mut group);
    assert_eq!((adopted.state, adopted.id.as_deref()), (RuleState::Changed, Some("sgr-9")));
    assert_eq!(group, [live("sgr-9", "3.120.5.6/32", "GITPOD")]);
    assert_eq!(opened(&adopting, "3.120.5.6", &mut group).calls, []);
    // It stays when the workspace stops, and lets nobody in.
    assert_eq!(adopting.closing(None, &group).state, RuleState::Left);
    assert_eq!(adopting.closing(Some(address("3.120.5.7")), &group).state, RuleState::Left);
    let closed = adopting.closing(Some(address("3.120.5.6")), &group);
    carry_out(&closed.calls, &mut group);
    assert_eq!(group, [live("sgr-9", "192.0.2.1/32", "GITPOD")]);
    assert_eq!(adopting.closing(Some(address("3.120.5.6")), &group).calls, []);
    assert_eq!(opened(&adopting, "3.120.5.6", &mut group).state, RuleState::Changed);
}

#[test]
fn adopted_rule_that_does_not_fit_is_refused_and_a_missing_one_replaced() {
    let adopting = WorkspaceRule { adopted: Some("sgr-9".to_owned()), ..rule("a") };
    let open = |group: &[LiveRule]| adopting.opening(address("3.120.5.6"), group, "now");
    for source in ["2a05::1/128", "sg-2", "pl-2"] {
        let refused = open(&[live("sgr-9", source, "GITPOD")]);
        assert_eq!(refused, Err(Unusable::OtherType(source.to_owned())));
    }
    let mut elsewhere = live("sgr-9", "3.120.5.1/32", "GITPOD");
    elsewhere.spec.security_group = "sg-2".to_owned();
    assert_eq!(open(&[elsewhere]), Err(Unusable::OtherGroup("sg-2".to_owned())));
    let missing = open(&[]).expect("an own one");
    assert_eq!(missing.state, RuleState::Opened);
    assert!(missing.notes[0].contains("`sgr-9`"), "{:?}", missing.notes);
    let shared = open(&[live("sgr-9", "3.120.5.1/32", "GITPOD"), live("sgr-1", "3.120.5.6/32", "office")]);
    assert_eq!(shared.expect("shared").state, RuleState::Shared);
}

proptest! {
    /// Whatever workspaces do in any order: each has at most one rule, at its last address; every address that was last
    /// opened and not closed is let in, and none that no workspace has; and an opening that is repeated makes no call.
    #[test]
    fn each_workspace_has_at_most_one_rule_at_its_last_address(
        moves in prop::collection::vec((0_usize..3, prop::option::weighted(0.8, 0_usize..4)), 1..30),
    ) {
        let addresses = ["3.120.5.6", "3.120.5.7", "2a05:d014::1", "2a05:d014::2"];
        let workspaces = ["a", "b", "c"];
        let mut group: Vec<LiveRule> = Vec::new();
        let mut last: [Option<usize>; 3] = [None; 3];
        for (who, to) in moves {
            let mine = rule(workspaces[who]);
            if let Some(to) = to {
                opened(&mine, addresses[to], &mut group);
                let again = mine.opening(address(addresses[to]), &group, "now").expect("open");
                prop_assert!(again.calls.is_empty(), "{again:?}");
                let cidr = address(addresses[to]).cidr();
                prop_assert!(group.iter().any(|one| one.spec.source == cidr), "it is let in");
            } else {
                let decision = mine.closing(None, &group);
                carry_out(&decision.calls, &mut group);
                prop_assert!(mine.own(&group).is_empty());
            }
            last[who] = to;
            for (who, workspace) in workspaces.iter().enumerate() {
                let rules = rule(workspace);
                let own = rules.own(&group);
                prop_assert!(own.len() <= 1);
                let at = last[who].map(|to| address(addresses[to]).cidr());
                prop_assert!(own.iter().all(|one| Some(&one.spec.source) == at.as_ref()));
            }
        }
    }
}
