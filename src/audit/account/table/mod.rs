//! Tables: each by its describing calls; what AWS lists for all of them at once is asked for once.

mod answers;
mod document;
mod read;
mod scaling;
mod shared;
mod spec;

pub(super) use answers::parsed;
pub(super) use read::read;
