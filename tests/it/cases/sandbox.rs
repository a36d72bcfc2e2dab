//! The life of the sandbox: started once, kept, emptied, replaced, stopped.

use std::cell::RefCell;
use std::fs;
use std::process::Command;
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use underpin::sandbox::{self, Home, Options, Sandbox, SandboxError, Status};

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

/// The sandbox, and what was said on the way to it.
fn ensure(options: &Options) -> (Sandbox, Vec<String>) {
    let said = RefCell::new(Vec::new());
    let sandbox = sandbox::ensure(options, &|line| said.borrow_mut().push(line.to_owned()));
    (sandbox.expect("the sandbox starts"), said.into_inner())
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(sandbox::stop(&self.home(), &|_| {}));
    }
}

#[test]
fn it_starts_once_keeps_what_is_in_it_is_emptied_and_stops() {
    let place = Place::new();
    assert_eq!(sandbox::status(&place.home()), Status::Stopped);
    assert!(matches!(sandbox::reset(&place.home()), Err(SandboxError::NotRunning)));

    let (first, said) = ensure(&place.options());
    assert_eq!(said, ["starting the sandbox"]);
    assert_eq!((first.account.as_str(), &first.log), (ACCOUNT, &place.home().request_log()));
    assert!(first.endpoint.starts_with("http://127.0.0.1:"));
    let observer = Observer::at(&first.endpoint);
    observer.call("sqs", "create_queue", json!({"QueueName": "q"}));

    let (second, said) = ensure(&place.options());
    assert_eq!((&second, said.len()), (&first, 0), "a second command finds it running");
    assert_eq!(sandbox::status(&place.home()), Status::Running(first.clone()));
    let queues = || observer.call("sqs", "list_queues", json!({}))["QueueUrls"].as_array().map_or(0, Vec::len);
    assert_eq!(queues(), 1);
    assert!(fs::read_to_string(&first.log).expect("the log is there").contains("CreateQueue"));

    sandbox::reset(&place.home()).expect("it can be emptied");
    assert_eq!(queues(), 0);

    let stopped = sandbox::stop(&place.home(), &|_| {}).expect("it can be stopped");
    assert_eq!(stopped, Some(first));
    assert_eq!(sandbox::status(&place.home()), Status::Stopped);
    assert_eq!(sandbox::stop(&place.home(), &|_| {}).expect("that it is stopped is as good"), None);
}

#[test]
fn commands_that_start_it_at_once_get_one_process() {
    let place = Place::new();
    let pids: Vec<u32> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..3).map(|_| scope.spawn(|| ensure(&place.options()).0.pid)).collect();
        starts.into_iter().map(|start| start.join().expect("it starts")).collect()
    });
    assert!(pids.iter().all(|pid| *pid == pids[0]), "{pids:?}");
}

#[test]
fn a_dead_one_and_one_of_another_account_are_replaced() {
    let place = Place::new();
    let (first, _) = ensure(&place.options());
    let kill = Command::new("/bin/sh").args(["-c", &format!("kill -9 {}", first.pid)]).status();
    assert!(kill.expect("the shell runs").success());
    let (second, said) = ensure(&place.options());
    assert_ne!(second.pid, first.pid);
    assert_eq!(said, ["the sandbox that ran is gone, and what was in it", "starting the sandbox"]);

    let other = Options { account: "999988887777".to_owned(), ..place.options() };
    let (third, said) = ensure(&other);
    assert_ne!(third.pid, second.pid);
    assert_eq!(third.account, "999988887777");
    assert!(said[0].contains("account 123456789012"), "{said:?}");
    let identity = Observer::at(&third.endpoint).call("sts", "get_caller_identity", json!({}));
    assert_eq!(identity["Account"], "999988887777");
}

#[test]
fn a_python_that_lacks_the_packages_is_told_with_its_own_words() {
    let place = Place::new();
    let bare = place.folder.path().join("bare");
    fs::write(&bare, "#!/bin/sh\necho 'No module named moto' >&2\nexit 1\n").expect("a script can be written");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&bare, executable).expect("it can be made executable");
    let options = Options { python: Some(bare), ..place.options() };
    let error = sandbox::ensure(&options, &|_| {}).expect_err("it can't start");
    assert!(error.to_string().ends_with("No module named moto"), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("--endpoint-url")));
    assert_eq!(sandbox::status(&place.home()), Status::Stopped);
}

/// The one test that installs, as a user's first command does.
#[test]
fn what_it_needs_is_installed_once() {
    let place = Place::new();
    let options = Options { python: None, ..place.options() };
    let (first, said) = ensure(&options);
    assert!(said[0].starts_with("installing moto "), "{said:?}");
    sandbox::stop(&place.home(), &|_| {}).expect("it can be stopped");
    let (second, said) = ensure(&options);
    assert_ne!(second.pid, first.pid);
    assert_eq!(said, ["starting the sandbox"], "what is installed is kept");
}
