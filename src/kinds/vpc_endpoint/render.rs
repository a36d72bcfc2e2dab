//! An endpoint as AWS Config records it, and as CloudFormation writes it.
//!
//! The configuration item follows the property names of `AWS::EC2::VPCEndpoint` in AWS's repository
//! awslabs/aws-config-resource-schema: those of `DescribeVpcEndpoints`, in the lower camel case of the AWS SDK for
//! Java. The policy, which that list leaves out as it does all documents, is `policyDocument`, the text that the API
//! gives. The properties of the template follow the `CloudFormation` template reference, `AWS::EC2::VPCEndpoint`.

use serde_json::{Value, json};

use super::identity::{SECTION, TYPE};
use super::spec::{DEFAULT, EndpointType, Selection, VpcEndpointSpec};
use super::{resolve, service};
use crate::kind::{Head, RenderContext, Rendering, list, policy_text};
use crate::path;

/// The selected ids, or placeholders for values that only the account can give: two for a word for subnets, since
/// AWS gives every region at least two zones.
fn selected<W>(selection: &Selection<W>, cx: &RenderContext<'_>, one: &str) -> Vec<String> {
    match selection {
        Selection::Ids(ids) => ids.clone(),
        Selection::Word(_) if one == "subnet" => {
            ["subnet_1", "subnet_2"].map(|one| cx.unresolved(SECTION, one)).to_vec()
        }
        Selection::Word(_) => vec![cx.unresolved(SECTION, one)],
    }
}

fn vpc_id(spec: &VpcEndpointSpec, cx: &RenderContext<'_>) -> String {
    if spec.vpc == DEFAULT { cx.unresolved(SECTION, "vpc") } else { spec.vpc.clone() }
}

/// The configuration item that AWS Config records of an endpoint. AWS gives its id, and so its ARN.
pub(super) fn config_items(spec: &VpcEndpointSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
    let VpcEndpointSpec { service, kind: _, vpc: _, route_tables, policy, subnets, security_groups, private_dns, tags } =
        spec;
    let kind = resolve::type_of(spec, cx.env);
    let attribute = |name: &str| cx.outputs.get(name).map(String::as_str);
    let head = Head { id: attribute("id"), name: None, arn: attribute("arn"), region: &cx.env.region, tags };
    let mut item = Rendering::config_item(TYPE, cx, &head);
    item.own_some("/configuration/vpcEndpointId", attribute("id"));
    item.put("/configuration/vpcEndpointType", kind.api(), path!["type"]);
    item.put("/configuration/vpcId", vpc_id(spec, cx), path!["vpc"]);
    let full = service::full(service, kind == EndpointType::Gateway, cx.env);
    item.put("/configuration/serviceName", full, path!["service"]);
    item.own("/configuration/state", json!({"value": "available"}));
    let document = policy.clone().unwrap_or_else(resolve::full_access);
    item.put("/configuration/policyDocument", policy_text(&document), path!["policy"]);
    item.own("/configuration/requesterManaged", false);
    item.own("/configuration/ownerId", cx.env.account.as_str());
    let ids = |selection: Option<Vec<String>>| list(&selection.unwrap_or_default());
    let tables = route_tables.as_ref().map(|tables| selected(tables, cx, "route_table"));
    item.put("/configuration/routeTableIds", ids(tables), path!["route_tables"]);
    let subnets = subnets.as_ref().map(|subnets| selected(subnets, cx, "subnet"));
    item.put("/configuration/subnetIds", ids(subnets), path!["subnets"]);
    let groups = security_groups.as_ref().map(|groups| selected(groups, cx, "security_group")).unwrap_or_default();
    let groups: Value = groups.iter().map(|id| json!({"groupId": id})).collect();
    item.put("/configuration/groups", groups, path!["security_groups"]);
    item.put("/configuration/privateDnsEnabled", private_dns.unwrap_or(false), path!["private_dns"]);
    vec![item]
}

/// The endpoint's properties in a template.
pub(super) fn cloudformation(spec: &VpcEndpointSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
    let VpcEndpointSpec { service, kind: _, vpc: _, route_tables, policy, subnets, security_groups, private_dns, tags } =
        spec;
    let kind = resolve::type_of(spec, cx.env);
    let mut endpoint = Rendering::new(TYPE);
    endpoint.put("/VpcEndpointType", kind.api(), path!["type"]);
    endpoint.put("/VpcId", vpc_id(spec, cx), path!["vpc"]);
    let full = service::full(service, kind == EndpointType::Gateway, cx.env);
    endpoint.put("/ServiceName", full, path!["service"]);
    // Without a policy AWS's default applies, in the template as in the file.
    if let Some(policy) = policy {
        endpoint.put_policy("/PolicyDocument", policy, &path!["policy"]);
    }
    let tables = route_tables.as_ref().map(|tables| list(&selected(tables, cx, "route_table")));
    endpoint.put_some("/RouteTableIds", tables, path!["route_tables"]);
    let subnets = subnets.as_ref().map(|subnets| list(&selected(subnets, cx, "subnet")));
    endpoint.put_some("/SubnetIds", subnets, path!["subnets"]);
    let groups = security_groups.as_ref().map(|groups| list(&selected(groups, cx, "security_group")));
    endpoint.put_some("/SecurityGroupIds", groups, path!["security_groups"]);
    endpoint.put_some("/PrivateDnsEnabled", *private_dns, path!["private_dns"]);
    endpoint.put_tags(tags);
    vec![endpoint]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Environment, Outputs, pending};

    #[test]
    fn account_lookups_are_pending_until_resolved() {
        let spec = json!({"service": "sqs", "subnets": "default", "security_groups": "default"});
        let spec: VpcEndpointSpec = serde_json::from_value(spec).expect("an endpoint");
        let (env, outputs) = (Environment::new("123456789012", "eu-central-1"), Outputs::new());
        let cx = RenderContext { name: "e", env: &env, outputs: &outputs, facts: None };
        let item = &config_items(&spec, &cx)[0];
        assert_eq!(item.body["configuration"]["subnetIds"].as_array().map(Vec::len), Some(2));
        let open = pending::references(&cloudformation(&spec, &cx)[0].body);
        let open: Vec<String> = open.iter().map(ToString::to_string).collect();
        assert_eq!(
            open,
            ["vpc", "subnet_1", "subnet_2", "security_group"].map(|what| format!("vpc_endpoints.e.{what}"))
        );
    }
}
