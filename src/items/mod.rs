//! Items of DynamoDB tables: values and their forms, files of items, keys, and reading and writing them.
//!
//! Responsible for what is in a table; what a table is belongs to its kind. Must not print, and must not decide whether
//! something may be done.

mod capacity;
mod conversation;
mod dynamodb_json;
mod error;
mod expression;
mod facts;
pub mod file;
mod json;
mod keys;
#[cfg(feature = "aws")]
pub mod live;
mod number;
mod plain;
#[cfg(any(feature = "aws", test))]
mod rate;
mod read;
mod token;
mod value;

pub use capacity::ConsumedCapacity;
pub use conversation::{Conversation, ConversationPlace, USUAL_END, USUAL_GROUP, check_conversation};
pub use dynamodb_json::{Typed, TypedItem, from_typed};
pub use error::ItemError;
pub use expression::{Expression, ExpressionError, ExpressionKind, check_placeholders};
pub use facts::{IndexFacts, TableFacts};
pub use keys::{IndexKeys, KeyAttribute, KeyType, TableKeys};
pub use number::NumberError;
pub use plain::{Plain, PlainItem, cell, from_plain, ordered};
pub use read::{Consistency, Page, ReadRequest, ReadSummary, SortOrder};
pub use token::{start_of, token};
pub use value::{AttributeValue, Item, item_size};
