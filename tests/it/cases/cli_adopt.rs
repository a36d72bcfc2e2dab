//! Adoption of resources that were made by hand: nothing is replaced, and losses need consent.

use serde_json::{Value, json};

use crate::support::{Place, Stack, actions, calls, denials, paths};

const TABLE: &str = "cruddur-messages";
const FUNCTION: &str = "cruddur-messaging-stream";

/// Makes the table with its users' own script, and all else as they do by hand.
fn by_hand(place: &Place) {
    let call = |service: &str, operation: &str, parameters: Value| place.observer.call(service, operation, parameters);
    let key = |pk: &str| json!([{"AttributeName": pk, "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]);
    let capacity = json!({"ReadCapacityUnits": 5, "WriteCapacityUnits": 5});
    let attribute = |name: &str| json!({"AttributeName": name, "AttributeType": "S"});
    call(
        "dynamodb",
        "create_table",
        json!({
            "TableName": TABLE,
            "AttributeDefinitions": [attribute("message_group_uuid"), attribute("pk"), attribute("sk")],
            "KeySchema": key("pk"),
            "GlobalSecondaryIndexes": [{
                "IndexName": "message-group-sk-index", "KeySchema": key("message_group_uuid"),
                "Projection": {"ProjectionType": "ALL"}, "ProvisionedThroughput": capacity,
            }],
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": capacity,
        }),
    );
    for number in 0..30 {
        let item = json!({
            "pk": {"S": format!("MSG#{number}")}, "sk": {"S": "2022-01-01"}, "message": {"S": format!("text {number}")},
        });
        call("dynamodb", "put_item", json!({"TableName": TABLE, "Item": item}));
    }
    let stream = json!({"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"});
    call("dynamodb", "update_table", json!({"TableName": TABLE, "StreamSpecification": stream}));

    let vpc = json!({"Filters": [{"Name": "is-default", "Values": ["true"]}]});
    let vpc = call("ec2", "describe_vpcs", vpc)["Vpcs"][0]["VpcId"].clone();
    let of_vpc = json!({"Filters": [{"Name": "vpc-id", "Values": [vpc]}]});
    let tables = call("ec2", "describe_route_tables", of_vpc.clone());
    call(
        "ec2",
        "create_vpc_endpoint",
        json!({
            "VpcId": vpc, "ServiceName": "com.amazonaws.eu-central-1.dynamodb", "VpcEndpointType": "Gateway",
            "RouteTableIds": [tables["RouteTables"][0]["RouteTableId"]],
        }),
    );

    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com"]}, "Action": ["sts:AssumeRole"]}]});
    call("iam", "create_role", json!({"RoleName": FUNCTION, "AssumeRolePolicyDocument": trust.to_string()}));
    for policy in ["AWSLambdaInvocation-DynamoDB", "service-role/AWSLambdaVPCAccessExecutionRole"] {
        let arn = format!("arn:aws:iam::aws:policy/{policy}");
        call("iam", "attach_role_policy", json!({"RoleName": FUNCTION, "PolicyArn": arn}));
    }
    let query = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": ["dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query"],
        "Resource": ["arn:aws:dynamodb:eu-central-1:123456789012:table/cruddur-messages"],
    }]});
    call(
        "iam",
        "put_role_policy",
        json!({"RoleName": FUNCTION, "PolicyName": "cruddur-message-stream-policy", "PolicyDocument": query.to_string()}),
    );

    let subnets = call("ec2", "describe_subnets", of_vpc.clone());
    let groups = call("ec2", "describe_security_groups", of_vpc);
    call(
        "lambda",
        "create_function",
        json!({
            "FunctionName": FUNCTION, "Runtime": "python3.9", "Handler": "lambda_function.lambda_handler",
            "Role": format!("arn:aws:iam::123456789012:role/{FUNCTION}"),
            "Code": {"ZipFile": {"$base64": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}},
            "VpcConfig": {
                "SubnetIds": [subnets["Subnets"][0]["SubnetId"]],
                "SecurityGroupIds": [groups["SecurityGroups"][0]["GroupId"]],
            },
        }),
    );
    let stream = place.observer.table(TABLE)["LatestStreamArn"].clone();
    let mapping = json!({
        "FunctionName": FUNCTION, "EventSourceArn": stream, "StartingPosition": "LATEST", "BatchSize": 10,
    });
    call("lambda", "create_event_source_mapping", mapping);
}

