//! The type, ARN and identity of triggers.

use crate::base::Environment;

/// AWS Lambda event source mappings.
#[derive(Debug, Clone, Copy)]
pub struct Trigger;

/// The type in CloudFormation and AWS Config.
pub(super) const TYPE: &str = "AWS::Lambda::EventSourceMapping";

/// The identity's detail that names the function.
pub(super) const FUNCTION: &str = "function";
/// The identity's detail that holds the source's ARN, which may be pending.
pub(super) const SOURCE: &str = "source";
/// The identity's detail that holds the mapping's UUID, if discovery has found it.
pub(super) const UNIQUE_ID: &str = "unique_id";

/// The ARN of a mapping. Source: service authorization reference for AWS Lambda, type `eventSourceMapping`.
pub(super) fn mapping_arn(uuid: &str, env: &Environment) -> String {
    env.arn("lambda", &format!("event-source-mapping:{uuid}"))
}
