//! Networks: VPCs, subnets, security groups, route tables, peering connections, flow logs and endpoint services.
//!
//! Each type is one list of EC2's; what one resource has of others (the flow logs of a VPC, the rules of a group) is joined
//! from their lists, so that no call is made for a single resource.

use std::collections::{BTreeMap, BTreeSet};

use futures::future;
use serde_json::{Value, json};

use super::fields::{list, tags, text};
use super::lists::List;
use super::{Collector, Document, Reader, Unread, Wanted, part};

/// A type of resources that one operation lists.
struct Listed {
    type_name: &'static str,
    operation: &'static str,
    /// The member that holds the id.
    id: &'static str,
    /// The resource's word in its ARN.
    word: &'static str,
    /// The members that are joined from other lists.
    joined: &'static [Joined],
}

/// A member that is joined from another list.
struct Joined {
    member: &'static str,
    operation: &'static str,
    by: By,
}

/// The items of another list that belong to a resource.
enum By {
    /// Those with the resource's id at a JSON pointer.
    Id(&'static str),
    /// The route table that applies to a subnet.
    RouteTable,
    /// The number of network interfaces that are in a security group.
    Interfaces,
}

const VPCS: &str = "ec2:DescribeVpcs";
const SUBNETS: &str = "ec2:DescribeSubnets";
const GROUPS: &str = "ec2:DescribeSecurityGroups";
const RULES: &str = "ec2:DescribeSecurityGroupRules";
const ROUTE_TABLES: &str = "ec2:DescribeRouteTables";
const FLOW_LOGS: &str = "ec2:DescribeFlowLogs";
const ENDPOINTS: &str = "ec2:DescribeVpcEndpoints";
const INTERFACES: &str = "ec2:DescribeNetworkInterfaces";

/// The types. Source of the words in ARNs: Service Authorization Reference, "Resource types defined by Amazon EC2".
const TYPES: &[Listed] = &[
    Listed {
        type_name: "AWS::EC2::VPC",
        operation: VPCS,
        id: "vpcId",
        word: "vpc",
        joined: &[
            Joined { member: "FlowLogs", operation: FLOW_LOGS, by: By::Id("/resourceId") },
            Joined { member: "RouteTables", operation: ROUTE_TABLES, by: By::Id("/vpcId") },
            Joined { member: "Subnets", operation: SUBNETS, by: By::Id("/vpcId") },
            Joined { member: "Endpoints", operation: ENDPOINTS, by: By::Id("/vpcId") },
        ],
    },
    Listed {
        type_name: "AWS::EC2::Subnet",
        operation: SUBNETS,
        id: "subnetId",
        word: "subnet",
        joined: &[
            Joined { member: "FlowLogs", operation: FLOW_LOGS, by: By::Id("/resourceId") },
            Joined { member: "RouteTable", operation: ROUTE_TABLES, by: By::RouteTable },
        ],
    },
    Listed {
        type_name: "AWS::EC2::SecurityGroup",
        operation: GROUPS,
        id: "groupId",
        word: "security-group",
        joined: &[
            Joined { member: "Rules", operation: RULES, by: By::Id("/groupId") },
            Joined { member: "UsedBy", operation: INTERFACES, by: By::Interfaces },
        ],
    },
    Listed {
        type_name: "AWS::EC2::RouteTable",
        operation: ROUTE_TABLES,
        id: "routeTableId",
        word: "route-table",
        joined: &[],
    },
    Listed {
        type_name: "AWS::EC2::VPCPeeringConnection",
        operation: "ec2:DescribeVpcPeeringConnections",
        id: "vpcPeeringConnectionId",
        word: "vpc-peering-connection",
        joined: &[],
    },
    Listed { type_name: "AWS::EC2::FlowLog", operation: FLOW_LOGS, id: "flowLogId", word: "vpc-flow-log", joined: &[] },
    Listed {
        type_name: "AWS::EC2::VPCEndpoint",
        operation: ENDPOINTS,
        id: "vpcEndpointId",
        word: "vpc-endpoint",
        joined: &[],
    },
    Listed {
        type_name: "AWS::EC2::VPCEndpointService",
        operation: "ec2:DescribeVpcEndpointServiceConfigurations",
        id: "serviceId",
        word: "vpc-endpoint-service",
        joined: &[],
    },
    Listed {
        type_name: "AWS::EC2::SecurityGroupIngress",
        operation: RULES,
        id: "securityGroupRuleId",
        word: "security-group-rule",
        joined: &[],
    },
];

/// The states of what is listed for a while although it is gone, or never came to be.
/// Sources: EC2 API reference, `VpcPeeringConnectionStateReason` and `VpcEndpoint`.
const GONE: [&str; 5] = ["deleted", "deleting", "failed", "rejected", "expired"];

/// The lists that were read, by their operation.
type Lists = BTreeMap<&'static str, List>;

/// Reads the networks of a region.
pub(super) async fn read(reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    let asked = operations(wanted).into_iter();
    let lists = asked.map(|operation| async move {
        let list = match operation {
            INTERFACES => interfaces(reader).await,
            _ => reader.list(operation).await,
        };
        (operation, list)
    });
    let lists: Lists = future::join_all(lists).await.into_iter().collect();
    for listed in TYPES.iter().filter(|listed| wanted.has(listed.type_name)) {
        match lists.get(listed.operation) {
            Some(Ok(items)) => {
                let own: Vec<&Value> = items.iter().filter(|item| is_there(item) && listed.holds(item)).collect();
                into.expect(own.len());
                for item in own {
                    into.push(listed.document(item, &lists, reader, wanted).finish());
                }
            }
            Some(Err(unread)) => into.list_unread(&[listed.type_name], reader, unread),
            None => {}
        }
    }
}

/// The number of network interfaces of each security group, as the only item of a list. An account may have many
/// thousands of interfaces: their pages are not kept.
async fn interfaces(reader: &Reader) -> List {
    let mut counts = BTreeMap::new();
    let page = |answer: Value| count(answer.get("networkInterfaceSet").unwrap_or(&Value::Null), &mut counts);
    reader.pages(INTERFACES, json!({}), page).await?;
    Ok([json!(counts)].into())
}

fn count(interfaces: &Value, counts: &mut BTreeMap<String, u64>) {
    for group in interfaces.as_array().into_iter().flatten().flat_map(|interface| list(interface, "/groupSet")) {
        *counts.entry(text(group, "/groupId").to_owned()).or_default() += 1;
    }
}

/// The operations that the wanted types and members need.
fn operations(wanted: &Wanted) -> BTreeSet<&'static str> {
    let mut operations = BTreeSet::new();
    for listed in TYPES.iter().filter(|listed| wanted.has(listed.type_name)) {
        operations.insert(listed.operation);
        let members = listed.joined.iter().filter(|joined| wanted.has_member(listed.type_name, joined.member));
        operations.extend(members.map(|joined| joined.operation));
    }
    operations
}

