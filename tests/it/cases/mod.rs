//! What is tested.

mod cli_drift;
mod cli_exit;
mod cli_journey;
mod cli_saved;
mod observer;
mod sandbox;
