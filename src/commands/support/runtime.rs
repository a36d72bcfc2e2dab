//! The runtime of commands that call AWS.

use super::progress::interrupted_before_apply;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

/// Runs a request to AWS to its end.
pub(crate) fn blocking<T>(question: impl Future<Output = Result<T, CommandError>>) -> Result<T, CommandError> {
    runtime()?.block_on(question)
}

fn runtime() -> Result<tokio::runtime::Runtime, CommandError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| CommandError::failed("failed to start", &error))
}

/// Runs a command that calls AWS. Until a plan is applied, an interrupt ends it at once, since nothing was changed.
pub(crate) fn online(command: impl Future<Output = Result<Exit, CommandError>>, ui: &Ui) -> Result<Exit, CommandError> {
    let runtime = runtime()?;
    let ui = ui.clone();
    runtime.spawn(async move {
        interrupted_before_apply().await;
        let error = CommandError::Interrupted;
        ui.error(&error);
        let _whole = crate::ui::whole_files();
        // The command may be waiting for an answer on the terminal, which nothing else ends.
        std::process::exit(i32::from(error.exit().code()));
    });
    runtime.block_on(command)
}
