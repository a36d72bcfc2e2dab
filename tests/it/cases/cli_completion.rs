//! Completion of a line that is typed, as a shell asks for it.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{Output, Place, Run, Stack};

const TWO: &str = "
stack: shop
region: eu-central-1
tables:
  orders: {partition_key: id}
  parcels: {partition_key: id}
roles:
  clerk: {assumed_by: lambda.amazonaws.com}
";
const ONE: &str = "
stack: shop
region: eu-central-1
tables:
  parcels: {partition_key: id}
";

/// Asks as bash does for the last word of a line.
fn asked(run: Run, line: &str) -> Output {
    let words: Vec<&str> = ["--"].into_iter().chain(line.split(' ')).collect();
    let at = (words.len() - 2).to_string();
    run.env("COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", at).env("_CLAP_IFS", "\n").args(&words).output()
}

#[track_caller]
fn completed(run: Run, line: &str) -> Vec<String> {
    let output = asked(run, line).success();
    assert_eq!(output.stderr, "", "{line}");
    output.stdout.lines().map(str::to_owned).collect()
}

fn without_credentials(folder: &Path) -> Run {
    Run::new(folder).env("AWS_ACCESS_KEY_ID", "").env("AWS_SECRET_ACCESS_KEY", "")
}

#[test]
fn orphans_are_completed_from_the_account() {
    let place = Place::of(TWO);
    let _ = place.apply(&[]);
    let live = |line: &str| completed(place.command(&[]), line);
    assert_eq!(live("underpin plan --target "), ["tables.orders", "tables.parcels", "roles.clerk"]);
    place.stack.write("stack.yaml", ONE);
    place.emulator.clear_log();
    assert_eq!(live("underpin apply --allow-delete "), ["roles.clerk", "tables.orders", "tables.parcels"]);
    assert_eq!(live("underpin release t"), ["tables.parcels", "tables.orders"]);
    assert_eq!(live("underpin plan --release=roles."), ["--release=roles.clerk"]);
    assert_eq!(place.emulator.mutations(), [""; 0], "completion changes nothing");
    // Another environment, and another account than the file allows, have no part in it.
    assert_eq!(live("underpin plan --region us-east-1 --target tables."), ["tables.parcels"]);
    place.stack.write("stack.yaml", format!("account: '999999999999'\n{ONE}"));
    assert_eq!(live("underpin plan --target tables."), ["tables.parcels"]);
}

#[test]
fn completion_without_credentials_has_the_addresses_of_the_file() {
    let stack = Stack::new(TWO);
    let run = || without_credentials(stack.dir());
    assert_eq!(completed(run(), "underpin plan --target "), ["tables.orders", "tables.parcels", "roles.clerk"]);
    assert_eq!(completed(run(), "underpin plan --sandbox --target tables."), ["tables.orders", "tables.parcels"]);
    // Elsewhere there is no stack file, and nothing is said of that.
    let folder = tempfile::tempdir().expect("a folder can be made");
    assert_eq!(completed(without_credentials(folder.path()), "underpin plan --target "), [""; 0]);
    let file = stack.dir().join("stack.yaml");
    let line = format!("underpin plan --file {} --target r", file.display());
    assert_eq!(completed(without_credentials(folder.path()), &line), ["roles.clerk"]);
}

#[test]
fn completion_does_not_wait_for_an_endpoint_that_does_not_answer() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    let endpoint = format!("http://{}", listener.local_addr().expect("it has an address"));
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for connection in listener.incoming() {
            count.fetch_add(1, Ordering::SeqCst);
            open.push(connection);
        }
    });
    let stack = Stack::new(TWO);
    let run = Run::new(stack.dir()).env("AWS_ENDPOINT_URL", &endpoint);
    assert_eq!(completed(run, "underpin plan --target t"), ["tables.orders", "tables.parcels"]);
    // The connection is tried again when the first attempt has taken its ten seconds.
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[test]
fn programs_that_give_credentials_are_not_run_for_a_completion() {
    let stack = Stack::new(TWO);
    let config = stack.dir().join("config");
    let called = stack.dir().join("called");
    stack.write("config", format!("[default]\ncredential_process = touch {}\n", called.display()));
    let run = without_credentials(stack.dir()).env("AWS_CONFIG_FILE", &config);
    assert_eq!(completed(run, "underpin plan --target t"), ["tables.orders", "tables.parcels"]);
    assert!(!called.exists());
    // The command itself runs it.
    let _ = without_credentials(stack.dir()).env("AWS_CONFIG_FILE", &config).args(&["plan"]).output();
    assert!(called.exists());
}

#[test]
fn bash_completes_the_words_that_it_breaks() {
    let stack = Stack::new(TWO);
    let complete = |line: &str, words: &str, fragment: &str| {
        let script = format!(
            "source <(COMPLETE=bash {bin}); COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}; COMP_TYPE=9; \
             COMP_WORDS=({words}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 )); \
             _underpin_complete underpin '{fragment}' '' 2>/dev/null; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            bin = env!("CARGO_BIN_EXE_underpin")
        );
        let mut run = Command::new("bash");
        let run = run.args(["--noprofile", "--norc", "-c", &script]).current_dir(stack.dir()).env_clear();
        let path = std::env::var_os("PATH").expect("there is a path");
        let output = run.env("PATH", path).env("HOME", stack.dir()).output().expect("bash runs");
        String::from_utf8(output.stdout).expect("it is text").lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let all = ["tables.orders", "tables.parcels", "roles.clerk"];
    assert_eq!(complete("underpin plan --target ", "underpin plan --target ''", ""), all);
    // As bash 5.2 breaks them.
    assert_eq!(complete("underpin plan --target=", "underpin plan --target '='", ""), all);
    assert_eq!(complete("underpin plan --target=ro", "underpin plan --target '=' ro", "ro"), ["roles.clerk"]);
    let line = "underpin plan --file=stack.yaml --target=ro";
    let words = "underpin plan --file '=' stack.yaml --target '=' ro";
    assert_eq!(complete(line, words, "ro"), ["roles.clerk"]);
    assert_eq!(complete("underpin pl", "underpin pl", "pl"), ["plan"]);
}

#[test]
fn variable_of_completion_changes_no_command() {
    let stack = Stack::new(TWO);
    let run = |shell: &str, arguments: &[&str]| Run::new(stack.dir()).env("COMPLETE", shell).args(arguments).output();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(run(shell, &[]).success().stdout.contains("COMPLETE"), "{shell}");
    }
    assert!(run("bash", &["validate"]).success().stdout.contains("is valid"));
    assert!(run("yes", &["validate"]).success().stdout.contains("is valid"));
    let unknown = run("tcsh", &[]).code(64);
    assert!(unknown.stderr.contains("`tcsh`") && unknown.stderr.contains("`bash`"), "{}", unknown.stderr);
}
