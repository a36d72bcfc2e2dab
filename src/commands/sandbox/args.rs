//! The arguments of `sandbox`.

use clap::{Args, Subcommand};

/// The actions on the sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum SandboxAction {
    /// Install it if needed, and start it: each account has its own; this one is for the stack file's account
    Start {
        /// Check the policies of users and roles that are made in it; without this, every caller may do all
        #[arg(long)]
        authorize: bool,
    },
    /// List the running sandboxes, their endpoints and their logs of requests
    Status,
    /// Stop it; all resources in it are lost
    Stop(WhichSandbox),
    /// Empty it: all resources in it are lost
    Reset(WhichSandbox),
}

/// The choice of a sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct WhichSandbox {
    /// Only that of this account; else those of every account
    #[arg(long, value_name = "ACCOUNT", value_parser = account)]
    pub account: Option<String>,
}

/// Parses an account: twelve digits.
fn account(text: &str) -> Result<String, &'static str> {
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_account.then(|| text.to_owned()).ok_or("an account is twelve digits")
}
