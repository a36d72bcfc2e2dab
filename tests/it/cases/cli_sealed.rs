//! Values from the environment are sensitive, and are still used in look-ups: networks by their ids, roles by their
//! paths.

use serde_json::{Value, json};

use crate::support::{Output, Place, Stack};

const YAML: &str = "
stack: shop
region: eu-central-1
vpc_endpoints:
  gateway: {service: dynamodb, vpc: \"${env:VPC}\"}
  listed: {service: s3, vpc: \"${env:VPC}\", route_tables: [\"${env:TABLE}\"]}
  interface: {service: sqs, vpc: \"${env:VPC}\", subnets: [\"${env:SUBNET}\"], security_groups: default}
roles:
  worker: {assumed_by: lambda.amazonaws.com, path: \"${env:TEAM}\"}
functions:
  worker:
    runtime: python3.13
    handler: main.handler
    code: code
    role: ${roles.worker.arn}
    vpc: {subnets: [\"${env:SUBNET}\"], security_groups: default}
";

struct Network {
    vpc: String,
    table: String,
    subnet: String,
}

fn first(place: &Place, operation: &str, list: &str, id: &str) -> String {
    let answer = place.observer.call("ec2", operation, json!({}));
    answer[list][0][id].as_str().expect("there is one").to_owned()
}

#[test]
fn ids_and_paths_from_the_environment() {
    let place = Place::new(Stack::with_code(YAML));
    let network = Network {
        vpc: first(&place, "describe_vpcs", "Vpcs", "VpcId"),
        table: first(&place, "describe_route_tables", "RouteTables", "RouteTableId"),
        subnet: first(&place, "describe_subnets", "Subnets", "SubnetId"),
    };
    let run = |arguments: &[&str]| -> Output {
        let run = place.command(arguments).env("VPC", &network.vpc).env("TABLE", &network.table);
        let output = run.env("SUBNET", &network.subnet).env("TEAM", "/secret-team/").output();
        for text in [&output.stdout, &output.stderr] {
            assert!(!text.contains(&network.vpc) && !text.contains("secret-team"), "{arguments:?}: {text}");
        }
        output
    };
    run(&["validate"]).success();
    run(&["plan"]).success();
    run(&["plan", "--format", "json"]).success();
    run(&["apply", "--yes"]).success();
    place.emulator.assert_no_invalid_requests();
    run(&["plan", "--detailed-exitcode"]).success();
    let endpoint = |name: &str| -> Value { place.observer.endpoints(&format!("vpc_endpoints.{name}"))[0].clone() };
    assert_eq!(endpoint("gateway")["VpcId"], network.vpc.as_str());
    assert_eq!(endpoint("gateway")["RouteTableIds"], json!([network.table]));
    assert_eq!(endpoint("listed")["RouteTableIds"], json!([network.table]));
    assert_eq!(endpoint("interface")["SubnetIds"], json!([network.subnet]));
    assert_eq!(place.observer.role("worker")["Path"], "/secret-team/");
    let function = place.observer.function("worker");
    assert_eq!(function["VpcConfig"]["SubnetIds"], json!([network.subnet]));
    assert_eq!(function["Role"], "arn:aws:iam::123456789012:role/secret-team/worker");
    run(&["destroy", "--yes"]).success();
    assert_eq!(place.observer.role("worker"), Value::Null);
}
