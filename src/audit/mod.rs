//! The security-posture audit: what is live, judged by the rules that gate a plan, as one value that every format shows.
//!
//! Responsible for the report and its laws: statuses, waivers, baselines, the score, several reports in one. What talks to
//! AWS reads resources only; what a rule's answer means is that of [`crate::rules`].

mod catalogue;
mod judged;
mod live;
mod report;
mod status;

pub use catalogue::{check, checks, rules_of_audit, rules_version, types_of, with_regions};
pub use judged::{Audit, StackSide, count_unknown, findings};
pub use live::{Live, UnreadType};
pub use report::{
    Change, Check, Evidence, Finding, Fixable, NotAssessed, Remediation, Report, Resource, Scope, Standards, Summary,
    Trend, Waiver,
};
pub use status::Status;

#[cfg(test)]
mod judged_tests;
