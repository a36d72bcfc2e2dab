//! `release`: the stack's tags are removed, the resource stays, and nothing else is changed.

use serde_json::{Value, json};

use super::scp::deny;
use crate::support::{Emulator, Place, Stack, actions, calls};

const TABLE: &str = "
stack: shop
region: eu-central-1
tables:
  orders: {partition_key: id, tags: {team: sales}}
  parcels: {partition_key: id}
";
const ONE_LESS: &str = "
stack: shop
region: eu-central-1
tables:
  parcels: {partition_key: id}
";
const NAME: &str = "cruddur-messaging-stream";

fn table_tags(place: &Place, table: &str) -> Vec<String> {
    let arn = format!("arn:aws:dynamodb:eu-central-1:123456789012:table/{table}");
    let listed = place.observer.call("dynamodb", "list_tags_of_resource", json!({"ResourceArn": arn}));
    keys(&listed["Tags"])
}

fn keys(tags: &Value) -> Vec<String> {
    let mut keys: Vec<String> = match tags {
        Value::Array(all) => all.iter().filter_map(|tag| tag["Key"].as_str()).map(str::to_owned).collect(),
        Value::Object(all) => all.keys().cloned().collect(),
        _ => Vec::new(),
    };
    keys.sort();
    keys
}

fn ours(keys: &[String]) -> usize {
    keys.iter().filter(|key| key.starts_with("underpin:")).count()
}

#[test]
fn every_kind_is_released_with_its_parts_and_unchanged() {
    let place = Place::new(Stack::project());
    place.apply(&[]);
    let endpoint = place.observer.endpoints("vpc_endpoints.cruddur-ddb")[0]["VpcEndpointId"].clone();
    let all = [
        "tables.cruddur-messages",
        "vpc_endpoints.cruddur-ddb",
        "roles.cruddur-messaging-stream",
        "functions.cruddur-messaging-stream",
    ];
    place.run(&[&["release"][..], &all].concat()).code(64);
    let flags: Vec<&str> = all.iter().flat_map(|address| ["--release", *address]).collect();
    let plan = place.plan(&flags);
    assert!(actions(&plan).iter().all(|(_, action)| action == "release"), "{plan:#}");
    assert_eq!(actions(&plan).len(), 5, "the trigger goes with its function");
    assert_eq!(plan["summary"]["release"], 5);
    let mut made = calls(&plan);
    made.sort();
    assert_eq!(
        made,
        ["dynamodb:UntagResource", "ec2:DeleteTags", "iam:UntagRole", "lambda:UntagResource", "lambda:UntagResource",]
    );
    place.emulator.clear_log();
    let output = place.run(&[&["release", "--yes"], &all[..]].concat()).success();
    for said in ["< tables.cruddur-messages  release:", "it is still in the file", "5 to release"] {
        assert!(output.stdout.contains(said), "{said} is not in\n{}", output.stdout);
    }
    assert!(output.stderr.contains("Released. 5 API calls made"), "{}", output.stderr);
    place.emulator.assert_no_invalid_requests();
    assert_eq!(place.emulator.mutations().len(), 5);

    assert_eq!(place.observer.table("cruddur-messages")["TableStatus"], "ACTIVE");
    let arn = format!("arn:aws:lambda:eu-central-1:123456789012:function:{NAME}");
    let mapping = place.observer.mappings(NAME)[0].clone();
    assert_eq!(mapping["State"], "Enabled");
    let tags = |resource: &Value| place.observer.call("lambda", "list_tags", json!({"Resource": resource}));
    let endpoints = place.observer.call("ec2", "describe_vpc_endpoints", json!({"VpcEndpointIds": [endpoint]}));
    for (what, left) in [
        ("table", table_tags(&place, "cruddur-messages")),
        ("function", keys(&tags(&json!(arn))["Tags"])),
        ("trigger", keys(&tags(&mapping["EventSourceMappingArn"])["Tags"])),
        ("role", keys(&place.observer.call("iam", "list_role_tags", json!({"RoleName": NAME}))["Tags"])),
        ("endpoint", keys(&endpoints["VpcEndpoints"][0]["Tags"])),
    ] {
        assert_eq!(ours(&left), 0, "{what}: {left:?}");
        assert!(!left.is_empty(), "{what}: the tags of the file stay");
    }

    place.emulator.clear_log();
    let again = place.run(&[&["release", "--yes"], &all[..]].concat()).success();
    assert!(again.stdout.contains("Nothing to release"), "{}", again.stdout);
    assert_eq!(place.emulator.mutations(), [""; 0]);
    let plan = place.plan(&[]);
    assert!(actions(&plan).iter().all(|(_, action)| action == "adopt"), "{plan:#}");
    place.stack.rewrite("{stack: cruddur, region: eu-central-1}");
    assert!(actions(&place.plan(&[])).is_empty(), "what was released is not deleted");
}

