//! The life of an account's sandbox, as its users see it: there, well, empty, gone.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::control::{Authorization, Control, Health};
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
    /// Whether it judges the users and roles that were made in it by their policies.
    pub authorize: bool,
    /// The requests that it got, a JSON object a line.
    pub log: PathBuf,
}

/// The wanted sandbox, where it runs and fits.
pub fn find(options: &Options) -> Option<Sandbox> {
    let (state, health) = running(&options.home, &options.account)?;
    fits(&state).then(|| sandbox(&options.home, &state, health))
}

/// Sees to it that the wanted sandbox runs: one that runs and fits is used, one of another version is replaced, and
/// what is missing is installed. Other accounts' are left alone. `say` is told what takes time.
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
    let environment = match python {
        Some(python) => Environment::prepared(python),
        None => Environment::ensure(home, say)?,
    };
    say(&format!("starting the sandbox of account {account}"));
    let (state, health) = process::start(&environment, home, &room, account, *start_limit)?;
    room.set_state(&state)?;
    Ok(sandbox(home, &state, health))
}

/// Has a sandbox that runs judge the users and roles that were made in it by their policies, or not.
pub fn authorize(options: &Options, wanted: Authorization) -> Result<Sandbox, SandboxError> {
    let (state, _) = running(&options.home, &options.account).ok_or(SandboxError::NotRunning)?;
    Control::new(state.port).authorize(wanted)?;
    find(options).ok_or(SandboxError::NotRunning)
}

/// The sandboxes that run, by account.
pub fn status(home: &Home) -> Vec<Sandbox> {
    chosen(home, None).into_iter().map(|(state, health)| sandbox(home, &state, health)).collect()
}

/// Ends the sandbox of one account, or all; returns what ran.
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

/// The accounts that are meant.
fn accounts(home: &Home, account: Option<&str>) -> Vec<String> {
    account.map_or_else(|| home.accounts(), |account| vec![account.to_owned()])
}

/// Those of the meant sandboxes that run.
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

/// The health of the process that `state` tells of, and of no other that has its port now.
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
