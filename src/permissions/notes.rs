//! Notes about the statements for the reader: the reasons for each `*` in them.

use super::required::CALLER;
use super::statement::Statement;

/// Returns one sentence for each reason.
pub fn notes(statements: &[Statement]) -> Vec<String> {
    let (anything, some): (Vec<&Statement>, Vec<&Statement>) = statements
        .iter()
        .filter(|statement| statement.resources.iter().any(|resource| resource.contains('*')))
        .partition(|statement| statement.resources.contains("*") && statement.condition.is_empty());
    let sids = |statements: &[&Statement]| {
        let names: Vec<String> = statements.iter().map(|statement| format!("`{}`", statement.sid)).collect();
        names.join(", ")
    };
    let mut notes = Vec::new();
    if !anything.is_empty() {
        let mut note = format!("{}: on `*`, since these actions have no resource-level permissions", sids(&anything));
        if anything.iter().any(|statement| statement.actions.contains(CALLER)) {
            note.push_str(
                "; except `iam:GetRole`, which is for the caller's role (service control policies may check its path \
                 and its tags) and may be left out where none does",
            );
        }
        notes.push(note);
    }
    let (narrowed, open): (Vec<&Statement>, Vec<&Statement>) =
        some.into_iter().partition(|statement| !statement.condition.is_empty());
    if !narrowed.is_empty() {
        let sids = sids(&narrowed);
        notes.push(format!("{sids}: `*` stands for an id that AWS gives, and a condition narrows it"));
    }
    if !open.is_empty() {
        let sids = sids(&open);
        notes.push(format!(
            "{sids}: `*` stands for what AWS names, what differs from account to account, or what is secret"
        ));
    }
    notes
}
