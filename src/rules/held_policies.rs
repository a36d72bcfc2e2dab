//! The policy documents of a role, user, group or managed policy, judged one by one by rules in Rust.

use super::rust::{Answer, Fault, Subject, Unknown, Verdict};
use crate::policy::{Document, documents_of, group_documents_of};

/// Judges each policy document in the item of an IAM resource; those of managed policies that are attached are left out,
/// which are judged by themselves. A document that fails decides; else one that is not known; without any document the rule
/// is not applicable.
///
/// `each` returns what is wrong with a document, and what it says instead (`statement`, `actual`).
pub fn judge_policies(subject: &Subject<'_>, each: impl Fn(&Document) -> Option<Wrong>) -> Answer {
    let held = subject.document()?.map(|item| documents_of(subject.type_name(), item, false)).unwrap_or_default();
    // AWS's own policies are not the account's to change.
    if held.is_empty() || subject.arn().contains(":iam::aws:policy/") {
        return Ok(Verdict::NotApplicable);
    }
    let (mut faults, mut unknown) = (Vec::new(), None);
    for one in &held {
        match one.parsed() {
            Ok(document) => {
                if let Some(wrong) = each(&document) {
                    faults.push(wrong.at(&one.pointer, &one.name));
                }
            }
            Err(text) => unknown = unknown.or(Some(subject.unknown(&text))),
        }
    }
    match (faults.is_empty(), unknown) {
        (false, _) => Ok(Verdict::Fail(faults)),
        (true, Some(why)) => Err(why),
        (true, None) => Ok(Verdict::Pass),
    }
}

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// What is wrong, as a fragment.
    pub message: String,
    /// The statement, by its place.
    pub statement: usize,
    /// The text in it that makes it so.
    pub actual: String,
}

impl Wrong {
    fn at(self, pointer: &str, policy: &str) -> Fault {
        let Self { message, statement, actual } = self;
        let place = format!("statement {} of `{policy}`", statement + 1);
        Fault::new(pointer, format!("{message}: {place}")).actual(actual)
    }
}

/// A few of many names, in a sentence: `a, b, c and 4 more`.
pub fn some_of(names: &[&str]) -> String {
    const SHOWN: usize = 3;
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// All policy documents in the item of an IAM resource, those of attached managed policies and of a user's groups too; an
/// error if one of them is not known.
pub fn all_policies(subject: &Subject<'_>) -> Result<Vec<Document>, Unknown> {
    let mut held = subject.document()?.map(|item| documents_of(subject.type_name(), item, true)).unwrap_or_default();
    held.extend(subject.document()?.and_then(group_documents_of).unwrap_or_default());
    held.iter().map(|one| one.parsed().map_err(|text| subject.unknown(&text))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_of_names_are_shortened() {
        assert_eq!(some_of(&["a"]), "a");
        assert_eq!(some_of(&["a", "b", "c"]), "a, b, c");
        assert_eq!(some_of(&["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
    }
}
