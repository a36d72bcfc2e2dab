//! Items as tables, plain JSON and DynamoDB's JSON: page after page, so that memory does not grow with what is read.

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Value, json};

use crate::base::{count, printable};
use crate::items::{Item, PlainItem, ReadSummary, TypedItem, cell, ordered, token};

/// The items of one table on paper: more would only make the columns wider.
const ROWS: usize = 1000;

/// The form of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemsForm {
    /// Tables, as wide as the terminal if there is one.
    Table {
        /// The width of the terminal.
        width: Option<u16>,
    },
    /// One object: `items` as plain JSON, `count`, `scanned_count`, `consumed_capacity`, `next`.
    Json,
    /// One object in the form of DynamoDB's own answers.
    DynamodbJson,
}

/// Whether the consumed capacity is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShowCapacity {
    /// It is.
    Shown,
    /// It is not.
    Hidden,
}

/// Writes items, page after page.
#[derive(Debug)]
pub struct ItemsText {
    form: ItemsForm,
    capacity: ShowCapacity,
    table: String,
    /// The attributes of the key, which come first.
    first: Vec<String>,
    written: bool,
    rows: Vec<Item>,
}

impl ItemsText {
    /// Begins to write the items of a table whose key has these attributes.
    pub fn new(form: ItemsForm, capacity: ShowCapacity, table: &str, first: Vec<String>) -> Self {
        Self { form, capacity, table: table.to_owned(), first, written: false, rows: Vec::new() }
    }

    /// The text of a page of items; it may be empty, since a table is written once it is full.
    pub fn page(&mut self, items: Vec<Item>) -> String {
        let mut text = String::new();
        for item in items {
            let json = match self.form {
                ItemsForm::Table { width } => {
                    self.rows.push(item);
                    if self.rows.len() >= ROWS {
                        text.push_str(&self.rows(width));
                    }
                    continue;
                }
                ItemsForm::Json => serde_json::to_string(&PlainItem { item: &item, first: &self.first }),
                ItemsForm::DynamodbJson => serde_json::to_string(&TypedItem { item: &item, first: &self.first }),
            };
            text.push_str(if self.written { ",\n" } else { self.opening() });
            text.push_str(&json.unwrap_or_default());
            self.written = true;
        }
        text
    }

    /// The text after the last item.
    pub fn end(&mut self, summary: &ReadSummary) -> String {
        let shown = self.capacity == ShowCapacity::Shown;
        let units = summary.capacity.as_ref().filter(|_| shown);
        let close = |fields: &Value| format!("\n], {}\n", fields.to_string().trim_start_matches('{'));
        let (begin, fields) = match self.form {
            ItemsForm::Table { width } => return self.rows(width),
            ItemsForm::Json => {
                let next = summary.next.as_ref().map(token);
                let numbers = (summary.count, summary.scanned_count);
                (
                    self.opening(),
                    json!({
                        "count": numbers.0, "scanned_count": numbers.1, "consumed_capacity": units, "next": next,
                    }),
                )
            }
            ItemsForm::DynamodbJson => {
                let mut fields = json!({"Count": summary.count, "ScannedCount": summary.scanned_count});
                if let Some(key) = &summary.next {
                    fields["LastEvaluatedKey"] = json!(TypedItem { item: key, first: &self.first });
                }
                if let Some(units) = units {
                    fields["ConsumedCapacity"] = units.as_answered(&self.table);
                }
                (self.opening(), fields)
            }
        };
        let begin = if self.written { "" } else { begin.trim_end_matches('\n') };
        self.written = true;
        format!("{begin}{}", close(&fields))
    }

    fn opening(&self) -> &'static str {
        if self.form == ItemsForm::Json { "{\"items\": [\n" } else { "{\"Items\": [\n" }
    }

    /// The table of the items that wait.
    fn rows(&mut self, width: Option<u16>) -> String {
        let items = std::mem::take(&mut self.rows);
        if items.is_empty() {
            return String::new();
        }
        // A projection may leave out the key.
        let is_there = |name: &&String| items.iter().any(|item| item.contains_key(*name));
        let mut columns: Vec<String> = self.first.iter().filter(is_there).cloned().collect();
        let mut others: Vec<&String> =
            items.iter().flat_map(Item::keys).filter(|name| !self.first.contains(name)).collect();
        others.sort();
        others.dedup();
        columns.extend(others.into_iter().cloned());
        let mut table = grid(&columns, width);
        for item in &items {
            table.add_row(
                columns.iter().map(|name| item.get(name).map(|value| printable(&cell(value))).unwrap_or_default()),
            );
        }
        format!("{}\n", lines(&table))
    }
}

