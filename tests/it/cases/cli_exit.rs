//! Exit codes: part of the interface. Saved plans and interruptions have files of their own.

use serde_json::json;

use crate::support::{ORDERS_AND_PARCELS, Place, Run, Stack, denials, underpin};

const ONE_TABLE: &str = "
stack: shop
region: eu-central-1
tables:
  orders:
    partition_key: id
    billing: {mode: on_demand}
    deletion_protection: false
    point_in_time_recovery: false
";

fn denied() -> serde_json::Value {
    json!({
        "service": "dynamodb", "operation": "CreateTable", "times": 1, "status": 400,
        "code": "AccessDeniedException", "message": "no identity-based policy allows it",
    })
}

#[test]
fn exit_0_when_done_or_nothing_to_do() {
    let place = Place::of(ONE_TABLE);
    place.run(&["plan"]).code(0);
    place.run(&["apply", "--yes"]).code(0);
    place.run(&["plan", "--detailed-exitcode"]).code(0);
    place.run(&["apply"]).code(0);
    place.run(&["validate"]).code(0);
    place.run(&["--help"]).code(0);
    place.run(&["--version"]).code(0);
}

#[test]
fn exit_2_when_changes_are_pending_with_detailed_exitcode() {
    let place = Place::of(ONE_TABLE);
    for format in ["text", "json", "markdown"] {
        place.run(&["plan", "--detailed-exitcode", "--format", format]).code(2);
    }
    place.run(&["plan"]).code(0);
}

#[test]
fn exit_1_when_stack_file_is_invalid() {
    let place = Place::of("stack: shop\nregion: eu-central-1\ntables:\n  orders: {partition_kee: id}\n");
    for command in ["validate", "plan", "apply", "destroy", "graph"] {
        let output = place.run(&[command]).code(1);
        assert!(output.stderr.contains("partition_kee"), "{command}: {}", output.stderr);
    }
    let missing = place.run(&["plan", "--file", "none.yaml"]).code(1);
    assert!(missing.stderr.contains("none.yaml") && missing.stderr.contains("underpin init"), "{}", missing.stderr);
    let asked: Vec<_> = place.emulator.requests().into_iter().filter(|request| request.service != "sts").collect();
    assert!(asked.is_empty(), "a wrong file is found before anything is read: {asked:?}");
    let lost =
        Run::new(place.stack.dir()).env("AWS_ENDPOINT_URL", "http://127.0.0.1:9").args(&["plan"]).output().code(1);
    assert!(lost.stderr.contains("partition_kee"), "and told whether or not AWS answers: {}", lost.stderr);
}

#[test]
fn exit_1_when_role_does_not_trust_lambda() {
    let yaml = "\
stack: shop
region: eu-central-1
roles:
  worker: {assumed_by: batch.amazonaws.com}
functions:
  worker:
    runtime: python3.13
    handler: main.handler
    code: code
    role: ${roles.worker.arn}
";
    let place = Place::new(Stack::with_code(yaml));
    for command in [&["validate"][..], &["apply", "--yes"]] {
        let output = place.run(command).code(1);
        for words in ["stack.yaml:10:", "does not let `lambda.amazonaws.com` assume the role"] {
            assert!(output.stderr.contains(words), "`{words}` is not in:\n{}", output.stderr);
        }
    }
    assert_eq!(place.emulator.mutations(), [""; 0]);
}

#[test]
fn exit_1_when_two_resources_are_the_same_to_aws() {
    let yaml = "\
stack: shop
region: eu-central-1
tables:
  orders: {partition_key: pk, stream: new_image}
vpc_endpoints:
  first: {service: s3}
  second: {service: com.amazonaws.eu-central-1.s3}
functions:
  worker:
    runtime: python3.13
    handler: main.handler
    code: code
    role: worker
    triggers:
      all: {stream: '${tables.orders.stream_arn}', starting_position: latest}
      some: {stream: '${tables.orders.stream_arn}', starting_position: latest, filters: [{eventName: [INSERT]}]}
";
    let stack = Stack::with_code(yaml);
    let output = Run::new(stack.dir()).args(&["validate"]).output().code(1);
    for words in [
        "stack.yaml:7:3",
        "vpc_endpoints.second: `vpc_endpoints.first` has this already: a route table leads to a service through one",
        "stack.yaml:16:22",
        "triggers.worker/some: `triggers.worker/all` has this already: Lambda takes one trigger for a function",
        "`filters` are alternatives",
    ] {
        assert!(output.stderr.contains(words), "`{words}` is not in:\n{}", output.stderr);
    }
}

