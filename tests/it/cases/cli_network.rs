//! Subnets and security groups that functions list: looked up once, refused before the first call if AWS would refuse
//! them, and their zones judged by rules.

use serde_json::{Value, json};

use super::scp::verdicts;
use crate::support::{Output, Place, Stack};

/// The account's network: the default VPC with subnets in zones `a`, `a` and `b`, and another VPC.
struct Network {
    a: String,
    a2: String,
    b: String,
    group: String,
    there: String,
    group_there: String,
}

impl Network {
    fn of(place: &Place) -> Self {
        let call = |operation: &str, parameters: Value| place.observer.call("ec2", operation, parameters);
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let defaults = json!({"Filters": [{"Name": "default-for-az", "Values": ["true"]}]});
        let subnets = call("describe_subnets", defaults)["Subnets"].clone();
        let in_zone = |zone: &str| {
            let all = subnets.as_array().expect("subnets");
            let subnet = all.iter().find(|one| text(&one["AvailabilityZone"]).ends_with(zone)).expect("a zone");
            (text(&subnet["SubnetId"]), text(&subnet["VpcId"]), text(&subnet["AvailabilityZone"]))
        };
        let ((a, vpc, zone), (b, ..)) = (in_zone("a"), in_zone("b"));
        let subnet = |vpc: &str, block: &str| {
            let parameters = json!({"VpcId": vpc, "CidrBlock": block, "AvailabilityZone": zone});
            text(&call("create_subnet", parameters)["Subnet"]["SubnetId"])
        };
        let group_of = |vpc: &str| {
            let of_vpc = json!({"Filters": [{"Name": "vpc-id", "Values": [vpc]}]});
            text(&call("describe_security_groups", of_vpc)["SecurityGroups"][0]["GroupId"])
        };
        let other = text(&call("create_vpc", json!({"CidrBlock": "10.9.0.0/16"}))["Vpc"]["VpcId"]);
        Self {
            a2: subnet(&vpc, "172.31.240.0/24"),
            there: subnet(&other, "10.9.0.0/24"),
            group: group_of(&vpc),
            group_there: group_of(&other),
            a,
            b,
        }
    }
}

/// A place with functions in networks, judged by the rule on zones.
fn place() -> (Place, Network) {
    let place = Place::new(Stack::new("").file("code/main.py", "def handler(event, _): pass\n"));
    let network = Network::of(&place);
    place.emulator.clear_log();
    (place, network)
}

fn yaml(functions: &[(&str, &[&str], &[&str])]) -> String {
    let function = |(name, subnets, groups): &(&str, &[&str], &[&str])| {
        format!(
            "  {name}:\n    runtime: python3.13\n    handler: main.handler\n    code: code\n    role: \
             ${{roles.worker.arn}}\n    vpc:\n      subnets: [{}]\n      security_groups: [{}]\n",
            subnets.join(", "),
            groups.join(", ")
        )
    };
    let functions: String = functions.iter().map(function).collect();
    format!(
        "stack: shop\nregion: eu-central-1\nroles:\n  worker: {{assumed_by: lambda.amazonaws.com}}\nfunctions:\n\
         {functions}guardrails:\n  config_rules: [{{rule: LAMBDA_VPC_MULTI_AZ_CHECK, enforcement: deny}}]\n"
    )
}

/// The number of calls of an operation.
fn times(place: &Place, operation: &str) -> usize {
    place.emulator.requests().iter().filter(|request| request.name() == format!("ec2:{operation}")).count()
}

/// Outcome and message of the rule's verdict on each function.
fn zones(output: &Output) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of_rule = verdicts(&output.json(), "config").into_iter().filter(|one| one["rule"] == "lambda-multi-az");
    of_rule.map(|one| (text(&one["outcome"]), text(&one["message"]))).collect()
}

