//! The command as a function of AWS Lambda: an event is a task on one account, or on the reports of all (`examples/org-audit`).
//!
//! Responsible for events, their answers, and typed errors that a state machine can retry or catch. What an audit is, is that
//! of `audit`; nothing is printed but what Lambda logs.

mod account;
mod event;
mod failure;
mod list;
mod merged;
mod serve;
mod store;

pub(super) use serve::{is_asked_for, serve};
