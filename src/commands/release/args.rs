//! The arguments of `release`.

use clap::Args;

use crate::base::Address;
use crate::stack::OnUnknown;

/// `release`
#[derive(Debug, Args)]
pub struct ReleaseArgs {
    /// The resource, in the file or no longer; the resources written under it are released with it
    #[arg(value_name = "ADDRESS", required = true)]
    pub addresses: Vec<Address>,
    /// Do not ask for confirmation
    #[arg(long, short)]
    pub yes: bool,
    /// Either `warn` or `deny` if a guardrail can't decide; else as the stack file says, and `warn` by default
    #[arg(long, value_enum, value_name = "MEANING", hide_possible_values = true)]
    pub unknown: Option<OnUnknown>,
}
