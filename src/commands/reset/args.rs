//! The arguments of `reset`.

use std::time::Duration;

use clap::Args;

use crate::commands::startup::time;

/// `reset`
#[derive(Debug, Args)]
pub struct ResetArgs {
    /// The Postgres database of the users, on this machine; else the environment's, or `CONNECTION_URL`
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
    /// The longest time that it may take, such as `60`, `90s` or `2m`
    #[arg(long, value_name = "TIME", default_value = "60", value_parser = time)]
    pub deadline: Duration,
}
