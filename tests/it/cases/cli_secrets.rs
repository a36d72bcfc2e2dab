//! Sensitive values appear nowhere: not on either stream, not in a plan, not in any file.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::support::{Output, Place, Stack};

const PASSWORD: &str = "correct-horse-battery";
const IN_FILE: &str = "written-in-the-file";
const OTHER: &str = "staple-of-another-colour";

const YAML: &str = "
stack: shop
region: eu-central-1
roles:
  worker:
    assumed_by: lambda.amazonaws.com
    description: \"contact ${env:CONTACT}\"
functions:
  worker:
    runtime: python3.13
    handler: main.handler
    code: code
    role: ${roles.worker.arn}
    environment:
      PASSWORD: \"${env:PASSWORD}\"
      URL: \"postgres://shop:${env:PASSWORD}@db/shop\"
      LITERAL: written-in-the-file
";

fn place() -> Place {
    Place::new(Stack::with_code(YAML))
}

fn run(place: &Place, password: &str, arguments: &[&str]) -> Output {
    place.command(arguments).env("PASSWORD", password).env("CONTACT", "ada@private.example").output()
}

const SECRETS: [&str; 4] = [PASSWORD, IN_FILE, OTHER, "ada@private.example"];

#[track_caller]
fn tells_nothing(output: &Output) {
    for secret in SECRETS {
        assert!(!output.stdout.contains(secret), "{secret} is in:\n{}", output.stdout);
        assert!(!output.stderr.contains(secret), "{secret} is in:\n{}", output.stderr);
    }
}

#[track_caller]
fn no_file_tells(folder: &Path) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            no_file_tells(&path);
        } else if !path.ends_with("stack.yaml") {
            let text = String::from_utf8_lossy(&fs::read(&path).expect("the file can be read")).into_owned();
            for secret in SECRETS {
                assert!(!text.contains(secret), "{secret} is in {}", path.display());
            }
        }
    }
}

#[test]
fn secrets_never_appear_in_any_output() {
    let place = place();
    for arguments in [
        &["plan"][..],
        &["plan", "-v"],
        &["plan", "--format", "json"],
        &["plan", "--format", "markdown"],
        &["plan", "--out", "plan.json"],
        &["plan", "--format", "json", "--output", "printed.json"],
        &["validate", "--format", "json"],
        &["graph"],
        &["apply", "--yes", "--format", "json", "-v"],
    ] {
        let output = run(&place, PASSWORD, arguments).success();
        tells_nothing(&output);
    }
    no_file_tells(place.stack.dir());
    let variables = place.observer.function("worker")["Environment"]["Variables"].clone();
    let url = format!("postgres://shop:{PASSWORD}@db/shop");
    assert_eq!(variables, json!({"PASSWORD": PASSWORD, "URL": url, "LITERAL": IN_FILE}), "AWS has them");
    assert_eq!(place.observer.role("worker")["Description"], "contact ada@private.example");

    // A change shows neither the old value nor the new one.
    for format in ["text", "json", "markdown"] {
        let output = run(&place, OTHER, &["plan", "--detailed-exitcode", "--format", format]).code(2);
        tells_nothing(&output);
        assert!(output.stdout.contains("environment.PASSWORD"), "that it changes is told");
        assert!(!output.stdout.contains("environment.LITERAL"), "what is the same is not");
    }
    tells_nothing(&run(&place, OTHER, &["apply", "--yes"]).success());
    assert_eq!(place.observer.function("worker")["Environment"]["Variables"]["PASSWORD"], OTHER);
    tells_nothing(&run(&place, OTHER, &["destroy", "--yes"]).success());
    no_file_tells(place.stack.dir());
}