/// The unique id of each resource, and the table's items.
fn identities(place: &Place) -> Value {
    let endpoints = place.observer.call("ec2", "describe_vpc_endpoints", json!({}));
    let mut items = place.observer.call("dynamodb", "scan", json!({"TableName": TABLE}))["Items"].take();
    if let Some(items) = items.as_array_mut() {
        items.sort_by_key(ToString::to_string);
    }
    json!({
        "table": place.observer.table(TABLE)["TableId"],
        "stream": place.observer.table(TABLE)["LatestStreamArn"],
        "endpoints": endpoints["VpcEndpoints"].as_array().map(|all| all.iter().map(|one| one["VpcEndpointId"].clone()).collect::<Vec<_>>()),
        "role": place.observer.role(FUNCTION)["RoleId"],
        "mappings": place.observer.mappings(FUNCTION).as_array().map(|all| all.iter().map(|one| one["UUID"].clone()).collect::<Vec<_>>()),
        "items": items,
    })
}

#[test]
fn manually_created_stack_is_adopted_without_recreation() {
    let place = Place::new(Stack::project());
    by_hand(&place);
    let before = identities(&place);
    assert_eq!(before["items"].as_array().map(Vec::len), Some(30));

    let plan = place.plan(&[]);
    assert_eq!(plan["summary"]["adopt"], 5, "{:?}", actions(&plan));
    // An adoption without a loss needs no flag; the file takes the role's permission to query the table itself.
    let role = format!("roles.{FUNCTION}");
    assert_eq!(denials(&plan), [("consent".to_owned(), "adopt".to_owned(), Some(role.clone()))]);
    assert!(
        calls(&plan).iter().all(|call| !call.contains(":Create") || call.ends_with(":CreateTags")),
        "{:?}",
        calls(&plan)
    );
    assert!(calls(&plan).iter().all(|call| !call.contains(":Delete")), "{:?}", calls(&plan));

    place.apply(&["--allow-adopt", &role]);
    assert_eq!(identities(&place), before, "each is the very one that was there");
    let owner = |tags: &Value| tags["underpin:stack"].clone();
    assert_eq!(owner(&place.observer.table(TABLE)["Tags"]), "cruddur");
    assert_eq!(owner(&place.observer.role(FUNCTION)["Tags"]), "cruddur");
    assert_eq!(owner(&place.observer.function(FUNCTION)["Tags"]), "cruddur");
    assert_eq!(owner(&place.observer.mappings(FUNCTION)[0]["Tags"]), "cruddur");
    assert_eq!(place.observer.endpoints("vpc_endpoints.cruddur-ddb").as_array().map(Vec::len), Some(1));
    assert_eq!(place.observer.function(FUNCTION)["Runtime"], "python3.13");
    assert_eq!(place.observer.mappings(FUNCTION)[0]["BatchSize"], 100);
    assert_eq!(place.observer.table(TABLE)["DeletionProtectionEnabled"], true);
}

#[test]
fn resource_tagged_by_another_stack_is_refused_and_unchanged() {
    let place = Place::new(Stack::project());
    by_hand(&place);
    let tags = json!([
        {"Key": "underpin:stack", "Value": "other"}, {"Key": "underpin:scope", "Value": "default/eu-central-1"},
        {"Key": "underpin:address", "Value": "roles.theirs"},
    ]);
    place.observer.call("iam", "tag_role", json!({"RoleName": FUNCTION, "Tags": tags}));
    place.emulator.clear_log();
    let plan = place.run(&["plan", "--format", "json"]).code(3).json();
    let address = Some("roles.cruddur-messaging-stream".to_owned());
    assert_eq!(denials(&plan), [("ownership".to_owned(), "another-owner".to_owned(), address)]);
    let output = place.run(&["apply", "--yes", "--allow-adopt", "roles.cruddur-messaging-stream"]).code(3);
    assert!(output.stdout.contains("the stack `other`"), "{}", output.stdout);
    assert_eq!(place.emulator.mutations(), [""; 0]);
}

