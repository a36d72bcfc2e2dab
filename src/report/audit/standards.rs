//! The names of a check in other catalogues, as formats of lists of names have them.

use std::collections::BTreeMap;

use crate::audit::Standards;

/// Requirements of the CIS AWS Foundations Benchmark: `CIS-3.0 1.5`.
pub(super) fn names(cis: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    cis.iter().flat_map(|(version, all)| all.iter().map(move |one| format!("CIS-{version} {one}"))).collect()
}

/// All that a check requires by other names: controls of Security Hub, then of CIS, then rules and checks of tools.
pub(super) fn requirements(standards: &Standards) -> Vec<String> {
    let Standards { aws_config, security_hub, fsbp: _, prowler, checkov, cis } = standards;
    let mut all = security_hub.clone();
    all.extend(names(cis));
    all.extend(aws_config.iter().chain(prowler).chain(checkov).cloned());
    all
}

/// The names of the standards themselves.
pub(super) fn titles(standards: &Standards) -> Vec<String> {
    let fsbp = (standards.fsbp && !standards.security_hub.is_empty())
        .then(|| "AWS Foundational Security Best Practices".to_owned());
    let cis = standards.cis.iter().filter(|(_, all)| !all.is_empty());
    fsbp.into_iter().chain(cis.map(|(version, _)| format!("CIS AWS Foundations Benchmark {version}"))).collect()
}
