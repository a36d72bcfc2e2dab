//! The words of the page for statuses, severities and remedies.

use crate::audit::{Change, Fixable, Status};

/// A status in a sentence or label.
pub(super) fn status_label(status: Status) -> &'static str {
    match status {
        Status::Fail => "Failed",
        Status::Unknown => "Unknown",
        Status::Waived => "Waived",
        Status::Pass => "Passed",
        Status::NotApplicable => "Not applicable",
    }
}

/// A status as a class of the style.
pub(super) fn status_class(status: Status) -> &'static str {
    match status {
        Status::Fail => "fail",
        Status::Unknown => "unknown",
        Status::Waived => "waived",
        Status::Pass => "pass",
        Status::NotApplicable => "na",
    }
}

/// Who can fix it, in a sentence.
pub(super) fn fixable_label(fixable: Fixable) -> &'static str {
    match fixable {
        Fixable::Auto => "Safely and in place: `underpin audit --fix-plan` plans it.",
        Fixable::Manual => "By hand: somebody has to decide something.",
        Fixable::Replace => "Only by replacing the resource.",
    }
}

/// What became of a finding, in a word.
pub(super) fn change_label(change: Change) -> &'static str {
    match change {
        Change::New => "New since the baseline",
        Change::NotInBaseline => "Not in the baseline's scope, or unknown there",
        Change::Unchanged => "Failed in the baseline, too",
        Change::Fixed => "Fixed since the baseline",
    }
}
