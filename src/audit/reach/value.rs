//! Who can reach a table, as data.

use serde::{Deserialize, Serialize};

/// Who can reach a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Reach {
    /// The table's ARN.
    pub table: String,
    /// The ways to its service: the public endpoint, and the VPC endpoints of its region.
    pub ways: Vec<Way>,
    /// The root user, roles and users of its own account, by kind and ARN.
    pub principals: Vec<Access>,
    /// Principals of other accounts, services and everybody, as the table's resource policy names them. Principals of other
    /// accounts need a policy of their own account, too.
    pub others: Vec<Access>,
    /// What could not be read, or was left out: then there may be more, or less.
    pub not_assessed: Vec<String>,
}

/// A way to the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Way {
    /// Its kind.
    pub kind: WayKind,
    /// The id of the VPC endpoint; `public` for the public endpoint.
    pub id: String,
    /// The VPC of the endpoint.
    pub vpc: Option<String>,
}

/// The kind of a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WayKind {
    /// The service's public endpoint.
    Public,
    /// A gateway endpoint of a VPC.
    Gateway,
    /// An interface endpoint of a VPC.
    Interface,
}

/// A principal with what it can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Access {
    /// Its ARN, the name of a service, the number of an account, or `*`.
    pub principal: String,
    /// Its kind.
    pub kind: PrincipalKind,
    /// The levels that it has, or may have.
    pub levels: Vec<LevelAccess>,
    /// The functions that run as this role, by name.
    pub used_by: Vec<String>,
    /// The principals that its trust policy lets take the role.
    pub trusts: Vec<TrustedBy>,
}

/// The kind of a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// The root user of the table's account.
    Root,
    /// A role.
    Role,
    /// A role that a service manages; service control policies don't restrict it.
    ServiceLinkedRole,
    /// A user.
    User,
    /// Another account.
    Account,
    /// A service of AWS.
    Service,
    /// A principal of an identity provider.
    Federated,
    /// Everybody.
    Everyone,
}

/// A level of access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Items can be read: directly, by an index, the stream or an export.
    Read,
    /// Items can be changed or deleted.
    Write,
    /// The table can be changed, copied or deleted, or its policy.
    Manage,
}

/// A level that a principal has, or may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LevelAccess {
    /// The level.
    pub level: Level,
    /// True if it is sure.
    pub certainty: Certainty,
    /// An action that shows it, with the resource if it isn't the table itself: `dynamodb:Query on index/by-customer`.
    pub action: String,
    /// The statements that allow it.
    pub by: Vec<Deciding>,
    /// The keys of the request, and other facts, that it depends on; empty if it is sure.
    pub depends_on: Vec<String>,
    /// The ids of the ways by which it is allowed, or may be.
    pub ways: Vec<String>,
}

/// The certainty of an access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// It is allowed.
    Allowed,
    /// Conditions decide, or something that could not be read.
    Unknown,
}

/// A statement that decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Deciding {
    /// The kind of the policy.
    pub source: Source,
    /// The policy's name, or its ARN.
    pub policy: String,
    /// The statement's Sid, or its place: `Statement[0]`.
    pub statement: String,
}

/// The kind of a policy that decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A policy of the identity, or of a group that it is in.
    Identity,
    /// The table's resource policy.
    ResourcePolicy,
    /// The root user of an account may do everything that nothing denies.
    Root,
}

/// A principal that may take a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TrustedBy {
    /// Its name, as the trust policy writes it.
    pub principal: String,
    /// True if it is not of the role's own account, nor a service of AWS.
    pub outside: bool,
    /// True if the statement has conditions.
    pub on_terms: bool,
}
