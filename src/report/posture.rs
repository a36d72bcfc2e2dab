//! The change of the security posture by a plan: the findings of rules that it introduces, keeps and resolves.

use std::fmt::Write as _;

use super::audit::severity_name;
use super::escape::{code, foreign};
use crate::base::count;
use crate::plan::{Outcome, Verdict};

/// The findings of rules of a plan.
pub(super) struct Posture<'p> {
    /// Failures that this plan causes.
    pub(super) introduces: Vec<&'p Verdict>,
    /// Failures that are there already, and stay.
    pub(super) keeps: Vec<&'p Verdict>,
    /// Failures that are there already, and end with this plan.
    pub(super) resolves: Vec<&'p Verdict>,
    /// What nobody can decide yet.
    pub(super) unknown: Vec<&'p Verdict>,
    /// Failures that an exception excuses.
    pub(super) excused: Vec<&'p Verdict>,
}

impl<'p> Posture<'p> {
    /// The findings among a plan's verdicts, the highest severity first.
    pub(super) fn of(verdicts: &'p [Verdict]) -> Self {
        let (mut introduces, mut keeps, mut resolves) = (Vec::new(), Vec::new(), Vec::new());
        let (mut unknown, mut excused) = (Vec::new(), Vec::new());
        for verdict in verdicts.iter().filter(|verdict| verdict.severity.is_some()) {
            let group = match verdict {
                Verdict { resolved: true, .. } => &mut resolves,
                Verdict { excused: Some(_), .. } => &mut excused,
                Verdict { outcome: Outcome::Unknown, .. } => &mut unknown,
                Verdict { outcome: Outcome::Pass, .. } => continue,
                Verdict { already: true, .. } => &mut keeps,
                _ => &mut introduces,
            };
            group.push(verdict);
        }
        for group in [&mut introduces, &mut keeps, &mut resolves, &mut unknown, &mut excused] {
            group.sort_by_key(|verdict| std::cmp::Reverse(verdict.severity));
        }
        Self { introduces, keeps, resolves, unknown, excused }
    }
}

/// The section of a plan in Markdown; empty where no rule has a finding.
pub(super) fn posture_markdown(verdicts: &[Verdict]) -> String {
    let Posture { introduces, keeps, resolves, unknown, excused } = Posture::of(verdicts);
    let groups = [&introduces, &keeps, &resolves, &unknown, &excused];
    if groups.iter().all(|group| group.is_empty()) {
        return String::new();
    }
    let mut out = String::from("\n## Posture\n\n");
    let (new, kept) = (count(introduces.len(), "finding"), keeps.len());
    let _ = write!(out, "This plan introduces {new}, keeps {kept} and resolves {}", resolves.len());
    let more = [(unknown.len(), "not known yet"), (excused.len(), "excused")];
    let more: Vec<String> =
        more.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    let _ = writeln!(out, "{}.\n", if more.is_empty() { String::new() } else { format!("; {}", more.join(", ")) });
    for (word, group) in [("introduces", &introduces), ("resolves", &resolves)] {
        for verdict in group {
            let _ = writeln!(out, "- **{word}**, {}", item(verdict));
        }
    }
    let rest = [("keeps", &keeps), ("not known", &unknown), ("excused", &excused)];
    if rest.iter().any(|(_, group)| !group.is_empty()) {
        let _ = writeln!(out, "\n<details><summary>Kept, not known and excused</summary>\n");
        for (word, group) in rest {
            for verdict in group {
                let _ = writeln!(out, "- {word}, {}", item(verdict));
            }
        }
        let _ = writeln!(out, "\n</details>");
    }
    out
}

fn item(verdict: &Verdict) -> String {
    let severity = severity_name(verdict.severity.unwrap_or_default());
    let address =
        verdict.address.as_ref().map(|address| format!(" {}", code(&address.to_string()))).unwrap_or_default();
    let at = verdict.source.as_ref().map(|at| format!(" at {}", code(&format!("{}:{}", at.file.display(), at.line))));
    let (message, rule) = (foreign(&verdict.message), code(&verdict.rule));
    format!("{severity}:{address}{} {message} ({rule})", at.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Excuse;
    use crate::rules::Severity;

    fn verdict(rule: &str, severity: Severity, outcome: Outcome) -> Verdict {
        Verdict {
            address: Some("tables.orders".parse().expect("an address")),
            severity: Some(severity),
            ..Verdict::new("config", rule, outcome, format!("`{rule}` does not hold, says <b>@octocat</b>"))
        }
    }

    #[test]
    fn posture_has_what_a_plan_introduces_keeps_and_resolves() {
        assert_eq!(posture_markdown(&[]), "");
        let excuse = Excuse { reason: "r".to_owned(), owner: "o".to_owned(), expires: "2027-01-01".to_owned() };
        let verdicts = [
            verdict("new-low", Severity::Low, Outcome::Warn),
            verdict("new-high", Severity::High, Outcome::Fail),
            Verdict { already: true, ..verdict("kept", Severity::Medium, Outcome::Warn) },
            Verdict { resolved: true, ..verdict("resolved", Severity::Critical, Outcome::Pass) },
            Verdict { already: true, ..verdict("unknown", Severity::Medium, Outcome::Unknown) },
            Verdict { excused: Some(excuse), ..verdict("excused", Severity::Medium, Outcome::Pass) },
            verdict("passed", Severity::Medium, Outcome::Pass),
            Verdict::new("scp", "no-rule", Outcome::Fail, "a policy is no rule"),
        ];
        insta::assert_snapshot!(posture_markdown(&verdicts));
    }
}
