//! Files of items: JSON lines, JSON and CSV. They are read record by record, so that memory does not grow with the file.

mod check;
mod csv;
mod error;
mod form;
mod json;
mod lines;
mod read;
mod record;

pub use check::{FileSummary, check};
pub use csv::{ColumnType, ColumnTypes};
pub use error::FileError;
pub use form::{FileForm, form_of};
pub use read::read;
pub use record::{Record, Records, item_from_json};