#[test]
fn exit_1_when_gateway_endpoints_share_a_route_table_of_the_account() {
    let stack = Stack::new("stack: shop\nregion: eu-central-1\nvpc_endpoints: {}\n");
    let place = Place::new(stack);
    let vpcs = place.observer.call("ec2", "describe_vpcs", json!({}));
    let id = vpcs["Vpcs"][0]["VpcId"].as_str().expect("a VPC").to_owned();
    let second = format!("{{service: s3, vpc: {id}, route_tables: main}}");
    place.stack.replace("vpc_endpoints: {}", &format!("vpc_endpoints:\n  first: {{service: s3}}\n  second: {second}"));
    place.run(&["validate"]).code(0);
    let output = place.run(&["plan"]).code(1);
    assert!(output.stderr.contains("stack.yaml:5:"), "{}", output.stderr);
    assert!(output.stderr.contains("`vpc_endpoints.first` has this already"), "{}", output.stderr);
}

#[test]
fn exit_1_when_endpoint_is_unreachable() {
    let stack = Stack::new(ONE_TABLE);
    // Nothing listens on the port of "discard".
    let run = Run::new(stack.dir()).env("AWS_ENDPOINT_URL", "http://127.0.0.1:9").env("AWS_MAX_ATTEMPTS", "1");
    let output = run.args(&["plan"]).output().code(1);
    assert!(output.stderr.starts_with("error: "), "{}", output.stderr);
    assert_eq!(output.stdout, "");
}

#[test]
fn exit_1_when_read_is_denied() {
    let place = Place::of(ONE_TABLE);
    place.emulator.fault(json!({
        "service": "dynamodb", "operation": "DescribeTable", "status": 400, "code": "AccessDeniedException",
        "message": "User is not authorized to perform: dynamodb:DescribeTable",
    }));
    let output = place.run(&["plan"]).code(1);
    assert!(output.stderr.contains("dynamodb:DescribeTable"), "{}", output.stderr);
    assert_eq!(output.stdout, "", "what could not be read is never taken for absent");
}

#[test]
fn exit_1_when_first_call_fails() {
    let place = Place::of(ONE_TABLE);
    place.emulator.fault(denied());
    let output = place.run(&["apply", "--yes"]).code(1);
    assert!(output.stderr.contains("AccessDeniedException"), "{}", output.stderr);
    assert_eq!(place.observer.table("orders"), json!(null));
}

/// The SDK repeats a call by itself. If the first attempt's answer is lost, the second attempt's refusal may be
/// a result of the first one's success.
#[test]
fn exit_5_when_an_earlier_attempt_may_have_succeeded() {
    let place = Place::of(ONE_TABLE);
    place.apply(&[]);
    place.stack.rewrite(&place.stack.yaml().replace("partition_key: id", "partition_key: id\n    stream: new_image"));
    for first in [json!({"drop": true}), json!({"status": 500, "code": "InternalServerError"})] {
        let mut first = first;
        (first["service"], first["operation"], first["nth"]) = (json!("dynamodb"), json!("UpdateTable"), json!(1));
        place.emulator.fault(first);
        place.emulator.fault(json!({
            "service": "dynamodb", "operation": "UpdateTable", "times": 1, "status": 400,
            "code": "AccessDeniedException", "message": "the session has ended",
        }));
        let output = place.run(&["apply", "--yes"]).code(5);
        assert!(output.stderr.contains("AccessDeniedException"), "{}", output.stderr);
        place.emulator.clear_faults();
        place.stack.rewrite(&place.stack.yaml().replace("new_image", "keys_only"));
    }
    place.apply(&[]);
}

