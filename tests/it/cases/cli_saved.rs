//! Saved plans: applied exactly as shown, or refused with the reason.

use serde_json::{Value, json};

use crate::support::{Emulator, Place, Stack};

const YAML: &str = "
stack: shop
region: eu-central-1
roles:
  worker:
    assumed_by: lambda.amazonaws.com
    inline_policies:
      read: policy.json
functions:
  worker:
    runtime: python3.13
    handler: main.handler
    code: code
    role: ${roles.worker.arn}
    environment: {GREETING: \"${env:GREETING}\"}
";

const POLICY: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}]}"#;

/// A stack with a policy from a file, code from a folder, and a secret from the environment, and a plan of it.
fn planned() -> Place {
    let stack = Stack::with_code(YAML).file("policy.json", POLICY);
    let place = Place::new(stack);
    saved(&place);
    place
}

fn saved(place: &Place) {
    place.command(&["plan", "--out", "plan.json"]).env("GREETING", "hello").output().success();
}

fn apply(place: &Place) -> crate::support::Output {
    place.command(&["apply", "plan.json"]).env("GREETING", "hello").output()
}

#[track_caller]
fn is_stale(place: &Place, words: &[&str]) {
    place.emulator.clear_log();
    let output = apply(place).code(4);
    for words in words {
        assert!(output.stderr.contains(words), "`{words}` is not in:\n{}", output.stderr);
    }
    assert_eq!(place.emulator.mutations(), [""; 0]);
}

#[track_caller]
fn is_refused(place: &Place, words: &str) {
    place.emulator.clear_log();
    let output = apply(place).code(1);
    assert!(output.stderr.contains(words), "`{words}` is not in:\n{}", output.stderr);
    assert_eq!(place.emulator.mutations(), [""; 0]);
}

fn rewritten(place: &Place, change: impl FnOnce(&mut Value)) {
    let mut plan: Value = serde_json::from_str(&place.stack.read("plan.json")).expect("the plan is JSON");
    change(&mut plan);
    place.stack.write("plan.json", plan.to_string());
}

#[test]
fn saved_plan_is_applied_as_shown_without_confirmation() {
    let place = planned();
    let plan: Value = serde_json::from_str(&place.stack.read("plan.json")).expect("the plan is JSON");
    place.emulator.clear_log();
    apply(&place).success();
    let mut made = place.emulator.mutations();
    let mut planned = crate::support::calls(&plan);
    made.sort();
    planned.sort();
    assert_eq!(made, planned);
    place.emulator.assert_no_invalid_requests();
    let function = place.observer.function("worker");
    assert_eq!(function["Environment"]["Variables"], json!({"GREETING": "hello"}), "secrets come from their source");
    place.command(&["plan", "--detailed-exitcode"]).env("GREETING", "hello").output().success();
    is_done_already(&place);
}

/// The answer is one line, and no list of all that is done already.
#[track_caller]
fn is_done_already(place: &Place) {
    place.emulator.clear_log();
    let output = apply(place).code(4);
    let said = "error: everything in this plan is done already: it was applied, or somebody did the same\n";
    assert_eq!(output.stderr, said);
    assert_eq!(place.emulator.mutations(), [""; 0]);
}

#[test]
fn saved_plan_is_stale_if_the_file_asks_for_less() {
    let place = planned();
    apply(&place).success();
    place.stack.replace("handler: main.handler", "handler: main.handler\n    memory: 256");
    saved(&place);
    place.stack.replace("\n    memory: 256", "");
    is_stale(&place, &["the saved plan is stale", "functions.worker: it is as planned already"]);
    place.stack.replace("handler: main.handler", "handler: main.handler\n    memory: 256");
    let memory = json!({"FunctionName": "worker", "MemorySize": 256});
    place.observer.call("lambda", "update_function_configuration", memory);
    is_done_already(&place);
}

#[test]
fn json_output_of_plan_is_a_saved_plan() {
    let place = planned();
    let run = place.command(&["plan", "--format", "json", "--output", "other.json"]).env("GREETING", "hello");
    assert_eq!(run.output().success().stdout, "");
    place.command(&["apply", "other.json"]).env("GREETING", "hello").output().success();
}

#[test]
fn saved_plan_is_stale_after_a_live_change() {
    let place = planned();
    apply(&place).success();
    place.stack.replace("handler: main.handler", "handler: main.handler\n    memory: 256");
    saved(&place);
    let memory = json!({"FunctionName": "worker", "MemorySize": 512});
    place.observer.call("lambda", "update_function_configuration", memory);
    is_stale(&place, &["functions.worker", "`memory`", "128", "512"]);
    let timeout = json!({"FunctionName": "worker", "MemorySize": 128, "Timeout": 60});
    place.observer.call("lambda", "update_function_configuration", timeout);
    is_stale(&place, &["functions.worker", "`timeout`"]);
    place.observer.call("lambda", "update_function_configuration", json!({"FunctionName": "worker", "Timeout": 3}));
    apply(&place).success();
}

