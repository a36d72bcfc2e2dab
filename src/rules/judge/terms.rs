//! The terms of a judgement, and which rules it is about.

use jiff::civil::Date;

use crate::rules::{Enforcement, Input, Rule};

/// The terms of a judgement.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The rules; those that are off are left out.
    pub rules: &'a [Rule],
    /// The types that entries of a stack can have. A rule on another type is about a part, and any entry may have it.
    pub types: &'a [&'a str],
    /// True for what is live: rules that look at what a plan can't show are judged as well.
    pub live: bool,
    /// The types of which not all resources could be read, each with the reason.
    pub unread: &'a [(String, String)],
    /// Today, in UTC.
    pub today: Date,
}

impl<'a> Terms<'a> {
    pub(super) fn on(self, of: impl Fn(&Rule) -> bool) -> impl Iterator<Item = (usize, &'a Rule)> {
        let on = move |(_, rule): &(usize, &Rule)| {
            rule.enforcement != Enforcement::Off && rule.is_for(self.live) && of(rule)
        };
        self.rules.iter().enumerate().filter(on)
    }

    /// The rules in Guard's language that read this input.
    pub(super) fn guard(self, input: Input) -> impl Iterator<Item = (usize, &'a Rule)> {
        self.on(move |rule| rule.rust.is_none() && rule.input == input)
    }
}

/// Returns whether a rule would judge a rendering of a subject of this type.
pub(super) fn would_judge(rule: &Rule, own: &str, terms: Terms<'_>) -> bool {
    let is_part = |name: &String| !terms.types.contains(&name.as_str());
    rule.judges(own) || (rule.input == Input::Template && rule.resource_types.iter().any(is_part))
}
