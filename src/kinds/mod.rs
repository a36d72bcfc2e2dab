//! The kinds: one folder each, with the same rooms, and the list of them.
//!
//! Only this list names concrete kinds; the rest of the engine is handed a registry.

pub mod function;
pub mod role;
pub mod table;
pub mod trigger;
