//! The arguments of `destroy`.

use clap::Args;

use crate::cli::Selection;

/// `destroy`
#[derive(Debug, Args)]
pub struct DestroyArgs {
    /// The resources to work on.
    #[command(flatten)]
    pub selection: Selection,
    /// Do not ask for the stack's name; resources that hold data need --allow-delete as well
    #[arg(long, short)]
    pub yes: bool,
}
