//! `startup` in a clean environment: whatever the end, the last line of standard output is one JSON object of the
//! published schema, the exit code is documented, and nothing is changed that was not asked for.

use std::net::TcpListener;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::cli_raced::at_once;
use crate::support::{
    ACCOUNT, Answer, Emulator, ORDERS, ORDERS_AND_PARCELS, Output, Place, Run, Stack, Stub, misfit, schema,
};

/// The report: the last line, which fits the schema and has the exit code of the process.
#[track_caller]
pub(super) fn report(output: &Output) -> Value {
    let last = output.stdout.lines().last().unwrap_or_default();
    let report: Value = serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {output:#?}"));
    let schema = schema("startup");
    if let Some(misfit) = misfit(&schema, &schema, &report, "report") {
        panic!("{misfit}: {report:#}");
    }
    assert_eq!(report["exit_code"], output.code, "{output:#?}");
    assert_ne!(report["message"], "");
    report
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// The addresses of a list of the report.
fn addresses(report: &Value, list: &str) -> Vec<String> {
    let all = report[list].as_array().expect("a list");
    all.iter().map(|one| text(one, "address").to_owned()).collect()
}

/// Runs it without the placeholders that other tests have as credentials, and with these variables.
fn without_credentials(stack: &Stack, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let run = Run::new(stack.dir()).args(&[&["startup"], arguments].concat());
    let mut command = run.command();
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY").envs(variables.iter().copied());
    let output = command.stdin(Stdio::null()).output().expect("the command runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("its output is text");
    Output { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
}

#[test]
fn workspace_without_credentials_gets_one_line_on_how_to_sign_in_and_exit_0() {
    let stack = Stack::new(ORDERS);
    for (variables, place, word) in [
        (&[][..], "shell", "aws login"),
        (&[("GITPOD_ENVIRONMENT_ID", "e1")], "ona", "ona idp token"),
        (&[("GITPOD_WORKSPACE_ID", "w1")], "gitpod-classic", "aws sso login"),
        (&[("CODESPACES", "true")], "codespaces", "--use-device-code"),
        (&[("CODER", "true")], "coder", "aws sso login"),
        (&[("REMOTE_CONTAINERS", "true")], "dev-container", "aws sso login"),
        (&[("GITHUB_ACTIONS", "true")], "ci", "id-token: write"),
    ] {
        for arguments in [&[][..], &["--apply"], &["--stop"], &["--format", "json"]] {
            let output = without_credentials(&stack, arguments, variables).success();
            let report = report(&output);
            assert_eq!((text(&report, "workspace"), text(&report, "stack")), (place, "shop"));
            assert!(text(&report, "message").contains(word), "{report:#}");
            assert!(text(&report, "message").ends_with("then run the same command again"), "{report:#}");
            assert_eq!((output.stdout.lines().count(), output.stderr.lines().count()), (1, 1), "{output:#?}");
            assert_eq!((&report["planned"], &report["account"]), (&json!([]), &json!(null)));
        }
    }
    let named = without_credentials(&stack, &[], &[("AWS_PROFILE", "dev")]).success();
    assert!(text(&report(&named), "message").contains("--profile dev"), "{named:#?}");
}

#[test]
fn expired_or_unknown_credentials_get_one_line_and_exit_0() {
    for code in ["ExpiredToken", "InvalidClientTokenId"] {
        let stub = Stub::start(move |_| Answer {
            status: 403,
            headers: Vec::new(),
            body: format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>The security token included in \
                 the request is expired</Message></Error><RequestId>1</RequestId></ErrorResponse>"
            )
            .into_bytes(),
        });
        let stack = Stack::new(ORDERS);
        let run = Run::new(stack.dir()).args(&["startup", "--apply"]);
        let output = run.env("AWS_ENDPOINT_URL_STS", stub.endpoint()).output().success();
        let report = report(&output);
        assert!(text(&report, "message").starts_with("not signed in to AWS"), "{report:#}");
        assert!(text(&report, "message").contains("is expired"), "{report:#}");
        assert_eq!(output.stderr.lines().count(), 1, "{}", output.stderr);
    }
}

#[test]
fn another_account_or_region_is_refused_before_anything_is_read() {
    let yaml = ORDERS.replace("region: eu-central-1", "region: eu-central-1\naccount: \"111111111111\"");
    let place = Place::of(&yaml);
    let output = place.run(&["startup", "--apply"]).code(3);
    let other_account = report(&output);
    assert!(text(&other_account, "message").contains("pinned to account 111111111111"), "{other_account:#}");
    assert_eq!((text(&other_account, "account"), &other_account["planned"]), (ACCOUNT, &json!([])));
    let asked = |place: &Place| place.emulator.requests().iter().filter(|one| one.service != "sts").count();
    assert_eq!(asked(&place), 0, "only who the caller is was asked");

    let place = Place::of(ORDERS);
    let other_region = report(&place.run(&["startup", "--apply", "--region", "us-east-1"]).code(3));
    assert!(text(&other_region, "message").contains("the stack's region is eu-central-1"), "{other_region:#}");
    assert!(place.emulator.requests().is_empty());

    place.stack.rewrite(&ORDERS.replace("region: eu-central-1", "residency: [eu-central-1]"));
    let run = place.command(&["startup", "--apply"]).env("AWS_REGION", "us-east-1");
    let no_residency = report(&run.output().code(3));
    assert!(text(&no_residency, "message").contains("eu-central-1 only"), "{no_residency:#}");
    assert_eq!(asked(&place), 0);
}

#[test]
fn nothing_is_changed_unless_it_is_told_to() {
    let place = Place::of(ORDERS);
    for (set, applies) in [(None, false), (Some("0"), false), (Some(""), false), (Some("1"), true)] {
        let mut run = place.command(&["startup"]);
        if let Some(value) = set {
            run = run.env("UNDERPIN_STARTUP_APPLY", value);
        }
        let report = report(&run.output().success());
        assert_eq!(report["planned"], json!([{"address": "tables.orders", "action": "create"}]));
        assert_eq!(!report["applied"].as_array().expect("a list").is_empty(), applies, "{set:?}: {report:#}");
        assert_eq!(!place.emulator.mutations().is_empty(), applies, "{set:?}");
    }
    let again = report(&place.run(&["startup", "--apply"]).success());
    assert_eq!((&again["planned"], &again["applied"], &again["left"]), (&json!([]), &json!([]), &json!([])));
    assert_eq!(text(&again, "message"), "the live resources match the file");
    let unclear = place.command(&["startup"]).env("UNDERPIN_STARTUP_APPLY", "perhaps").output().code(64);
    assert!(text(&report(&unclear), "message").contains("neither `1` nor `0`"));
}

#[test]
fn resources_that_need_consent_are_left_and_the_rest_goes_on() {
    let place = Place::of(
        "
stack: shop
region: eu-central-1
tables:
  orders: {partition_key: id, billing: {mode: on_demand}}
  old: {partition_key: id, billing: {mode: on_demand}, deletion_protection: false}
  safe: {partition_key: id, billing: {mode: on_demand}}
",
    );
    place.apply(&[]);
    // A new key, an orphan, less protection; and a table that is new.
    place.stack.rewrite(
        "
stack: shop
region: eu-central-1
tables:
  orders: {partition_key: other, billing: {mode: on_demand}}
  safe: {partition_key: id, billing: {mode: on_demand}, deletion_protection: false}
  parcels: {partition_key: id, billing: {mode: on_demand}}
",
    );
    let report = report(&place.run(&["startup", "--apply"]).success());
    assert_eq!(addresses(&report, "applied"), ["tables.parcels"]);
    let mut left = addresses(&report, "left");
    left.sort();
    assert_eq!(left, ["tables.old", "tables.orders", "tables.safe"]);
    let reasons: Vec<&str> = report["left"].as_array().expect("a list").iter().map(|one| text(one, "reason")).collect();
    assert!(reasons.iter().all(|reason| reason.contains("needs consent")), "{reasons:?}");
    for (table, protected) in [("orders", true), ("safe", true), ("old", false)] {
        assert_eq!(place.observer.table(table)["DeletionProtectionEnabled"], protected, "{table}");
    }
}

#[test]
fn denied_resource_and_what_depends_on_it_are_left_and_the_rest_goes_on() {
    let stack = Stack::with_code(
        "
stack: shop
region: eu-central-1
guardrails: {scps: [scp.json]}
roles:
  worker: {assumed_by: lambda.amazonaws.com}
functions:
  worker: {runtime: python3.13, handler: main.handler, code: code, role: \"${roles.worker.arn}\"}
tables:
  orders: {partition_key: id, billing: {mode: on_demand}}
",
    );
    let denies = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "NoRoles", "Effect": "Deny", "Action": "iam:CreateRole", "Resource": "*"},
    ]});
    let place = Place::new(stack.file("scp.json", denies.to_string()));
    let report = report(&place.run(&["startup", "--apply"]).success());
    assert_eq!(addresses(&report, "applied"), ["tables.orders"]);
    assert_eq!(addresses(&report, "left"), ["roles.worker", "functions.worker"]);
    assert!(text(&report["left"][0], "reason").contains("NoRoles"), "{report:#}");
    assert!(text(&report["left"][1], "reason").contains("depends on something that is left"), "{report:#}");
}