/// Returns whether an item is still there.
fn is_there(item: &Value) -> bool {
    let state = [text(item, "/state"), text(item, "/status/code")].concat().to_ascii_lowercase();
    !GONE.contains(&state.as_str())
}

impl Listed {
    /// Returns whether an item of the list is of the type: rules for traffic that goes out are not of any.
    fn holds(&self, item: &Value) -> bool {
        self.type_name != super::security_group_rule::TYPE || item["isEgress"] == json!(false)
    }

    fn document(&self, item: &Value, lists: &Lists, reader: &Reader, wanted: &Wanted) -> Document {
        let id = item[self.id].as_str().unwrap_or_default();
        let env = reader.env();
        // A subnet may be shared by the account that owns it.
        let owner = ["/ownerId", "/groupOwnerId"].map(|owner| text(item, owner)).concat();
        let owner = if owner.is_empty() { env.account.as_str() } else { owner.as_str() };
        let arn = format!("arn:{}:ec2:{}:{owner}:{}/{id}", env.partition, env.region, self.word);
        let mut document = Document::new(self.type_name, reader, id, None, &arn);
        document.seen(reader.evidence(self.operation));
        // Services and endpoints among the answers name their set of tags alike.
        document.tags(Ok(&tags(item.get("tagSet"))));
        match self.type_name {
            super::endpoint::TYPE => super::endpoint::write(&mut document, item),
            super::security_group_rule::TYPE => super::security_group_rule::write(&mut document, item),
            _ => document.configuration(item.clone()),
        }
        for joined in self.joined {
            let wanted = wanted.has_member(self.type_name, joined.member);
            let answer = match lists.get(joined.operation).filter(|_| wanted) {
                Some(Ok(items)) => Ok(joined.by.member(id, item, items)),
                Some(Err(unread)) => Err(unread.clone()),
                None => Err(Unread::not_asked(joined.operation)),
            };
            part::write(&mut document, reader, joined.operation, joined.member, answer);
        }
        document
    }
}