#[test]
fn saved_plan_is_stale_if_resource_was_created_meanwhile() {
    let place = planned();
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let role = json!({"RoleName": "worker", "AssumeRolePolicyDocument": trust.to_string()});
    place.observer.call("iam", "create_role", role);
    is_stale(&place, &["roles.worker: it exists now"]);
}

#[test]
fn saved_plan_is_stale_if_resource_was_recreated() {
    let place = Place::of(
        "{stack: shop, region: eu-central-1, tables: {things: {partition_key: id, deletion_protection: false, \
         point_in_time_recovery: false, billing: {mode: on_demand}}}}",
    );
    place.apply(&[]);
    let tags = place.observer.table("things")["Tags"].clone();
    place.stack.replace("partition_key: id,", "partition_key: id, stream: new_image,");
    saved(&place);
    place.observer.call("dynamodb", "delete_table", json!({"TableName": "things"}));
    let tags: Vec<Value> =
        tags.as_object().expect("tags").iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    let again = json!({
        "TableName": "things", "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "Tags": tags,
    });
    place.observer.call("dynamodb", "create_table", again);
    is_stale(&place, &["tables.things", "somebody else created it again"]);
}

#[test]
fn saved_plan_is_stale_if_an_included_file_changed() {
    let place = planned();
    place.stack.write("policy.json", POLICY.replace("GetItem", "PutItem"));
    is_stale(&place, &["roles.worker", "`inline_policies.read`", "its source has changed"]);
}

#[test]
fn saved_plan_is_stale_if_the_stack_file_changed() {
    let place = planned();
    place.stack.replace("handler: main.handler", "handler: main.other");
    is_stale(&place, &["functions.worker", "`handler`"]);
}

#[test]
fn saved_plan_is_stale_if_the_code_changed() {
    let place = planned();
    place.stack.write("code/main.py", "def handler(event, _): return 1\n");
    is_stale(&place, &["functions.worker", "`code.sha256`", "its source has changed"]);
}

#[test]
fn saved_plan_is_stale_if_a_secret_changed_and_hides_it() {
    let place = planned();
    let output = place.command(&["apply", "plan.json"]).env("GREETING", "goodbye").output().code(4);
    assert!(output.stderr.contains("`environment.GREETING`"), "{}", output.stderr);
    let all = output.stdout + &output.stderr + &place.stack.read("plan.json");
    assert!(!all.contains("goodbye") && !all.contains("hello"), "{all}");
}

#[test]
fn edited_saved_plan_is_refused() {
    let place = planned();
    rewritten(&place, |plan| plan["steps"][0]["input"]["MaxSessionDuration"] = json!(43200));
    is_refused(&place, "it was changed after it was saved");
    saved(&place);
    rewritten(&place, |plan| plan["blocked"] = json!(true));
    is_refused(&place, "it was changed after it was saved");
    saved(&place);
    rewritten(&place, |plan| {
        plan.as_object_mut().map(|plan| plan.remove("digest"));
    });
    is_refused(&place, "it was changed after it was saved");
    saved(&place);
    // A different order of the keys and other white space are not a change.
    let plan: Value = serde_json::from_str(&place.stack.read("plan.json")).expect("the plan is JSON");
    let mut sorted = plan.clone();
    sorted.sort_all_objects();
    place.stack.write("plan.json", sorted.to_string());
    apply(&place).success();
}

#[test]
fn text_plan_is_refused_as_saved_plan() {
    let place = planned();
    for format in ["text", "markdown"] {
        let shown = place.command(&["plan", "--format", format, "--output", "plan.json"]);
        let output = shown.env("GREETING", "hello").output().success();
        assert_eq!(output.stderr.contains("Written to plan.json."), format == "text", "{}", output.stderr);
        is_refused(&place, "it is the text form of a plan");
    }
}

#[test]
fn saved_plan_of_another_format_version_is_refused() {
    let place = planned();
    rewritten(&place, |plan| plan["format_version"] = json!("99"));
    is_refused(&place, "its format_version is \"99\"");
    saved(&place);
    rewritten(&place, |plan| plan["format_version"] = json!(1));
    is_refused(&place, "format_version");
    for text in ["", "nonsense", "[]", "{}", "null", "{\"format_version\": \"1\"}"] {
        place.stack.write("plan.json", text);
        is_refused(&place, "`plan.json` can't be applied");
    }
}

