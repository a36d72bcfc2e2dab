//! Advice: about input that AWS accepts and that would not work, and about live resources that do not work.

use serde_json::{Value, json};

use crate::support::{Place, Run, Stack, Stub, pass_on};

const YAML: &str = "
stack: shop
region: eu-centrall-1
residency: [eu-west-1, eu-centrall-1]
roles:
  worker: {assumed_by: lambda.amazonaws.com}
functions:
  worker:
    runtime: python3.9
    handler: index.handler
    code: code
    role: ${roles.worker.arn}
";

#[test]
fn nonworking_settings_are_warnings_at_their_line() {
    let stack = Stack::with_code(YAML);
    let output = Run::new(stack.dir()).args(&["validate"]).output().success();
    let wanted = [
        "warning: this version of underpin does not know the AWS region `eu-centrall-1`",
        "--> stack.yaml:3:9",
        "--> stack.yaml:4:24",
        "did you mean `eu-central-1`?",
        "warning: the runtime `python3.9` is past AWS's deprecation date",
        "warning: the code has no file `index.py` for the handler `index.handler`",
        "did you mean `main.handler`?",
    ];
    for words in wanted {
        assert!(output.stderr.contains(words), "{words:?} is not in:\n{}", output.stderr);
    }
    assert!(output.stdout.contains("is valid"), "{}", output.stdout);
    let output = Run::new(stack.dir()).args(&["validate", "--format", "json"]).output().success().json();
    let codes: Vec<_> = output["warnings"].as_array().into_iter().flatten().map(|one| one["code"].clone()).collect();
    assert_eq!(codes, ["unknown-region", "unknown-region", "advice", "advice"]);
}

#[test]
fn filters_that_never_match_are_warnings_at_their_line() {
    let yaml = "
stack: shop
region: eu-west-1
tables:
  orders: {partition_key: pk, stream: new_image}
roles:
  worker: {assumed_by: lambda.amazonaws.com}
functions:
  worker:
    runtime: python3.13
    handler: main.handler
    code: code
    role: ${roles.worker.arn}
    timeout: 1000
    triggers:
      orders:
        stream: ${tables.orders.stream_arn}
        filters:
          - dynamodb: {OldImage: {status: {S: [open]}}}
          - dynamodb: {NewImage: {total: {N: [{numeric: ['>', 5]}]}}}
";
    let stack = Stack::with_code(yaml);
    let output = Run::new(stack.dir()).args(&["validate"]).output().success();
    let wanted = [
        "the stream of `tables.orders` does not carry `OldImage`: no record will match",
        "--> stack.yaml:19:24",
        "`N` is written as a text in a record, which `numeric` never matches",
        "--> stack.yaml:20:47",
        "a timeout of 1000 seconds is above 900",
        "--> stack.yaml:14:14",
    ];
    for words in wanted {
        assert!(output.stderr.contains(words), "{words:?} is not in:\n{}", output.stderr);
    }
    let broken = yaml.replace("{OldImage: {status: {S: [open]}}}", "{NewImage: {status: {S: open}}}");
    let stack = Stack::with_code(&broken);
    let output = Run::new(stack.dir()).args(&["validate"]).output().code(1);
    for words in ["`open` is a single value", "--> stack.yaml:19:47", "write `S: [open]`"] {
        assert!(output.stderr.contains(words), "{words:?} is not in:\n{}", output.stderr);
    }
}

#[test]
fn failed_function_is_reported_even_without_changes() {
    let place = Place::new(Stack::project());
    place.apply(&[]);
    let port = place.emulator.port();
    let stub = Stub::start(move |asked| {
        let mut answer = pass_on(asked, port).expect("the emulator answers");
        if asked.name().starts_with("lambda GET /2015-03-31/functions/cruddur-messaging-stream")
            && let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body)
            && body.get("Configuration").is_some()
        {
            body["Configuration"]["State"] = json!("Failed");
            body["Configuration"]["StateReason"] = json!("The subnet is gone.");
            answer.body = body.to_string().into_bytes();
        }
        answer
    });
    let run = Run::new(place.stack.dir()).args(&["plan", "--detailed-exitcode"]);
    let output = run.env("AWS_ENDPOINT_URL", stub.endpoint()).output().success();
    let said = "it has failed, and can't be invoked: The subnet is gone.";
    assert!(output.stdout.contains("No changes") && output.stdout.contains(said), "{}", output.stdout);
}

