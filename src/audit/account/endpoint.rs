//! A VPC endpoint, as AWS Config records it and as CloudFormation writes it, from the answer of EC2.
//!
//! The members that rules at plan time look at are written as the kind `vpc_endpoints` writes them; the answer's own
//! members are beside them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Document;
use super::fields::{list, tags, text};
use crate::kind::{Rendering, policy_text};
use crate::path;

/// AWS's type.
pub(super) const TYPE: &str = "AWS::EC2::VPCEndpoint";

/// Writes configuration and template.
pub(super) fn write(document: &mut Document, item: &Value) {
    let account = text(document.body(), "/awsAccountId").to_owned();
    document.configuration(configuration(item, &account));
    document.template(template(item));
}

/// The answer's members, with those of a configuration item in place of EC2's own spelling.
fn configuration(item: &Value, account: &str) -> Value {
    let mut configuration = item.clone();
    let mut put = |member: &str, value: Value| configuration[member] = value;
    put("vpcEndpointType", kind(item).into());
    put("state", json!({"value": text(item, "/state").to_ascii_lowercase()}));
    put("routeTableIds", ids(item, "/routeTableIdSet").into());
    put("subnetIds", ids(item, "/subnetIdSet").into());
    put("groups", groups(item).iter().map(|id| json!({"groupId": id})).collect());
    for member in ["requesterManaged", "privateDnsEnabled"] {
        put(member, (item[member] == json!(true)).into());
    }
    let owner = text(item, "/ownerId");
    put("ownerId", if owner.is_empty() { account } else { owner }.into());
    if let Some(policy) = policy(item) {
        put("policyDocument", policy_text(&policy).into());
    }
    configuration
}

/// The properties in a template. AWS's default policy, full access, is left out, as it is in templates that rely on it.
fn template(item: &Value) -> Rendering {
    let mut endpoint = Rendering::new(TYPE);
    endpoint.own("/VpcEndpointType", kind(item));
    endpoint.own("/VpcId", text(item, "/vpcId"));
    endpoint.own("/ServiceName", text(item, "/serviceName"));
    if let Some(policy) = policy(item).filter(|policy| !is_full_access(policy)) {
        endpoint.put_policy("/PolicyDocument", &policy, &path!["policy"]);
    }
    if kind(item) == "Gateway" {
        endpoint.own("/RouteTableIds", ids(item, "/routeTableIdSet"));
    } else {
        endpoint.own("/SubnetIds", ids(item, "/subnetIdSet"));
        endpoint.own("/SecurityGroupIds", groups(item));
        endpoint.own("/PrivateDnsEnabled", item["privateDnsEnabled"] == json!(true));
    }
    let tags: BTreeMap<String, String> = tags(item.get("tagSet"));
    endpoint.put_tags(&tags);
    endpoint
}

/// The type; EC2 leaves it out for gateways of old.
fn kind(item: &Value) -> &str {
    let kind = text(item, "/vpcEndpointType");
    if kind.is_empty() { "Gateway" } else { kind }
}

fn ids(item: &Value, pointer: &str) -> Vec<String> {
    let mut ids: Vec<String> = list(item, pointer).iter().filter_map(Value::as_str).map(str::to_owned).collect();
    ids.sort();
    ids
}

fn groups(item: &Value) -> Vec<String> {
    let mut ids: Vec<String> = list(item, "/groupSet").iter().map(|group| text(group, "/groupId").to_owned()).collect();
    ids.sort();
    ids
}

fn policy(item: &Value) -> Option<Value> {
    serde_json::from_str(text(item, "/policyDocument")).ok()
}

