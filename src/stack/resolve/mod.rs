//! Resolves a file to the resources that it declares: their names, references, order, and the place of each property.

mod declared;
mod ignore;
mod index;
mod names;
mod order;
mod per_workspace;
mod resolver;
mod source_map;
mod stack;

pub use declared::Declared;
pub use names::NamedResource;
pub use source_map::SourceMap;
pub use stack::Stack;
