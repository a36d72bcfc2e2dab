//! Log groups of CloudWatch Logs, with their metric filters.

use std::collections::BTreeMap;

use futures::future;
use serde_json::Value;

use super::fields::text;
use super::{Collector, Document, Reader, Wanted, listing, part, tagged};

/// AWS's type.
const TYPE: &str = "AWS::Logs::LogGroup";

const FILTERS: &str = "DescribeMetricFilters";
const METRIC_FILTERS: &str = "logs:DescribeMetricFilters";

/// Reads the log groups of a region. One call lists the metric filters of all of them.
pub(super) async fn read(reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    if !wanted.has(TYPE) {
        return;
    }
    let operation = "logs:DescribeLogGroups";
    let Some(groups) = listing::list(TYPE, reader.list(operation).await, reader, into) else { return };
    if groups.is_empty() {
        return;
    }
    let filters = async { reader.list(METRIC_FILTERS).await.map(|filters| by_group(&filters)) };
    let filters = part::if_wanted((TYPE, FILTERS), METRIC_FILTERS, wanted, filters);
    let (filters, tags) = future::join(filters, tagged::of("logs", reader)).await;
    for group in groups.iter() {
        let (name, arn) = (text(group, "/logGroupName"), arn(group));
        let mut document = Document::new(TYPE, reader, name, Some(name), arn);
        document.seen(reader.evidence(operation));
        document.configuration(group.clone());
        document.tags(tagged::of_arn(&tags, arn));
        let own = filters.as_ref().map(|filters| Some(filters.get(name).cloned().unwrap_or_default().into()));
        part::write(&mut document, reader, METRIC_FILTERS, FILTERS, own.map_err(Clone::clone));
        into.push(document.finish());
    }
}

/// The ARN of a group itself. Source: CloudWatch Logs API reference, `LogGroup`: `arn` ends in `:*`, and regions that are
/// behind have no `logGroupArn`.
fn arn(group: &Value) -> &str {
    let own = text(group, "/logGroupArn");
    if own.is_empty() { tagged::plain(text(group, "/arn")) } else { own }
}

/// Log group → its filters.
fn by_group(filters: &[Value]) -> BTreeMap<String, Vec<Value>> {
    let mut groups: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for filter in filters {
        groups.entry(text(filter, "/logGroupName").to_owned()).or_default().push(filter.clone());
    }
    groups
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn metric_filters_are_kept_by_their_log_group() {
        let filter = |name: &str, group: &str| json!({"filterName": name, "logGroupName": group});
        let groups = by_group(&[filter("a", "trail"), filter("b", "other"), filter("c", "trail")]);
        assert_eq!(groups["trail"], [filter("a", "trail"), filter("c", "trail")]);
        assert_eq!(groups["other"], [filter("b", "other")]);
    }

    #[test]
    fn arn_of_a_group_does_not_name_its_streams() {
        let plain = "arn:aws:logs:eu-central-1:123456789012:log-group:trail";
        assert_eq!(arn(&json!({"arn": format!("{plain}:*")})), plain);
        assert_eq!(arn(&json!({"arn": format!("{plain}:*"), "logGroupArn": plain})), plain);
    }
}
