//! The permissions that each call of a VPC endpoint needs.
//!
//! Source: service authorization reference, "Actions, resources, and condition keys for Amazon EC2"; VPC
//! PrivateLink guide, "Identity and access management for AWS PrivateLink".

use super::op::{CreateVpcEndpoint, ModifyVpcEndpoint, VpcEndpointOp};
use super::resolve::type_of;
use super::service;
use super::spec::{EndpointType, VpcEndpointSpec};
use crate::base::Environment;
use crate::kind::AccessRequest;
use crate::kind::tags::{self, STACK_TAG, Tag};

fn arn(env: &Environment, what: &str, id: &str) -> String {
    env.arn("ec2", &format!("{what}/{id}"))
}

/// The ARN of an endpoint.
pub(super) fn endpoint_arn(id: &str, env: &Environment) -> String {
    arn(env, "vpc-endpoint", id)
}

fn ec2(action: &str, resource: String, env: &Environment) -> AccessRequest {
    AccessRequest::new(format!("ec2:{action}"), resource).with("ec2:Region", [&env.region])
}

/// The action on each of the other resources that a call affects.
fn on_each(
    action: &str,
    env: &Environment,
    route_tables: &[&Vec<String>],
    subnets: &[&Vec<String>],
    groups: &[&Vec<String>],
) -> Vec<AccessRequest> {
    let touched = [
        ("route-table", "RouteTableID", route_tables),
        ("subnet", "SubnetID", subnets),
        ("security-group", "SecurityGroupID", groups),
    ];
    let mut all = Vec::new();
    for (what, key, lists) in touched {
        for id in lists.iter().copied().flatten() {
            all.push(ec2(action, arn(env, what, id), env).with(format!("ec2:{key}"), [id]));
        }
    }
    all
}

/// The permission for turning private DNS on.
fn hosted_zone(env: &Environment) -> AccessRequest {
    AccessRequest::new("route53:AssociateVPCWithHostedZone", format!("arn:{}:route53:::hostedzone/*", env.partition))
}

fn describe(env: &Environment) -> AccessRequest {
    ec2("DescribeVpcEndpoints", "*".to_owned(), env)
}

pub(super) fn requires(op: &VpcEndpointOp, env: &Environment) -> Vec<AccessRequest> {
    match op {
        VpcEndpointOp::CreateVpcEndpoint(input) => create(input, env),
        VpcEndpointOp::ModifyVpcEndpoint(input) => modify(input, env),
        VpcEndpointOp::CreateTags { resources, tags } => {
            let on = |id: &String| ec2("CreateTags", endpoint_arn(id, env), env).tagged(tags::pairs(tags));
            resources.iter().map(on).collect()
        }
        VpcEndpointOp::DeleteTags { resources, tags } => {
            let keys: Vec<&String> = tags.iter().map(|tag| &tag.key).collect();
            let on = |id: &String| ec2("DeleteTags", endpoint_arn(id, env), env).with("aws:TagKeys", keys.clone());
            resources.iter().map(on).collect()
        }
        VpcEndpointOp::DeleteVpcEndpoints { vpc_endpoint_ids } => {
            let on = |id: &String| ec2("DeleteVpcEndpoints", endpoint_arn(id, env), env);
            vpc_endpoint_ids.iter().map(on).chain([describe(env)]).collect()
        }
    }
}

fn create(input: &CreateVpcEndpoint, env: &Environment) -> Vec<AccessRequest> {
    const ACTION: &str = "CreateVpcEndpoint";
    let CreateVpcEndpoint {
        vpc_endpoint_type: _,
        vpc_id,
        service_name,
        policy_document: _,
        route_table_ids,
        subnet_ids,
        security_group_ids,
        private_dns_enabled,
        client_token: _,
        tag_specifications,
    } = input;
    let tags: Vec<Tag> = tag_specifications.iter().flat_map(|one| one.tags.clone()).collect();
    let mut all = vec![ec2(ACTION, arn(env, "vpc", vpc_id), env).with("ec2:VpcID", [vpc_id])];
    let mut made = ec2(ACTION, endpoint_arn("*", env), env)
        .with("ec2:VpceServiceName", [service_name])
        .with("ec2:VpceServiceRegion", [&env.region]);
    if service::is_of_aws(service_name) {
        made = made.with("ec2:VpceServiceOwner", ["amazon"]);
    }
    all.push(made.tagged(tags::pairs(&tags)));
    all.extend(on_each(ACTION, env, &[route_table_ids], &[subnet_ids], &[security_group_ids]));
    if !tags.is_empty() {
        let with = ec2("CreateTags", endpoint_arn("*", env), env).with("ec2:CreateAction", [ACTION]);
        all.push(with.tagged(tags::pairs(&tags)));
    }
    if *private_dns_enabled == Some(true) {
        all.push(hosted_zone(env));
    }
    all.push(describe(env));
    all
}