#[test]
fn networks_in_two_vpcs_are_refused_in_one_report_before_the_first_call() {
    let (place, network) = place();
    let Network { a, b, group, there, group_there, .. } = &network;
    place.stack.rewrite(&yaml(&[
        ("mixed", &[a, there], &[group]),
        ("apart", &[a, b], &[group_there]),
        ("gone", &["subnet-0123456789abcdef0", a], &[group, "sg-0123456789abcdef0"]),
        ("sound", &[a, b], &[group]),
    ]));
    let output = place.run(&["apply", "--yes"]).code(1);
    for said in [
        format!("`{there}` is in `vpc-"),
        format!("`{group_there}` is in `vpc-"),
        "there is no subnet `subnet-0123456789abcdef0` in eu-central-1".to_owned(),
        "there is no security group `sg-0123456789abcdef0` in eu-central-1".to_owned(),
        "a function's subnets and security groups are in one VPC".to_owned(),
    ] {
        assert!(output.stderr.contains(&said), "{said} is not in\n{}", output.stderr);
    }
    assert_eq!(output.stderr.matches("error").count(), 4, "{}", output.stderr);
    assert_eq!(place.emulator.mutations(), [""; 0]);
    // All ids are looked up together.
    assert_eq!((times(&place, "DescribeSubnets"), times(&place, "DescribeSecurityGroups")), (1, 1));

    place.stack.rewrite(&yaml(&[("sound", &[a, b], &[group])]));
    place.run(&["apply", "--yes"]).success();
    // A change is held against the account as well.
    place.stack.rewrite(&yaml(&[("sound", &[a, there], &[group])]));
    place.emulator.clear_log();
    place.run(&["apply", "--yes"]).code(1);
    assert_eq!(place.emulator.mutations(), [""; 0]);
}

#[test]
fn stack_without_listed_ids_asks_for_none() {
    let (place, _) = place();
    place.stack.rewrite("stack: shop\nregion: eu-central-1\nroles:\n  worker: {assumed_by: lambda.amazonaws.com}\nfunctions:\n  f: {runtime: python3.13, handler: main.handler, code: code, role: worker}\n");
    place.run(&["plan"]).success();
    assert_eq!((times(&place, "DescribeSubnets"), times(&place, "DescribeSecurityGroups")), (0, 0));
}

#[test]
fn function_whose_subnet_is_gone_can_still_be_planned_and_destroyed() {
    let (place, network) = place();
    let Network { a, b, a2, group, .. } = &network;
    place.stack.rewrite(&yaml(&[("f", &[b, a2], &[group])]));
    place.run(&["apply", "--yes"]).success();
    place.observer.call("ec2", "delete_subnet", json!({"SubnetId": a2}));
    let output = place.run(&["plan", "--format", "json"]).success();
    let [(outcome, message)] = &zones(&output)[..] else { panic!("{}", output.stdout) };
    assert_eq!(outcome, "unknown");
    assert!(message.ends_with(&format!("{a2} does not exist")), "{message}");
    // What is sent is refused.
    place.stack.rewrite(&yaml(&[("f", &[a, a2], &[group])]));
    let output = place.run(&["plan"]).code(1);
    assert!(output.stderr.contains(&format!("there is no subnet `{a2}`")), "{}", output.stderr);
    place.emulator.clear_log();
    place.run(&["destroy", "--yes"]).success();
    assert_eq!(times(&place, "DescribeSubnets"), 0, "resources that are deleted are not checked");
    assert_eq!(place.observer.function("f"), Value::Null);
}

#[test]
fn rule_on_zones_counts_the_zones_of_the_subnets() {
    let (place, network) = place();
    let Network { a, a2, b, group, .. } = &network;
    place.stack.rewrite(&yaml(&[("f", &[a, a2], &[group])]));
    let output = place.run(&["plan", "--format", "json"]).code(3);
    let fails = [("fail".to_owned(), "all subnets of the function are in one zone".to_owned())];
    assert_eq!(zones(&output), fails);
    assert!(verdicts(&output.json(), "config")[0]["source"]["line"] == 12, "{}", output.stdout);
    place.stack.rewrite(&yaml(&[("f", &[a, b], &[group])]));
    assert_eq!(zones(&place.run(&["plan", "--format", "json"]).success()), []);
    place.run(&["apply", "--yes"]).success();
    // What is live is judged by the zones, too.
    place.stack.rewrite(&yaml(&[("f", &[a, a2], &[group])]).replace("deny", "warn"));
    place.run(&["apply", "--yes"]).success();
    place.stack.rewrite(&yaml(&[("f", &[a, a2], &[group])]));
    assert_eq!(zones(&place.run(&["plan", "--format", "json"]).code(3)), fails);
}

