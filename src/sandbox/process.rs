//! The emulator's process: its start, detached from ours, and its end.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::control::{Control, Health};
use super::home::{AccountHome, Home, State, tail};
use super::python::Environment;
use super::{SandboxError, launcher};

const PAUSE: Duration = Duration::from_millis(20);
const STOP_LIMIT: Duration = Duration::from_secs(5);
const TAIL: usize = 15;

/// Starts the emulator on a free port and waits until it is healthy. To be called under the lock.
pub(super) fn start(
    environment: &Environment,
    home: &Home,
    room: &AccountHome,
    account: &str,
    limit: Duration,
) -> Result<(State, Health), SandboxError> {
    let script = launcher::install(home)?;
    room.create()?;
    let (log, requests) = (room.server_log(), room.request_log());
    // A new process starts empty: requests of the last one are no part of its log.
    File::create(&requests).map_err(SandboxError::io("write", &requests))?;
    let output = File::create(&log).map_err(SandboxError::io("write", &log))?;
    let errors = output.try_clone().map_err(SandboxError::io("write", &log))?;
    let mut command = environment.command();
    command.arg("-u").arg(&script).args(["--port", "0", "--account", account, "--log"]).arg(&requests);
    command.stdin(Stdio::null()).stdout(output).stderr(errors);
    detach(&mut command);
    let program = command.get_program().to_owned();
    let mut child = command.spawn().map_err(SandboxError::io("run", &program))?;
    match wait_until_well(&mut child, &log, account, limit) {
        Ok((port, health)) => {
            let launcher = launcher::launcher_digest();
            Ok((State { pid: health.pid, port, account: account.to_owned(), launcher }, health))
        }
        Err(error) => {
            // It may have ended by itself; no process remains in either case.
            drop(child.kill());
            drop(child.wait());
            Err(error)
        }
    }
}

fn wait_until_well(
    child: &mut Child,
    log: &Path,
    account: &str,
    limit: Duration,
) -> Result<(u16, Health), SandboxError> {
    let begin = Instant::now();
    loop {
        let well = announced_port(&fs::read_to_string(log).unwrap_or_default())
            .and_then(|port| Some((port, Control::new(port).health().ok()?)))
            .filter(|(_, health)| health.ok && health.account == account);
        if let Some(well) = well {
            return Ok(well);
        }
        if child.try_wait().map_err(SandboxError::io("watch", log))?.is_some() {
            return Err(SandboxError::Start { log: log.to_owned(), tail: tail(log, TAIL) });
        }
        if begin.elapsed() >= limit {
            let seconds = limit.as_secs();
            return Err(SandboxError::StartTimeout { seconds, log: log.to_owned(), tail: tail(log, TAIL) });
        }
        sleep(PAUSE);
    }
}

/// The port in the launcher's line `ready http://127.0.0.1:PORT`, once the line is whole.
fn announced_port(said: &str) -> Option<u16> {
    let mut whole = said.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    whole.find_map(|line| line.trim().strip_prefix("ready http://127.0.0.1:")?.parse().ok())
}

/// Makes the process outlive ours, and protects it from our terminal's Ctrl-C.
fn detach(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(command, 0x0000_0008 | 0x0000_0200);
}

/// Returns whether a process is the launcher that we started: another process may have its pid now.
pub(super) fn is_ours(home: &Home, state: &State) -> bool {
    let script = home.launcher_folder(&state.launcher).join("launcher.py");
    command_line(state.pid).is_some_and(|line| line.contains(&*script.to_string_lossy()))
}

/// The command line of a process; `None` if it has ended.
fn command_line(pid: u32) -> Option<String> {
    if cfg!(target_os = "linux") {
        let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        return Some(String::from_utf8_lossy(&bytes).replace('\0', " "));
    }
    let output = Command::new("ps").args(["-ww", "-o", "command=", "-p", &pid.to_string()]).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Ends the process of `state`, if it is still ours: first by a request, then by force.
pub(super) fn end(home: &Home, state: &State) -> Result<(), SandboxError> {
    for signal in ["TERM", "KILL"] {
        let begin = Instant::now();
        if !is_ours(home, state) {
            return Ok(());
        }
        send(signal, state.pid)?;
        while begin.elapsed() < STOP_LIMIT {
            if !is_ours(home, state) {
                return Ok(());
            }
            sleep(PAUSE);
        }
    }
    Err(SandboxError::Stop { pid: state.pid })
}

/// Sends a signal. `kill` is a built-in of every shell, where the program of that name may be missing.
fn send(signal: &str, pid: u32) -> Result<(), SandboxError> {
    let mut command = if cfg!(windows) {
        let mut command = Command::new("taskkill");
        command.args(["/F", "/PID", &pid.to_string()]);
        command
    } else {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", r#"kill -s "$1" "$2""#, "kill", signal, &pid.to_string()]);
        command
    };
    // If the process has ended already, that is fine, too.
    command.output().map(drop).map_err(SandboxError::io("run", "kill"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_a_whole_line_only() {
        assert_eq!(announced_port("warning: x\nready http://127.0.0.1:4567\n"), Some(4567));
        assert_eq!(announced_port("ready http://127.0.0.1:45"), None);
        assert_eq!(announced_port("ready http://0.0.0.0:4567\n"), None);
    }

    #[test]
    fn foreign_process_with_recorded_pid_is_not_stopped() {
        let state = State { pid: std::process::id(), port: 1, account: String::new(), launcher: "0".to_owned() };
        let home = Home::at("/nowhere");
        assert!(!is_ours(&home, &state));
        end(&home, &state).expect("lets it be");
    }
}
