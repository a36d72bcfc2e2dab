//! The declarations of properties that take ARNs.

use crate::base::{PathPattern, Reference};

/// An ARN-valued property, or several by a pattern. A text of another form (the name of a role) is not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArnRule {
    /// The property.
    pub path: PathPattern,
    /// The forms that it takes; without any, it takes any ARN of the partition.
    pub takes: &'static [ArnForm],
    /// The same in a sentence: `the ARN of a queue or topic`.
    pub noun: &'static str,
}

impl ArnRule {
    /// Declares that the property at `path` takes these ARNs.
    pub const fn new(path: &'static str, noun: &'static str, takes: &'static [ArnForm]) -> Self {
        Self { path: PathPattern(path), takes, noun }
    }
}

/// The ARNs of one type of resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArnForm {
    /// The service's name in the ARN: `sqs`.
    pub service: &'static str,
    /// The beginning of the resource's part: `key/`.
    pub resource: &'static str,
    /// The regions that it may be in.
    pub region: Reach,
    /// The accounts that it may belong to.
    pub account: Reach,
    /// The section and attribute of a stack's own resource that is such an ARN, known after apply only.
    pub attribute: Option<(&'static str, &'static str)>,
}

impl ArnForm {
    /// ARNs of a service whose last part begins with `resource`, in the stack's region, of any account.
    pub const fn new(service: &'static str, resource: &'static str) -> Self {
        Self { service, resource, region: Reach::Own, account: Reach::Any, attribute: None }
    }

    /// The same, with another reach of the region.
    #[must_use]
    pub const fn region(mut self, region: Reach) -> Self {
        self.region = region;
        self
    }

    /// The same, with another reach of the account.
    #[must_use]
    pub const fn account(mut self, account: Reach) -> Self {
        self.account = account;
        self
    }

    /// The same, which the attribute of a section has as well.
    #[must_use]
    pub const fn attribute(mut self, section: &'static str, attribute: &'static str) -> Self {
        self.attribute = Some((section, attribute));
        self
    }

    /// Whether a reference leads to such an ARN.
    pub(super) fn is(&self, reference: &Reference) -> bool {
        self.attribute == Some((reference.address.section(), &reference.attribute))
    }
}

/// The region or account that an ARN may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The stack's own.
    Own,
    /// The stack's own, or this word instead (`aws`).
    OwnOr(&'static str),
    /// Any.
    Any,
    /// None: the ARN leaves it empty.
    Empty,
}