#[test]
fn exit_5_when_partly_applied_and_next_run_completes() {
    let place = Place::new(Stack::project());
    place.emulator.fault(json!({
        "service": "lambda", "operation": "CreateFunction", "times": 1, "status": 403,
        "code": "AccessDeniedException", "message": "explicit deny in a service control policy",
    }));
    let output = place.run(&["apply", "--yes"]).code(5);
    for words in [
        "functions.cruddur-messaging-stream: failed to create function",
        "lambda:CreateFunction answered AccessDeniedException",
        "explicit deny in a service control policy",
        "skipped, since something before it failed:\n    triggers.cruddur-messaging-stream/messages: create trigger",
        "Fix what failed, or it may fail again. Running again is safe",
    ] {
        assert!(output.stderr.contains(words), "`{words}` is not in:\n{}", output.stderr);
    }
    assert_eq!(place.observer.table("cruddur-messages")["TableStatus"], "ACTIVE", "what could be done was done");
    let id = place.observer.table("cruddur-messages")["TableId"].clone();
    place.apply(&[]);
    assert_eq!(place.observer.table("cruddur-messages")["TableId"], id);
    assert_eq!(place.observer.mappings("cruddur-messaging-stream").as_array().map(Vec::len), Some(1));
}

#[test]
fn exit_5_json_report_lists_done_and_undone_steps() {
    let place = Place::of(ORDERS_AND_PARCELS);
    place.emulator.fault(denied());
    let lines = place.run(&["apply", "--yes", "--format", "json"]).code(5).json_lines();
    let report = &lines.last().expect("the last line is the report")["report"];
    assert_eq!(report["failures"][0]["code"], "AccessDeniedException");
    let states: Vec<&str> =
        report["steps"].as_array().expect("steps").iter().filter_map(|s| s["state"].as_str()).collect();
    assert!(states.contains(&"done") && states.contains(&"failed"), "{states:?}");
    place.apply(&[]);
}

#[test]
fn exit_5_when_applied_and_result_cannot_be_read() {
    let place = Place::of(ONE_TABLE);
    // Before there is a table nothing of it is asked for, and after the apply it is read.
    place.emulator.fault(json!({
        "service": "dynamodb", "operation": "DescribeTimeToLive", "status": 400, "code": "ValidationException",
        "message": "broken",
    }));
    let output = place.run(&["apply", "--yes"]).code(5);
    assert!(output.stderr.contains("could not read the live state"), "{}", output.stderr);
    place.emulator.clear_faults();
    place.run(&["plan", "--detailed-exitcode"]).code(0);
}

#[test]
fn exit_3_for_another_account_before_any_read() {
    let place = Place::of(&format!("{ONE_TABLE}\naccount: \"999988887777\"\n"));
    for command in [&["plan"][..], &["plan", "--detailed-exitcode"], &["apply", "--yes"], &["destroy", "--yes"]] {
        let output = place.run(command).code(3);
        assert!(output.stdout.contains("999988887777") && output.stdout.contains("123456789012"), "{}", output.stdout);
        let line =
            1 + place.stack.read("stack.yaml").lines().position(|line| line.starts_with("account:")).expect("it");
        assert!(output.stdout.contains(&format!("at stack.yaml:{line}:10")), "{}", output.stdout);
    }
    let others: Vec<_> = place.emulator.requests().into_iter().filter(|request| request.service != "sts").collect();
    assert!(others.is_empty(), "{others:?}");
    assert_eq!(denials(&place.plan(&[]))[0].1, "account");
}

#[test]
fn exit_3_outside_the_residency_regions() {
    let place = Place::of(&format!("{ONE_TABLE}\nresidency: [eu-central-1, eu-west-1]\n"));
    place.run(&["plan"]).code(0);
    place.run(&["validate"]).code(0);
    let output = place.run(&["validate", "--region", "us-east-1"]).code(3);
    assert!(output.stderr.contains("eu-central-1, eu-west-1"), "{}", output.stderr);
    let output = place.run(&["plan", "--region", "us-east-1"]).code(3);
    assert!(output.stdout.contains("eu-central-1, eu-west-1"), "{}", output.stdout);
    place.run(&["apply", "--yes", "--region", "us-east-1"]).code(3);
    assert!(place.emulator.mutations().is_empty());
    // The account and region of the file and the command line are judged offline, too.
    place.run(&["validate"]).code(0);
    let output = place.run(&["validate", "--region", "us-east-1"]).code(3);
    assert!(output.stderr.contains("eu-central-1, eu-west-1"), "{}", output.stderr);
    let plan = place.run(&["plan", "--region", "us-east-1", "--format", "json"]).code(3).json();
    assert_eq!((denials(&plan)[0].1.as_str(), &plan["blocked"]), ("residency", &json!(true)));
}

