//! A table as AWS Config records it, and as CloudFormation writes it.
//!
//! Both are pure, and written from the spec alone: values that AWS adds (sizes, counts, times) are missing.

mod cloudformation;
mod config;
mod parts;

pub(super) use cloudformation::cloudformation;
pub(super) use config::config_items;