#[test]
fn unmanaged_permission_is_reported_until_removed() {
    let yaml = YAML.replace("eu-centrall-1", "eu-central-1").replace("3.9", "3.13").replace("index.", "main.");
    let place = Place::new(Stack::with_code(&yaml));
    place.apply(&[]);
    let quiet = place.run(&["plan"]).success().stdout;
    assert!(quiet.contains("No changes") && !quiet.contains("note:"), "{quiet}");
    let open = json!({
        "FunctionName": "worker", "StatementId": "open", "Action": "lambda:InvokeFunction", "Principal": "*",
    });
    place.observer.call("lambda", "add_permission", open);
    let told = place.run(&["plan"]).success().stdout;
    assert!(told.contains("No changes"), "it is unmanaged: {told}");
    for words in ["note: functions.worker: ANYBODY may invoke it", "(`open`)", "`permissions: {}`"] {
        assert!(told.contains(words), "{words:?} is not in:\n{told}");
    }
    place.stack.replace("    handler:", "    permissions: {}\n    handler:");
    place.apply(&[]);
    place.stack.replace("    permissions: {}\n", "");
    let clean = place.run(&["plan"]).success().stdout;
    assert!(clean.contains("No changes") && !clean.contains("note:"), "{clean}");
}

#[test]
fn the_log_group_keeps_the_tags_of_its_function() {
    let place = Place::new(Stack::project());
    place.stack.replace("    memory: 128", "    memory: 128\n    log_retention: 7\n    tags: {team: one, tier: gold}");
    place.apply(&[]);
    let tags = |place: &Place| {
        let arn = "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/cruddur-messaging-stream";
        place.observer.call("logs", "list_tags_for_resource", json!({"resourceArn": arn}))["tags"].clone()
    };
    assert_eq!(tags(&place)["team"], "one");
    place.stack.replace("{team: one, tier: gold}", "{team: two}");
    place.apply(&[]);
    assert_eq!((&tags(&place)["team"], &tags(&place)["tier"]), (&json!("two"), &Value::Null));
}

#[test]
fn missing_managed_policy_is_a_plan_error() {
    let place = Place::of(
        "stack: shop\nregion: eu-central-1\nroles:\n  worker:\n    assumed_by: lambda.amazonaws.com\n    \
         managed_policies: [ReadOnlyAccess]\n    permissions_boundary: PowerUserAccess\n",
    );
    place.apply(&[]);
    let looks = |place: &Place| {
        let requests = place.emulator.requests();
        requests.iter().filter(|request| request.name() == "iam:GetPolicy").count()
    };
    place.stack.replace("[ReadOnlyAccess]", "[ReadOnlyAccess, NoSuchPolicy]");
    place.emulator.clear_log();
    let refused = place.run(&["apply", "--yes"]).code(1);
    let message = "there is no managed policy arn:aws:iam::aws:policy/NoSuchPolicy";
    assert!(refused.stderr.contains(message) && refused.stderr.contains("stack.yaml:6:"), "{}", refused.stderr);
    assert_eq!(place.emulator.mutations(), [""; 0]);
    assert_eq!(looks(&place), 1, "what is attached is there");

    place.stack.replace("[ReadOnlyAccess, NoSuchPolicy]", "[ReadOnlyAccess]");
    place.stack.replace("PowerUserAccess", "arn:aws:iam::123456789012:policy/bound");
    assert!(place.run(&["plan"]).code(1).stderr.contains("stack.yaml:7:"));
    place.emulator.fault(json!({
        "service": "iam", "operation": "GetPolicy", "status": 403, "code": "AccessDenied", "message": "no",
    }));
    let planned = place.run(&["plan"]).success();
    let words = "`iam:GetPolicy` is denied, so it is unknown whether the managed policy";
    assert!(planned.stdout.contains(words), "{}", planned.stdout);
}
