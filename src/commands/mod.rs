//! The commands: load, ask the engine, hand data to a view, exit.

mod apply;
mod audit;
mod command_line;
mod completions;
mod destroy;
mod dispatch;
mod explain;
mod export;
mod foreign_verbs;
mod function;
mod graph;
mod init;
mod permissions;
mod plan;
mod release;
mod reset;
mod sandbox;
mod schema;
mod startup;
mod support;
mod table;
mod users;
mod validate;

pub use command_line::{Cli, Command};
pub use dispatch::main;
