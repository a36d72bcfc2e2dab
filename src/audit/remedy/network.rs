//! What documents of networks say of the words in a remedy's template.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document::{Known, of_type, put, put_text, text};
use crate::rules::{Finding as Fault, Subject};

const RULES: &str = "/supplementaryConfiguration/Rules";

fn list<'v>(body: &'v Value, pointer: &str) -> impl Iterator<Item = &'v Value> {
    body.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

fn is_outgoing(rule: &Value) -> bool {
    rule.get("isEgress") == Some(&Value::Bool(true))
}

fn is_for_everybody(rule: &Value) -> bool {
    text(rule, "/cidrIpv4") == Some("0.0.0.0/0") || text(rule, "/cidrIpv6") == Some("::/0")
}

/// The rules of a group that a permission of its summary stands for: of the same direction, protocol and ports.
fn rules_of<'v>(group: &'v Value, permission: &'v Value, outgoing: bool) -> Vec<&'v Value> {
    let port = |one: &Value, name: &str| one.get(name).and_then(Value::as_i64).unwrap_or(-1);
    let same = |rule: &&Value| {
        is_outgoing(rule) == outgoing
            && rule.get("ipProtocol") == permission.get("ipProtocol")
            && ["fromPort", "toPort"].iter().all(|name| port(rule, name) == port(permission, name))
    };
    list(group, RULES).filter(same).collect()
}

/// The index of an element of a list in a place.
fn index_in<'p>(pointer: &'p str, list: &str) -> Option<(usize, &'p str)> {
    let rest = pointer.strip_prefix(list)?.strip_prefix('/')?;
    let (index, below) = rest.split_once('/').unwrap_or((rest, ""));
    Some((index.parse().ok()?, below))
}

/// The rules of a security group: those at fault, those without a description, and all of each direction.
pub(super) fn of_group(known: &mut Known, group: &Value, faults: &[Fault]) {
    let Some(all) = group.pointer(RULES).and_then(Value::as_array) else { return };
    for (word, outgoing) in [("INGRESS-RULES", false), ("EGRESS-RULES", true)] {
        known.entry(word.to_owned()).or_default();
        for rule in all.iter().filter(|rule| is_outgoing(rule) == outgoing) {
            put_text(known, word, rule, "/securityGroupRuleId");
        }
    }
    for (word, outgoing) in [("UNDESCRIBED-RULE", false), ("UNDESCRIBED-EGRESS-RULE", true)] {
        known.entry(word.to_owned()).or_default();
        let bare = |rule: &&Value| is_outgoing(rule) == outgoing && text(rule, "/description").is_none();
        for rule in all.iter().filter(bare) {
            put_text(known, word, rule, "/securityGroupRuleId");
        }
    }
    for fault in faults {
        put_open(known, group, &fault.pointer, "/configuration/ipPermissions", group);
    }
}

/// The rules that let everybody in by a permission at fault.
fn put_open(known: &mut Known, group: &Value, pointer: &str, at: &str, of: &Value) {
    let Some((index, _)) = index_in(pointer, at) else { return };
    let Some(permission) = of.pointer(at).and_then(|all| all.get(index)) else { return };
    for rule in rules_of(group, permission, false).into_iter().filter(|rule| is_for_everybody(rule)) {
        put_text(known, "RULE-IDS", rule, "/securityGroupRuleId");
    }
}

/// The group of a cluster that lets everybody in, and its rules that do.
pub(super) fn of_cluster(known: &mut Known, cluster: &Value, faults: &[Fault], all: &[Subject]) {
    const GROUPS: &str = "/supplementaryConfiguration/SecurityGroups";
    for fault in faults {
        let Some((index, _)) = index_in(&fault.pointer, GROUPS) else { continue };
        let id = text(cluster, &format!("{GROUPS}/{index}/groupId"));
        let group =
            of_type(all, "AWS::EC2::SecurityGroup").find(|group| id.is_some() && text(group, "/resourceId") == id);
        if let Some(group) = group {
            put_open(known, &group, &fault.pointer, &format!("{GROUPS}/{index}/ipPermissions"), cluster);
        }
    }
}

/// The route tables of a VPC, and a subnet of each of its zones.
pub(super) fn of_vpc(known: &mut Known, vpc: &Value) {
    for table in list(vpc, "/supplementaryConfiguration/RouteTables") {
        put_text(known, "ROUTE-TABLE-IDS", table, "/routeTableId");
    }
    subnets(known, vpc, BTreeSet::new());
}

/// A subnet of each zone that is not among these.
fn subnets(known: &mut Known, vpc: &Value, mut zones: BTreeSet<String>) {
    for subnet in list(vpc, "/supplementaryConfiguration/Subnets") {
        let zone = text(subnet, "/availabilityZone").unwrap_or_default();
        if zones.insert(zone.to_owned()) {
            put_text(known, "SUBNET-IDS", subnet, "/subnetId");
        }
    }
}

/// The route tables and zones of its VPC that an endpoint is not in.
pub(super) fn of_endpoint(known: &mut Known, endpoint: &Value, all: &[Subject]) {
    let id = text(endpoint, "/configuration/vpcId");
    let Some(vpc) = of_type(all, "AWS::EC2::VPC").find(|vpc| id.is_some() && text(vpc, "/resourceId") == id) else {
        return;
    };
    let own = |member: &str| -> BTreeSet<&str> {
        list(endpoint, &format!("/configuration/{member}")).filter_map(Value::as_str).collect()
    };
    let (tables, subnets_of) = (own("routeTableIds"), own("subnetIds"));
    for table in list(&vpc, "/supplementaryConfiguration/RouteTables") {
        if let Some(id) = text(table, "/routeTableId").filter(|id| !tables.contains(id)) {
            put(known, "ROUTE-TABLE-IDS", id);
        }
    }
    let of_vpc = || list(&vpc, "/supplementaryConfiguration/Subnets");
    let is_own = |subnet: &&Value| text(subnet, "/subnetId").is_some_and(|id| subnets_of.contains(id));
    let zones =
        of_vpc().filter(is_own).filter_map(|subnet| text(subnet, "/availabilityZone")).map(str::to_owned).collect();
    subnets(known, &vpc, zones);
}

/// The routes at fault: a table and a block for each.
pub(super) fn of_peering(known: &mut Known, connection: &Value, faults: &[Fault], all: &[Subject]) {
    let id = text(connection, "/resourceId");
    for table in of_type(all, "AWS::EC2::RouteTable") {
        for route in list(&table, "/configuration/routeSet") {
            let block = text(route, "/destinationCidrBlock");
            let is_wrong = faults.iter().any(|fault| fault.actual.is_some() && fault.actual.as_deref() == block);
            if let (true, Some(block), Some(table)) = (
                is_wrong && id.is_some() && text(route, "/vpcPeeringConnectionId") == id,
                block,
                text(&table, "/resourceId"),
            ) {
                // As many of each: one line has one of both.
                known.entry("ROUTE-TABLE-ID".to_owned()).or_default().push(table.to_owned());
                known.entry("ROUTE".to_owned()).or_default().push(block.to_owned());
            }
        }
    }
}
