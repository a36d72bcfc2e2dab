//! Items and tables at an endpoint of DynamoDB.

mod convert;
mod describe;
mod item;
mod read;
mod write;

pub use describe::{TableExtras, extras, table, table_names};
pub use item::{Existing, ItemChange, delete, get, put};
pub use read::Pages;
pub use write::{BatchWriter, WriteError, WriteSummary, put_all};
