//! `explain`: the answer of service control policies to an action, or to every call of a saved plan; offline.

mod action;
mod chain;
mod context;
mod defaults;
mod plan;
mod run;

pub(super) use run::run;