fn modify(input: &ModifyVpcEndpoint, env: &Environment) -> Vec<AccessRequest> {
    const ACTION: &str = "ModifyVpcEndpoint";
    let ModifyVpcEndpoint {
        vpc_endpoint_id,
        reset_policy: _,
        policy_document: _,
        add_route_table_ids,
        remove_route_table_ids,
        add_subnet_ids,
        remove_subnet_ids,
        add_security_group_ids,
        remove_security_group_ids,
        private_dns_enabled,
    } = input;
    let mut all =
        vec![ec2(ACTION, endpoint_arn(vpc_endpoint_id, env), env).with("ec2:VpceServiceRegion", [&env.region])];
    all.extend(on_each(
        ACTION,
        env,
        &[add_route_table_ids, remove_route_table_ids],
        &[add_subnet_ids, remove_subnet_ids],
        &[add_security_group_ids, remove_security_group_ids],
    ));
    if *private_dns_enabled == Some(true) {
        all.push(hosted_zone(env));
    }
    all.push(describe(env));
    all
}

/// The permissions that changing an endpoint in place may need. Only one with the stack's tag is ever changed: its
/// id is not known here, and a condition on the tag can replace it.
pub(super) fn changes(spec: &VpcEndpointSpec, env: &Environment) -> Vec<AccessRequest> {
    const ACTION: &str = "ModifyVpcEndpoint";
    let ours = |action: &str| {
        let request = ec2(action, endpoint_arn("*", env), env);
        let stack = spec.tags.get(STACK_TAG);
        stack.into_iter().fold(request, |request, stack| request.with(format!("aws:ResourceTag/{STACK_TAG}"), [stack]))
    };
    let mut all: Vec<_> = [ACTION, "CreateTags", "DeleteTags"].map(ours).into();
    let touched: &[&str] = match type_of(spec, env) {
        EndpointType::Gateway => &["route-table"],
        EndpointType::Interface => &["subnet", "security-group"],
    };
    all.extend(touched.iter().map(|what| ec2(ACTION, arn(env, what, "*"), env)));
    if spec.private_dns == Some(true) {
        all.push(hosted_zone(env));
    }
    all
}

pub(super) fn reads() -> Vec<AccessRequest> {
    vec![AccessRequest::new("ec2:DescribeVpcEndpoints", "*")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn creation_requires_access_to_every_involved_resource() {
        let env = Environment::new("123456789012", "eu-central-1");
        let list = |id: &str| vec![id.to_owned()];
        let op = VpcEndpointOp::CreateVpcEndpoint(CreateVpcEndpoint {
            vpc_endpoint_type: "Interface".to_owned(),
            vpc_id: "vpc-1".to_owned(),
            service_name: "com.amazonaws.eu-central-1.sqs".to_owned(),
            policy_document: None,
            route_table_ids: list("rtb-1"),
            subnet_ids: list("subnet-1"),
            security_group_ids: list("sg-1"),
            private_dns_enabled: Some(true),
            client_token: "t".to_owned(),
            tag_specifications: vec![crate::kinds::ec2_tags::TagSpecification {
                resource_type: "vpc-endpoint".to_owned(),
                tags: vec![Tag { key: "k".to_owned(), value: "v".to_owned() }],
            }],
        });
        let needed = requires(&op, &env);
        let has = |action: &str, resource: &str| {
            needed.iter().find(|one| one.action == action && one.resource.ends_with(resource))
        };
        for resource in [":vpc/vpc-1", ":route-table/rtb-1", ":subnet/subnet-1", ":security-group/sg-1"] {
            assert!(has("ec2:CreateVpcEndpoint", resource).is_some(), "{resource}");
        }
        let made = has("ec2:CreateVpcEndpoint", ":vpc-endpoint/*").expect("the endpoint");
        assert_eq!(made.context["ec2:VpceServiceName"], ["com.amazonaws.eu-central-1.sqs"]);
        assert_eq!(made.context["aws:RequestTag/k"], ["v"]);
        let tagging = has("ec2:CreateTags", ":vpc-endpoint/*").expect("the tagging");
        assert_eq!(tagging.context["ec2:CreateAction"], ["CreateVpcEndpoint"]);
        assert!(has("route53:AssociateVPCWithHostedZone", "hostedzone/*").is_some());
    }
}