#[test]
fn saved_plan_of_another_stack_or_region_is_refused() {
    let place = planned();
    place.stack.replace("stack: shop", "stack: other");
    is_refused(&place, "the saved plan is of stack \"shop\", not \"other\"");
    place.stack.replace("stack: other", "stack: shop");
    place.stack.replace("region: eu-central-1", "region: eu-west-1");
    is_refused(&place, "the saved plan is for region \"eu-central-1\", not \"eu-west-1\"");
}

#[test]
fn saved_plan_of_another_account_is_refused() {
    let place = planned();
    let elsewhere = Emulator::with(&["--account", "999988887777"]);
    let output = place.command(&["apply", "plan.json"]).env("GREETING", "hello").at(&elsewhere).output().code(1);
    let words = "the saved plan is for account \"123456789012\", not \"999988887777\"";
    assert!(output.stderr.contains(words), "{}", output.stderr);
    assert_eq!(elsewhere.mutations(), [""; 0]);
}

#[test]
fn denied_saved_plan_is_denied_when_applied() {
    let place = Place::of(
        "{stack: shop, region: eu-central-1, tables: {things: {partition_key: id, billing: {mode: on_demand}}}}",
    );
    place.apply(&[]);
    place.stack.rewrite("{stack: shop, region: eu-central-1}");
    place.run(&["plan", "--out", "plan.json"]).code(3);
    place.emulator.clear_log();
    place.run(&["apply", "plan.json"]).code(3);
    assert_eq!(place.emulator.mutations(), [""; 0]);
    // Consent is part of the plan that was saved with it.
    place.run(&["plan", "--out", "plan.json", "--allow-delete", "tables.things"]).success();
    place.run(&["apply", "plan.json"]).success();
    assert_eq!(place.observer.table("things"), json!(null));
    // The addresses of its flags no longer exist, which is no mistake of the user who applies it again.
    is_done_already(&place);
}

#[test]
fn newer_guardrail_denies_a_saved_plan() {
    let place = planned();
    place.stack.replace("region: eu-central-1", "region: eu-central-1\nresidency: [eu-west-1]");
    place.emulator.clear_log();
    let output = apply(&place).code(3);
    assert!(output.stdout.contains("eu-west-1"), "{}", output.stdout);
    assert_eq!(place.emulator.mutations(), [""; 0]);
}

#[test]
fn saved_plan_is_applied_only_at_its_endpoint() {
    let place = planned();
    let elsewhere = Emulator::start();
    let apply = || place.command(&["apply", "plan.json"]).env("GREETING", "hello");
    let output = apply().at(&elsewhere).output().code(1);
    assert!(output.stderr.contains("the saved plan was made at `http://127.0.0.1:"), "{}", output.stderr);
    assert_eq!(elsewhere.mutations(), [""; 0]);
    // The sandbox is not identified by its port, so that the endpoint is not compared by it.
    rewritten(&place, |plan| plan["terms"]["sandbox"] = json!(true));
    let mut plan: Value = serde_json::from_str(&place.stack.read("plan.json")).expect("the plan is JSON");
    plan.as_object_mut().map(|plan| plan.remove("digest"));
    plan.sort_all_objects();
    let digest = <sha2::Sha256 as sha2::Digest>::digest(plan.to_string().as_bytes());
    plan["digest"] = json!(digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat());
    place.stack.write("plan.json", plan.to_string());
    is_refused(&place, "the saved plan was made at the sandbox, and this is `http://127.0.0.1:");
}

#[test]
fn output_never_overwrites_stack_file_or_foreign_file() {
    let place = Place::of("{stack: shop, region: eu-central-1}");
    let before = place.stack.read("stack.yaml");
    for arguments in
        [&["plan", "--out", "stack.yaml"][..], &["plan", "-o", "./stack.yaml"], &["graph", "-o", "stack.yaml"]]
    {
        let output = place.run(arguments).code(64);
        assert!(output.stderr.contains("which is the stack file"), "{}", output.stderr);
    }
    assert_eq!(place.stack.read("stack.yaml"), before);
    place.stack.write("notes.json", "{\"mine\": true}");
    let output = place.run(&["plan", "--out", "notes.json"]).code(64);
    assert!(output.stderr.contains("not a saved plan"), "{}", output.stderr);
    assert_eq!(place.stack.read("notes.json"), "{\"mine\": true}");
    place.stack.write("new.json", "");
    place.run(&["plan", "--out", "new.json"]).success();
    place.run(&["plan", "--out", "new.json"]).success();
}
