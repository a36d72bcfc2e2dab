//! The arguments of `plan`.

use std::path::PathBuf;

use clap::Args;

use crate::base::Address;
use crate::cli::Selection;

/// `plan`
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The resources to work on.
    #[command(flatten)]
    pub selection: Selection,
    /// Save the plan, to be applied exactly as shown by `underpin apply FILE`
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Exit with 2 if changes are pending
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Plan the deletion of all of the stack's resources
    #[arg(long)]
    pub destroy: bool,
    /// Plan to remove the stack's tags from this resource and leave it as it is; may be repeated
    #[arg(
        long,
        value_name = "ADDRESS",
        conflicts_with_all = [
            "destroy", "target", "exclude", "allow_delete", "allow_replace", "allow_unprotect", "allow_adopt", "no_backup",
        ]
    )]
    pub release: Vec<Address>,
}