#[test]
fn released_resource_that_left_the_file_is_not_deleted() {
    let place = Place::of(TABLE);
    place.apply(&[]);
    place.stack.rewrite(ONE_LESS);
    let typo = place.run(&["release", "tables.order", "--yes"]).code(64);
    assert!(typo.stderr.contains("did you mean `tables.orders`?"), "{}", typo.stderr);
    place.run(&["release", "tables.orders", "--yes"]).success();
    assert_eq!(table_tags(&place, "orders"), ["team"]);
    assert_eq!(ours(&table_tags(&place, "parcels")), 3);
    assert!(actions(&place.plan(&[])).is_empty());
    assert_eq!(place.observer.table("orders")["TableStatus"], "ACTIVE");
    place.run(&["release", "tables.orders", "--yes"]).code(64);
}

#[test]
fn release_is_judged_by_guardrails_and_denied_before_the_first_call() {
    let place = Place::new(
        Stack::new(&format!("{TABLE}guardrails: {{scps: [scp]}}\n"))
            .file("scp/a.json", deny("NoUntagging", "dynamodb:UntagResource", &Value::Null)),
    );
    place.apply(&[]);
    place.emulator.clear_log();
    let output = place.run(&["release", "tables.orders", "--yes"]).code(3);
    assert!(output.stdout.contains("NoUntagging"), "{}", output.stdout);
    assert_eq!(place.emulator.mutations(), [""; 0]);
    assert_eq!(ours(&table_tags(&place, "orders")), 3);
}

#[test]
fn release_is_saved_and_applied_as_shown_or_stale() {
    let place = Place::of(TABLE);
    place.apply(&[]);
    let saving = ["plan", "--release", "tables.orders", "--out", "p.json"];
    let said = place.run(&saving).success().stderr;
    assert!(said.contains("underpin apply p.json"), "{said}");
    let shown = place.run(&["plan", "--release", "tables.orders"]).success().stderr;
    assert!(shown.contains("underpin release tables.orders"), "{shown}");
    place.run(&["apply", "p.json"]).success();
    assert_eq!(table_tags(&place, "orders"), ["team"]);
    let again = place.run(&["apply", "p.json"]).code(4).stderr;
    assert!(again.contains("everything in this plan is done already"), "{again}");
    place.apply(&[]);
    place.run(&saving).success();
    let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders";
    place.observer.call("dynamodb", "untag_resource", json!({"ResourceArn": arn, "TagKeys": ["underpin:scope"]}));
    place.run(&["apply", "p.json"]).code(4);
    place.run(&["plan", "--release", "tables.orders", "--destroy"]).code(64);
}

