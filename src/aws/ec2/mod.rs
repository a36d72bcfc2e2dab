//! The operations of Amazon EC2 that are used, with their inputs and answers as types.
//!
//! They are signed calls (`aws::signed`): the crate `aws-sdk-ec2` has some 700 operations, and was a third of the time and
//! nearly all of the memory of a build. Responsible for names and types of members; must not know any kind.

mod answers;
mod client;
mod element;

pub use answers::{
    DnsOptions, NetworkInterface, ReferencedSecurityGroup, RouteTable, SecurityGroup, SecurityGroupRule, Subnet,
    UnsuccessfulItem, Vpc, VpcEndpoint,
};
pub use client::{Ec2, Ec2Answer, Ec2Input, Filter};
