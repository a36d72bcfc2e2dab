//! `table`: looks into tables, and changes and seeds their items.

mod args;
#[cfg(feature = "aws")]
mod change;
#[cfg(feature = "aws")]
mod delete;
#[cfg(feature = "aws")]
mod describe;
#[cfg(feature = "aws")]
mod drop;
#[cfg(feature = "aws")]
mod filter;
#[cfg(feature = "aws")]
mod get;
#[cfg(feature = "aws")]
mod list;
#[cfg(feature = "aws")]
mod members;
#[cfg(feature = "aws")]
mod pairs;
#[cfg(feature = "aws")]
mod put;
#[cfg(feature = "aws")]
mod query;
#[cfg(feature = "aws")]
mod reading;
#[cfg(feature = "aws")]
mod run;
#[cfg(feature = "aws")]
mod scan;
#[cfg(feature = "aws")]
mod seed;

pub(super) use args::TableAction;
#[cfg(feature = "aws")]
pub(super) use run::run;