/// Returns whether a policy is AWS's default.
/// Source: VPC PrivateLink guide, "Control access to VPC endpoints using endpoint policies".
fn is_full_access(policy: &Value) -> bool {
    let statements = match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(statement) => std::slice::from_ref(statement),
        None => return false,
    };
    let is_any = |value: &Value| *value == json!("*") || *value == json!(["*"]) || *value == json!({"AWS": "*"});
    let opens = |statement: &Value| {
        let parts = ["Principal", "Action", "Resource"];
        let only = statement.as_object().is_some_and(|parts| {
            parts.keys().all(|key| ["Sid", "Effect", "Principal", "Action", "Resource"].contains(&key.as_str()))
        });
        only && statement["Effect"] == json!("Allow") && parts.iter().all(|part| is_any(&statement[*part]))
    };
    matches!(statements, [only] if opens(only))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Environment, Outputs};
    use crate::kind::RenderContext;
    use crate::kinds::REGISTRY;

    /// An endpoint as EC2 gives it, with a policy.
    fn item(kind: &str, policy: &Value) -> Value {
        json!({
            "vpcEndpointId": "vpce-1", "vpcEndpointType": kind, "vpcId": "vpc-1", "state": "Available",
            "serviceName": "com.amazonaws.eu-central-1.dynamodb", "policyDocument": policy.to_string(),
            "routeTableIdSet": ["rtb-2", "rtb-1"], "subnetIdSet": ["subnet-1"],
            "groupSet": [{"groupId": "sg-2", "groupName": "b"}, {"groupId": "sg-1", "groupName": "a"}],
            "privateDnsEnabled": true, "requesterManaged": false, "dnsEntrySet": [],
            "tagSet": [{"key": "team", "value": "shop"}]
        })
    }

    /// The same endpoint of a file, as the kind writes it.
    fn rendered(spec: &Value, template: bool) -> Value {
        let (env, outputs) = (Environment::new("123456789012", "eu-central-1"), Outputs::new());
        let cx = RenderContext { name: "e", env: &env, outputs: &outputs, facts: None };
        let kind = REGISTRY.kind("vpc_endpoints").expect("the kind is registered");
        let renderings = if template { kind.cloudformation(spec, &cx) } else { kind.config_items(spec, &cx) };
        renderings.expect("the spec is one").remove(0).body
    }

    #[test]
    fn live_endpoint_is_written_as_the_kind_writes_it() {
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "dynamodb:GetItem", "Resource": "*"}]});
        let gateway = json!({"service": "dynamodb", "type": "gateway", "vpc": "vpc-1", "policy": policy,
            "route_tables": ["rtb-1", "rtb-2"], "tags": {"team": "shop"}});
        let interface = json!({"service": "dynamodb", "type": "interface", "vpc": "vpc-1", "policy": policy,
            "subnets": ["subnet-1"], "security_groups": ["sg-1", "sg-2"], "private_dns": true, "tags": {"team": "shop"}});
        for (kind, spec) in [("Gateway", gateway), ("Interface", interface)] {
            let mut item = item(kind, &policy);
            // EC2 leaves out what a type does not have.
            let absent = if kind == "Gateway" { ["subnetIdSet", "groupSet"] } else { ["routeTableIdSet", ""] };
            for member in absent {
                item.as_object_mut().expect("an object").remove(member);
            }
            if kind == "Gateway" {
                item["privateDnsEnabled"] = json!(false);
            }
            assert_eq!(template(&item).body, rendered(&spec, true), "{kind}");
            let expected = rendered(&spec, false)["configuration"].clone();
            let configuration = configuration(&item, "123456789012");
            for (member, value) in expected.as_object().expect("an object") {
                assert_eq!(&configuration[member], value, "{kind} {member}");
            }
            assert_eq!(configuration["dnsEntrySet"], json!([]), "members of the answer stay");
        }
    }

    #[test]
    fn default_policy_is_absent_from_the_template() {
        let full = json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]});
        assert!(template(&item("Gateway", &full)).body.get("PolicyDocument").is_none());
        let mut limited = full;
        limited["Statement"][0]["Condition"] = json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}});
        assert!(template(&item("Gateway", &limited)).body.get("PolicyDocument").is_some());
    }
}
