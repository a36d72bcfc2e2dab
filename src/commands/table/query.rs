//! Runs `table query`: a read among the access patterns of a table.

use std::collections::BTreeSet;

use serde_json::value::to_raw_value;
use serde_json::{Value, json};

use super::args::{FilterArgs, QueryArgs};
use super::filter::{ReadFilter, ReadKeys, spell, with_texts};
use super::pairs::split;
use super::reading::{ReadConsent, Reading};
use super::scan::start_key;
use crate::access_patterns::{
    AccessPattern, Arguments, Key, Request, ScalarType, TableKeys, read_request, write_requests,
};
use crate::base::Address;
use crate::cli::Common;
use crate::commands::support::stack_file;
use crate::commands::support::table_patterns::{self, PatternedTable};
use crate::commands::support::tables::Tables;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::items::{Consistency, Item, KeyType, ReadRequest, SortOrder, from_typed};
use crate::report::{ShowCapacity, to_json};
use crate::stack::{Stack, did_you_mean};
use crate::ui::Ui;

pub(super) async fn run(args: &QueryArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let QueryArgs { pattern: named, arguments: given, filter, limit, start, print_request } = args;
    let filter = &with_texts(filter)?;
    let given = given.iter().map(|pair| argument(pair)).collect::<Result<Vec<_>, _>>()?;
    // Nothing is called for what can't be asked.
    let stack = stack_file::read_tables_offline(common)?;
    let all = table_patterns::tables(&stack);
    let (table, name, pattern) = find(named, &all)?;
    let start = start.as_deref().map(start_key).transpose()?;
    if *print_request {
        let arguments = arguments(name, pattern, table, &given)?;
        let requests = match read_request(&table.name, pattern, &table.keys, &arguments) {
            Some(mut request) => {
                let read = filtered(name, &table.keys, &request.input, pattern.limit, filter)?;
                spell(&read, &mut request.input);
                vec![request]
            }
            None if *filter != FilterArgs::default() => {
                return Err(CommandError::usage(format!("the pattern `{name}` is no query, and has no filter")));
            }
            None => write_requests(&table.name, pattern, &table.keys, &arguments),
        };
        if requests.is_empty() {
            return Err(needs_scan(name, &table.address));
        }
        let shown = |Request { operation, input }: Request| json!({"operation": operation, "input": input});
        ui.data(&to_json(&requests.into_iter().map(shown).collect::<Vec<_>>()))?;
        return Ok(Exit::Done);
    }
    let (address, _) = prepare(&stack, named, &given, filter)?;
    let tables = Tables::open(common, ui).await?;
    // What names the account is known now.
    let (_, mut request) = prepare(tables.stack.as_ref().unwrap_or(&stack), named, &given, filter)?;
    request.limit = limit.or(request.limit);
    request.start = start;
    let facts = tables.find(&address.to_string()).await?;
    request.table.clone_from(&facts.name);
    let reading = Reading {
        aws: &tables.aws,
        request: &request,
        keys: &facts.keys,
        segments: 1,
        capacity: ShowCapacity::Shown,
        expected: None,
        consent: ReadConsent::GIVEN,
    };
    reading.show(ui).await
}

/// The query of a pattern, with the address of its table.
fn prepare(
    stack: &Stack,
    named: &str,
    given: &[(String, String)],
    filter: &FilterArgs,
) -> Result<(Address, ReadRequest), CommandError> {
    let all = table_patterns::tables(stack);
    let (table, name, pattern) = find(named, &all)?;
    let arguments = arguments(name, pattern, table, given)?;
    if !pattern.is_read() {
        return Err(CommandError::usage(format!("the pattern `{name}` writes, and a query reads")).hint(
            "`--print-request` prints its requests; items are written by `underpin table put` and `underpin table delete`",
        ));
    }
    let Some(request) = read_request(&table.name, pattern, &table.keys, &arguments) else {
        return Err(needs_scan(name, &table.address));
    };
    let request = filtered(name, &table.keys, &request.input, pattern.limit, filter)?;
    Ok((table.address.clone(), request))
}

/// The arguments of a pattern.
fn arguments(
    name: &str,
    pattern: &AccessPattern,
    table: &PatternedTable,
    given: &[(String, String)],
) -> Result<Arguments, CommandError> {
    Arguments::read(pattern, &table.keys, given)
        .map_err(|error| CommandError::usage(format!("`{name}`: {error}")).hint(error.hint))
}

/// Splits `name=value`.
fn argument(pair: &str) -> Result<(String, String), CommandError> {
    split(pair).map(|(name, value)| (name.to_owned(), value.to_owned()))
}

