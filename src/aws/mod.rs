//! The way to AWS: clients, errors, waits and retries.
//!
//! Responsible for how a call is made and how its failure is classified; must not know any kind.

mod assume;
mod attempts;
mod authorization;
mod body;
mod cached_listing;
mod check_ip;
mod connect;
mod context;
mod credentials;
mod document;
pub mod ec2;
mod endpoint;
mod error;
mod event_source_mappings;
mod key;
mod number;
pub mod organizations;
mod refusal;
mod signed;
mod silent_credentials;
mod source;
mod unsupported;
mod wait;
mod watch;

pub use assume::RoleToAssume;
pub use body::Body;
pub use cached_listing::CachedListing;
pub use check_ip::{CHECK_IP, CheckIpError, check_ip};
pub use connect::{ConnectError, ConnectOptions, configure, connect, connects_silently, region_of_profile};
pub use context::{Aws, Tagged};
pub use document::policy_document;
pub use endpoint::{is_loopback, without_secrets};
pub use error::CallError;
pub use key::KeyMetadata;
pub use number::int;
pub use refusal::{Refusal, or_gone};
pub use signed::{Attempt, Observer, is_global};
pub use source::has_credential_source;
pub use wait::{WaitLimits, retry_while, until, until_told};
pub use watch::Listener;
