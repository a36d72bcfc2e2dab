//! The people of the application: those of a Postgres database and those of a Cognito user pool.
//!
//! Responsible for finding users by handle, bringing a local database to its seeded state, and comparing both sides;
//! must not print, and must not put an e-mail address, a name or a password into an error.

#[cfg(feature = "aws")]
mod database;
#[cfg(feature = "aws")]
mod database_error;
#[cfg(feature = "aws")]
mod database_url;
mod member;
#[cfg(feature = "aws")]
mod pool;
mod pool_user;
mod reconciliation;
#[cfg(feature = "aws")]
mod setup;
#[cfg(feature = "aws")]
mod sync;
#[cfg(feature = "aws")]
mod tls;
#[cfg(feature = "aws")]
mod url_parts;

#[cfg(feature = "aws")]
pub use database::Database;
#[cfg(feature = "aws")]
pub use database_error::DatabaseError;
#[cfg(feature = "aws")]
pub use database_url::{DatabaseUrl, Encryption, production_url, selected_url};
pub use member::{FIXED, FixedMember, Member, fixed};
#[cfg(feature = "aws")]
pub use pool::{
    NewUser, PoolError, UserError, create_user, delete_user, disable_user, find_pool, get_user, list_users,
};
pub use pool_user::{Invitation, Pool, PoolUser};
pub use reconciliation::{Account, Change, Duplicates, Reconciliation, Row, reconcile};
#[cfg(feature = "aws")]
pub use setup::{SCHEMA, SEED, SqlFile, set_up};
#[cfg(feature = "aws")]
pub use sync::{Synced, Writing, sync};
#[cfg(feature = "aws")]
pub use url_parts::DatabaseUrlError;
