//! What is tested.

mod architecture;
mod calls;
mod cli_adopt;
mod cli_drift;
mod cli_exit;
mod cli_interrupt;
mod cli_journey;
mod cli_names;
mod cli_others;
mod cli_remove;
mod cli_saved;
mod cli_secrets;
mod cli_show;
mod cli_terminal;
mod command;
mod lambda;
mod laws;
mod observer;
mod promises;
mod readme;
mod sandbox;
mod sandbox_install;
mod scp;
mod scp_explain;
mod scp_live;
mod table;
