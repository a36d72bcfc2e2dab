//! AWS's regions, so that a mistake in a name is reported at once. A region that is newer than this list is accepted.
//! Source: botocore 1.40, `partitions.json`.

use super::Settings;
use crate::base::Severity;
use crate::stack::diagnostics::{Finding, Reports};
use crate::stack::parse::Document;
use crate::stack::source::tree::{Node, Shape};

/// The largest distance in letters from a name that may have been meant.
const SLIPS: usize = 3;

const REGIONS: [&str; 46] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-isoe-west-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
    "us-west-1",
    "us-west-2",
];

/// The warning about a region that AWS is not known to have, and a suggestion.
pub fn unknown_region(region: &str) -> Option<(String, String)> {
    if REGIONS.contains(&region) {
        return None;
    }
    let distance = |known: &&str| strsim::damerau_levenshtein(known, region);
    let near = REGIONS.into_iter().min_by_key(distance).filter(|known| distance(known) <= SLIPS);
    let message = format!("this version of underpin does not know the AWS region `{region}`");
    let hint = match near {
        Some(near) => format!("did you mean `{near}`? A newer region is accepted as it is"),
        None => "a newer region is accepted as it is".to_owned(),
    };
    Some((message, hint))
}

/// Warns of unknown regions in the file's settings.
pub(crate) fn advise(document: &Document, settings: &Settings, reports: &Reports) {
    let root = &document.tree.root;
    let residency = match root.get("residency").map(|node| &node.shape) {
        Some(Shape::Sequence(items)) => items.iter().collect(),
        _ => Vec::new(),
    };
    let environments = root.get("environments").zip(settings.environment.as_deref());
    let chosen = environments.and_then(|(all, name)| all.get(name)?.get("region"));
    let nodes: Vec<&Node> = root.get("region").into_iter().chain(chosen).chain(residency).collect();
    for node in nodes {
        // An interpolated text is not judged.
        let Some(text) = node.scalar().map(|scalar| scalar.text.as_str()).filter(|text| !text.contains("${")) else {
            continue;
        };
        // A text without a region's form is an error already.
        let last = text.rsplit('-').next().unwrap_or_default();
        let is_formed = text.split('-').count() >= 3 && !last.is_empty() && last.chars().all(|c| c.is_ascii_digit());
        if let Some((message, hint)) = unknown_region(text).filter(|_| is_formed) {
            let finding = Finding::at(&document.tree.source, node.span, "unknown-region", message);
            reports.push(finding.severity(Severity::Warning).hint(hint));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelled_region_gets_a_suggestion() {
        assert_eq!(unknown_region("eu-central-1"), None);
        assert_eq!(unknown_region("us-gov-west-1"), None);
        let hint = |region: &str| unknown_region(region).map(|(_, hint)| hint).unwrap_or_default();
        assert!(hint("eu-centrall-1").starts_with("did you mean `eu-central-1`?"));
        assert!(hint("us-west-12").starts_with("did you mean `us-west-1`?"));
        assert_eq!(hint("mars-1"), "a newer region is accepted as it is");
    }
}
