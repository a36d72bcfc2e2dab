//! Functions: AWS Lambda, with their log group, concurrency and resource policy as parts.
//!
//! The log group `/aws/lambda/NAME` is a part if `log_retention` is given: it is created with the function,
//! has its tags, and is deleted with it. A group that existed before (Lambda creates one at the first
//! invocation) gets the retention, but without our tags it stays when the function is deleted. Without
//! `log_retention` the group is not read. Triggers are a kind of their own.

mod access;
mod advice;
mod check;
mod foreign_statements;
mod handler;
mod identity;
mod kind;
mod layers;
#[cfg(feature = "aws")]
mod live;
mod network;
pub mod op;
mod permissions;
mod render;
mod role_needs;
mod role_refresh;
mod rollout;
pub mod runtime;
mod secrets;
pub mod spec;
mod steps;
pub mod tag_call;
#[cfg(test)]
#[expect(unreachable_pub, reason = "the integration tests include it by its path")]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod vpc;
mod warnings;

pub use identity::Function;
pub use op::Op;
pub use secrets::{CodeSecret, code_secrets};
pub use spec::FunctionSpec;
