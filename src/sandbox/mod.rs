//! The sandbox: a local AWS emulator that `--sandbox` runs any command against.
//!
//! Responsible for the user's emulator processes, one for each account: Python environment, start, health, and end.
//! Must not depend on the requests, and never calls anything but loopback. Accounts do not affect each other.
//!
//! The emulator is moto with a launcher of ours around it (the folder `sandbox/` of the repository), which is
//! included in the binary. All files are in one folder of the user's cache:
//!
//! ```text
//! python-<digest of the requirements>/   the packages, and how they were installed
//! launcher-<digest>/                     the launcher's files, and those that run functions' code
//! lock                                   held by the process that changes what runs
//! <account>/state.json                   the running process
//! <account>/requests.jsonl, server.log   its requests, and its output at its start
//! ```

mod control;
mod error;
mod function;
mod home;
mod launcher;
mod life;
mod process;
mod python;

pub use control::{Authorization, Control, ControlError, Health};
pub use error::SandboxError;
pub use function::function_runner;
pub use home::{AccountHome, Home};
pub use life::{Options, Sandbox, authorize, ensure, find, reset, status, stop};
