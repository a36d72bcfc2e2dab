//! `export`: the stack as a `CloudFormation` template; offline.

mod archives;
mod args;
mod document;
mod logical_id;
mod parameters;
mod run;
mod stand_in;
mod template;
mod value;
mod yaml;

pub(super) use args::ExportArgs;
pub(super) use run::run;
