//! The inputs of judging: rules, exceptions and the place they are judged for.

use jiff::civil::Date;

use crate::base::{Address, Environment};
use crate::guard::Locate;
use crate::kind::{Facts, Registry};
use crate::rules::{Declarations, RuleSet};
use crate::stack::Exception;

/// The terms of a judgement by rules.
#[derive(Clone, Copy)]
pub struct ConfigTerms<'a> {
    /// The kinds.
    pub registry: &'a Registry,
    /// The environment.
    pub env: &'a Environment,
    /// The shared look-ups; `None` offline.
    pub facts: Option<&'a Facts>,
    /// The rules.
    pub rules: &'a RuleSet,
    /// The findings that are allowed.
    pub exceptions: &'a [Exception],
    /// What the file declares of resources, for rules that compare.
    pub declared: &'a Declarations,
    /// Today, in UTC.
    pub today: Date,
    /// Returns the location of a property in the file.
    pub locate: Locate<'a>,
    /// Returns whether the stack has the resource, in this or another environment.
    pub has: &'a dyn Fn(&Address) -> bool,
}
