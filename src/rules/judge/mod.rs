//! Every rule on every subject of its types, on as many threads as there are processors: even a stack of a thousand
//! resources is judged almost at once.
//!
//! It knows neither plans nor accounts: each supplies subjects.

mod evaluation;
mod items;
mod rust_rules;
mod spread;
mod subject;
mod template;

use jiff::civil::Date;

pub use evaluation::Evaluation;
pub use spread::spread;
pub use subject::{Before, Rendered, Subject};

use super::{Enforcement, Input, Rule};

/// Below this many evaluations a thread costs more than it saves.
const FEW: usize = 64;

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
    fn on(self, of: impl Fn(&Rule) -> bool) -> impl Iterator<Item = (usize, &'a Rule)> {
        let on = move |(_, rule): &(usize, &Rule)| {
            rule.enforcement != Enforcement::Off && rule.is_for(self.live) && of(rule)
        };
        self.rules.iter().enumerate().filter(on)
    }

    /// The rules in Guard's language that read this input.
    fn guard(self, input: Input) -> impl Iterator<Item = (usize, &'a Rule)> {
        self.on(move |rule| rule.rust.is_none() && rule.input == input)
    }
}

/// Returns whether a rule would judge a rendering of a subject of this type.
fn would_judge(rule: &Rule, own: &str, terms: Terms<'_>) -> bool {
    let is_part = |name: &String| !terms.types.contains(&name.as_str());
    rule.judges(own) || (rule.input == Input::Template && rule.resource_types.iter().any(is_part))
}

/// The outcomes of all rules that are on for all subjects, in the order of the subjects and then of the rules.
pub fn judge(subjects: &[Subject], terms: Terms<'_>) -> Vec<Evaluation> {
    let few = subjects.len().saturating_mul(terms.rules.len()) < FEW;
    let mut found: Vec<Evaluation> =
        spread(subjects, few, |first, chunk| items::items(chunk, first, terms)).into_iter().flatten().collect();
    found.extend(template::all(subjects, terms));
    found.extend(rust_rules::all(subjects, terms));
    found.sort_by_key(|one| (one.resource.unwrap_or(usize::MAX), one.rule));
    found
}
