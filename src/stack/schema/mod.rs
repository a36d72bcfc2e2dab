//! The JSON Schema of the whole file, and the language's reference that is made from it.

pub(super) mod hoist;
mod reference;
pub(super) mod settings;
pub(super) mod stack;
pub(super) mod view;

pub use hoist::written_under;
pub use reference::reference;
pub use stack::schema;
