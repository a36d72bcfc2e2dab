//! The entries of which each workspace has a resource of its own, apart from the stack's resources.

use super::declared::Declared;
use super::source_map::SourceMap;
use crate::kind::Registry;
use crate::stack::diagnostics::Reports;

/// Separates the entries of workspaces, which come first, from the stack's resources. A reference to one of them is an
/// error: each workspace has another value.
pub(super) fn split(
    all: Vec<Declared>,
    registry: &Registry,
    map: &SourceMap,
    reports: &Reports,
) -> (Vec<Declared>, Vec<Declared>) {
    let is_per_workspace =
        |one: &Declared| registry.kind(one.address.section()).is_some_and(|kind| kind.is_per_workspace(&one.body));
    let of_workspaces: Vec<_> = all.iter().filter(|one| is_per_workspace(one)).map(|one| one.address.clone()).collect();
    for resource in &all {
        for used in resource.references.iter().filter(|used| of_workspaces.contains(&used.to.address)) {
            let message = format!("each workspace has a `{}` of its own", used.to.address);
            let finding = map.finding(&resource.address, &used.at, "per-workspace-reference", message);
            reports.push(finding.label("refers to it").hint("nothing else can refer to it: write a value out"));
        }
    }
    all.into_iter().partition(is_per_workspace)
}
