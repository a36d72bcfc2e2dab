//! The problems of a VPC endpoint for which EC2 would refuse it, found offline.

use super::resolve::type_of;
use super::service;
use super::spec::{EndpointType, Selection, VpcEndpointSpec};
use crate::base::{Problem, PropertyPath, pending};
use crate::kind::{Context, policy_problems};
use crate::path;
use crate::policy::PolicyKind;
use crate::policy::size::{self, ENDPOINT_LIMIT};

pub(super) fn check(spec: &VpcEndpointSpec, cx: &Context<'_>) -> Vec<Problem> {
    let VpcEndpointSpec {
        service: name,
        kind: _,
        vpc: _,
        route_tables,
        policy,
        subnets,
        security_groups,
        private_dns,
        // The loader checks them.
        tags: _,
    } = spec;
    let mut problems = Vec::new();
    check_service(spec, cx, &mut problems);
    let kind = type_of(spec, cx.env);
    let mut foreign = |property: &str, given: bool, of: EndpointType| {
        if given && kind != of && !pending::is_pending(name) {
            let has = if of == EndpointType::Gateway { "gateway" } else { "interface" };
            let is = if of == EndpointType::Gateway { "an interface" } else { "a gateway" };
            let message = format!("only {has} endpoints have `{property}`; this is {is} endpoint");
            let hint = format!("leave it out, or write `type: {has}`");
            let problem = Problem::new(path![property], message).hint(hint);
            problems.push(problem.given(path!["service"]).given(path!["type"]));
        }
    };
    foreign("route_tables", route_tables.is_some(), EndpointType::Gateway);
    foreign("subnets", subnets.is_some(), EndpointType::Interface);
    foreign("security_groups", security_groups.is_some(), EndpointType::Interface);
    foreign("private_dns", private_dns.is_some(), EndpointType::Interface);
    let listed = [
        ("route_tables", route_tables.as_ref().map(Selection::ids), matches!(route_tables, Some(Selection::Ids(_)))),
        ("subnets", subnets.as_ref().map(Selection::ids), matches!(subnets, Some(Selection::Ids(_)))),
        (
            "security_groups",
            security_groups.as_ref().map(Selection::ids),
            matches!(security_groups, Some(Selection::Ids(_))),
        ),
    ];
    for (property, ids, is_list) in listed {
        if is_list && ids.is_some_and(<[String]>::is_empty) {
            problems.push(
                Problem::new(path![property], format!("`{property}` lists none")).hint("leave it out, or list ids"),
            );
        }
    }
    if let Some(policy) = policy {
        problems.extend(policy_problems(&path!["policy"], policy, PolicyKind::Endpoint));
        let counted = size::counted(policy, PolicyKind::Endpoint);
        // Source: VPC PrivateLink guide, "Control access to VPC endpoints using endpoint policies".
        if counted > ENDPOINT_LIMIT && !pending::any_pending(policy) {
            let message = format!("the policy has {counted} characters; an endpoint takes at most {ENDPOINT_LIMIT}");
            problems.push(Problem::new(path!["policy"], message).hint("use fewer or shorter statements"));
        }
    }
    problems
}

fn check_service(spec: &VpcEndpointSpec, cx: &Context<'_>, problems: &mut Vec<Problem>) {
    let name = &spec.service;
    let mut refuse = |path: PropertyPath, message: String, hint: &str| {
        problems.push(Problem::new(path, message).hint(hint).given(path!["service"]));
    };
    if pending::is_pending(name) {
        refuse(
            path!["service"],
            "the service must be known before the endpoint is created".to_owned(),
            "write its name, such as `dynamodb`",
        );
        return;
    }
    let region = name.split('.').find(|part| is_region(part));
    if let Some((region, own)) = region.zip(cx.env.known_region()).filter(|(region, own)| region != own) {
        let message = format!("`{name}` is a service of {region}; this stack is in {own}");
        refuse(path!["service"], message, "underpin makes endpoints for services of the stack's region only");
        return;
    }
    if let Some(meant) = service::meant(name) {
        let hint = format!(
            "did you mean `{meant}`? Write a newer service by its full name, `com.amazonaws.{}.{name}`",
            cx.env.known_region().unwrap_or("REGION")
        );
        refuse(path!["service"], format!("AWS has no endpoints for a service `{name}`"), &hint);
        return;
    }
    let gateway = spec.kind == Some(EndpointType::Gateway);
    // Source: VPC PrivateLink guide, "Gateway endpoints"; S3 user guide, "Networking for directory buckets".
    let short = service::short(&service::full(name, gateway, cx.env), gateway, cx.env);
    if gateway && !["dynamodb", "s3", "s3express"].contains(&short.as_str()) {
        let message = format!("`{name}` has no gateway endpoints");
        refuse(path!["type"], message, "only dynamodb, s3 and s3express have; write `type: interface`");
    }
}

/// Returns whether a part of a service's name is a region, such as `eu-central-1`.
fn is_region(part: &str) -> bool {
    let mut parts = part.rsplit('-');
    let number = parts.next().is_some_and(|last| !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()));
    let words: Vec<&str> = parts.collect();
    number
        && words.len() >= 2
        && words.iter().all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
        && words.last().is_some_and(|first| first.len() == 2 || *first == "eusc")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::base::Environment;

    fn problems(value: Value) -> Vec<String> {
        let env = Environment::new("123456789012", "eu-central-1");
        let spec: VpcEndpointSpec = serde_json::from_value(value).expect("an endpoint");
        let cx = Context { name: "e", env: &env, facts: None };
        check(&spec, &cx).into_iter().map(|p| format!("{}: {}", p.path, p.message)).collect()
    }

    fn one(value: Value, part: &str) {
        let found = problems(value);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(part), "{found:?}");
    }

    #[test]
    fn valid_endpoints_have_no_problems() {
        for good in [
            json!({"service": "dynamodb", "route_tables": "all"}),
            json!({"service": "com.amazonaws.eu-central-1.s3", "type": "gateway", "route_tables": ["rtb-1"]}),
            json!({"service": "s3", "type": "interface", "private_dns": false}),
            json!({"service": "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0", "subnets": "default"}),
            json!({"service": "com.amazonaws.s3-global.accesspoint"}),
        ] {
            assert_eq!(problems(good), Vec::<String>::new());
        }
    }

    #[test]
    fn each_type_has_its_own_properties() {
        one(json!({"service": "sqs", "route_tables": "all"}), "only gateway endpoints have `route_tables`");
        one(json!({"service": "s3", "subnets": "default"}), "only interface endpoints have `subnets`");
        one(json!({"service": "s3", "private_dns": true}), "private_dns");
        one(json!({"service": "s3", "security_groups": ["sg-1"]}), "security_groups");
        one(json!({"service": "sqs", "type": "gateway"}), "no gateway endpoints");
        one(json!({"service": "s3", "route_tables": []}), "lists none");
    }

    #[test]
    fn services_and_policies_are_checked() {
        one(json!({"service": "com.amazonaws.us-east-1.sqs"}), "us-east-1");
        one(json!({"service": "com.amazonaws.us-gov-west-1.sqs"}), "us-gov-west-1");
        let broken =
            json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*"}]});
        assert!(!problems(json!({"service": "s3", "policy": broken})).is_empty());
    }
}