#[test]
fn secrets_never_appear_in_errors() {
    let place = place();
    place.emulator.fault(json!({"service": "lambda", "operation": "CreateFunction", "status": 400, "code": "InvalidParameterValueException"}));
    let output = run(&place, PASSWORD, &["apply", "--yes"]).code(5);
    tells_nothing(&output);
    place.emulator.clear_faults();
    // A value that AWS would refuse is reported by its place.
    place.stack.replace("description: \"contact ${env:CONTACT}\"", "max_session_duration: \"${env:PASSWORD}\"");
    for command in ["validate", "plan"] {
        let output = run(&place, PASSWORD, &[command]).code(1);
        assert!(output.stderr.contains("max_session_duration"), "{}", output.stderr);
        tells_nothing(&output);
        let output = run(&place, PASSWORD, &[command, "--format", "json"]).code(1);
        tells_nothing(&output);
    }
}

#[test]
fn secrets_in_endpoint_urls_never_appear() {
    let place = place();
    for endpoint in [format!("http://user:{PASSWORD}@127.0.0.1:9"), format!("http://127.0.0.1:9/{PASSWORD} x")] {
        for format in ["text", "json"] {
            let output = run(&place, OTHER, &["plan", "--endpoint-url", &endpoint, "--format", format]);
            assert_ne!(output.code, 0);
            tells_nothing(&output);
        }
    }
}

#[test]
fn digests_of_one_secret_differ_between_plans() {
    let place = place();
    let digest = || {
        let plan = run(&place, PASSWORD, &["plan", "--format", "json"]).success().json();
        let changes = plan["changes"].as_array().expect("changes").clone();
        let function =
            changes.into_iter().find(|change| change["address"] == "functions.worker").expect("it is planned");
        let properties = function["properties"].as_array().expect("properties").clone();
        let property = properties.into_iter().find(|one| one["path"] == "environment.PASSWORD").expect("it is planned");
        assert_eq!(property["sensitive"], true);
        property["after"].to_string()
    };
    assert_ne!(digest(), digest());
}

#[test]
fn endpoint_password_is_not_printed() {
    let place = Place::of("{stack: shop, region: eu-central-1, roles: {worker: {assumed_by: lambda.amazonaws.com}}}");
    let url = place.emulator.endpoint().replace("http://", "http://user:zebrapass99@");
    let output = place.run(&["plan", "--endpoint-url", &url]).success();
    assert!(output.stderr.contains("--endpoint-url http://127.0.0.1:"), "{}", output.stderr);
    assert!(!(output.stdout + &output.stderr).contains("zebra"));
}

#[test]
fn live_value_with_a_secret_is_hidden_everywhere() {
    let yaml = "
stack: shop
region: eu-central-1
roles:
  worker:
    assumed_by: lambda.amazonaws.com
    tags: {t: \"Bearer ${env:SEC}\"}
    inline_policies:
      p: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 'sts:AssumeRole', Resource: '*',
        Condition: {StringEquals: {'sts:ExternalId': \"${env:SEC}\"}}}]}
  other:
    assumed_by: lambda.amazonaws.com
    description: \"for ${env:SEC}\"
";
    let place = Place::of(yaml);
    let run = |arguments: &[&str], secret: &str| {
        let output = place.command(arguments).env("SEC", secret).output();
        let all = output.stdout.clone() + &output.stderr;
        assert!(!all.contains("zebrasecret99"), "{all}");
        assert!(!all.contains(|c| ('\u{e000}'..='\u{e003}').contains(&c)), "a mark of ours left the process: {all}");
        output
    };
    run(&["apply", "--yes", "--format", "json"], "zebrasecret99").success();
    // For another value the plan only shows that it differs.
    let text = run(&["plan"], "other-zebra-secret").success();
    assert!(text.stdout.contains("sensitive values in it differ"), "{}", text.stdout);
    run(&["plan", "--format", "json"], "other-zebra-secret").success();
    place.stack.replace("tags: {t:", "tags: {token:");
    place.stack.replace("      p: {Version", "      q: {Version");
    place.stack.replace("    description: \"for ${env:SEC}\"\n", "");
    let text = run(&["plan"], "zebrasecret99").success();
    assert!(text.stdout.contains("tags.t: (sensitive)"), "{}", text.stdout);
    run(&["plan", "--format", "json"], "zebrasecret99").success();
    run(&["apply", "--yes", "--format", "json"], "zebrasecret99").success();
    assert_eq!(place.observer.role("worker")["Tags"]["token"], "Bearer zebrasecret99");
}
