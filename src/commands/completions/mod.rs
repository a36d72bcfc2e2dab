//! `completions`: the completions of a shell. A static script names commands and options; a shell that asks underpin
//! itself (`COMPLETE=bash underpin`) gets the addresses of the stack as well.

#[cfg(feature = "aws")]
mod account;
mod addresses;
mod args;
mod bash;
mod dynamic;
mod hints;
mod run;
#[cfg(feature = "aws")]
mod tables;
mod typed;

pub(super) use args::CompletionsArgs;
pub(super) use dynamic::{Answer, answer};
pub(super) use run::run;