#[test]
fn zones_that_nobody_knows_are_unknown_and_one_subnet_fails_for_sure() {
    let (place, network) = place();
    let Network { a, b, group, there, .. } = &network;
    place.stack.rewrite(&yaml(&[("f", &[a, b], &[group])]));
    let offline = place.command(&["validate", "--format", "json"]).output().success();
    let [(outcome, message)] = &zones(&offline)[..] else { panic!("{}", offline.stdout) };
    assert_eq!(outcome, "unknown");
    let said = "it depends on the Availability Zones of its subnets, which are not known: AWS was not asked";
    assert!(message.ends_with(said), "{message}");

    for operation in ["DescribeSubnets", "DescribeSecurityGroups"] {
        place.emulator.fault(json!({
            "service": "ec2", "operation": operation, "status": 403, "code": "UnauthorizedOperation",
            "message": "You are not authorized to perform this operation.",
        }));
    }
    // Whoever may not look is not refused, and is told.
    place.stack.rewrite(&yaml(&[("f", &[a, there], &[group])]));
    let output = place.run(&["plan", "--format", "json"]).success();
    let [(outcome, message)] = &zones(&output)[..] else { panic!("{}", output.stdout) };
    assert_eq!(outcome, "unknown");
    assert!(message.ends_with("ec2:DescribeSubnets is not allowed"), "{message}");
    let output = place.run(&["plan"]).success();
    for said in [
        "it could not be checked whether its subnets exist, in one VPC: ec2:DescribeSubnets is not allowed",
        "it could not be checked whether its security groups exist, in one VPC: ec2:DescribeSecurityGroups is not allowed",
    ] {
        assert!(output.stdout.contains(said), "{said} is not in\n{}", output.stdout);
    }
    place.run(&["plan", "--unknown", "deny"]).code(3);

    place.stack.rewrite(&yaml(&[("f", &[a], &[group])]));
    let fails = [("fail".to_owned(), "the function is in one subnet only, and so in one zone".to_owned())];
    assert_eq!(zones(&place.run(&["plan", "--format", "json"]).code(3)), fails);
    assert_eq!(zones(&place.command(&["validate", "--format", "json"]).output().code(3)), fails);
}

#[test]
fn endpoints_are_checked_by_the_look_ups_of_functions() {
    let (place, network) = place();
    let Network { a, a2, b, group, there, .. } = &network;
    let with = |endpoint: &str| yaml(&[("f", &[a, b], &[group])]) + &format!("vpc_endpoints:\n  e: {endpoint}\n");
    place.stack.rewrite(&with(&format!(
        "{{service: sqs, subnets: [{a}, {a2}, {there}, subnet-0123456789abcdef0], security_groups: [{group}]}}"
    )));
    let output = place.run(&["apply", "--yes"]).code(1);
    for said in [
        format!("`{a}` and `{a2}` are both in eu-central-1a"),
        format!("`{there}` is in `vpc-"),
        "there is no subnet `subnet-0123456789abcdef0` in eu-central-1".to_owned(),
    ] {
        assert!(output.stderr.contains(&said), "{said} is not in\n{}", output.stderr);
    }
    assert_eq!(place.emulator.mutations(), [""; 0]);
    assert_eq!((times(&place, "DescribeSubnets"), times(&place, "DescribeSecurityGroups")), (1, 1));

    place.stack.rewrite(&with(&format!("{{service: sqs, subnets: [{a}, {b}], security_groups: [{group}]}}")));
    place.run(&["apply", "--yes"]).success();
    for operation in ["DescribeSubnets", "DescribeSecurityGroups"] {
        place.emulator.fault(json!({
            "service": "ec2", "operation": operation, "status": 403, "code": "UnauthorizedOperation",
            "message": "You are not authorized to perform this operation.",
        }));
    }
    // Nothing that is listed is resolved by what may not be read, and what stays as it is was checked before.
    let output = place.run(&["plan", "--detailed-exitcode"]).success();
    assert!(!output.stdout.contains("could not be checked"), "{}", output.stdout);
}