#[test]
fn log_group_removed_from_the_file_is_released_with_its_function() {
    let yaml = |retention: &str| {
        format!(
            "stack: shop\nregion: eu-central-1\nroles: {{w: {{assumed_by: lambda.amazonaws.com}}}}\nfunctions:\n  w: \
             {{runtime: python3.13, handler: a.b, code: a.py, role: \"${{roles.w.arn}}\"{retention}}}\n"
        )
    };
    let code = "def b(event, context):\n    pass\n";
    let place = Place::new(Stack::new(&yaml(", log_retention: 14")).file("a.py", code));
    place.apply(&[]);
    place.stack.rewrite(&yaml(""));
    place.run(&["release", "functions.w", "--yes"]).success();
    let arn = "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/w";
    let tags = place.observer.call("logs", "list_tags_for_resource", json!({"resourceArn": arn}));
    assert_eq!(ours(&keys(&tags["tags"])), 0, "{tags}");
}

#[test]
fn printed_release_policy_is_exactly_sufficient() {
    let place = Place::with(Stack::project(), Emulator::with(&["--authorize"]));
    place.run(&["apply", "--yes"]).success();
    let printed = place.run(&["permissions", "--for", "release", "--format", "json"]).success().json();
    let call = |operation: &str, parameters: Value| place.observer.call("iam", operation, parameters);
    call("create_user", json!({"UserName": "ci"}));
    let made = call("create_access_key", json!({"UserName": "ci"}))["AccessKey"].take();
    for (index, policy) in printed["policies"].as_array().expect("policies").iter().enumerate() {
        let name = format!("p{index}");
        call("put_user_policy", json!({"UserName": "ci", "PolicyName": name, "PolicyDocument": policy.to_string()}));
        let text = policy.to_string();
        assert!(!text.contains("Delete") || text.contains("ec2:DeleteTags"), "{text}");
        assert!(!["Create", "Update", "Put", ":TagResource"].iter().any(|verb| text.contains(verb)), "{text}");
    }
    let run = |arguments: &[&str]| {
        let text = |key: &str| made[key].as_str().expect("a key").to_owned();
        let run = place.command(arguments).env("AWS_ACCESS_KEY_ID", text("AccessKeyId"));
        run.env("AWS_SECRET_ACCESS_KEY", text("SecretAccessKey")).output()
    };
    let all = ["tables.cruddur-messages", "vpc_endpoints.cruddur-ddb", "roles.cruddur-messaging-stream"];
    run(&[&["release", "--yes", "functions.cruddur-messaging-stream"], &all[..]].concat()).success();
    assert_eq!(ours(&table_tags(&place, "cruddur-messages")), 0);
}

#[test]
fn excluded_resources_are_left_out_named_and_recorded_in_a_saved_plan() {
    let place = Place::of(TABLE);
    let plan = place.plan(&["--exclude", "tables.orders"]);
    assert_eq!(actions(&plan), [("tables.parcels".to_owned(), "create".to_owned())]);
    assert_eq!(plan["terms"]["excludes"], json!(["tables.orders"]));
    let typo = place.run(&["plan", "--exclude", "tables.order"]).code(64);
    assert!(typo.stderr.contains("--exclude names `tables.order`"), "{}", typo.stderr);
    assert!(typo.stderr.contains("did you mean `tables.orders`?"), "{}", typo.stderr);
    let text = place.run(&["plan", "--exclude", "tables.orders", "--out", "p.json"]).success().stdout;
    assert!(text.contains("tables.orders: it is excluded, and left as it is"), "{text}");
    place.run(&["apply", "p.json", "--exclude", "tables.orders"]).code(64);
    place.run(&["apply", "p.json"]).success();
    assert_eq!(place.observer.table("orders"), json!(null));
    place.apply(&[]);

    place.stack.rewrite("{stack: shop, region: eu-central-1}");
    let plan = place.plan(&["--exclude", "tables.orders", "--allow-delete", "tables.parcels"]);
    assert_eq!(actions(&plan), [("tables.parcels".to_owned(), "delete".to_owned())], "an orphan is excluded as well");
    place.run(&["destroy", "--yes", "--exclude", "tables.orders", "--allow-delete", "tables.parcels"]).success();
    assert_eq!(place.observer.table("orders")["TableStatus"], "ACTIVE");
    assert_eq!(place.observer.table("parcels"), json!(null));
}
