//! Runs `table describe`.

use serde_json::{Value, json};

use super::args::DescribeArgs;
use crate::cli::{Common, Format};
use crate::commands::support::tables::{Tables, unread};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::items::live::{self, TableExtras};
use crate::items::{IndexFacts, KeyAttribute, TableFacts};
use crate::report::{text_table, to_json};
use crate::ui::Ui;

pub(super) async fn run(args: &DescribeArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let tables = Tables::open(common, ui).await?;
    let table = tables.find(&args.table).await?;
    let extras = live::extras(&tables.aws, &table).await;
    let extras = extras.map_err(|error| unread(&format!("table `{}`", table.name), &error))?;
    let address = tables.address(&table.name).map(ToString::to_string);
    if ui.format == Format::Json {
        ui.data(&to_json(&as_json(&table, &extras, address.as_deref())))?;
    } else {
        ui.data(&text_table(&["property", "value"], rows(&table, &extras, address), ui.width()))?;
    }
    Ok(Exit::Done)
}

/// Key attributes with their types: `pk (S)`.
fn keys(attributes: &[KeyAttribute]) -> String {
    let one = |key: &KeyAttribute| format!("{} ({})", key.name, key.kind.name());
    attributes.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn rows(table: &TableFacts, extras: &TableExtras, address: Option<String>) -> Vec<Vec<String>> {
    let yes = |flag: bool| if flag { "on" } else { "off" }.to_owned();
    let unknown = || "not known: the endpoint or the permissions do not show it".to_owned();
    let TableFacts { name, arn, status, created, keys: key, indexes, billing, read_capacity, write_capacity, .. } =
        table;
    let mut rows = vec![("name", name.clone())];
    rows.extend(address.map(|address| ("address", address)));
    rows.extend(arn.clone().map(|arn| ("arn", arn)));
    rows.push(("status", status.clone()));
    rows.extend(created.map(|at| ("created", at.to_string())));
    rows.push(("partition key", keys(std::slice::from_ref(&key.partition))));
    rows.extend(key.sort.as_ref().map(|sort| ("sort key", keys(std::slice::from_ref(sort)))));
    rows.push(("billing", capacity(billing, *read_capacity, *write_capacity)));
    rows.extend(indexes.iter().map(|index| ("index", index_text(index))));
    rows.push(("items", format!("{} (AWS counts about every six hours)", table.item_count)));
    rows.push(("size", format!("{} bytes", table.size_bytes)));
    rows.push(("stream", table.stream.clone().unwrap_or_else(|| "off".to_owned())));
    rows.extend(table.stream_arn.clone().map(|arn| ("stream arn", arn)));
    rows.push(("deletion protection", table.deletion_protection.map_or_else(unknown, yes)));
    rows.push(("point-in-time recovery", extras.point_in_time_recovery.map_or_else(unknown, yes)));
    rows.push((
        "time to live",
        match extras.time_to_live.as_deref() {
            Some("") => "off".to_owned(),
            Some(attribute) => attribute.to_owned(),
            None => unknown(),
        },
    ));
    rows.push(("encryption key", table.encryption.clone().unwrap_or_else(|| "owned by AWS".to_owned())));
    rows.extend(table.table_class.clone().map(|class| ("table class", class)));
    match &extras.tags {
        None => rows.push(("tags", unknown())),
        Some(tags) => rows.extend(tags.iter().map(|(key, value)| ("tag", format!("{key} = {value}")))),
    }
    rows.into_iter().map(|(property, value)| vec![property.to_owned(), value]).collect()
}

fn capacity(billing: &str, read: Option<u64>, write: Option<u64>) -> String {
    match (read, write) {
        (Some(read), Some(write)) => format!("{billing}, {read} read and {write} write capacity units"),
        _ => billing.to_owned(),
    }
}

fn index_text(index: &IndexFacts) -> String {
    let scope = if index.is_global { "global" } else { "local" };
    let mut text = format!("{}: {scope}, partition key {}", index.keys.name, keys(&index.keys.partition));
    if !index.keys.sort.is_empty() {
        text = format!("{text}, sort key {}", keys(&index.keys.sort));
    }
    text = format!("{text}, projection {}", index.projection);
    if let (Some(read), Some(write)) = (index.read_capacity, index.write_capacity) {
        text = format!("{text}, {read} read and {write} write capacity units");
    }
    match index.status.as_deref().filter(|status| *status != "ACTIVE") {
        Some(status) => format!("{text}, {status}"),
        None => text,
    }
}

fn as_json(table: &TableFacts, extras: &TableExtras, address: Option<&str>) -> Value {
    let key = |key: &KeyAttribute| json!({"name": key.name, "type": key.kind.name()});
    let index = |index: &IndexFacts| {
        let IndexFacts { keys, is_global, projection, status, read_capacity, write_capacity, item_count, size_bytes } =
            index;
        json!({
            "name": keys.name, "global": is_global,
            "partition_key": keys.partition.iter().map(key).collect::<Vec<_>>(),
            "sort_key": keys.sort.iter().map(key).collect::<Vec<_>>(),
            "projection": projection, "status": status, "read_capacity": read_capacity, "write_capacity": write_capacity,
            "item_count": item_count, "size_bytes": size_bytes,
        })
    };
    let TableFacts {
        name,
        arn,
        status,
        created,
        keys,
        indexes,
        billing,
        read_capacity,
        write_capacity,
        item_count,
        size_bytes,
        stream,
        stream_arn,
        deletion_protection,
        encryption,
        table_class,
    } = table;
    json!({
        "name": name, "address": address, "arn": arn, "status": status,
        "created": created.map(|at| at.to_string()),
        "partition_key": key(&keys.partition), "sort_key": keys.sort.as_ref().map(key),
        "billing": billing, "read_capacity": read_capacity, "write_capacity": write_capacity,
        "indexes": indexes.iter().map(index).collect::<Vec<_>>(),
        "item_count": item_count, "size_bytes": size_bytes,
        "stream": stream, "stream_arn": stream_arn, "deletion_protection": deletion_protection,
        "point_in_time_recovery": extras.point_in_time_recovery, "time_to_live": extras.time_to_live.as_deref().filter(|name| !name.is_empty()),
        "encryption_key": encryption, "table_class": table_class, "tags": extras.tags,
    })
}
