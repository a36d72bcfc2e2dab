//! The emulator of AWS: moto behind the launcher of `sandbox/`, empty for every test.
//!
//! Its start takes seconds, so a test that ends empties its emulator and leaves it to the next one: there are as
//! many as tests run at once.

use std::sync::Mutex;

use serde::Deserialize;
use serde_json::Value;
use underpin::sandbox::Control;

use super::connection::ACCOUNT;
use super::repository::{python, root};
use super::tether::Tethered;

static IDLE: Mutex<Vec<Running>> = Mutex::new(Vec::new());

struct Running {
    flags: Vec<String>,
    port: u16,
    control: Control,
    process: Tethered,
}

/// An emulator that only this test uses.
pub(crate) struct Emulator {
    running: Option<Running>,
}

/// A request that an emulator got.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Request {
    pub(crate) sequence: u64,
    pub(crate) service: String,
    pub(crate) operation: String,
    pub(crate) region: String,
    #[serde(default)]
    pub(crate) params: Value,
    pub(crate) status: u16,
    pub(crate) error: Option<String>,
    pub(crate) mutating: bool,
    /// The errors that botocore's models of the service find in it.
    pub(crate) invalid: Option<Value>,
    /// The fault that was applied to it.
    pub(crate) fault: Option<String>,
    /// The trace of a failure of the emulator itself.
    pub(crate) trace: Option<Value>,
}

impl Request {
    /// `service:Operation`
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }
}

impl Emulator {
    /// An empty emulator where every change takes effect at once.
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// An empty emulator with flags of the launcher's, such as `["--slow", "200"]`.
    pub(crate) fn with(flags: &[&str]) -> Self {
        let mut idle = IDLE.lock().expect("no test fails while it holds the lock");
        let fit = idle.iter().position(|running| running.flags == flags);
        let running = fit.map(|place| idle.swap_remove(place));
        drop(idle);
        Self { running: Some(running.unwrap_or_else(|| Running::start(flags))) }
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("it runs until it is dropped")
    }

    /// The endpoint for requests.
    pub(crate) fn endpoint(&self) -> String {
        self.running().control.endpoint()
    }

    /// Its port on loopback.
    pub(crate) fn port(&self) -> u16 {
        self.running().port
    }

    /// The requests since its start, the last reset, or the last [`Emulator::clear_log`]; an observer's are among
    /// them, so take them before you observe.
    pub(crate) fn requests(&self) -> Vec<Request> {
        let log = self.running().control.requests().expect("the log can be read");
        log.lines().map(|line| serde_json::from_str(line).expect("a line is a request")).collect()
    }

    /// The names of the requests that change anything, in order.
    pub(crate) fn mutations(&self) -> Vec<String> {
        self.requests().iter().filter(|request| request.mutating).map(Request::name).collect()
    }

    /// Clears the log of requests.
    pub(crate) fn clear_log(&self) {
        self.running().control.clear_log().expect("the log can be cleared");
    }

    /// Sets a fault: `service`, `operation`, `nth`, `times`, `status`, `code`, `message`, `delay_ms`, `drop`. With
    /// neither `nth` nor `times` it applies until it is removed, with `nth` alone once.
    #[expect(clippy::needless_pass_by_value, reason = "`json!` is written in place")]
    pub(crate) fn fault(&self, fault: Value) {
        self.running().control.add_faults(&fault.to_string()).expect("the fault is understood");
    }

    /// Removes all faults.
    pub(crate) fn clear_faults(&self) {
        self.running().control.clear_faults().expect("faults can be cleared");
    }

    /// Empties it: resources, log and faults.
    pub(crate) fn reset(&self) {
        self.running().control.reset().expect("it can be reset");
    }

    /// Fails if a request would have been refused by AWS's own models, or hit a gap or bug of the emulator.
    pub(crate) fn assert_no_invalid_requests(&self) {
        let wrong = |request: &Request| {
            request.invalid.is_some() || request.error.as_deref().is_some_and(|error| error.starts_with("Sandbox"))
        };
        let invalid: Vec<_> = self.requests().into_iter().filter(wrong).collect();
        assert!(invalid.is_empty(), "invalid requests: {invalid:#?}\n{}", self.running().process.said());
    }
}

impl Running {
    fn start(flags: &[&str]) -> Self {
        let launcher = root().join("sandbox/launcher.py");
        let mut arguments = vec!["-u", launcher.to_str().expect("the path is text")];
        arguments.extend(["--port", "0", "--account", ACCOUNT]);
        arguments.extend(flags);
        let mut process = Tethered::start("emulator", &python(), &arguments, root());
        let port = process.wait_for(|line| line.strip_prefix("ready http://127.0.0.1:")?.parse().ok());
        let flags = flags.iter().map(|&flag| flag.to_owned()).collect();
        Self { flags, port, control: Control::new(port), process }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // Whatever the test is about, AWS's own models must accept its requests.
        if !std::thread::panicking() && self.running.is_some() {
            let invalid: Vec<_> = self.requests().into_iter().filter(|request| request.invalid.is_some()).collect();
            assert!(invalid.is_empty(), "AWS's models refuse: {invalid:#?}");
        }
        // An emulator that can't be emptied, or was used by a failed test, is not for the next one.
        if let Some(running) = self.running.take()
            && !std::thread::panicking()
            && running.control.reset().is_ok()
            && let Ok(mut idle) = IDLE.lock()
        {
            idle.push(running);
        }
    }
}
