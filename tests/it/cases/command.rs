//! The command as a whole: one table, created and kept, against an emulator and in the sandbox.

use std::net::TcpListener;

use serde_json::json;
use underpin::sandbox::{self, Home};

use crate::support::{Emulator, Observer, Run, Stack, python, underpin};

const TABLE: &str = "\
stack: shop
region: eu-central-1
account: \"123456789012\"
tables:
  orders:
    partition_key: pk
    sort_key: {name: sk, type: N}
    billing: {mode: on_demand}
    stream: new_image
";

#[test]
fn exit_64_for_invalid_command_line() {
    let stack = Stack::new(TABLE);
    for wrong in [&["frobnicate"][..], &["plan", "--no-such-flag"], &["plan", "--env", "nowhere"]] {
        let output = underpin(stack.dir(), wrong).code(64);
        assert_eq!(output.stdout, "", "what is wrong is said on standard error");
        assert_ne!(output.stderr, "");
    }
    assert!(underpin(stack.dir(), &["--version"]).success().stdout.starts_with("underpin "));
}

#[test]
fn validate_needs_neither_network_nor_credentials() {
    let stack = Stack::new(TABLE);
    underpin(stack.dir(), &["validate"]).success();
    stack.replace("partition_key: pk", "partition_kye: pk");
    let output = underpin(stack.dir(), &["validate"]).code(1);
    assert!(output.stderr.contains("stack.yaml:6:5"), "{}", output.stderr);
    assert!(output.stderr.contains("partition_key"), "{}", output.stderr);
}

#[test]
fn a_table_is_made_and_a_second_apply_changes_nothing() {
    let (emulator, stack) = (Emulator::start(), Stack::new(TABLE));
    let observer = Observer::of(&emulator);
    let run = |arguments: &[&str]| Run::new(stack.dir()).at(&emulator).args(arguments).output();

    run(&["plan", "--detailed-exitcode"]).code(2);
    assert_eq!(emulator.mutations(), [""; 0], "a plan changes nothing");
    run(&["apply", "--yes"]).success();
    assert!(emulator.mutations().contains(&"dynamodb:CreateTable".to_owned()));
    emulator.assert_no_invalid_requests();
    let table = observer.table("orders");
    assert_eq!(table["DeletionProtectionEnabled"], true);
    assert_eq!(table["Tags"]["underpin:stack"], "shop");

    emulator.clear_log();
    run(&["apply", "--yes"]).success();
    assert_eq!(emulator.mutations(), [""; 0]);
    run(&["plan", "--detailed-exitcode"]).success();
    emulator.assert_no_invalid_requests();
}

/// Stops the sandbox of a cache folder, whatever the result of the test.
struct Stopped<'a>(&'a Home);

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        drop(sandbox::stop(self.0, None, &|_| {}));
    }
}

#[test]
fn sandbox_flag_starts_the_sandbox_and_sends_nothing_elsewhere() {
    let stack = Stack::new(TABLE);
    let cache = tempfile::tempdir().expect("a folder can be made");
    let home = Home::at(cache.path().join("sandbox"));
    let _stopped = Stopped(&home);
    // Nothing is sent to the listener here, though the environment names it.
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    elsewhere.set_nonblocking(true).expect("the listener need not wait");
    let url = format!("http://{}", elsewhere.local_addr().expect("it has an address"));
    let run = |arguments: &[&str]| {
        let mut run = Run::new(stack.dir()).args(arguments);
        for name in
            ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_STS", "HTTP_PROXY", "http_proxy"]
        {
            run = run.env(name, &url);
        }
        run.env("UNDERPIN_CACHE_DIR", cache.path()).env("UNDERPIN_SANDBOX_PYTHON", python()).output()
    };
    run(&["apply", "--sandbox", "--yes"]).success();
    run(&["plan", "--sandbox", "--detailed-exitcode"]).success();
    assert!(elsewhere.accept().is_err(), "a request left the sandbox");

    let running = sandbox::status(&home);
    let [sandbox] = running.as_slice() else { panic!("the sandbox is kept running") };
    let status = run(&["sandbox", "status", "--format", "json"]).success().json();
    assert_eq!(status, json!({"running": [sandbox]}));
    assert_eq!(Observer::at(&sandbox.endpoint).table("orders")["TableStatus"], "ACTIVE");
    let emptied = run(&["sandbox", "reset"]).success();
    assert_eq!(
        emptied.stdout,
        "Emptied the sandbox of account 123456789012: all that was made in it is gone; it runs on.\n"
    );
    assert_eq!(Observer::at(&sandbox.endpoint).table("orders"), json!(null));
    assert!(run(&["sandbox", "start", "--authorize"]).success().stdout.contains("authorizes"));
    let stopped = run(&["sandbox", "stop"]).success();
    assert_eq!(stopped.stdout, "Stopped the sandbox of account 123456789012: all that was made in it is gone.\n");
    assert_eq!(sandbox::status(&home), []);
    run(&["sandbox", "stop", "--account", "1234"]).code(64);
}

#[test]
fn sandbox_is_not_started_for_an_invalid_file() {
    let stack = Stack::new(&TABLE.replace("partition_key", "partition_kye"));
    let cache = tempfile::tempdir().expect("a folder can be made");
    let home = Home::at(cache.path().join("sandbox"));
    let _stopped = Stopped(&home);
    let run = Run::new(stack.dir()).args(&["plan", "--sandbox"]);
    let run = run.env("UNDERPIN_CACHE_DIR", cache.path()).env("UNDERPIN_SANDBOX_PYTHON", python());
    let output = run.output().code(1);
    assert!(output.stderr.contains("partition_key"), "{}", output.stderr);
    assert!(!output.stderr.contains("starting"), "{}", output.stderr);
    assert_eq!(sandbox::status(&home), []);
}
