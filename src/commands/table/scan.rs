//! Runs `table scan`.

use super::args::{PageArgs, ScanArgs};
use super::filter::{ReadFilter, ReadKeys, with_texts};
use super::reading::{ReadConsent, Reading};
use crate::cli::Common;
use crate::commands::support::tables::Tables;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::items::{Consistency, Item, ReadRequest, TableFacts, start_of};
use crate::report::ShowCapacity;
use crate::stack::did_you_mean;
use crate::ui::Ui;

/// A filter of a scan may be about any attribute.
const OF_SCAN: ReadKeys<'static> = ReadKeys { type_of: &|_| None, queried: &[] };

pub(super) async fn run(args: &ScanArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let ScanArgs { table, index, filter: filter_args, page, consistent_read, segments, ask_above, yes } = args;
    let PageArgs { limit, start, consumed_capacity } = page;
    let start = start.as_deref().map(start_key).transpose()?;
    let filter_args = &with_texts(filter_args)?;
    // What is wrong without a table's keys is said before anything is called.
    ReadFilter::read(filter_args, OF_SCAN)?;
    let tables = Tables::open(common, ui).await?;
    let table = tables.find(table).await?;
    if let Some(index) = index {
        is_there(&table, index, *consistent_read)?;
    }
    let filter = ReadFilter::read(filter_args, ReadKeys { type_of: &|name| table.keys.type_of(name), ..OF_SCAN })?;
    let about = |count: i64| u64::try_from(count).unwrap_or_default();
    let of_index = index.as_ref().and_then(|name| table.indexes.iter().find(|one| one.keys.name == *name));
    let held = about(of_index.map_or(table.item_count, |index| index.item_count.unwrap_or_default()));
    // With a filter, all may be read for a single item.
    let most = limit.filter(|_| !filter.is_condition());
    let expected = most.map_or(held, |limit| if held == 0 { limit } else { held.min(limit) });
    let free = *yes || tables.aws.keeps_items_here();
    let mut consent = if free { ReadConsent::GIVEN } else { ReadConsent { above: Some(*ask_above) } };
    let of = format!("table `{}` holds about {held} items", table.name);
    consent.check(expected, &of, ui)?;
    let of_index = of_index.map(|index| index.keys.partition.iter().chain(&index.keys.sort));
    let keys = table.keys.attributes().chain(of_index.into_iter().flatten());
    let mut request = ReadRequest {
        table: table.name.clone(),
        index: index.clone(),
        consistency: if *consistent_read { Consistency::Strong } else { Consistency::Eventual },
        limit: *limit,
        start,
        key: keys.map(|key| key.name.clone()).collect(),
        ..ReadRequest::default()
    };
    filter.add_to(&mut request)?;
    let reading = Reading {
        aws: &tables.aws,
        request: &request,
        keys: &table.keys,
        segments: *segments,
        capacity: shown(*consumed_capacity),
        expected: Some(expected),
        consent,
    };
    reading.show(ui).await
}

/// Reads the token of `--start`.
pub(in crate::commands) fn start_key(token: &str) -> Result<Item, CommandError> {
    start_of(token).map_err(|error| CommandError::usage(format!("`--start` names no place to go on: {error}")))
}

/// Whether the consumed capacity is shown.
pub(in crate::commands) fn shown(asked: bool) -> ShowCapacity {
    if asked { ShowCapacity::Shown } else { ShowCapacity::Hidden }
}

/// Refuses an index that the table does not have, and a consistent read of a global one.
fn is_there(table: &TableFacts, name: &str, consistent: bool) -> Result<(), CommandError> {
    let names = table.indexes.iter().map(|index| index.keys.name.as_str());
    let Some(index) = table.indexes.iter().find(|index| index.keys.name == name) else {
        let message = format!("the table `{}` has no index `{name}`", table.name);
        let hint = did_you_mean(name, names.clone()).unwrap_or_else(|| match names.collect::<Vec<_>>().join("`, `") {
            names if names.is_empty() => "it has no indexes".to_owned(),
            names => format!("it has `{names}`"),
        });
        return Err(CommandError::usage(message).hint(hint));
    };
    if consistent && index.is_global {
        // Source: API reference, `Scan`, `ConsistentRead`.
        return Err(CommandError::usage(format!("`{name}` is a global index, which has no consistent reads"))
            .hint("leave `--consistent-read` out, or scan the table itself"));
    }
    Ok(())
}
