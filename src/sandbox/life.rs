//! The life of an account's sandbox: found, started, emptied, stopped.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::control::{Authorization, Control, Health};
use super::home::{Home, State};
use super::python::Environment;
use super::{SandboxError, launcher, process};

/// The options of a sandbox.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder of its files.
    pub home: Home,
    /// Its account, twelve digits.
    pub account: String,
    /// A Python that has the pinned packages already; none are installed then.
    pub python: Option<PathBuf>,
    /// The time limit of its start.
    pub start_limit: Duration,
}

impl Options {
    /// The options for an account, from the variables of the environment: those of [`Home::locate`], and
    /// `UNDERPIN_SANDBOX_PYTHON`.
    pub fn new(account: impl Into<String>, variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, SandboxError> {
        let python = variable("UNDERPIN_SANDBOX_PYTHON").filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = Home::locate(variable)?;
        Ok(Self { home, account: account.into(), python, start_limit: Duration::from_secs(90) })
    }
}

/// A running sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sandbox {
    /// The endpoint for AWS's requests.
    pub endpoint: String,
    /// Its account.
    pub account: String,
    /// Its process id.
    pub pid: u32,
    /// The emulator, such as `moto 5.2.1`.
    pub emulator: String,
    /// True if it checks the policies of users and roles that were made in it.
    pub authorize: bool,
    /// The log of its requests, a JSON object a line.
    pub log: PathBuf,
}

/// Finds the account's sandbox, if it runs and fits.
pub fn find(options: &Options) -> Option<Sandbox> {
    let (state, health) = running(&options.home, &options.account)?;
    fits(&state).then(|| sandbox(&options.home, &state, health))
}

/// Makes sure that the sandbox runs: one that runs and fits is used, one of another version is replaced, and
/// missing packages are installed. Other accounts' sandboxes are left alone. `say` reports slow actions.
pub fn ensure(options: &Options, say: &dyn Fn(&str)) -> Result<Sandbox, SandboxError> {
    if let Some(sandbox) = find(options) {
        return Ok(sandbox);
    }
    let Options { home, account, python, start_limit } = options;
    let room = home.room(account);
    let _lock = home.lock(say)?;
    if let Some(state) = room.state() {
        match health(&state) {
            Some(health) if fits(&state) => return Ok(sandbox(home, &state, health)),
            Some(_) => say("replacing the sandbox of another version, and what was in it"),
            None => say("the sandbox that ran is gone, and what was in it"),
        }
        process::end(home, &state)?;
        room.clear_state()?;
    }
    let environment = Environment::chosen(python.as_deref(), home, say)?;
    say(&format!("starting the sandbox of account {account}"));
    let (state, health) = process::start(&environment, home, &room, account, *start_limit)?;
    room.set_state(&state)?;
    Ok(sandbox(home, &state, health))
}

/// Turns a running sandbox's check of policies of users and roles that were made in it on or off.
pub fn authorize(options: &Options, wanted: Authorization) -> Result<Sandbox, SandboxError> {
    let (state, _) = running(&options.home, &options.account).ok_or(SandboxError::NotRunning)?;
    Control::new(state.port).authorize(wanted)?;
    find(options).ok_or(SandboxError::NotRunning)
}

/// The running sandboxes, by account.
pub fn status(home: &Home) -> Vec<Sandbox> {
    chosen(home, None).into_iter().map(|(state, health)| sandbox(home, &state, health)).collect()
}

/// Ends the sandbox of one account, or all; returns those that ran.
pub fn stop(home: &Home, account: Option<&str>, say: &dyn Fn(&str)) -> Result<Vec<Sandbox>, SandboxError> {
    let _lock = home.lock(say)?;
    let mut ran = Vec::new();
    for account in accounts(home, account) {
        let room = home.room(&account);
        let Some(state) = room.state() else { continue };
        ran.extend(health(&state).map(|health| sandbox(home, &state, health)));
        process::end(home, &state)?;
        room.clear_state()?;
    }
    Ok(ran)
}

/// Empties the sandbox of one account, or all: resources, log and faults.
pub fn reset(home: &Home, account: Option<&str>) -> Result<Vec<Sandbox>, SandboxError> {
    let running = chosen(home, account);
    if running.is_empty() {
        return Err(SandboxError::NotRunning);
    }
    let empty = |(state, health): (State, Health)| {
        Control::new(state.port).reset()?;
        Ok(sandbox(home, &state, health))
    };
    running.into_iter().map(empty).collect()
}

/// The chosen accounts.
fn accounts(home: &Home, account: Option<&str>) -> Vec<String> {
    account.map_or_else(|| home.accounts(), |account| vec![account.to_owned()])
}

/// The chosen sandboxes that run.
fn chosen(home: &Home, account: Option<&str>) -> Vec<(State, Health)> {
    accounts(home, account).iter().filter_map(|account| running(home, account)).collect()
}

fn running(home: &Home, account: &str) -> Option<(State, Health)> {
    let state = home.room(account).state()?;
    let health = health(&state)?;
    Some((state, health))
}

fn fits(state: &State) -> bool {
    state.launcher == launcher::launcher_digest()
}

/// The health of the process of `state`; none if another process has its port now.
fn health(state: &State) -> Option<Health> {
    let health = Control::new(state.port).health().ok()?;
    (health.ok && health.pid == state.pid && health.account == state.account).then_some(health)
}

fn sandbox(home: &Home, state: &State, health: Health) -> Sandbox {
    let Health { ok: _, moto, pid, account, authorize } = health;
    let endpoint = Control::new(state.port).endpoint();
    let log = home.room(&account).request_log();
    Sandbox { endpoint, account, pid, emulator: format!("moto {moto}"), authorize, log }
}
