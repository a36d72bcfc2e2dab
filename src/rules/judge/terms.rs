//! The terms of a judgement, and which rules it is about.

use jiff::civil::Date;

use crate::rules::{Enforcement, Input, Items, Rule};

/// The rules that a judgement is made by, by what they look at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Among {
    /// All rules.
    #[default]
    All,
    /// Those that look at nothing but the resource that they judge: resources may come a few at a time.
    Alone,
    /// The others: all resources have to be there.
    Together,
}

impl Among {
    /// Returns whether a rule is one of these. `types` are those that entries of a stack can have: the template of one has its
    /// parts beside it, and no other entry.
    pub fn has(self, rule: &Rule, types: &[&str]) -> bool {
        match self {
            Self::All => true,
            Self::Alone => !looks_around(rule, types),
            Self::Together => looks_around(rule, types),
        }
    }
}

fn looks_around(rule: &Rule, types: &[&str]) -> bool {
    let of_entries = || rule.text.types().iter().filter(|one| types.contains(&one.as_str())).count();
    rule.around || (rule.rust.is_none() && rule.input == Input::Template && of_entries() > 1)
}

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
    /// Which of the rules.
    pub among: Among,
    /// The outcomes of a judgement before that go on being true; `None` if there was none.
    pub known: Option<&'a Items>,
}

impl<'a> Terms<'a> {
    pub(super) fn on(self, of: impl Fn(&Rule) -> bool) -> impl Iterator<Item = (usize, &'a Rule)> {
        let on = move |(_, rule): &(usize, &Rule)| {
            rule.enforcement != Enforcement::Off
                && rule.is_for(self.live)
                && self.among.has(rule, self.types)
                && of(rule)
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
