//! Reads the value that a schema describes from a tree: interpolation, types, files that a property names, and the
//! valid rest of a resource that has mistakes.

pub(super) mod alternatives;
mod archive;
pub(super) mod confine;
pub(super) mod files;
pub(super) mod interpolate;
pub(super) mod recovery;
mod scalar;
pub(super) mod walk;

pub use walk::Use;
