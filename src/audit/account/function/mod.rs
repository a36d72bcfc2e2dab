//! Functions: all by one list, with the calls that each needs beside it.

mod answers;
mod document;
mod permissions;
mod read;
mod shared;
mod spec;

pub(super) use read::read;
