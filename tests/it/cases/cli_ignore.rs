//! `ignore`: an ignored property keeps its live value, and is shown with both values and the reason.

use serde_json::{Value, json};

use crate::support::{Place, Stack, actions, calls};

const YAML: &str = "
stack: shop
region: eu-central-1
tables:
  orders:
    partition_key: id
    deletion_protection: true
    billing: {mode: provisioned, read_capacity: 5, write_capacity: 5}
    tags: {costs: one}
    ignore:
      billing.read_capacity: scaled by the platform team
      tags.costs: set by the finance team
      deletion_protection: switched by the on-call team
roles:
  w:
    assumed_by: lambda.amazonaws.com
    inline_policies: {}
    max_session_duration: 3600
    ignore: {inline_policies.debug: added while an incident lasts, max_session_duration: the security team's}
functions:
  w:
    runtime: python3.13
    handler: a.b
    code: a.py
    role: ${roles.w.arn}
    environment: {MODE: one, TOKEN: two}
    ignore: {code: deployed by another pipeline, environment.TOKEN: rotated, environment.EXTRA: theirs}
    triggers:
      queue:
        stream: arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000
        starting_position: latest
        batch_size: 10
        ignore: {batch_size: tuned by hand}
";

fn place() -> Place {
    let yaml = YAML.replace("    tags: {costs: one}", "    stream: new_image\n    tags: {costs: one}").replace(
        "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000",
        "${tables.orders.stream_arn}",
    );
    Place::new(Stack::new(&yaml).file("a.py", "def b(event, context):\n    pass\n"))
}

fn change(plan: &Value, address: &str) -> Value {
    let changes = plan["changes"].as_array().expect("changes");
    changes.iter().find(|change| change["address"] == address).cloned().unwrap_or_default()
}

fn ignored(plan: &Value, address: &str) -> Vec<(String, Value, Value)> {
    let change = change(plan, address);
    let all = change["ignored"].as_array().cloned().unwrap_or_default();
    all.iter()
        .map(|one| (one["path"].as_str().unwrap_or_default().to_owned(), one["live"].clone(), one["file"].clone()))
        .collect()
}

#[test]
fn every_kind_leaves_ignored_properties_live_and_shows_them() {
    let place = place();
    place.apply(&[]);
    assert_eq!(
        place.observer.table("orders")["ProvisionedThroughput"]["ReadCapacityUnits"],
        5,
        "at creation, the file's"
    );
    let call = |service: &str, operation: &str, parameters: Value| place.observer.call(service, operation, parameters);
    let throughput = json!({"ReadCapacityUnits": 20, "WriteCapacityUnits": 5});
    call("dynamodb", "update_table", json!({"TableName": "orders", "ProvisionedThroughput": throughput}));
    call("dynamodb", "update_table", json!({"TableName": "orders", "DeletionProtectionEnabled": false}));
    let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders";
    call("dynamodb", "tag_resource", json!({"ResourceArn": arn, "Tags": [{"Key": "costs", "Value": "nine"}]}));
    let document = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]});
    let policy = json!({"RoleName": "w", "PolicyName": "debug", "PolicyDocument": document.to_string()});
    call("iam", "put_role_policy", policy);
    call("iam", "update_role", json!({"RoleName": "w", "MaxSessionDuration": 7200, "Description": "by hand"}));
    let variables = json!({"MODE": "one", "TOKEN": "hunter2-secret", "EXTRA": "hunter3-secret"});
    let environment = json!({"FunctionName": "w", "Environment": {"Variables": variables}});
    call("lambda", "update_function_configuration", environment);
    let mapping = place.observer.mappings("w")[0].clone();
    call("lambda", "update_event_source_mapping", json!({"UUID": mapping["UUID"], "BatchSize": 7}));

    let output = place.run(&["plan", "--detailed-exitcode", "--target", "tables.orders"]).success();
    for said in [
        "· billing.read_capacity: 20 is live, 5 in the file (ignored: scaled by the platform team)",
        r#"· tags.costs: "nine" is live, "one" in the file (ignored: set by the finance team)"#,
        "`deletion_protection` protects data, is off, and is left so",
        "The live resources match the file but for 3 ignored properties (1 resource).",
    ] {
        assert!(output.stdout.contains(said), "{said} is not in\n{}", output.stdout);
    }
    let markdown = place.run(&["plan", "--format", "markdown", "--target", "tables.orders"]).success().stdout;
    assert!(markdown.contains("billing.read_capacity: 20 is live, 5 in the file"), "{markdown}");

    let plan = place.plan(&[]);
    assert_eq!(actions(&plan), [("roles.w".to_owned(), "update".to_owned())]);
    assert_eq!(calls(&plan), ["iam:UpdateRole"]);
    assert_eq!(plan["steps"][0]["input"]["MaxSessionDuration"], 7200, "a call for another property keeps it");
    let paths = |address: &str| ignored(&plan, address).into_iter().map(|(path, ..)| path).collect::<Vec<_>>();
    assert_eq!(paths("tables.orders"), ["billing.read_capacity", "deletion_protection", "tags.costs"]);
    assert_eq!(paths("roles.w"), ["max_session_duration", "inline_policies.debug"]);
    assert_eq!(paths("functions.w"), ["environment.TOKEN", "environment.EXTRA"]);
    assert_eq!(ignored(&plan, "triggers.w/queue"), [("batch_size".to_owned(), json!(7), json!(10))]);
    assert!(!plan.to_string().contains("hunter"), "what is live of a sensitive property is sealed");

    place.stack.replace("environment: {MODE: one, TOKEN: two}", "environment: {MODE: new, TOKEN: two}");
    place.stack.write("a.py", "def b(event, context):\n    return 1\n");
    let plan = place.plan(&[]);
    assert!(!plan.to_string().contains("hunter"), "nor where a call sends it again");
    place.apply(&[]);
    let now = place.observer.function("w");
    let variables = &now["Environment"]["Variables"];
    assert_eq!(*variables, json!({"MODE": "new", "TOKEN": "hunter2-secret", "EXTRA": "hunter3-secret"}), "{now}");
    assert_eq!(place.observer.table("orders")["ProvisionedThroughput"]["ReadCapacityUnits"], 20);
    assert_eq!(place.observer.call("iam", "get_role", json!({"RoleName": "w"}))["Role"]["MaxSessionDuration"], 7200);
}