#[test]
fn twenty_startups_at_once_make_one_of_everything_and_all_exit_0() {
    let place = Place::new(Stack::project());
    for output in at_once(&place, 20, &["startup", "--apply", "--deadline", "150"]) {
        let report = report(&output.clone().success());
        assert_eq!(report["left"], json!([]), "{output:#?}");
    }
    for operation in ["CreateTable", "CreateRole", "CreateVpcEndpoint", "CreateFunction", "CreateEventSourceMapping"] {
        let requests = place.emulator.requests();
        let made = requests.iter().filter(|one| one.operation == operation && one.status < 400).count();
        assert_eq!(made, 1, "{operation}");
    }
    place.run(&["plan", "--detailed-exitcode"]).success();
}

#[test]
fn work_under_way_at_the_deadline_is_named_and_the_next_run_completes() {
    let place = Place::with(Stack::new(ORDERS_AND_PARCELS), Emulator::with(&["--slow", "25000"]));
    let begin = Instant::now();
    let output = place.run(&["startup", "--apply", "--deadline", "15"]).code(5);
    assert!(begin.elapsed() < Duration::from_secs(45), "it ends at its deadline");
    let first = report(&output);
    assert_eq!(addresses(&first, "left"), ["tables.orders", "tables.parcels"], "{output:#?}");
    assert!(text(&first, "message").contains("deadline"), "{first:#}");
    assert!(text(&first["left"][0], "reason").contains("under way"), "{first:#}");
    place.run(&["startup", "--apply", "--deadline", "150"]).success();
    place.run(&["plan", "--detailed-exitcode"]).success();
}

