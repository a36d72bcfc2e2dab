//! Ignored properties that protect data: a protection that nobody turns on again is always reported.

use super::consent::is_off;
use crate::kind::{Registry, Rule, holds};
use crate::plan::{Ignored, Outcome, Plan, PlannedChange, Verdict};

/// Warns of each ignored property that protects data and whose live value protects less than the file's.
pub fn ignored(plan: &Plan, registry: &Registry) -> Vec<Verdict> {
    let changes = plan.changes.iter().filter_map(|change| Some((change, registry.kind(change.address.section())?)));
    changes
        .flat_map(|(change, kind)| {
            let protects = |one: &&Ignored| holds(kind.rules(), Rule::Protection, &one.path);
            change.ignored.iter().filter(protects).filter(|one| !is_off(one.file.as_ref())).map(|one| told(change, one))
        })
        .collect()
}

fn told(change: &PlannedChange, one: &Ignored) -> Verdict {
    let Ignored { path, live, reason, .. } = one;
    let state = if is_off(live.as_ref()) { "is off" } else { "is not as in the file" };
    Verdict {
        address: Some(change.address.clone()),
        hint: Some(format!("to set it as in the file, remove `{path}` from `ignore`")),
        ..Verdict::new(
            "ignore",
            "protection",
            Outcome::Warn,
            format!("`{path}` protects data, {state}, and is left so: it is ignored ({reason})"),
        )
    }
}