#[test]
fn residency_verdict_names_the_line_of_the_region_or_else_of_the_rule() {
    let place = Place::of(&format!("{ONE_TABLE}\nresidency: [eu-central-1]\n"));
    let line = |start: &str| {
        let text = place.stack.read("stack.yaml");
        1 + text.lines().position(|line| line.starts_with(start)).expect("it is there")
    };
    let (rule, region) = (line("residency:"), line("region:"));
    for command in ["validate", "plan"] {
        let output = place.run(&[command, "--region", "us-east-1"]).code(3);
        let said = output.stdout + &output.stderr;
        assert!(said.contains(&format!("at stack.yaml:{rule}:1")), "{said}");
    }
    place.stack.replace("region: eu-central-1", "region: us-east-1");
    for command in ["validate", "plan"] {
        let output = place.run(&[command]).code(3);
        let said = output.stdout + &output.stderr;
        assert!(said.contains(&format!("at stack.yaml:{region}:9")), "{said}");
        assert!(said.contains(&format!("(stack.yaml:{rule}:1)")), "{said}");
    }
}

#[test]
fn exit_1_when_endpoint_url_is_invalid_naming_its_source() {
    let yaml = format!("{ONE_TABLE}\nenvironments:\n  local: {{endpoint_url: 'http://hush{{ed'}}\n");
    let stack = Stack::new(&yaml);
    let line =
        1 + stack.read("stack.yaml").lines().position(|line| line.contains("endpoint_url")).expect("it is there");
    let says = |run: Run, part: &str| {
        let output = run.output().code(1);
        assert!(output.stderr.contains(part) && !output.stderr.contains("hush"), "{}", output.stderr);
    };
    let run = |arguments: &[&str]| Run::new(stack.dir()).args(arguments);
    says(run(&["plan", "--endpoint-url", "hush"]), "the endpoint of `--endpoint-url` is not a URL");
    says(
        run(&["plan", "--env", "local"]),
        &format!("the endpoint of `endpoint_url:` at stack.yaml:{line}:25 is not a URL"),
    );
    for variable in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_LAMBDA"] {
        says(run(&["plan"]).env(variable, "hush"), &format!("the endpoint of the variable `{variable}` is not a URL"));
    }
}

#[test]
fn exit_3_for_resource_of_another_stack() {
    let place = Place::of(ONE_TABLE);
    place.apply(&[]);
    let before = place.observer.table("orders");
    place.stack.replace("stack: shop", "stack: other");
    place.emulator.clear_log();
    let output = place.run(&["plan"]).code(3);
    assert!(
        output.stdout.contains("the stack `shop`") && output.stdout.contains("previous_names"),
        "{}",
        output.stdout
    );
    place.run(&["apply", "--yes"]).code(3);
    place.run(&["apply", "--yes", "--allow-adopt", "tables.orders"]).code(3);
    // Another owner's resource must not be destroyed by this stack.
    let destroyed = place.run(&["destroy", "--yes", "--allow-delete", "tables.orders"]).code(0);
    assert!(destroyed.stdout.contains("not deleted"), "{}", destroyed.stdout);
    assert_eq!(place.emulator.mutations(), [""; 0]);
    assert_eq!(place.observer.table("orders"), before);
}

#[test]
fn exit_3_takes_precedence_over_2_and_64() {
    let place = Place::of(&ONE_TABLE.replace("deletion_protection: false", "deletion_protection: true"));
    place.apply(&[]);
    place.stack.replace("deletion_protection: true", "deletion_protection: false");
    let output = place.run(&["plan", "--detailed-exitcode"]).code(3);
    assert!(output.stdout.contains("--allow-unprotect tables.orders"), "{}", output.stdout);
    place.run(&["apply"]).code(3);
    place.run(&["plan", "--detailed-exitcode", "--allow-unprotect", "tables.orders"]).code(2);
    place.apply(&["--allow-unprotect", "tables.orders"]);
    assert_eq!(place.observer.table("orders")["DeletionProtectionEnabled"], false);
}

