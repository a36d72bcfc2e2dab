//! `explain`: the decision of service control policies on an action, or on every call of a saved plan; offline.

mod action;
mod args;
mod chain;
mod context;
mod defaults;
mod plan;
mod run;

pub(super) use args::ExplainArgs;
pub(super) use run::run;
