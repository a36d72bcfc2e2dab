//! Exit codes: part of the interface, whatever the output format.

use std::process::ExitCode;

/// The end of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or nothing to do.
    Done,
    /// An error; nothing is left half-done but for what is reported.
    Error,
    /// Changes are pending (`plan --detailed-exitcode`).
    Pending,
    /// A guardrail denies.
    Denied,
    /// The saved plan is stale.
    Stale,
    /// Apply is incomplete; running again is safe.
    Incomplete,
    /// The command line is wrong.
    Usage,
    /// Interrupted.
    Interrupted,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Error => 1,
            Self::Pending => 2,
            Self::Denied => 3,
            Self::Stale => 4,
            Self::Incomplete => 5,
            Self::Usage => 64,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
