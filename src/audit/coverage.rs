//! The places that a report looked at. What was not looked at is never called fixed, gone or unused.

use std::collections::{BTreeMap, BTreeSet};

use super::{NotAssessed, Report, Resource};

/// The region of what has none: IAM, Organizations.
pub(super) const GLOBAL: &str = "global";

/// The filters, as `scope.parameters` names them, under which a resource may be left out that is there.
const FILTERS: [&str; 6] = ["resource", "tag", "owner", "type", "target", "exclude"];

/// The places that a report looked at.
pub(super) struct Coverage<'r> {
    report: &'r Report,
    accounts: BTreeSet<&'r str>,
    regions: BTreeSet<&'r str>,
    /// True if resources were left out by a filter.
    filtered: bool,
    /// What was not assessed: by account, the regions of which nothing is known, and for each check its regions.
    blind: BTreeMap<&'r str, Blind<'r>>,
}

/// A check's own parameter (`required-tags.tag1Key`) is none.
fn is_filter(key: &str) -> bool {
    !key.contains('.') && FILTERS.iter().any(|filter| key.starts_with(filter))
}

#[derive(Default)]
struct Blind<'r> {
    everything: BTreeSet<&'r str>,
    checks: BTreeMap<&'r str, BTreeSet<&'r str>>,
}

impl<'r> Coverage<'r> {
    /// The places that a report looked at.
    pub(super) fn of(report: &'r Report) -> Self {
        let mut blind: BTreeMap<&str, Blind<'_>> = BTreeMap::new();
        for NotAssessed { account, region, checks, action: _, reason: _, findings: _ } in &report.not_assessed {
            let blind = blind.entry(account).or_default();
            if checks.is_empty() {
                blind.everything.insert(region);
            }
            for check in checks {
                blind.checks.entry(check).or_default().insert(region);
            }
        }
        let scope = &report.scope;
        Self {
            report,
            accounts: scope.accounts.iter().map(String::as_str).collect(),
            regions: scope.regions.iter().map(String::as_str).collect(),
            filtered: scope.parameters.keys().any(|key| is_filter(key)),
            blind,
        }
    }

    /// Returns whether the check was made, and would have found this resource if it were still there.
    pub(super) fn covers(&self, check: &str, resource: &Resource) -> bool {
        !self.filtered && self.made(check) && self.reached(check, &resource.account, &resource.region)
    }

    /// Returns whether the check was made at all.
    pub(super) fn made(&self, check: &str) -> bool {
        self.report.checks.contains_key(check)
    }

    /// Returns whether nothing that the check looks at was left out, anywhere.
    pub(super) fn complete(&self, check: &str) -> bool {
        let blind = |blind: &Blind<'_>| !blind.everything.is_empty() || blind.checks.contains_key(check);
        !self.filtered && self.made(check) && !self.blind.values().any(blind)
    }

    fn reached(&self, check: &str, account: &str, region: &str) -> bool {
        let in_scope = self.accounts.contains(account) && (region == GLOBAL || self.regions.contains(region));
        // An account that could not be entered has no region, or `global`. A check of a region may look at what is
        // global, too: where that was not readable, nothing is certain.
        let hit = |regions: &BTreeSet<&str>| [region, GLOBAL, "", "*"].iter().any(|one| regions.contains(one));
        let blind = [account, "", "*"]
            .iter()
            .filter_map(|account| self.blind.get(account))
            .any(|blind| hit(&blind.everything) || blind.checks.get(check).is_some_and(hit));
        in_scope && !blind
    }
}
