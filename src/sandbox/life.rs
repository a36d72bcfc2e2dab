//! The life of the sandbox, as its users see it: there, well, empty, gone.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::control::{Control, Health};
use super::home::{Home, State};
use super::python::Environment;
use super::{SandboxError, launcher, process};

/// What sandbox is wanted.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where its files are.
    pub home: Home,
    /// Its account, twelve digits.
    pub account: String,
    /// A Python that has the pinned packages already; none are installed then.
    pub python: Option<PathBuf>,
    /// How long its start may take.
    pub start_limit: Duration,
}

impl Options {
    /// The sandbox of an account, as the variables of the environment want it: those of [`Home::locate`], and
    /// `UNDERPIN_SANDBOX_PYTHON`.
    pub fn new(account: impl Into<String>, variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, SandboxError> {
        let python = variable("UNDERPIN_SANDBOX_PYTHON").filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = Home::locate(variable)?;
        Ok(Self { home, account: account.into(), python, start_limit: Duration::from_secs(90) })
    }
}

/// A sandbox that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sandbox {
    /// Where AWS's requests go.
    pub endpoint: String,
    /// Its account.
    pub account: String,
    /// Its process.
    pub pid: u32,
    /// What it is, such as `moto 5.2.1`.
    pub emulator: String,
    /// The requests that it got, a JSON object a line.
    pub log: PathBuf,
}

/// Whether the sandbox runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It does.
    Running(Sandbox),
    /// It does not, or does not answer.
    Stopped,
}

/// Sees to it that the wanted sandbox runs: one that runs and fits is used, one of another account or version
/// is replaced, and what is missing is installed. `say` is told what takes time.
pub fn ensure(options: &Options, say: &dyn Fn(&str)) -> Result<Sandbox, SandboxError> {
    let Options { home, account, python, start_limit } = options;
    let fits = |state: &State| state.account == *account && state.launcher == launcher::launcher_digest();
    if let Some((state, health)) = running(home)
        && fits(&state)
    {
        return Ok(sandbox(home, &state, health));
    }
    let _lock = home.lock(say)?;
    if let Some(state) = home.state() {
        match health(&state) {
            Some(health) if fits(&state) => return Ok(sandbox(home, &state, health)),
            Some(_) if state.account != *account => say(&format!(
                "replacing the sandbox of account {}, and what was in it, by one of account {account}",
                state.account
            )),
            Some(_) => say("replacing the sandbox of another version, and what was in it"),
            None => say("the sandbox that ran is gone, and what was in it"),
        }
        process::end(home, &state)?;
        home.clear_state()?;
    }
    let environment = match python {
        Some(python) => Environment::prepared(python),
        None => Environment::ensure(home, say)?,
    };
    say("starting the sandbox");
    let (state, health) = process::start(&environment, home, account, *start_limit)?;
    home.set_state(&state)?;
    Ok(sandbox(home, &state, health))
}

/// Looks whether the sandbox runs.
pub fn status(home: &Home) -> Status {
    match running(home) {
        Some((state, health)) => Status::Running(sandbox(home, &state, health)),
        None => Status::Stopped,
    }
}

/// Ends the sandbox; returns what ran, if anything did.
pub fn stop(home: &Home, say: &dyn Fn(&str)) -> Result<Option<Sandbox>, SandboxError> {
    let _lock = home.lock(say)?;
    let Some(state) = home.state() else { return Ok(None) };
    let ran = health(&state).map(|health| sandbox(home, &state, health));
    process::end(home, &state)?;
    home.clear_state()?;
    Ok(ran)
}

/// Empties the sandbox: resources, log and faults.
pub fn reset(home: &Home) -> Result<Sandbox, SandboxError> {
    let (state, health) = running(home).ok_or(SandboxError::NotRunning)?;
    Control::new(state.port).reset()?;
    Ok(sandbox(home, &state, health))
}

fn running(home: &Home) -> Option<(State, Health)> {
    let state = home.state()?;
    let health = health(&state)?;
    Some((state, health))
}

/// The health of the process that `state` tells of, and of no other that has its port now.
fn health(state: &State) -> Option<Health> {
    let health = Control::new(state.port).health().ok()?;
    (health.ok && health.pid == state.pid && health.account == state.account).then_some(health)
}

fn sandbox(home: &Home, state: &State, health: Health) -> Sandbox {
    let Health { ok: _, moto, pid, account } = health;
    let endpoint = Control::new(state.port).endpoint();
    Sandbox { endpoint, account, pid, emulator: format!("moto {moto}"), log: home.request_log() }
}