/// The pattern of a name: alone, if one table has it, or as `table/pattern`.
fn find<'t>(
    named: &str,
    tables: &'t [PatternedTable],
) -> Result<(&'t PatternedTable, &'t str, &'t AccessPattern), CommandError> {
    let (of, name) = match named.rsplit_once('/') {
        Some((table, name)) => (Some(table), name),
        None => (None, named),
    };
    let chosen: Vec<&PatternedTable> = tables.iter().filter(|table| of.is_none_or(|of| table.is_named(of))).collect();
    if let (Some(of), true) = (of, chosen.is_empty()) {
        let error = CommandError::usage(format!("the stack file has no table `{of}`"));
        let near = did_you_mean(of, tables.iter().map(|table| table.address.name()));
        return Err(error.hint(near.unwrap_or_else(|| "a pattern of one table is named `TABLE/PATTERN`".to_owned())));
    }
    match table_patterns::named(tables, named).as_slice() {
        [one] => Ok(*one),
        [] => {
            let known: BTreeSet<&str> =
                chosen.iter().flat_map(|table| table.patterns.keys()).map(String::as_str).collect();
            let error = CommandError::usage(format!("there is no access pattern `{name}`"));
            let all = || known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let near = did_you_mean(name, known.iter().copied());
            Err(error.hint(match near {
                Some(near) => near,
                None if known.is_empty() => "write patterns under `access_patterns` of a table".to_owned(),
                None => format!("known: {}", all()),
            }))
        }
        several => {
            let one = |(table, name, _): &(&PatternedTable, &str, &AccessPattern)| {
                format!("`{}/{name}`", table.address.name())
            };
            let all = several.iter().map(one).collect::<Vec<_>>().join(" or ");
            Err(CommandError::usage(format!("several tables have a pattern `{name}`")).hint(format!("name {all}")))
        }
    }
}

fn needs_scan(name: &str, table: &Address) -> CommandError {
    CommandError::usage(format!("no key serves the pattern `{name}`, so that it can't be queried")).hint(format!(
        "`underpin validate` shows the index that would serve it; `underpin table scan {table}` reads everything"
    ))
}

/// The read of a `Query` input, with what the command line filters beside it.
fn filtered(
    name: &str,
    keys: &TableKeys,
    input: &Value,
    limit: Option<u32>,
    filter: &FilterArgs,
) -> Result<ReadRequest, CommandError> {
    let mut request = query(name, input, limit)?;
    let of = |keys: &mut dyn Iterator<Item = &Key>| keys.map(|key| key.name.clone()).collect::<Vec<_>>();
    let index = request.index.as_ref().and_then(|name| keys.indexes.get(name));
    let (own, of_index) = (of(&mut keys.own()), index.map(|index| of(&mut index.keys())));
    let type_of = |name: &str| match keys.type_of(name)? {
        ScalarType::S => Some(KeyType::S),
        ScalarType::N => Some(KeyType::N),
        ScalarType::B => Some(KeyType::B),
        ScalarType::Bool => None,
    };
    let queried = of_index.as_ref().unwrap_or(&own);
    ReadFilter::read(filter, ReadKeys { type_of: &type_of, queried })?.add_to(&mut request)?;
    request.key = own.into_iter().chain(of_index.into_iter().flatten()).collect();
    Ok(request)
}

/// The read of a `Query` input.
fn query(name: &str, input: &Value, limit: Option<u32>) -> Result<ReadRequest, CommandError> {
    let text = |key: &str| input.get(key).and_then(Value::as_str).map(str::to_owned);
    let names = input.get("ExpressionAttributeNames").and_then(Value::as_object).into_iter().flatten();
    let flag = |key: &str| input.get(key).and_then(Value::as_bool);
    Ok(ReadRequest {
        table: text("TableName").unwrap_or_default(),
        index: text("IndexName"),
        key_condition: text("KeyConditionExpression"),
        filter: text("FilterExpression"),
        projection: text("ProjectionExpression"),
        names: names.filter_map(|(key, name)| Some((key.clone(), name.as_str()?.to_owned()))).collect(),
        values: input.get("ExpressionAttributeValues").map(|all| values(name, all)).transpose()?.unwrap_or_default(),
        order: if flag("ScanIndexForward") == Some(false) { SortOrder::Descending } else { SortOrder::Ascending },
        consistency: if flag("ConsistentRead") == Some(true) { Consistency::Strong } else { Consistency::Eventual },
        limit: limit.map(u64::from),
        start: None,
        key: Vec::new(),
    })
}

fn values(pattern: &str, values: &Value) -> Result<Item, CommandError> {
    let what = || format!("failed to make the request of `{pattern}`");
    let raw = to_raw_value(values).map_err(|error| CommandError::failed(what(), &error))?;
    from_typed(&raw).map_err(|error| CommandError::failed(what(), &error))
}
