//! Access patterns of tables: what an application reads and writes, by which keys.
//!
//! Responsible for the language of patterns, the proof that keys and indexes serve them, findings about the design,
//! their costs, the permissions that they need, and the requests that they stand for. Pure: it makes no request, and
//! knows neither a kind nor a file. A table is given by its keys ([`TableKeys`]).

mod arguments;
mod check;
mod check_write;
mod comparison;
mod cost;
mod finding;
mod findings;
mod grant;
mod hot_partition;
mod parameter_value;
mod pattern;
mod request;
mod served;
mod suggestion;
mod summary;
mod table_keys;
mod template;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod uses;
mod value;
mod writes;

pub use arguments::{ArgumentError, Arguments, parameters};
pub use check::check;
pub use cost::{Cost, DEFAULT_ITEM_SIZE, Units};
pub use finding::Finding;
pub use findings::findings;
pub use grant::{GrantedTable, POLICY_NAME, grant_policy};
pub use pattern::{AccessPattern, Format, Order, Parameter};
pub use request::{Request, read_request, write_requests};
pub use served::{Served, served};
pub use summary::{PatternSummary, summaries};
pub use table_keys::{IndexKeys, Key, Projected, ScalarType, TableKeys};
pub use template::{Part, Template};
pub use writes::{Write, WriteKind, Writes};
