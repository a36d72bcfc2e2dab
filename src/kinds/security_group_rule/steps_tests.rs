use serde_json::{Value, json};

use super::super::SecurityGroupRule;
use super::*;
use crate::base::{Outputs, Vault};
use crate::diff;
use crate::kind::Kind;

fn rule(value: &Value) -> SecurityGroupRuleSpec {
    let mut whole = json!({"security_group": "sg-1", "source": "10.0.0.0/16", "port": 5432});
    for (key, value) in value.as_object().expect("properties") {
        whole[key] = value.clone();
    }
    serde_json::from_value(whole).expect("a rule")
}

fn moves(before: &Value, after: &Value) -> Vec<(Vec<PropertyPath>, Value)> {
    let (before, after) = (rule(before), rule(after));
    let tree = |spec: &SecurityGroupRuleSpec| serde_json::to_value(spec).expect("a tree");
    let terms = diff::DiffOptions { rules: SecurityGroupRule::RULES, seal: &str::to_owned, ignore_tags: &[] };
    let differences = diff::diff(&tree(&before), &tree(&after), terms);
    let outputs = Outputs::from([(ID.to_owned(), "sgr-1".to_owned())]);
    let live = Observed { spec: before, outputs, unique_id: "sgr-1".to_owned(), unmanaged: Vec::new() };
    let moves = steps(Change::Update { before: &live, after: &after, differences: &differences });
    moves.into_iter().map(|one| (one.covers, serde_json::to_value(&one.op).expect("a tree"))).collect()
}

#[test]
fn changed_rule_is_modified_in_place_with_all_its_parts() {
    let found = moves(&json!({}), &json!({"source": "3.120.5.6/32", "description": "office"}));
    let wanted = json!({"ModifySecurityGroupRules": {"GroupId": "sg-1", "SecurityGroupRules": [{
        "SecurityGroupRuleId": "sgr-1",
        "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIpv4": "3.120.5.6/32",
            "Description": "office"},
    }]}});
    assert_eq!(found, [(vec![path!["source"], path!["description"]], wanted)]);
}

#[test]
fn removed_description_is_sent_as_an_empty_one() {
    let found = moves(&json!({"description": "old"}), &json!({}));
    let sent = &found[0].1["ModifySecurityGroupRules"]["SecurityGroupRules"][0]["SecurityGroupRule"];
    assert_eq!(sent["Description"], "");
}

#[test]
fn source_of_another_type_makes_another_rule() {
    for after in ["2a05::/32", "pl-1", "sg-2"] {
        let found = moves(&json!({}), &json!({"source": after, "tags": {"a": "b"}}));
        let calls: Vec<&String> = found.iter().filter_map(|(_, op)| op.as_object()?.keys().next()).collect();
        assert_eq!(calls, ["RevokeSecurityGroupIngress", "AuthorizeSecurityGroupIngress"], "{after}");
        let made = &found[1].1["AuthorizeSecurityGroupIngress"];
        assert_eq!(made["TagSpecifications"][0]["Tags"], json!([{"Key": "a", "Value": "b"}]));
    }
    // Of a sensitive source nobody knows the type before the call.
    let sealed = Vault::new([7; 32]).seal("10.1.0.0/16");
    assert_eq!(moves(&json!({}), &json!({"source": sealed})).len(), 2);
    assert_eq!(moves(&json!({"source": sealed}), &json!({"source": sealed, "port": 1})).len(), 1);
}

#[test]
fn each_source_stands_where_the_api_takes_it() {
    let made = |value: Value| {
        let op = serde_json::to_value(authorize(&rule(&value))).expect("a tree");
        op["AuthorizeSecurityGroupIngress"]["IpPermissions"][0].clone()
    };
    let described = |key: &str, text: &str| json!([{key: text, "Description": "d"}]);
    for (source, list, key) in [
        ("10.0.0.0/16", "IpRanges", "CidrIp"),
        ("2a05::/32", "Ipv6Ranges", "CidrIpv6"),
        ("pl-1", "PrefixListIds", "PrefixListId"),
        ("sg-2", "UserIdGroupPairs", "GroupId"),
    ] {
        let permission = made(json!({"source": source, "description": "d"}));
        let wanted = json!({"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, list: described(key, source)});
        assert_eq!(permission, wanted);
    }
    let icmp = made(json!({"protocol": "icmp", "port": null}));
    assert_eq!((&icmp["FromPort"], &icmp["ToPort"]), (&json!(-1), &json!(-1)));
    let all = made(json!({"protocol": "all", "port": null}));
    assert_eq!((&all["IpProtocol"], all.get("FromPort")), (&json!("-1"), None));
}

#[test]
fn everybody_is_warned_of() {
    let warned = |source: &str| warnings(Change::Create { after: &rule(&json!({"source": source})) });
    assert_eq!(warned("0.0.0.0/0"), ["it lets everybody in: tcp 5432 from 0.0.0.0/0"]);
    assert_eq!(warned("::/0").len(), 1);
    assert_eq!(warned("3.0.0.0/8"), [""; 0]);
}
