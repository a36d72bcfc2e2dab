//! `export --format cloudformation`: the stack as a template that CloudFormation and its tools take.

use std::process::Command;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::{Moto, Observer, Run, Stack, python, root, underpin};

const JSON: &str = "cloudformation";
const YAML: &str = "cloudformation-yaml";

/// The template as JSON.
fn exported(stack: &Stack, arguments: &[&str]) -> Value {
    let output = underpin(stack.dir(), &[&["export", "--format", JSON], arguments].concat()).success();
    serde_json::from_str(&output.stdout).expect("it is JSON")
}

/// The lines that the helper prints for files of the stack's folder.
fn looked_at(stack: &Stack, action: &str, files: &[&str]) -> Vec<String> {
    let script = root().join("tests/it/support/template.py");
    let output = Command::new(python()).arg(script).arg(action).args(files).current_dir(stack.dir()).output();
    let output = output.expect("the helper runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect()
}

/// Writes the template in both forms, and checks that they are one document without a match of cfn-lint.
fn in_both_forms(stack: &Stack) -> Value {
    for (format, file) in [(JSON, "template.json"), (YAML, "template.yaml")] {
        underpin(stack.dir(), &["export", "--format", format, "--output", file]).success();
    }
    let read = looked_at(stack, "read", &["template.json", "template.yaml"]);
    let [one, other] = [0, 1].map(|at| serde_json::from_str::<Value>(&read[at]).expect("JSON"));
    assert_eq!(one, other, "both forms are one document");
    one
}

/// All that a stack file can say of a template's resources.
fn everything() -> Stack {
    Stack::with_code(
        r#"
stack: shop
region: eu-central-1
tags: {"on": "12:30", "2026-11-30": "no", "é: -": "= @"}
tables:
  orders:
    partition_key: id
    billing: {mode: provisioned, read_capacity: 5, write_capacity: 5}
    auto_scaling: {read: {min: 1, max: 10, target: 70}}
    global_secondary_indexes:
      by-day: {partition_key: day, projection: all, read_capacity: 1, write_capacity: 1, auto_scaling: {write: {min: 1, max: 4}}}
    stream: new_image
  order_items: {partition_key: id, billing: {mode: on_demand}, time_to_live: until}
roles:
  worker:
    assumed_by: lambda.amazonaws.com
    description: "$${!Sub} ${tables.orders.name}"
    inline_policies:
      read:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: "dynamodb:GetRecords"
            Resource: "${tables.orders.stream_arn}"
            Condition: {StringEquals: {"aws:PrincipalTag/t": ["a\u2028b # c: \u202e\u0085\t", "~", "0x1", "1:20", "{", "|", "&a", "!Ref x"]}}
          - {Effect: Allow, Action: "dynamodb:GetItem", Resource: ["${tables.orders.arn}", "${tables.orders.arn}/index/*"]}
          - {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/$${aws:username}/${tables.orders.stream_arn}"}
functions:
  worker:
    runtime: python3.13
    handler: main.handler
    code: code
    role: ${roles.worker.arn}
    vpc: {subnets: default, security_groups: default}
    log_retention: 14
    environment: {TABLE: "${tables.orders.name}", STREAM: "${tables.orders.stream_arn}", TOKEN: "${env:TOKEN}", LEVEL: info}
    permissions:
      events: {principal: events.amazonaws.com, source_arn: "arn:aws:events:eu-central-1:${account}:rule/nightly"}
    triggers:
      orders: {stream: "${tables.orders.stream_arn}", starting_position: latest, filters: [{eventName: [INSERT]}]}
vpc_endpoints:
  ddb: {service: dynamodb, route_tables: main}
  queue: {service: sqs}
"#,
    )
}

fn export_run(stack: &Stack, arguments: &[&str]) -> Run {
    // All calls would go to a port where nothing listens.
    let run = Run::new(stack.dir()).env("AWS_ENDPOINT_URL", "http://127.0.0.1:9").env("AWS_ACCESS_KEY_ID", "");
    run.env("TOKEN", "swordfish-3000").args(&[&["export"], arguments].concat())
}

#[test]
fn template_of_the_project_passes_every_check_of_cfn_lint_in_both_forms() {
    let stack = Stack::project();
    let template = in_both_forms(&stack);
    let types: Vec<&str> =
        template["Resources"].as_object().expect("resources").values().filter_map(|one| one["Type"].as_str()).collect();
    for kind in [
        "AWS::DynamoDB::Table",
        "AWS::EC2::VPCEndpoint",
        "AWS::IAM::Role",
        "AWS::Lambda::Function",
        "AWS::Lambda::EventSourceMapping",
    ] {
        assert!(types.contains(&kind), "{types:?}");
    }
    assert_eq!(looked_at(&stack, "lint", &["template.json", "template.yaml"]), [""; 0]);
    let table = &template["Resources"]["TableCruddurMessages"];
    assert_eq!((&table["DeletionPolicy"], &table["UpdateReplacePolicy"]), (&json!("Retain"), &json!("Retain")));
    // A mistake would be found.
    let file = stack.read("template.json").replace("\"MaxSessionDuration\": 3600", "\"MaxSessionDuration\": \"long\"");
    stack.write("wrong.json", file);
    assert_eq!(looked_at(&stack, "lint", &["wrong.json"]).len(), 1);
}

#[test]
fn template_has_functions_for_what_only_aws_gives_and_parameters_for_secrets() {
    let stack = everything();
    let mut documents = Vec::new();
    for (format, file) in [(JSON, "template.json"), (YAML, "template.yaml")] {
        let output = export_run(&stack, &["--format", format, "--output", file]).output().success();
        let text = stack.read(file);
        assert!(!text.contains("swordfish") && !output.stderr.contains("swordfish"), "{text}");
        assert!(!text.contains(|c: char| ('\u{E000}'..='\u{F8FF}').contains(&c)), "{text}");
        documents.push(text);
    }
    let read = looked_at(&stack, "read", &["template.json", "template.yaml"]);
    assert_eq!(read[0], read[1], "both forms are one document");
    assert_eq!(looked_at(&stack, "lint", &["template.json", "template.yaml"]), [""; 0]);
    let template: Value = serde_json::from_str(&read[0]).expect("JSON");
    let (resources, parameters) = (&template["Resources"], &template["Parameters"]);
    insta::assert_snapshot!("everything_exported", documents[1]);
    // What is known after apply.
    let stream = json!({"Fn::GetAtt": ["TableOrders", "StreamArn"]});
    let variables = &resources["FunctionWorker"]["Properties"]["Environment"]["Variables"];
    assert_eq!(variables["STREAM"], stream);
    assert_eq!(variables["TABLE"], "orders", "the name of a resource is no secret");
    // What must not be shown.
    for name in ["TOKEN", "LEVEL"] {
        let parameter = variables[name]["Ref"].as_str().expect("a parameter");
        assert_eq!((&parameters[parameter]["NoEcho"], &parameters[parameter]["Default"]), (&json!(true), &Value::Null));
    }
    // Variables of policies are not those of `Fn::Sub`.
    let statements = &resources["RoleWorker"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"];
    assert_eq!(statements[0]["Resource"], stream);
    assert_eq!(
        statements[2]["Resource"],
        json!({"Fn::Sub": "arn:aws:s3:::b/${!aws:username}/${TableOrders.StreamArn}"})
    );
    // What the file does not give: the account, and what `default` stands for.
    let table = json!({"Fn::Sub": "arn:aws:dynamodb:eu-central-1:${AWS::AccountId}:table/orders"});
    assert_eq!(statements[1]["Resource"][0], table);
    let vpc = &resources["FunctionWorker"]["Properties"]["VpcConfig"];
    assert_eq!(
        vpc,
        &json!({"SubnetIds": {"Ref": "DefaultSubnets"}, "SecurityGroupIds": {"Ref": "DefaultSecurityGroups"}})
    );
    assert_eq!(resources["VPCEndpointDdb"]["Properties"]["RouteTableIds"], json!({"Ref": "MainRouteTable"}));
    assert_eq!(resources["FunctionWorker"]["Properties"]["Role"], json!({"Fn::GetAtt": ["RoleWorker", "Arn"]}));
    assert_eq!(resources["FunctionWorker"]["DependsOn"], "LogGroupWorker");
}

#[test]
fn pinned_account_is_written_out_and_another_number_is_never_taken_for_it() {
    let uuid = "00000000-0000-0000-0000-000000000000";
    let yaml = |account: &str| {
        format!(
            "stack: shop\nregion: eu-central-1\n{account}tags: {{id: {uuid}, like: \"908172635445\"}}\nroles:\n  \
             reader:\n    assumed_by: ec2.amazonaws.com\n    permissions_boundary: arn:aws:iam::${{account}}:policy/bound\n"
        )
    };
    let open = exported(&Stack::new(&yaml("")), &[]);
    let role = &open["Resources"]["RoleReader"]["Properties"];
    assert_eq!(role["PermissionsBoundary"], json!({"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:policy/bound"}));
    let tags = json!([{"Key": "id", "Value": uuid}, {"Key": "like", "Value": "908172635445"}]);
    assert_eq!(role["Tags"], tags);
    let pinned = exported(&Stack::new(&yaml("account: \"210987654321\"\n")), &[]);
    let role = &pinned["Resources"]["RoleReader"]["Properties"];
    assert_eq!(
        (&role["PermissionsBoundary"], &role["Tags"]),
        (&json!("arn:aws:iam::210987654321:policy/bound"), &tags)
    );
}

#[test]
fn logical_ids_do_not_depend_on_other_resources_of_the_file() {
    let ids = |tables: &str| -> Vec<String> {
        let yaml = format!("stack: shop\nregion: eu-central-1\ntables:\n{tables}");
        let template = exported(&Stack::new(&yaml), &[]);
        let resources = template["Resources"].as_object().expect("resources").clone();
        let name = |body: &Value| body["Properties"]["TableName"].as_str().map(str::to_owned);
        resources.iter().filter(|(_, body)| name(body).as_deref() == Some("a_b")).map(|(id, _)| id.clone()).collect()
    };
    let table = |name: &str| format!("  {name}: {{partition_key: id, billing: {{mode: on_demand}}}}\n");
    let alone = ids(&table("a_b"));
    assert_eq!(alone.len(), 1);
    assert_eq!(ids(&[table("a-b"), table("a_b"), table("a.b")].concat()), alone);
    assert_eq!(ids(&[table("a.b"), table("A_b"), table("a_b")].concat()), alone);
}

#[test]
fn archives_are_written_under_the_keys_of_the_template() {
    let stack = Stack::project();
    let template = exported(&stack, &["--code", "archives"]);
    let keys: Vec<&str> = template["Parameters"]
        .as_object()
        .expect("parameters")
        .values()
        .filter_map(|one| one["Default"].as_str())
        .collect();
    assert_eq!(keys.len(), 1);
    let archive = std::fs::read(stack.path("archives").join(keys[0])).expect("it is there");
    let digest = BASE64_STANDARD.encode(Sha256::digest(&archive));
    assert_eq!(keys[0], format!("{}.zip", digest.replace('/', "_").replace('+', "-").replace('=', "")));
    let entries: Vec<_> = std::fs::read_dir(stack.path("archives")).expect("a folder").collect();
    assert_eq!(entries.len(), 1, "nothing else is left there");
}

#[test]
fn formats_of_other_commands_and_an_unknown_region_are_usage_errors() {
    let stack = Stack::project();
    for arguments in
        [&["export"][..], &["export", "--format", "json"], &["plan", "--format", JSON], &["graph", "--format", YAML]]
    {
        let output = underpin(stack.dir(), arguments).code(64);
        assert!(output.stderr.contains("has no format"), "{}", output.stderr);
    }
    let nowhere = Stack::new("stack: shop\ntables:\n  orders: {partition_key: id, billing: {mode: on_demand}}\n");
    let output = underpin(nowhere.dir(), &["export", "--format", JSON]).code(64);
    assert!(output.stderr.contains("region") && output.stdout.is_empty(), "{}", output.stderr);
    let there = underpin(nowhere.dir(), &["export", "--format", JSON, "--region", "eu-west-1"]).success();
    assert!(there.stdout.contains("TableOrders"), "{}", there.stdout);
    // The stack file itself is never overwritten.
    let before = stack.yaml();
    underpin(stack.dir(), &["export", "--format", YAML, "--output", "stack.yaml"]).code(64);
    assert_eq!(stack.yaml(), before);
}

/// The parameters of a deployment: the values that only the account of the emulator can show.
fn parameters(template: &Value, observer: &Observer) -> Value {
    let ids = |operation: &str, list: &str, id: &str| -> String {
        let answer = observer.call("ec2", operation, json!({}));
        let items = answer[list].as_array().expect("a list").clone();
        items.iter().filter_map(|one| one[id].as_str()).collect::<Vec<_>>().join(",")
    };
    let value = |name: &str| match name {
        "CodeBucket" => "archives".to_owned(),
        "DefaultVpc" => ids("describe_vpcs", "Vpcs", "VpcId"),
        "DefaultSubnets" => ids("describe_subnets", "Subnets", "SubnetId"),
        "DefaultSecurityGroups" => ids("describe_security_groups", "SecurityGroups", "GroupId"),
        "RouteTables" => ids("describe_route_tables", "RouteTables", "RouteTableId"),
        other => panic!("the parameter {other} has no value here"),
    };
    let none = Map::new();
    let all = template["Parameters"].as_object().unwrap_or(&none).iter();
    let open = all.filter(|(_, body)| body.get("Default").is_none());
    open.map(|(name, _)| json!({"ParameterKey": name, "ParameterValue": value(name)})).collect()
}

#[test]
fn template_deployed_by_cloudformation_makes_the_resources_of_the_stack() {
    let moto = Moto::start();
    let stack = Stack::project();
    // The names of its variables are no secrets of ours, so that the deployment needs none.
    stack.replace(
        "environment: {TABLE_NAME: cruddur-messages}",
        "environment: {TABLE_NAME: \"${tables.cruddur-messages.name}\"}",
    );
    let template = exported(&stack, &["--code", "archives"]);
    let observer = Observer::at(&moto.endpoint());
    observer.call(
        "s3",
        "create_bucket",
        json!({
            "Bucket": "archives", "CreateBucketConfiguration": {"LocationConstraint": "eu-central-1"},
        }),
    );
    for entry in std::fs::read_dir(stack.path("archives")).expect("a folder") {
        let file = entry.expect("a file");
        let body = BASE64_STANDARD.encode(std::fs::read(file.path()).expect("it can be read"));
        observer.call(
            "s3",
            "put_object",
            json!({
                "Bucket": "archives", "Key": file.file_name().to_str(), "Body": {"$base64": body},
            }),
        );
    }
    let body = template.to_string();
    observer.call("cloudformation", "validate_template", json!({"TemplateBody": body}));
    observer.call(
        "cloudformation",
        "create_stack",
        json!({
            "StackName": "exported", "TemplateBody": body, "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "Parameters": parameters(&template, &observer),
        }),
    );
    let stacks = observer.call("cloudformation", "describe_stacks", json!({"StackName": "exported"}));
    assert_eq!(stacks["Stacks"][0]["StackStatus"], "CREATE_COMPLETE", "{stacks:#}");
    // What moto makes of it, as boto3 sees it. (It leaves out PITR and managed policies.)
    let named = |key: &str, name: &str| json!({ key: name });
    let table = &observer.call("dynamodb", "describe_table", named("TableName", "cruddur-messages"))["Table"];
    assert_eq!(table["DeletionProtectionEnabled"], true);
    assert_eq!(table["StreamSpecification"], json!({"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"}));
    assert_eq!(table["GlobalSecondaryIndexes"][0]["IndexName"], "message-group-sk-index");
    let name = named("FunctionName", "cruddur-messaging-stream");
    let function = observer.call("lambda", "get_function_configuration", name.clone());
    let code = template["Parameters"]["CodeKeyFunctionCruddurMessagingStream"]["Default"].as_str().expect("a key");
    let digest =
        function["CodeSha256"].as_str().expect("a digest").replace('/', "_").replace('+', "-").replace('=', "");
    assert_eq!(format!("{digest}.zip"), code);
    assert_eq!(function["Role"], "arn:aws:iam::123456789012:role/cruddur-messaging-stream");
    assert_eq!(function["Environment"]["Variables"], json!({"TABLE_NAME": "cruddur-messages"}));
    assert!(function["VpcConfig"]["SubnetIds"].as_array().is_some_and(|subnets| subnets.len() > 1), "{function:#}");
    let mapping = &observer.call("lambda", "list_event_source_mappings", name)["EventSourceMappings"][0];
    assert_eq!(mapping["EventSourceArn"], table["LatestStreamArn"]);
    assert_eq!((&mapping["BatchSize"], &mapping["MaximumRetryAttempts"]), (&json!(100), &json!(3)));
    let role = observer.call("iam", "list_role_policies", named("RoleName", "cruddur-messaging-stream"));
    assert_eq!(role["PolicyNames"], json!(["cruddur-message-stream-policy"]));
    let endpoint = &observer.call("ec2", "describe_vpc_endpoints", json!({}))["VpcEndpoints"][0];
    assert_eq!(endpoint["ServiceName"], "com.amazonaws.eu-central-1.dynamodb");
    assert_eq!(endpoint["RouteTableIds"].as_array().map(Vec::len), Some(1));
}
