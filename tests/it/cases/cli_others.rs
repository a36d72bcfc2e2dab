//! The commands beside plan, apply and destroy, and the common flags.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Place, Run, Stack, root, underpin};

#[test]
fn init_writes_a_stack_that_validates_and_applies() {
    let place = Place::of("");
    fs::remove_file(place.stack.path("stack.yaml")).expect("it was there");
    let output = place.run(&["init", "--name", "first"]).success();
    assert_eq!(output.stdout, "");
    assert_eq!(output.stderr, "Wrote `stack.yaml`. Look at it, then: underpin plan --sandbox\n");
    assert!(place.stack.yaml().contains("stack: first"));
    let valid = underpin(place.stack.dir(), &["validate"]).success();
    assert!(valid.stdout.contains("is valid"), "{}", valid.stdout);
    place.apply(&["--region", "eu-central-1"]);
    let again = place.run(&["init"]).code(1);
    assert!(again.stderr.contains("exists already"), "{}", again.stderr);
    let _ = place.run(&["init", "--file", "other.yaml", "--name", "no/name"]).code(64);
    let _ = place.run(&["init", "--file", "other.yaml"]).success();
    let _ = place.run(&["validate", "--file", "other.yaml"]).success();
}

#[test]
fn init_takes_the_region_that_is_named() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let config = folder.path().join("config");
    fs::write(&config, "[default]\nregion = eu-west-3\n[profile dev]\nregion = eu-north-1\n").expect("it is written");
    let region = |number: u8, arguments: &[&str], variables: &[(&str, &str)]| {
        let file = format!("{number}.yaml");
        let run = Run::new(folder.path()).args(&[&["init", "--file", &file], arguments].concat());
        let run = variables.iter().fold(run, |run, (name, value)| run.env(name, value));
        run.output().success();
        let text = fs::read_to_string(folder.path().join(file)).expect("it is there");
        text.lines().find_map(|line| line.strip_prefix("region: ").map(str::to_owned)).expect("a region")
    };
    let of_aws = ("AWS_REGION", "us-west-2");
    let default = ("AWS_DEFAULT_REGION", "ap-south-1");
    let of_file = ("AWS_CONFIG_FILE", config.to_str().expect("is text"));
    assert_eq!(region(0, &[], &[]), "eu-central-1");
    assert_eq!(region(1, &["--region", "us-east-1"], &[of_aws]), "us-east-1");
    assert_eq!(region(2, &[], &[of_aws, default]), "us-west-2");
    assert_eq!(region(3, &[], &[default, of_file]), "ap-south-1");
    assert_eq!(region(4, &[], &[of_file]), "eu-west-3");
    assert_eq!(region(5, &["--profile", "dev"], &[of_file]), "eu-north-1");
    underpin(folder.path(), &["init", "--file", "6.yaml", "--region", "eu central"]).code(64);
}

#[test]
fn validate_needs_neither_network_nor_credentials() {
    let stack = Stack::project();
    // All calls would go to a port where nothing listens.
    let run = Run::new(stack.dir()).env("AWS_ENDPOINT_URL", "http://127.0.0.1:9").env("AWS_ACCESS_KEY_ID", "");
    let output = run.args(&["validate", "--format", "json"]).output().success().json();
    assert_eq!((&output["valid"], &output["stack"]), (&json!(true), &json!("cruddur")));
    assert_eq!(
        output["resources"],
        json!([
            "tables.cruddur-messages",
            "vpc_endpoints.cruddur-ddb",
            "roles.cruddur-messaging-stream",
            "functions.cruddur-messaging-stream",
            "triggers.cruddur-messaging-stream/messages",
        ])
    );
    for environment in ["local", "prod"] {
        let _ = underpin(stack.dir(), &["validate", "--env", environment]).success();
    }
    let unset = Stack::new("stack: shop\nregion: ${env:NOWHERE}\n");
    let output = underpin(unset.dir(), &["validate"]).code(1);
    assert!(output.stderr.contains("NOWHERE") && output.stderr.contains("stack.yaml:2:"), "{}", output.stderr);
}

#[test]
fn graph_shows_dependencies() {
    let stack = Stack::project();
    let dot = underpin(stack.dir(), &["graph"]).success().stdout;
    insta::assert_snapshot!("graph_dot", dot);
    let mermaid = underpin(stack.dir(), &["graph", "--language", "mermaid"]).success().stdout;
    insta::assert_snapshot!("graph_mermaid", mermaid);
}

#[test]
fn completions_name_commands_and_flags() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = underpin(folder.path(), &["completions", shell]).success().stdout;
        for word in ["destroy", "allow-delete", "detailed-exitcode"] {
            assert!(script.contains(word), "{word} is not in that of {shell}");
        }
    }
    let _ = underpin(folder.path(), &["completions", "tcsh"]).code(64);
    // A command that takes no file does not offer one.
    let script = underpin(folder.path(), &["completions", "bash"]).success().stdout;
    let offered = |flag: &str| {
        let (_, after) = script.split_once(&format!("\n                --{flag})\n")).expect("the flag is there");
        after.split(";;").next().is_some_and(|answer| answer.contains("compgen -f"))
    };
    assert!(offered("file") && offered("out") && !offered("target") && !offered("allow-delete") && !offered("env"));
}