#[test]
fn endpoint_that_hangs_is_waited_for_until_the_deadline_only() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let url = format!("http://{}", silent.local_addr().expect("it has an address"));
    let stack = Stack::new(ORDERS);
    for variable in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"] {
        let begin = Instant::now();
        let run = Run::new(stack.dir()).args(&["startup", "--apply", "--deadline", "1"]).env(variable, &url);
        let report = report(&run.output().code(5));
        assert!(begin.elapsed() < Duration::from_secs(20), "it ends at its deadline");
        assert_eq!(text(&report, "message"), "the deadline of 1 s came while connecting to AWS: running again is safe");
    }
    let emulator = Emulator::start();
    emulator.fault(json!({"service": "dynamodb", "operation": "DescribeTable", "delay_ms": 20_000}));
    let run = Run::new(stack.dir()).at(&emulator).args(&["startup", "--deadline", "2"]);
    let report = report(&run.output().code(5));
    assert!(text(&report, "message").contains("reading the live resources"), "{report:#}");
}

#[test]
fn errors_and_usage_errors_end_with_the_line_too() {
    let stack = Stack::new("stack: shop\nregion: eu-central-1\ntables:\n  orders: {partition_kee: id}\n");
    let run = |arguments: &[&str]| Run::new(stack.dir()).args(arguments).env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    for (arguments, code, word) in [
        (&["startup"][..], 1, "the stack file has errors"),
        (&["startup", "--file", "none.yaml"], 1, "there is no stack file"),
        (&["startup", "--nonsense"], 64, "--nonsense"),
        (&["startup", "--deadline", "soon"], 64, "soon"),
        (&["startup", "--deadline", "0"], 64, "0"),
        (&["-f", "stack.yaml", "startup", "extra"], 64, "extra"),
        (&["startup", "--env", "nowhere"], 64, "the stack file has errors"),
        (&["startup", "--format", "markdown"], 64, "no format `markdown`"),
        (&["startup", "--format", "json", "--what"], 64, "--what"),
        (&["startup", "--org", "x"], 64, "--print-trust"),
        (&["startup", "--print-trust", "ona"], 64, "not pinned"),
        (&["startup", "--print-trust", "ona", "--org", "o1", "--project", "*"], 64, "`*` is not"),
        (&["startup", "--print-trust", "github"], 64, "not pinned"),
        (&["startup", "--print-trust", "github", "--repository", "me/*"], 64, "`me/*` is not"),
        (&["startup", "--print-trust", "github", "--org", "me", "--repository", "me/mine"], 64, "are for Ona"),
    ] {
        let output = run(arguments).output().code(code);
        let report = report(&output);
        assert!(output.stderr.contains(word) || text(&report, "message").contains(word), "{arguments:?}: {output:#?}");
    }
    let sound = Stack::new(ORDERS);
    let unanswered = Run::new(sound.dir()).args(&["startup"]).env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    assert!(text(&report(&unanswered.output().code(1)), "message").contains("nothing answers"));
}

