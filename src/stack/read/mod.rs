//! From a tree to the value that its schema describes: interpolation, types, files that a property names, and what is
//! left of a resource that holds mistakes.

pub(super) mod alternatives;
mod archive;
pub(super) mod confine;
pub(super) mod files;
pub(super) mod interpolate;
pub(super) mod recovery;
mod scalar;
pub(super) mod walk;

pub use walk::Use;