#[test]
fn rules_judge_what_will_be_live_where_a_property_is_ignored() {
    let catalogue = "rules:\n  protected:\n    title: Tables are protected\n    resource_types: [AWS::DynamoDB::Table]\n    \
                     input: configuration_item\n    enforcement: deny\n    severity: high\n    config_rule: \
                     DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED\n    remediation: protect it\n";
    let guard = "rule protected when resourceType == \"AWS::DynamoDB::Table\" {\n    \
                 configuration.deletionProtectionEnabled == true <<it is not protected>>\n}\n";
    let yaml = "stack: shop\nregion: eu-central-1\ntables:\n  orders:\n    partition_key: id\n    deletion_protection: \
                true\n    ignore: {deletion_protection: theirs}\nguardrails: {config_rules: [rules]}\n";
    let stack = Stack::new(yaml).file("rules/catalogue.yaml", catalogue).file("rules/protected.guard", guard);
    let place = Place::new(stack);
    place.apply(&[]);
    let off = json!({"TableName": "orders", "DeletionProtectionEnabled": false});
    place.observer.call("dynamodb", "update_table", off);
    let output = place.run(&["plan"]).code(3);
    assert!(output.stdout.contains("it is not protected"), "{}", output.stdout);
}

#[test]
fn ignored_tag_of_a_function_is_left_on_its_log_group_too() {
    let yaml = "stack: shop\nregion: eu-central-1\nroles: {w: {assumed_by: lambda.amazonaws.com}}\nfunctions:\n  w:\n    \
                runtime: python3.13\n    handler: a.b\n    code: a.py\n    role: ${roles.w.arn}\n    log_retention: 14\n    \
                tags: {costs: one}\n    ignore: {tags.costs: set by the finance team}\n";
    let place = Place::new(Stack::new(yaml).file("a.py", "def b(event, context):\n    pass\n"));
    place.apply(&[]);
    let function = "arn:aws:lambda:eu-central-1:123456789012:function:w";
    let group = "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/w";
    let tags = json!({"costs": "nine"});
    place.observer.call("lambda", "tag_resource", json!({"Resource": function, "Tags": tags}));
    place.observer.call("logs", "tag_resource", json!({"resourceArn": group, "tags": tags}));
    let plan = place.plan(&[]);
    assert!(actions(&plan).is_empty(), "{plan:#}");
    assert!(
        ignored(&plan, "functions.w").contains(&("tags.costs".to_owned(), json!("nine"), json!("one"))),
        "{plan:#}"
    );
}