/// The line below a table: how many items, what it took, and where to go on.
pub fn items_line(summary: &ReadSummary, capacity: ShowCapacity) -> String {
    let mut line = count(summary.count, "item");
    if summary.scanned_count != summary.count {
        line = format!("{line} of {} read", summary.scanned_count);
    }
    if capacity == ShowCapacity::Shown {
        line = match &summary.capacity {
            Some(units) => {
                let parts = units.global_secondary_indexes.iter().chain(&units.local_secondary_indexes);
                let parts: Vec<String> = parts.map(|(name, units)| format!("{units} of the index `{name}`")).collect();
                let parts = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
                format!("{line}; consumed {}{parts}", count(units.capacity_units, "capacity unit"))
            }
            None => format!("{line}; the endpoint does not say what was consumed"),
        };
    }
    match &summary.next {
        Some(key) => format!("{line}\nThere may be more: --start {}", token(key)),
        None => line,
    }
}

/// A table of texts, such as the names of tables.
pub fn text_table(columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>, width: Option<u16>) -> String {
    let columns: Vec<String> = columns.iter().map(|&column| column.to_owned()).collect();
    let mut table = grid(&columns, width);
    for row in rows {
        table.add_row(row.iter().map(|text| printable(text)));
    }
    format!("{}\n", lines(&table))
}

fn grid(columns: &[String], width: Option<u16>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_FULL_CONDENSED);
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    table.set_header(columns.iter().map(|name| printable(name)));
    table
}

/// The lines of a table, without spaces at their ends.
fn lines(table: &Table) -> String {
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// The attributes of an item as lines `name: value`, these first.
pub fn item_lines(item: &Item, first: &[String]) -> String {
    let widest = item.keys().map(String::len).max().unwrap_or_default();
    let line = |(name, value): (&String, &crate::items::AttributeValue)| {
        format!("{:widest$}  {}\n", printable(name), printable(&cell(value)))
    };
    ordered(item, first).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::{AttributeValue, ConsumedCapacity};

    fn items() -> Vec<Item> {
        let s = AttributeValue::string;
        let n = |text: &str| AttributeValue::N(text.to_owned());
        let item = |pairs: Vec<(&str, AttributeValue)>| {
            pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
        };
        vec![
            item(vec![("sk", n("1")), ("pk", s("a")), ("data", s("two\nlines\u{1b}[2J"))]),
            item(vec![
                ("pk", s("b")),
                ("sk", n("12345678901234567890123456789012345678")),
                ("bytes", AttributeValue::B(vec![0, 255])),
                ("empty", s("")),
                ("map", AttributeValue::M([("x".to_owned(), AttributeValue::Null)].into())),
                ("set", AttributeValue::Ns(vec!["1".to_owned(), "+2".to_owned()])),
            ]),
        ]
    }

    fn summary() -> ReadSummary {
        let capacity = ConsumedCapacity { capacity_units: 0.5, table: 0.5, ..ConsumedCapacity::default() };
        let next = items().remove(0).into_iter().filter(|(name, _)| name != "data").collect();
        ReadSummary { count: 2, scanned_count: 3, capacity: Some(capacity), next: Some(next), requests: 1 }
    }

    fn written(form: ItemsForm, items: Vec<Item>) -> String {
        let mut text = ItemsText::new(form, ShowCapacity::Shown, "orders", vec!["pk".to_owned(), "sk".to_owned()]);
        let mut all: String = items.into_iter().map(|item| text.page(vec![item])).collect();
        all.push_str(&text.end(&summary()));
        all
    }

    #[test]
    fn items_are_shown_as_a_table() {
        let form = ItemsForm::Table { width: None };
        insta::assert_snapshot!(format!("{}{}", written(form, items()), items_line(&summary(), ShowCapacity::Shown)));
        assert_eq!(written(form, Vec::new()), "");
    }

    #[test]
    fn items_are_shown_as_plain_and_as_dynamodb_json() {
        for (form, none) in [(ItemsForm::Json, "items"), (ItemsForm::DynamodbJson, "Items")] {
            insta::assert_snapshot!(written(form, items()));
            let value: Value = serde_json::from_str(&written(form, Vec::new())).expect("it is JSON");
            assert_eq!(value[none], json!([]));
            serde_json::from_str::<Value>(&written(form, items())).expect("it is JSON");
        }
    }
}
