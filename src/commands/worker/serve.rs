//! Lambda's events, one after the other.

use std::sync::Arc;

use clap::Parser as _;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;

use super::event::Event;
use super::failure::Failure;
use super::{account, list, merged};
use crate::aws::Aws;
use crate::base::{Archives, Vault};
use crate::commands::command_line::Cli;
use crate::commands::support::connection::connect_without_file;
use crate::commands::support::planner::salt;
use crate::commands::support::runtime::blocking;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

/// Returns whether Lambda has started this program: without arguments, and with the address of its events.
/// Source: Lambda Developer Guide, "Using the Lambda runtime API": `AWS_LAMBDA_RUNTIME_API`.
pub(in crate::commands) fn is_asked_for() -> bool {
    std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_some() && std::env::args_os().len() <= 1
}

/// Takes events until Lambda ends the program.
pub(in crate::commands) fn serve() -> Exit {
    let served = blocking(async {
        let handler = service_fn(|event: LambdaEvent<Value>| async move { Box::pin(answer(event.payload)).await });
        let served = lambda_runtime::run(handler).await;
        served.map_err(|error| CommandError::failed("the Lambda runtime ended", &*error))
    });
    match served {
        Ok(()) => Exit::Done,
        Err(error) => {
            if let Ok(Cli { common, .. }) = Cli::try_parse_from(["underpin", "validate"]) {
                Ui::new(&common).error(&error);
            }
            error.exit()
        }
    }
}

async fn answer(event: Value) -> Result<Value, Failure> {
    let event = Event::read(event)?;
    let own = own().await?;
    match event {
        Event::ListAccounts { to } => list::list_accounts(&to, &own).await,
        Event::Audit(one) => Box::pin(account::audit(&one, &own)).await,
        Event::NotAssessed(one) => account::not_assessed(&one, &own).await,
        Event::Merge(of) => merged::merge_all(&of, &own).await,
    }
}

/// The connection by the function's own role, which reads and writes the bucket.
async fn own() -> Result<Aws, Failure> {
    let cli = Cli::try_parse_from(["underpin", "validate"]).map_err(|error| Failure::Failed(error.to_string()))?;
    let (vault, archives) = (Arc::new(Vault::new(salt()?)), Arc::new(Archives::default()));
    let ui = Ui::new(&cli.common);
    Ok(Box::pin(connect_without_file(&cli.common, vault, archives, &ui)).await?)
}
