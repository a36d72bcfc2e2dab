//! The life of the sandbox: started once, kept, emptied, replaced, stopped.

use std::cell::RefCell;
use std::fs;
use std::process::Command;
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use underpin::sandbox::{self, Authorization, Home, Options, Sandbox, SandboxError};

use crate::support::{ACCOUNT, Observer, python};

/// A sandbox in a folder of its own, stopped with the value.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder can be made") }
    }

    fn home(&self) -> Home {
        Home::at(self.folder.path().join("sandbox"))
    }

    /// Options with the tests' Python, so that nothing has to be installed.
    fn options(&self) -> Options {
        let (home, account) = (self.home(), ACCOUNT.to_owned());
        Options { home, account, python: Some(python()), start_limit: Duration::from_secs(90) }
    }
}

/// The sandbox, and the messages of its start.
fn ensure(options: &Options) -> (Sandbox, Vec<String>) {
    let said = RefCell::new(Vec::new());
    let sandbox = sandbox::ensure(options, &|line| said.borrow_mut().push(line.to_owned()));
    (sandbox.expect("the sandbox starts"), said.into_inner())
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(sandbox::stop(&self.home(), None, &|_| {}));
    }
}

#[test]
fn sandbox_starts_once_keeps_state_resets_and_stops() {
    let place = Place::new();
    assert_eq!(sandbox::status(&place.home()), []);
    assert!(matches!(sandbox::reset(&place.home(), None), Err(SandboxError::NotRunning)));

    let (first, said) = ensure(&place.options());
    assert_eq!(said, ["starting the sandbox of account 123456789012"]);
    assert_eq!((first.account.as_str(), &first.log), (ACCOUNT, &place.home().room(ACCOUNT).request_log()));
    assert!(first.endpoint.starts_with("http://127.0.0.1:"));
    let observer = Observer::at(&first.endpoint);
    observer.call("sqs", "create_queue", json!({"QueueName": "q"}));

    let (second, said) = ensure(&place.options());
    assert_eq!((&second, said.len()), (&first, 0), "a second command finds it running");
    assert_eq!(sandbox::status(&place.home()), std::slice::from_ref(&first));
    let queues = || observer.call("sqs", "list_queues", json!({}))["QueueUrls"].as_array().map_or(0, Vec::len);
    assert_eq!(queues(), 1);
    assert!(fs::read_to_string(&first.log).expect("the log is there").contains("CreateQueue"));

    sandbox::reset(&place.home(), None).expect("it can be emptied");
    assert_eq!(queues(), 0);

    let stopped = sandbox::stop(&place.home(), None, &|_| {}).expect("it can be stopped");
    assert_eq!(stopped, [first]);
    assert_eq!(sandbox::status(&place.home()), []);
    assert_eq!(sandbox::stop(&place.home(), None, &|_| {}).expect("that it is stopped is as good"), []);
}

#[test]
fn concurrent_starts_share_one_sandbox_process() {
    let place = Place::new();
    let pids: Vec<u32> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..3).map(|_| scope.spawn(|| ensure(&place.options()).0.pid)).collect();
        starts.into_iter().map(|start| start.join().expect("it starts")).collect()
    });
    assert!(pids.iter().all(|pid| *pid == pids[0]), "{pids:?}");
}

#[test]
fn dead_sandbox_is_replaced() {
    let place = Place::new();
    let (first, _) = ensure(&place.options());
    let kill = Command::new("/bin/sh").args(["-c", &format!("kill -9 {}", first.pid)]).status();
    assert!(kill.expect("the shell runs").success());
    let (second, said) = ensure(&place.options());
    assert_ne!(second.pid, first.pid);
    let expected = ["the sandbox that ran is gone, and what was in it", "starting the sandbox of account 123456789012"];
    assert_eq!(said, expected);
}

#[test]
fn each_account_has_its_own_sandbox_and_state() {
    let place = Place::new();
    let other = Options { account: "999988887777".to_owned(), ..place.options() };
    let ((first, _), (second, said)) = (ensure(&place.options()), ensure(&other));
    assert_eq!(said, ["starting the sandbox of account 999988887777"]);
    let account = |sandbox: &Sandbox| {
        Observer::at(&sandbox.endpoint).call("sts", "get_caller_identity", json!({}))["Account"].clone()
    };
    assert_eq!((account(&first), account(&second)), (json!(ACCOUNT), json!("999988887777")));
    let queues = |sandbox: &Sandbox| {
        let queues = Observer::at(&sandbox.endpoint).call("sqs", "list_queues", json!({}));
        queues["QueueUrls"].as_array().map_or(0, Vec::len)
    };
    for sandbox in [&first, &second] {
        Observer::at(&sandbox.endpoint).call("sqs", "create_queue", json!({"QueueName": "q"}));
    }
    assert_eq!((ensure(&place.options()).0, ensure(&other).0), (first.clone(), second.clone()));
    assert_eq!(sandbox::status(&place.home()), [first.clone(), second.clone()]);
    let emptied = sandbox::reset(&place.home(), Some(&second.account)).expect("it can be emptied");
    assert_eq!(emptied, std::slice::from_ref(&second));
    assert_eq!((queues(&first), queues(&second)), (1, 0), "the other's is left alone");
    let stopped = sandbox::stop(&place.home(), Some(ACCOUNT), &|_| {}).expect("it can be stopped");
    assert_eq!(stopped, [first]);
    assert_eq!(sandbox::status(&place.home()), [second]);
}

#[test]
fn sandbox_users_are_authorized_if_enabled() {
    let place = Place::new();
    let (plain, _) = ensure(&place.options());
    assert!(!plain.authorize);
    let judging = sandbox::authorize(&place.options(), Authorization::On).expect("it can be asked for");
    assert!(judging.authorize);
    assert_eq!(ensure(&place.options()).0, judging, "the commands that use it leave it so");
    let plain = sandbox::authorize(&place.options(), Authorization::Off).expect("it can be left");
    assert!(!plain.authorize);
}

#[test]
fn python_without_packages_fails_with_its_own_message() {
    let place = Place::new();
    let bare = place.folder.path().join("bare");
    fs::write(&bare, "#!/bin/sh\necho 'No module named moto' >&2\nexit 1\n").expect("a script can be written");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&bare, executable).expect("it can be made executable");
    let options = Options { python: Some(bare), ..place.options() };
    let error = sandbox::ensure(&options, &|_| {}).expect_err("it can't start");
    assert!(error.to_string().ends_with("No module named moto"), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("--endpoint-url")));
    assert_eq!(sandbox::status(&place.home()), []);
}

/// The only test that installs the packages, like a user's first command.
#[test]
fn sandbox_packages_are_installed_once() {
    let place = Place::new();
    let options = Options { python: None, ..place.options() };
    let (first, said) = ensure(&options);
    assert!(said[0].starts_with("installing moto "), "{said:?}");
    sandbox::stop(&place.home(), None, &|_| {}).expect("it can be stopped");
    let (second, said) = ensure(&options);
    assert_ne!(second.pid, first.pid);
    assert_eq!(said, ["starting the sandbox of account 123456789012"], "what is installed is kept");
}