impl By {
    /// The member of a resource.
    fn member(&self, id: &str, item: &Value, items: &[Value]) -> Option<Value> {
        match self {
            Self::Id(pointer) => {
                let own = items.iter().filter(|other| is_there(other) && text(other, pointer) == id);
                Some(own.cloned().collect())
            }
            Self::RouteTable => route_table(id, text(item, "/vpcId"), items).cloned(),
            Self::Interfaces => {
                let count = items.first().and_then(|counts| counts.get(id)).cloned();
                Some(count.unwrap_or_else(|| json!(0)))
            }
        }
    }
}

/// The route table that applies to a subnet: the one that it is associated with, else the main one of its VPC.
/// Source: Amazon VPC user guide, "Subnet route tables".
fn route_table<'v>(subnet: &str, vpc: &str, tables: &'v [Value]) -> Option<&'v Value> {
    let has = |table: &Value, is_it: &dyn Fn(&Value) -> bool| list(table, "/associationSet").iter().any(is_it);
    let own = tables.iter().find(|table| has(table, &|one| text(one, "/subnetId") == subnet));
    let is_main = |table: &&Value| text(table, "/vpcId") == vpc && has(table, &|one| one["main"] == json!(true));
    own.or_else(|| tables.iter().find(is_main))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lists_that_somebody_looks_at_are_asked_for() {
        assert_eq!(operations(&Wanted::types(["AWS::EC2::RouteTable"])), [ROUTE_TABLES].into());
        let wanted = Wanted::types(["AWS::EC2::VPC"]).members([("AWS::EC2::VPC", "FlowLogs")]);
        assert_eq!(operations(&wanted), [VPCS, FLOW_LOGS].into());
        assert_eq!(operations(&Wanted::types(["AWS::KMS::Key"])), BTreeSet::new());
        assert_eq!(operations(&Wanted::everything()).len(), 10);
    }

    #[test]
    fn subnet_has_its_own_route_table_or_the_main_one_of_its_vpc() {
        let tables = [
            json!({"routeTableId": "rtb-other", "vpcId": "vpc-2", "associationSet": [{"main": true}]}),
            json!({"routeTableId": "rtb-main", "vpcId": "vpc-1", "associationSet": [{"main": true}]}),
            json!({"routeTableId": "rtb-own", "vpcId": "vpc-1", "associationSet": [{"main": false, "subnetId": "s-1"}]}),
        ];
        let found = |subnet| route_table(subnet, "vpc-1", &tables).map(|table| text(table, "/routeTableId"));
        assert_eq!(found("s-1"), Some("rtb-own"));
        assert_eq!(found("s-2"), Some("rtb-main"));
        assert_eq!(route_table("s-3", "vpc-3", &tables), None);
    }

    #[test]
    fn resources_that_are_gone_are_left_out() {
        for gone in [json!({"state": "Deleting"}), json!({"status": {"code": "expired"}}), json!({"state": "failed"})] {
            assert!(!is_there(&gone), "{gone}");
        }
        for there in [json!({"state": "available"}), json!({"status": {"code": "pending-acceptance"}}), json!({})] {
            assert!(is_there(&there), "{there}");
        }
    }

    #[test]
    fn joined_members_hold_the_items_of_their_resource_only() {
        let logs =
            [json!({"flowLogId": "fl-1", "resourceId": "vpc-1"}), json!({"flowLogId": "fl-2", "resourceId": "x"})];
        assert_eq!(By::Id("/resourceId").member("vpc-1", &json!({}), &logs), Some(json!([logs[0]])));
        assert_eq!(By::Id("/resourceId").member("vpc-9", &json!({}), &logs), Some(json!([])));
        let mut counts = BTreeMap::new();
        count(&json!([{"groupSet": [{"groupId": "sg-1"}, {"groupId": "sg-2"}]}, {"groupSet": []}]), &mut counts);
        count(&json!([{"groupSet": [{"groupId": "sg-2"}]}]), &mut counts);
        let counts = [json!(counts)];
        assert_eq!(By::Interfaces.member("sg-2", &json!({}), &counts), Some(json!(2)));
        assert_eq!(By::Interfaces.member("sg-3", &json!({}), &counts), Some(json!(0)));
    }
}
