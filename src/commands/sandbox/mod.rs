//! `sandbox`: the local AWS emulators, one for each account; a file for each verb.

mod reset;
mod run;
mod start;
mod status;
mod stop;
mod view;

pub(super) use run::run;
