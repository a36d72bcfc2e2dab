//! Calls of any service by the SDK's own runtime, without a client crate for each.
//!
//! Responsible for the protocols, the addresses of services, and for answers as JSON in the API's spelling. Credentials,
//! signatures, retries, timeouts and proxies are the SDK's, and what watches its clients watches these calls as well.
//! It must not know any kind, nor what answers mean.

mod address;
mod answer;
mod call;
mod form;
mod rest;
mod service;
mod xml;

pub(in crate::aws) use call::Runtime;
pub use call::{Attempt, Observer};
pub use service::is_global;
