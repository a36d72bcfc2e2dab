//! The sandbox: a local AWS emulator that `--sandbox` runs any command against.
//!
//! Responsible for one emulator process of the user's: its Python environment, its start, whether it is well,
//! and its end. Must not know what is asked of it, and never speaks to anything but loopback.
//!
//! The emulator is moto with a launcher of ours around it (the folder `sandbox/` of the repository), which is
//! carried inside the binary. All that is written lies in one folder of the user's cache:
//!
//! ```text
//! python-<digest of the requirements>/   the packages, and how they were installed
//! launcher-<digest>/                     the launcher's files
//! state.json, lock                       which process runs, and who may change that
//! requests.jsonl, server.log             what it was asked, and what it said at its start
//! ```

mod control;
mod error;
mod home;
mod launcher;
mod life;
mod process;
mod python;

pub use control::{Control, ControlError, Health};
pub use error::SandboxError;
pub use home::Home;
pub use life::{Options, Sandbox, Status, ensure, reset, status, stop};
