//! Every rule on every subject of its types, on as many threads as there are processors: even a stack of a thousand
//! resources is judged almost at once.
//!
//! It knows neither plans nor accounts: each supplies subjects.

mod evaluation;
mod items;
mod rust_rules;
mod spread;
mod template;
mod terms;
mod unread;

pub use evaluation::Evaluation;
pub use spread::spread;
pub use terms::{Among, Terms};

use super::Subject;

/// Below this many evaluations a thread costs more than it saves.
const FEW: usize = 64;

/// The outcomes of all rules that are on for all subjects, in the order of the subjects and then of the rules.
pub fn judge(subjects: &[Subject], terms: Terms<'_>) -> Vec<Evaluation> {
    let mut found = in_guard(subjects, terms);
    let (places, bare): (Vec<usize>, Vec<Subject>) = unread::bare(subjects).into_iter().unzip();
    if !bare.is_empty() {
        unread::compare(&mut found, &in_guard(&bare, terms), &places, subjects, terms);
    }
    found.extend(rust_rules::all(subjects, terms));
    found.sort_by_key(|one| (one.resource.unwrap_or(usize::MAX), one.rule));
    found
}

/// The outcomes of the rules in Guard's language.
fn in_guard(subjects: &[Subject], terms: Terms<'_>) -> Vec<Evaluation> {
    let few = subjects.len().saturating_mul(terms.rules.len()) < FEW;
    let mut found: Vec<Evaluation> =
        spread(subjects, few, |first, chunk| items::items(chunk, first, terms)).into_iter().flatten().collect();
    found.extend(template::all(subjects, terms));
    found
}
