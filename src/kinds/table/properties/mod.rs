//! The properties that have a short and a long form, each with its one canonical spelling.

mod encryption;
mod insights;
mod keys;
mod projection;
mod recovery;

pub use encryption::Encryption;
pub use insights::ContributorInsights;
pub use keys::{IndexKey, KeyAttribute, KeyType};
pub use projection::Projection;
pub use recovery::{PointInTimeRecovery, USUAL_PERIOD};
