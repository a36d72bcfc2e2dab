//! What is tested.

mod calls;
mod cli_drift;
mod cli_exit;
mod cli_journey;
mod cli_saved;
mod command;
mod lambda;
mod laws;
mod observer;
mod sandbox;
mod sandbox_install;
mod table;