#[test]
fn exit_64_without_a_terminal_to_confirm() {
    let place = Place::of(ONE_TABLE);
    let output = place.run(&["apply"]).code(64);
    assert!(output.stderr.contains("--yes"), "{}", output.stderr);
    // A pipe can't answer for a person, either.
    place.command(&["apply"]).stdin("yes\n").output().code(64);
    place.run(&["apply", "--format", "json"]).code(64);
    assert!(place.emulator.mutations().is_empty());
    place.apply(&[]);
    let output = place.run(&["destroy", "--allow-delete", "tables.orders"]).code(64);
    assert!(output.stderr.contains("--yes"), "{}", output.stderr);
    assert_eq!(place.observer.table("orders")["TableStatus"], "ACTIVE");
}

#[test]
fn exit_64_for_command_line_errors() {
    let place = Place::of(&format!("{ONE_TABLE}\nenvironments: {{prod: {{}}}}\n"));
    let says = |arguments: &[&str], words: &str| {
        let output = place.run(arguments).code(64);
        assert!(output.stderr.contains(words), "{arguments:?}: {}", output.stderr);
    };
    says(&["plann"], "plan");
    says(&["plan", "--outt", "x"], "--out");
    says(&["plan", "--format", "yaml"], "markdown");
    says(&["plan", "--env", "prd"], "prod");
    says(&["validate", "--env", "prd"], "prod");
    says(&["plan", "--target", "tables.order"], "did you mean `tables.orders`?");
    says(&["plan", "--target", "orders"], "orders");
    for flag in ["--allow-delete", "--allow-replace", "--allow-unprotect", "--allow-adopt"] {
        says(&["apply", "--yes", flag, "tables.order"], "did you mean `tables.orders`?");
    }
    says(&["plan", "-out=plan.json"], "use `--out FILE`");
    assert!(!place.stack.path("ut=plan.json").exists());
    says(&["apply", "-auto-approve"], "`--yes`");
    says(&["graph", "--format", "json"], "`graph` has no format `json`");
    says(&["validate", "--format", "markdown"], "`validate` has no format `markdown`");
    says(&["schema", "plan", "--format", "markdown"], "`schema plan` has no format `markdown`");
    says(&["plan", "--sandbox", "--endpoint-url", "http://127.0.0.1:1"], "--endpoint-url");
    says(&["apply", "plan.json", "--target", "tables.orders"], "--target");
    says(&[], "Usage");
    assert!(place.emulator.mutations().is_empty());
}

#[test]
fn exit_1_when_connection_fails_naming_endpoint_or_profile() {
    let place = Place::of(ONE_TABLE);
    let says = |arguments: &[&str], words: &[&str]| {
        let output = place.run(arguments).code(1);
        for words in words {
            assert!(output.stderr.contains(words), "{arguments:?}: {}", output.stderr);
        }
        assert!(!output.stderr.contains("sign in"), "{arguments:?}: {}", output.stderr);
    };
    let url = "http://name:secret@127.0.0.1:1/x";
    says(&["plan", "--endpoint-url", url], &["nothing answers at http://127.0.0.1:1\n", "start the server there"]);
    says(&["plan", "--profile", "nope"], &["no profile `nope` in the AWS configuration"]);
}

#[test]
fn verbose_flag_prints_api_calls() {
    let place = Place::of(ONE_TABLE);
    let said = |arguments: &[&str]| place.run(arguments).success().stderr;
    let verbose = said(&["plan", "-v"]);
    for line in ["STS: GetCallerIdentity → 200", "DynamoDB: DescribeTable → 400"] {
        assert!(verbose.lines().any(|said| said == line), "{line}: {verbose}");
    }
    assert!(!said(&["plan"]).contains("→ 200"));
}

#[test]
fn file_flag_accepts_a_folder() {
    let place = Place::of(ONE_TABLE);
    let folder = place.stack.dir().display().to_string();
    place.run(&["validate", "--file", &folder]).success();
    let output = place.run(&["validate", "--file", "/"]).code(1);
    assert!(output.stderr.contains("there is no stack file `/stack.yaml`"), "{}", output.stderr);
}

