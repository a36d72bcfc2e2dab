//! VPC endpoints: gateways to DynamoDB and S3, and interfaces to everything else.
//!
//! An endpoint has no name: it is identified by its tags, or, before it has them, by VPC, service and type.

mod access;
mod check;
mod identity;
mod kind;
#[cfg(feature = "aws")]
mod live;
mod network;
mod op;
mod render;
mod resolve;
mod service;
mod spec;
mod steps;
#[cfg(test)]
pub(crate) mod testing;

pub use identity::VpcEndpoint;
pub use op::{CreateVpcEndpoint, ModifyVpcEndpoint, VpcEndpointOp};
pub use spec::{EndpointType, RouteTables, SecurityGroups, Selection, Subnets, VpcEndpointSpec};