#[test]
fn removals_by_adoption_are_listed_and_need_consent() {
    let place = Place::new(Stack::project());
    by_hand(&place);
    let call = |service: &str, operation: &str, parameters: Value| place.observer.call(service, operation, parameters);
    let read = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
    call("iam", "attach_role_policy", json!({"RoleName": FUNCTION, "PolicyArn": read}));
    call("iam", "tag_role", json!({"RoleName": FUNCTION, "Tags": [{"Key": "team", "Value": "chat"}]}));
    let live = json!({"Enabled": true, "AttributeName": "expires"});
    call("dynamodb", "update_time_to_live", json!({"TableName": TABLE, "TimeToLiveSpecification": live}));
    let index = json!({
        "IndexName": "by-hand", "KeySchema": [{"AttributeName": "sk", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
        "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    });
    let attributes = json!([{"AttributeName": "sk", "AttributeType": "S"}]);
    let change = json!({"TableName": TABLE, "AttributeDefinitions": attributes, "GlobalSecondaryIndexUpdates": [{"Create": index}]});
    call("dynamodb", "update_table", change);

    let plan = place.run(&["plan", "--format", "json"]).code(3).json();
    let denial = |address: &str| ("consent".to_owned(), "adopt".to_owned(), Some(address.to_owned()));
    let (table, role) = ("tables.cruddur-messages", "roles.cruddur-messaging-stream");
    assert_eq!(denials(&plan), [denial(table), denial(role)]);
    for path in ["global_secondary_indexes.by-hand", "time_to_live"] {
        assert!(paths(&plan, table).iter().any(|one| one == path), "{path}");
    }
    let text = place.run(&["plan"]).code(3).stdout;
    for words in ["`global_secondary_indexes.by-hand`", "`time_to_live`", "`managed_policies`", "`tags.team`"] {
        assert!(text.contains(words), "{words} is not in:\n{text}");
    }
    assert!(text.contains(&format!("--allow-adopt {table}")) && text.contains(&format!("--allow-adopt {role}")));
    let one = place.run(&["plan", "--format", "json", "--allow-adopt", table]).code(3).json();
    assert_eq!(denials(&one), [denial(role)], "consent is given resource by resource");

    let before = identities(&place);
    place.apply(&["--allow-adopt", table, "--allow-adopt", role]);
    assert_eq!(identities(&place), before);
    let indexes = &place.observer.table(TABLE)["GlobalSecondaryIndexes"];
    assert_eq!(indexes.get("by-hand"), None);
    assert_eq!(place.observer.role(FUNCTION)["AttachedPolicies"].as_array().map(Vec::len), Some(2));
}

#[test]
fn table_with_another_key_is_adopted_only_with_consent_to_replace() {
    let place = Place::of(
        "{stack: shop, region: eu-central-1, tables: {things: {partition_key: id, billing: {mode: on_demand}}}}",
    );
    place.observer.call(
        "dynamodb",
        "create_table",
        json!({
            "TableName": "things", "KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "other", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST",
        }),
    );
    let plan = place.run(&["plan", "--format", "json"]).code(3).json();
    assert_eq!(denials(&plan), [("consent".to_owned(), "replace".to_owned(), Some("tables.things".to_owned()))]);
    place.run(&["apply", "--yes", "--allow-adopt", "tables.things"]).code(3);
    assert_eq!(place.observer.table("things")["KeySchema"][0]["AttributeName"], "other");
}

/// Each of these was once removed silently.
#[test]
fn adoption_that_revokes_access_or_expires_items_needs_consent() {
    let place = Place::of(
        "{stack: shop, region: eu-central-1, tables: {orders: {partition_key: id, time_to_live: expires, \
         point_in_time_recovery: {period_days: 7}, resource_policy: {Version: '2012-10-17', Statement: [{Effect: Allow, \
         Principal: {AWS: '123456789012'}, Action: 'dynamodb:GetItem', \
         Resource: 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders'}]}}}, \
         roles: {worker: {assumed_by: lambda.amazonaws.com, permissions_boundary: AdministratorAccess, \
         inline_policies: {p: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:GetObject', \
         Resource: '*'}]}}}}}",
    );
    let call = |service: &str, operation: &str, parameters: Value| place.observer.call(service, operation, parameters);
    call(
        "dynamodb",
        "create_table",
        json!({
            "TableName": "orders", "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST",
        }),
    );
    let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders";
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "dynamodb:DeleteTable", "Resource": arn},
        {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "dynamodb:GetItem", "Resource": arn}]});
    call("dynamodb", "put_resource_policy", json!({"ResourceArn": arn, "Policy": policy.to_string()}));
    let recovery = json!({"PointInTimeRecoveryEnabled": true, "RecoveryPeriodInDays": 35});
    let recovery = json!({"TableName": "orders", "PointInTimeRecoverySpecification": recovery});
    call("dynamodb", "update_continuous_backups", recovery);
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}}]});
    let role = json!({"RoleName": "worker", "AssumeRolePolicyDocument": trust.to_string(),
        "PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"});
    call("iam", "create_role", role);
    let inline = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject", "sqs:*"], "Resource": "*"}]});
    let inline = json!({"RoleName": "worker", "PolicyName": "p", "PolicyDocument": inline.to_string()});
    call("iam", "put_role_policy", inline);

    let plan = place.run(&["plan", "--format", "json"]).code(3).json();
    let denial = |address: &str| ("consent".to_owned(), "adopt".to_owned(), Some(address.to_owned()));
    assert_eq!(denials(&plan), [denial("tables.orders"), denial("roles.worker")]);
    let said: String =
        plan["verdicts"].as_array().into_iter().flatten().filter_map(|verdict| verdict["message"].as_str()).collect();
    let lost = [
        "resource_policy",
        "time_to_live",
        "point_in_time_recovery",
        "assume_role_policy",
        "inline_policies.p",
        "permissions_boundary",
    ];
    for path in lost {
        assert!(said.contains(&format!("`{path}`")), "{path} is not in: {said}");
    }
    place.emulator.clear_log();
    place.run(&["apply", "--yes"]).code(3);
    assert_eq!(place.emulator.mutations(), [""; 0]);
    place.apply(&["--allow-adopt", "tables.orders", "--allow-adopt", "roles.worker"]);
}