#[test]
fn refused_output_file_stays_as_it_is() {
    let place = Place::of(ORDERS);
    for command in [&["startup"][..], &["reset", "--env", "local"], &["startup", "--print-trust", "ona"]] {
        let output = place.run(&[command, &["--output", "stack.yaml"]].concat()).code(64);
        assert!(text(&report(&output), "message").contains("which is the stack file"), "{output:?}");
        assert_eq!(place.stack.read("stack.yaml"), ORDERS);
    }
    place.stack.write("trust.json", "kept");
    let _ = place.run(&["startup", "--print-trust", "ona", "--output", "trust.json"]).code(64);
    assert_eq!(place.stack.read("trust.json"), "kept");
}

#[test]
fn output_that_can_not_be_written_is_an_error() {
    let place = Place::of(ORDERS);
    let output = place.run(&["startup", "--output", "no-folder/report.json"]).code(1);
    let said = report(&output);
    assert!(text(&said, "message").contains("failed to write `no-folder/report.json`"), "{said}");
    assert_eq!(said["exit_code"], 1);
    let output = place.run(&["startup", "--output", "report.json"]).success();
    assert_eq!(place.stack.read("report.json").trim_end(), output.stdout.lines().last().unwrap_or_default());
}

#[test]
fn interrupt_ends_with_the_line_too() {
    let place = Place::of(ORDERS);
    place.emulator.fault(json!({"service": "dynamodb", "operation": "DescribeTable", "delay_ms": 20_000}));
    let run = place.command(&["startup"]);
    let child = run.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command starts");
    while !place.emulator.requests().iter().any(|request| request.operation == "GetCallerIdentity") {
        std::thread::sleep(Duration::from_millis(50));
    }
    let kill = std::process::Command::new("/bin/sh").args(["-c", &format!("kill -INT {}", child.id())]).status();
    assert!(kill.expect("the shell runs").success());
    let output = child.wait_with_output().expect("it ends");
    let stdout = String::from_utf8(output.stdout).expect("it is text");
    let output = Output { code: output.status.code().unwrap_or(-1), stdout, stderr: String::new() };
    report(&output.code(130));
}

#[test]
fn failed_call_is_left_with_its_reason() {
    let place = Place::of(ORDERS_AND_PARCELS);
    place.emulator.fault(json!({
        "service": "dynamodb", "operation": "CreateTable", "nth": 1, "status": 400, "code": "AccessDeniedException",
        "message": "no identity-based policy allows it",
    }));
    let report = report(&place.run(&["startup", "--apply"]).code(5));
    assert_eq!((addresses(&report, "applied").len(), addresses(&report, "left").len()), (1, 1));
    assert!(text(&report["left"][0], "reason").contains("no identity-based policy allows it"), "{report:#}");
}

#[test]
fn printed_trust_policy_is_pinned_and_passes_the_shipped_rule() {
    let ids = ["--org", "a1b2c3d4-0000-4000-8000-000000000001", "--project", "c9d0e1f2-0000-4000-8000-000000000005"];
    let empty = tempfile::tempdir().expect("a folder can be made");
    for (issuer, arguments) in [
        ("ona", &ids[..]),
        ("github", &["--repository", "octocat@123456/my-repo@456789"]),
        ("github", &["--repository", "octocat/my-repo"]),
    ] {
        let print = |folder: &std::path::Path| {
            Run::new(folder).args(&[&["startup", "--print-trust", issuer], arguments].concat()).output().success()
        };
        assert!(print(empty.path()).stdout.contains("::${account}:oidc-provider/"), "the account is not known there");
        let stack = Stack::new(
            "
stack: shop
region: eu-central-1
account: \"123456789012\"
roles:
  workspace: {assume_role_policy: trust.json}
guardrails: {config_rules: [iam-oidc-trust-pinned]}
",
        );
        let output = print(stack.dir());
        assert_eq!(
            output.json()["Statement"][0]["Principal"]["Federated"].as_str().map(|arn| &arn[..26]),
            Some("arn:aws:iam::123456789012:")
        );
        stack.write("trust.json", &output.stdout);
        crate::support::underpin(stack.dir(), &["validate"]).success();
        insta::assert_snapshot!(format!("trust_{issuer}_{}", arguments[1].contains('@')), output.stdout);
        let open = output.stdout.replace(":project_id:c9d0e1f2-0000-4000-8000-000000000005", ":*");
        let open = open.replace("my-repo@456789", "*").replace("octocat/my-repo", "octocat/*");
        stack.write("trust.json", open);
        crate::support::underpin(stack.dir(), &["validate"]).code(3);
    }
    let workflow = Run::new(empty.path())
        .args(&["startup", "--print-trust", "github"])
        .env("GITHUB_REPOSITORY", "octocat/my-repo")
        .env("GITHUB_REPOSITORY_OWNER_ID", "123456")
        .env("GITHUB_REPOSITORY_ID", "456789");
    assert!(workflow.output().success().stdout.contains("repo:octocat@123456/my-repo@456789:*"));
}
