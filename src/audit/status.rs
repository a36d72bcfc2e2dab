//! The status of a finding.

use serde::{Deserialize, Serialize};

/// The status of one check on one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The check holds.
    Pass,
    /// It does not hold.
    Fail,
    /// It could not be decided: something could not be read, or is not known. Never counted as a pass.
    Unknown,
    /// It does not hold, and somebody has accepted that until a day.
    Waived,
    /// Its condition does not hold for this resource.
    NotApplicable,
}

impl Status {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 5] = [Self::Fail, Self::Unknown, Self::Waived, Self::Pass, Self::NotApplicable];

    /// Its name, as in the JSON report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Waived => "waived",
            Self::NotApplicable => "not_applicable",
        }
    }
}
