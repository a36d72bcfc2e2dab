//! The arguments of `export`.

use std::path::PathBuf;

use clap::Args;

/// `export`
#[derive(Debug, Args)]
#[command(
    after_help = "Formats: `--format cloudformation` (JSON) and `--format cloudformation-yaml`. The account of a stack \
    file without `account:` is `AWS::AccountId`; what only the account can show (`vpc: default`) and sensitive values are \
    parameters."
)]
pub struct ExportArgs {
    /// Write the functions' archives to this folder, named by their keys, to be copied to the bucket of the parameter
    /// `CodeBucket`
    #[arg(long, value_name = "FOLDER")]
    pub code: Option<PathBuf>,
}
