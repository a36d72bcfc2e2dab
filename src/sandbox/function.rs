//! The program that runs functions' code: in the sandbox's Python, and not in the emulator's process.

use std::process::Command;

use super::life::Options;
use super::python::Environment;
use super::{SandboxError, launcher};

/// The command that runs a function's code: it reads its job, a JSON object, from the first line of its standard input,
/// and ends when that input does. Missing packages are installed. `say` reports slow actions.
pub fn function_runner(options: &Options, say: &dyn Fn(&str)) -> Result<Command, SandboxError> {
    let Options { home, python, account: _, start_limit: _ } = options;
    let _lock = home.lock(say)?;
    let environment = Environment::chosen(python.as_deref(), home, say)?;
    let script = launcher::install(home)?.with_file_name(launcher::FUNCTION);
    let mut command = environment.command();
    command.arg("-u").arg(script);
    Ok(command)
}
