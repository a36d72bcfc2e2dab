//! The API calls of a change of a table.
//!
//! `UpdateTable` takes one kind of change at a time: billing and capacity, the stream, encryption, class,
//! protection, and one index to create or delete. Source: API reference, `UpdateTable`; measured for the rest
//! ("You cannot modify stream status while updating table IOPS").

mod indexes;
mod lifecycle;
mod scaling;
mod settings;

pub(super) use lifecycle::steps;