/// Such a resource was once adopted silently, and then changed by both tools again and again.
#[test]
fn adoption_of_a_resource_of_another_tool_needs_consent() {
    let place = Place::of(
        "{stack: shop, region: eu-central-1, tables: {things: {partition_key: id, billing: {mode: on_demand}, \
         tags: {ManagedBy: Terraform}}}, roles: {worker: {assumed_by: lambda.amazonaws.com}}}",
    );
    let call = |service: &str, operation: &str, parameters: Value| place.observer.call(service, operation, parameters);
    call(
        "dynamodb",
        "create_table",
        json!({
            "TableName": "things", "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST",
            "Tags": [{"Key": "ManagedBy", "Value": "Terraform"}],
        }),
    );
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let tags = json!([{"Key": "aws:cloudformation:stack-name", "Value": "shop-dev"}, {"Key": "STAGE", "Value": "dev"}]);
    call(
        "iam",
        "create_role",
        json!({"RoleName": "worker", "AssumeRolePolicyDocument": trust.to_string(), "Tags": tags}),
    );

    let plan = place.run(&["plan", "--format", "json"]).code(3).json();
    let adopt = |address: &str| ("consent".to_owned(), "adopt".to_owned(), Some(address.to_owned()));
    let denied: Vec<_> = denials(&plan);
    assert!(denied.contains(&adopt("tables.things")) && denied.contains(&adopt("roles.worker")), "{denied:?}");
    let text = place.run(&["plan"]).code(3).stdout;
    for words in [
        "managed by Terraform; it has no stack tag",
        "this table is managed by Terraform, which continues to manage it: its tag `ManagedBy` shows it",
        "`terraform state rm`",
        "this role is managed by the CloudFormation stack `shop-dev` (the Serverless Framework), which continues",
        "deleting the stack deletes it",
    ] {
        let unfolded = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(unfolded.contains(words), "{words} is not in:\n{text}");
    }
    place.emulator.clear_log();
    place.run(&["apply", "--yes"]).code(3);
    assert_eq!(place.emulator.mutations(), [""; 0]);

    // AWS's own tags are no properties: nothing would be removed, and the warning is shown as long as it is true.
    place.apply(&["--allow-adopt", "tables.things", "--allow-adopt", "roles.worker"]);
    let text = place.run(&["plan", "--detailed-exitcode"]).success().stdout;
    let unfolded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(unfolded.contains("it is managed by the CloudFormation stack `shop-dev`"), "{text}");
    assert!(unfolded.contains("it is managed by Terraform as well"), "{text}");
}
