//! The IAM policy language: documents, patterns, conditions and their evaluation. Pure: no SDK, no I/O.

mod access_level;
mod actions;
mod canonical;
mod check;
mod compiled;
mod condition;
mod condition_keys;
mod context;
mod document;
mod elements;
mod escalation;
mod evaluate;
mod exposure;
mod identity;
mod locate;
mod narrowing;
mod operator;
mod organization;
mod parse;
mod pattern;
mod principal;
mod principal_keys;
mod request;
mod scp;
pub mod size;
mod superfluous;
mod ternary;
mod trust;
mod unconstrained;
mod value;
mod variable;
mod verdict;

pub use access_level::{AccessLevel, access_level, actions_of};
pub use actions::{Name, name_of};
pub use canonical::{DEFAULT_VERSION, canonicalize, same_meaning};
pub use check::{PolicyKind, Problem, check, is_service_principal, placeholders};
pub use compiled::Policy;
pub use condition_keys::takes_resource;
pub use context::{Known, Unnamed};
pub use document::{Clause, ConditionTerm, Document, Effect, Principals, Statement};
pub use elements::Version;
pub use escalation::{ESCALATIONS, Escalation, escalation};
pub use evaluate::evaluate;
pub use exposure::{Exposure, Stranger, exposures};
pub use identity::{Held, documents_of, group_documents_of, trust_of};
pub use narrowing::revokes;
pub use operator::{Comparison, Operator, Order, Quantifier};
pub use organization::chain_of;
pub use parse::{ParseError, parse, unfilled};
pub use request::Request;
pub use scp::{Account, Chain, Level};
pub use superfluous::{Beyond, Superfluous, mentions, superfluous};
pub use ternary::Truth;
pub use trust::{allows_session_tags, trusts_service};
pub use unconstrained::{Unconstrained, is_every_resource, unconstrained};
pub use verdict::{Decision, Exemption, Judgement, LevelVerdict, StatementName, Verdict};

#[cfg(test)]
mod cases_tests;
#[cfg(test)]
mod laws_tests;
#[cfg(test)]
mod oracle_tests;
#[cfg(test)]
mod shipped_tests;
#[cfg(test)]
mod speed_tests;
