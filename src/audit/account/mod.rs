//! Reading an account: everything that rules look at, as documents in AWS's own spelling.
//!
//! Responsible for which calls are made, at which pace, and for what becomes of those that give no answer: a part that
//! can't be read is a placeholder in its document, and a list that can't be read is "not assessed". It makes no call that
//! changes anything, and judges nothing.

mod account_settings;
mod action;
mod bucket;
mod cognito;
mod collector;
mod credential_report;
mod dax;
mod document;
mod endpoint;
mod fields;
mod finish;
mod function;
mod identity;
mod key_users;
mod key_uses;
mod keys;
mod listing;
mod lists;
mod log_groups;
mod mapping;
mod network;
mod organization;
mod pace;
mod paging;
mod part;
mod read;
mod reader;
mod recorder;
mod region;
mod scope;
mod security_group_rule;
mod shared;
mod spelling;
mod table;
mod tagged;
pub mod tags;
mod trails;
mod types;
mod unread;
mod wanted;

pub use action::action_of;
pub use collector::{AccountDocuments, Collector, Progress, Take};
pub use document::Document;
pub use pace::Pace;
pub use read::{read, read_giving};
pub use reader::Reader;
pub use scope::{AccountRole, ReadScope, Regions};
pub use shared::CredentialReport;
pub use types::GLOBAL;
pub use unread::{Reason, Unread};
pub use wanted::Wanted;