#[test]
fn help_lists_the_flags_a_command_uses() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let help = |arguments: &[&str]| underpin(folder.path(), &[arguments, &["--help"]].concat()).success().stdout;
    assert!(help(&["plan"]).contains("--profile") && help(&["sandbox", "start"]).contains("--env"));
    for idle in [&["completions"][..], &["schema"], &["sandbox", "stop"]] {
        let text = help(idle);
        assert!(!text.contains("--profile") && !text.contains("--env") && text.contains("--output"), "{text}");
    }
}

#[test]
fn committed_schemas_match_the_printed_ones() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (arguments, file) in [
        (&["schema"][..], "stack"),
        (&["schema", "stack"], "stack"),
        (&["schema", "plan"], "plan"),
        (&["schema", "startup"], "startup"),
        (&["schema", "audit"], "audit"),
    ] {
        let printed = underpin(folder.path(), arguments).success().stdout;
        let path = root().join(format!("schema/{file}.schema.json"));
        let committed = fs::read_to_string(&path).expect("it is committed");
        assert!(printed == committed, "{} is stale: `just schema` writes it", path.display());
    }
}

#[test]
fn output_file_contains_only_the_data() {
    let place = Place::new(Stack::project());
    let to = |file: &str, arguments: &[&str]| {
        let output = place.run(&[arguments, &["--output", file]].concat()).success();
        assert_eq!(output.stdout, "", "{arguments:?}");
        place.stack.read(file)
    };
    assert!(to("plan.txt", &["plan"]).starts_with("Stack cruddur"));
    assert!(to("plan.md", &["plan", "--format", "markdown"]).starts_with("## Plan"));
    let plan: Value = serde_json::from_str(&to("plan.json", &["plan", "--format", "json"])).expect("it is JSON");
    assert_eq!(plan["summary"]["create"], 5);
    assert!(to("graph.dot", &["graph"]).starts_with("digraph"));
    assert!(to("valid.txt", &["validate"]).contains("is valid"));
    let lines = to("apply.jsonl", &["apply", "--yes", "--format", "json"]);
    let events: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect();
    assert_eq!(events.first().map(|first| &first["event"]), Some(&json!("plan")));
    assert_eq!(events.last().map(|last| &last["event"]), Some(&json!("report")));
    // A file of an earlier run is left as it is if this one fails.
    let _ = place.run(&["plan", "--target", "tables.none", "--output", "plan.txt"]).code(64);
    assert!(place.stack.read("plan.txt").starts_with("Stack cruddur"));
    let lost = place.run(&["plan", "--output", "no/such/folder/plan.txt"]).code(1);
    assert!(lost.stderr.contains("no/such/folder/plan.txt"), "{}", lost.stderr);
}

#[test]
fn the_events_of_an_apply_are_json_lines() {
    let place = Place::of(
        "{stack: shop, region: eu-central-1, tables: {orders: {partition_key: id, billing: {mode: on_demand}}}}",
    );
    let lines = place.run(&["apply", "--yes", "--format", "json"]).success().json_lines();
    let kinds: Vec<&str> = lines.iter().filter_map(|line| line["event"].as_str()).collect();
    assert_eq!(kinds, ["plan", "started", "done", "started", "done", "report"]);
    assert_eq!(lines[1]["step"], "tables.orders#1");
    assert!(lines[2]["seconds"].is_number());
    assert_eq!(lines[5]["report"]["failures"], json!([]));
    let lines = place.run(&["apply", "--yes", "--format", "json"]).success().json_lines();
    assert_eq!(lines.len(), 1, "with nothing to do there is a plan only");
}

#[test]
fn suggested_next_command_repeats_the_given_flags() {
    let place = Place::of(
        "{stack: shop, region: eu-central-1, tables: {orders: {partition_key: id, billing: {mode: on_demand}}}, environments: {prod: {}}}",
    );
    let next = |arguments: &[&str]| place.run(arguments).success().stderr;
    assert_eq!(next(&["plan"]), "To make these changes: underpin apply\n");
    let flags = ["plan", "--env", "prod", "--target", "tables.orders", "--region", "eu-west-1", "--no-backup"];
    let said =
        "To make these changes: underpin apply --env prod --region eu-west-1 --target tables.orders --no-backup\n";
    assert_eq!(next(&flags), said);
    let said = "The plan is saved. To make these changes: underpin apply 'my plan' --env prod\n";
    assert_eq!(next(&["plan", "--env", "prod", "--out", "my plan"]), said);
    place.apply(&[]);
    assert_eq!(next(&["plan"]), "");
    let said = "To make these changes: underpin destroy --allow-delete tables.orders\n";
    assert_eq!(next(&["plan", "--destroy", "--allow-delete", "tables.orders"]), said);
}
