//! The arguments of `apply`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Selection;

/// `apply`
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// A plan saved with `plan --out`
    #[arg(value_name = "PLAN", conflicts_with_all = ["target", "exclude", "no_backup"])]
    pub plan: Option<PathBuf>,
    /// The resources to work on.
    #[command(flatten)]
    pub selection: Selection,
    /// Do not ask for confirmation
    #[arg(long, short)]
    pub yes: bool,
}