#[test]
fn errors_are_json_with_format_json() {
    let place = Place::of(ONE_TABLE);
    let error = |arguments: &[&str], code: i32| {
        let output = place.run(&[arguments, &["--format", "json"]].concat()).code(code);
        assert!(output.stderr.contains("error"), "they are on standard error as well: {}", output.stderr);
        let error = output.json_lines().pop().expect("the last line is the error");
        assert_eq!(error["exit_code"], code);
        error["error"].clone()
    };
    assert_eq!(error(&["plan", "--target", "tables.none"], 64)["kind"], "usage");
    assert_eq!(error(&["plan", "--env", "none"], 64)["kind"], "input");
    assert_eq!(error(&["apply", "none.json"], 1)["kind"], "failed");
    assert_eq!(error(&["apply"], 64)["kind"], "usage");
    place.stack.replace("partition_key", "partition_kee");
    let wrong = error(&["validate"], 1);
    assert_eq!(wrong["kind"], "input");
    let diagnostics = wrong["diagnostics"].as_array().expect("there are some");
    let unknown = diagnostics.iter().find(|one| one["code"] == "unknown-key").expect("the slip is among them");
    assert_eq!(unknown["location"], json!({"file": "stack.yaml", "line": 6, "column": 5}));
    assert_eq!(error(&["plan", "--nonsense"], 64)["kind"], "usage");
}

#[test]
fn exit_1_without_stack_file_suggests_init() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let output = underpin(folder.path(), &["plan"]).code(1);
    assert!(output.stderr.contains("underpin init"), "{}", output.stderr);
}

#[test]
fn exit_1_with_location_for_every_unreadable_file() {
    let case = |line: &str, files: &[(&str, &str)], pipe: Option<&str>| {
        let mut stack = Stack::new(&format!("stack: shop\nregion: eu-central-1\n{line}\n"));
        for (name, text) in files {
            stack = stack.file(name, text);
        }
        if let Some(pipe) = pipe {
            let pipe = stack.dir().join(pipe);
            let made = std::process::Command::new("mkfifo").arg(pipe).status();
            assert!(made.expect("mkfifo runs").success());
        }
        // Waiting for a pipe would never end.
        let output = Run::new(stack.dir()).args(&["validate"]).output().code(1);
        assert!(output.stderr.contains("stack.yaml:3:"), "{line}: {}", output.stderr);
        output.stderr
    };
    case("guardrails: {config_rules: [pol.json]}", &[("pol.json", "{}")], None);
    case("guardrails: {config_rules: [empty]}", &[("empty/a.txt", "")], None);
    case("guardrails: {scps: [rule.guard]}", &[("rule.guard", "rule a { x exists }")], None);
    let large = " ".repeat((8 << 20) + 1);
    let said = case("guardrails: {scps: [large.json]}", &[("large.json", &large)], None);
    assert!(said.contains("at most 8 MiB"), "{said}");
    let role = |policy: &str| format!("roles: {{a: {{assume_role_policy: {policy}}}}}");
    assert!(case(&role("large.json"), &[("large.json", &large)], None).contains("at most 8 MiB"));
    let code =
        "functions: {a: {runtime: python3.13, handler: a.b, role: 'arn:aws:iam::123456789012:role/r', code: pipe}}";
    for line in
        [code, &role("pipe.json"), "guardrails: {scps: [pipe.json]}", "guardrails: {config_rules: [pipe.guard]}"]
    {
        let pipe = ["pipe.json", "pipe.guard"].into_iter().find(|name| line.contains(name)).unwrap_or("pipe");
        let said = case(line, &[], Some(pipe));
        assert!(said.contains("it is not a regular file"), "{said}");
    }
}

#[test]
fn exit_1_for_endless_stack_file() {
    let stack = Stack::new("");
    let output = Run::new(stack.dir()).args(&["validate", "-f", "/dev/zero"]).output().code(1);
    assert!(output.stderr.contains("at most 8 MiB are read"), "{}", output.stderr);
    let piped = Run::new(stack.dir()).args(&["validate", "-f", "/dev/stdin"]).stdin("{stack: s, region: eu-central-1}");
    piped.output().success();
}

#[test]
fn exit_1_within_a_minute_when_endpoint_never_answers() {
    // The system accepts connections for it, and it never reads.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let endpoint = format!("http://{}", silent.local_addr().expect("it has an address"));
    let stack = Stack::new(ONE_TABLE);
    let began = std::time::Instant::now();
    let output = Run::new(stack.dir()).args(&["plan", "--endpoint-url", &endpoint]).output().code(1);
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    assert!(output.stderr.starts_with("Waiting for AWS"), "{}", output.stderr);
}
