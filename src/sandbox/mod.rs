//! The sandbox: a local AWS emulator that `--sandbox` runs any command against.
//!
//! Responsible for the user's emulator processes, one for each account, so that stacks of different accounts leave
//! each other alone: their Python environment, their start, whether they are well, and their end. Must not know what is asked of it, and never speaks to anything but loopback.
//!
//! The emulator is moto with a launcher of ours around it (the folder `sandbox/` of the repository), which is
//! carried inside the binary. All that is written lies in one folder of the user's cache:
//!
//! ```text
//! python-<digest of the requirements>/   the packages, and how they were installed
//! launcher-<digest>/                     the launcher's files
//! lock                                   who may change what runs
//! <account>/state.json                   which process runs
//! <account>/requests.jsonl, server.log   what it was asked, and what it said at its start
//! ```

mod control;
mod error;
mod home;
mod launcher;
mod life;
mod process;
mod python;

pub use control::{Authorization, Control, ControlError, Health};
pub use error::SandboxError;
pub use home::{AccountHome, Home};
pub use life::{Options, Sandbox, authorize, ensure, find, reset, status, stop};
