//! Clusters of DynamoDB Accelerator, with the subnets and security groups that they are in.

use futures::future;
use serde_json::{Value, json};

use super::fields::{list, tags, text};
use super::lists::List;
use super::{Collector, Document, Reader, Unread, Wanted, listing, part};

/// AWS's type.
const TYPE: &str = "AWS::DAX::Cluster";

const SUBNET_GROUPS: &str = "dax:DescribeSubnetGroups";
const SUBNETS: &str = "ec2:DescribeSubnets";
const SECURITY_GROUPS: &str = "ec2:DescribeSecurityGroups";

/// The lists that clusters refer to.
struct Lists {
    groups: List,
    subnets: List,
    security_groups: List,
}

/// Reads the clusters of a region.
pub(super) async fn read(reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    if !wanted.has(TYPE) {
        return;
    }
    let Some(clusters) = listing::list(TYPE, reader.list("dax:DescribeClusters").await, reader, into) else { return };
    if clusters.is_empty() {
        return;
    }
    let read = |members: [&'static str; 2], operation| async move {
        let wanted = members.iter().any(|member| wanted.has_member(TYPE, member));
        if wanted { reader.list(operation).await } else { Err(Unread::not_asked(operation)) }
    };
    let (groups, subnets, security_groups) = future::join3(
        read(["SubnetGroup", "Subnets"], SUBNET_GROUPS),
        read(["Subnets"; 2], SUBNETS),
        read(["SecurityGroups"; 2], SECURITY_GROUPS),
    )
    .await;
    let lists = Lists { groups, subnets, security_groups };
    listing::each(&clusters, into, |cluster| document(cluster, &lists, reader)).await;
}

async fn document(cluster: &Value, lists: &Lists, reader: &Reader) -> Option<Document> {
    let (name, arn) = (text(cluster, "/ClusterName"), text(cluster, "/ClusterArn"));
    let mut document = Document::new(TYPE, reader, name, Some(name), arn);
    document.seen(reader.evidence("dax:DescribeClusters"));
    document.configuration(cluster.clone());
    let answer = reader.all("dax:ListTags", json!({"ResourceName": arn})).await;
    let answer = answer.map(|pairs| tags(Some(&Value::Array(pairs))));
    document.tags(answer.as_ref());
    let group = lists.groups.as_ref().map(|groups| subnet_group(cluster, groups));
    let subnets = match (&group, &lists.subnets) {
        (Ok(group), Ok(subnets)) => Ok(group.map(|group| subnets_of(group, subnets))),
        (Err(unread), _) => Err((*unread).clone()),
        (_, Err(unread)) => Err(unread.clone()),
    };
    part::write(&mut document, reader, SUBNETS, "Subnets", subnets);
    part::write(
        &mut document,
        reader,
        SUBNET_GROUPS,
        "SubnetGroup",
        group.map(Option::<&Value>::cloned).map_err(Clone::clone),
    );
    let groups = lists.security_groups.as_ref().map(|groups| Some(security_groups_of(cluster, groups)));
    part::write(&mut document, reader, SECURITY_GROUPS, "SecurityGroups", groups.map_err(Clone::clone));
    Some(document)
}

fn subnet_group<'v>(cluster: &Value, groups: &'v [Value]) -> Option<&'v Value> {
    let name = text(cluster, "/SubnetGroup");
    groups.iter().find(|group| text(group, "/SubnetGroupName") == name)
}

/// The subnets of a subnet group, as EC2 gives them.
fn subnets_of(group: &Value, subnets: &[Value]) -> Value {
    let ids: Vec<&str> = list(group, "/Subnets").iter().map(|one| text(one, "/SubnetIdentifier")).collect();
    subnets.iter().filter(|subnet| ids.contains(&text(subnet, "/subnetId"))).cloned().collect()
}

/// The security groups of a cluster, as EC2 gives them.
fn security_groups_of(cluster: &Value, groups: &[Value]) -> Value {
    let own = list(cluster, "/SecurityGroups");
    let ids: Vec<&str> = own.iter().map(|one| text(one, "/SecurityGroupIdentifier")).collect();
    groups.iter().filter(|group| ids.contains(&text(group, "/groupId"))).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subnets_and_groups_of_a_cluster_are_found_in_lists_of_ec2() {
        let cluster = json!({"ClusterName": "c", "SubnetGroup": "private",
            "SecurityGroups": [{"SecurityGroupIdentifier": "sg-1", "Status": "active"}]});
        let groups = [
            json!({"SubnetGroupName": "other", "Subnets": [{"SubnetIdentifier": "subnet-9"}]}),
            json!({"SubnetGroupName": "private", "Subnets": [{"SubnetIdentifier": "subnet-1"}]}),
        ];
        let subnets = [json!({"subnetId": "subnet-1", "mapPublicIpOnLaunch": true}), json!({"subnetId": "subnet-9"})];
        let group = subnet_group(&cluster, &groups).expect("the group is listed");
        assert_eq!(subnets_of(group, &subnets), json!([subnets[0]]));
        let security_groups = [json!({"groupId": "sg-1"}), json!({"groupId": "sg-2"})];
        assert_eq!(security_groups_of(&cluster, &security_groups), json!([{"groupId": "sg-1"}]));
        assert_eq!(subnet_group(&json!({"SubnetGroup": "gone"}), &groups), None);
    }
}
