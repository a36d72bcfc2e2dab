//! The security-posture audit: what is live, judged by the rules that gate a plan, as one value that every format shows.
//!
//! Responsible for the report and its laws: statuses, waivers, baselines, the score, several reports in one. What talks to
//! AWS reads resources only; what a rule's answer means is that of [`crate::rules`].

#[cfg(feature = "aws")]
pub mod account;
mod baseline;
mod catalogue;
mod coverage;
pub mod json;
mod judged;
mod judging;
mod live;
mod merge;
mod order;
pub mod reach;
mod remedy;
mod report;
mod risks;
mod score;
mod shared;
mod standards;
mod status;
mod waivers;

#[cfg(test)]
use {crate::base::Location, crate::rules::Severity};

#[cfg(test)]
mod baseline_tests;
#[cfg(test)]
pub(crate) mod generated;
#[cfg(test)]
mod judged_tests;
#[cfg(test)]
mod merge_tests;
#[cfg(test)]
mod score_tests;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod waivers_tests;

pub use baseline::compare;
pub use catalogue::{
    RESIDENCY, changed_parameters, check, checks, rules_of_audit, rules_version, types_of, with_regions,
};
pub use judged::{Audit, StackSide, count_unknown};
pub use judging::{Judging, findings};
pub use live::{Live, UnreadType};
pub use merge::{Merged, merge};
pub use remedy::{Known, PLACEHOLDERS, Part, Values, comments, known, own_remedy, parts, remedy, yaml_text};
pub use report::{
    Change, Check, Evidence, Finding, Fixable, NotAssessed, Remediation, Report, Resource, Scope, Standards, Summary,
    Trend, Waiver,
};
pub use risks::{Risk, principal_risks, resource_noun};
pub use score::{Score, WEIGHTS, severity_name};
pub use standards::{Requirement, Standard, standards};
pub use status::Status;
pub use waivers::{ENDS_SOON_DAYS, WAIVER_UNUSED, WaiverTerms, apply_waivers};
