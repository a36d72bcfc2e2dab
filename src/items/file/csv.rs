//! CSV: the first row names the attributes; keys have the table's types, and others are strings unless told otherwise.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::str::FromStr;

use csv::{ErrorKind, Position, ReaderBuilder, StringRecord};
use serde_json::value::RawValue;

use super::error::FileError;
use super::record::{Record, Records};
use crate::base::count;
use crate::items::error::ItemError;
use crate::items::keys::{KeyType, TableKeys};
use crate::items::plain::{from_plain, shortened};
use crate::items::value::{AttributeValue, Item};

/// The type of a column's cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Strings, numbers, or bytes in base64.
    Key(KeyType),
    /// `true` or `false`.
    Bool,
    /// Any plain JSON: lists, maps, null.
    Json,
}

impl FromStr for ColumnType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text.to_ascii_uppercase().as_str() {
            "S" => Self::Key(KeyType::S),
            "N" => Self::Key(KeyType::N),
            "B" => Self::Key(KeyType::B),
            "BOOL" => Self::Bool,
            "JSON" => Self::Json,
            _ => return Err(format!("`{text}` is no type of a column: S, N, B, BOOL or JSON is expected")),
        })
    }
}

impl ColumnType {
    /// Reads a cell.
    pub fn read(self, text: &str) -> Result<AttributeValue, ItemError> {
        let wrong = |expected: &str| ItemError::new(format!("`{}` is not {expected}", shortened(text)));
        match self {
            Self::Key(kind) => kind.read(text),
            Self::Bool => match text {
                "true" => Ok(AttributeValue::Bool(true)),
                "false" => Ok(AttributeValue::Bool(false)),
                _ => Err(wrong("`true` or `false`")),
            },
            Self::Json => {
                let raw: &RawValue = serde_json::from_str(text.trim()).map_err(|_| wrong("JSON"))?;
                from_plain(raw)
            }
        }
    }
}

/// The types of columns by their names, as far as they were told.
pub type ColumnTypes = BTreeMap<String, ColumnType>;

/// Reads a file. An empty cell is an attribute that the item does not have.
pub(super) fn read(reader: impl BufRead, keys: &TableKeys, types: &ColumnTypes, each: &mut Records<'_>) {
    let mut reader = ReaderBuilder::new().from_reader(reader);
    let columns = reader.headers().map_err(|error| wrong(&error)).and_then(|header| columns(header, keys, types));
    let columns = match columns {
        Ok(columns) => columns,
        Err(error) => {
            let _ = each(Err(error));
            return;
        }
    };
    let mut row = StringRecord::new();
    loop {
        let read = reader.read_record(&mut row);
        let is_last = matches!(read, Ok(false));
        if is_last {
            return;
        }
        let goes_on = match &read {
            Err(error) => matches!(error.kind(), ErrorKind::UnequalLengths { .. } | ErrorKind::Utf8 { .. }),
            Ok(_) => true,
        };
        let record = read.map_err(|error| wrong(&error)).and_then(|_| {
            let line = row.position().map_or(1, Position::line);
            let item = item(&row, &columns).map_err(|error| FileError::at(line, error))?;
            Ok(Record { line, item })
        });
        if each(record).is_break() || !goes_on {
            return;
        }
    }
}

/// The names and types of the columns.
fn columns(
    header: &StringRecord,
    keys: &TableKeys,
    types: &ColumnTypes,
) -> Result<Vec<(String, ColumnType)>, FileError> {
    let at_header = |message: String| FileError::at(1, message).hint("the first row names the attributes, each once");
    let mut columns: Vec<(String, ColumnType)> = Vec::new();
    for name in header {
        let name = name.trim_start_matches('\u{feff}').trim();
        if name.is_empty() || columns.iter().any(|(other, _)| other == name) {
            let what =
                if name.is_empty() { "a column has no name".to_owned() } else { format!("`{name}` is there twice") };
            return Err(at_header(what));
        }
        let kind = match (keys.type_of(name).map(ColumnType::Key), types.get(name)) {
            (Some(own), Some(told)) if own != *told => {
                return Err(at_header(format!(
                    "`{name}` is a key of the table or an index, whose type is another one"
                )));
            }
            (Some(kind), _) => kind,
            (None, told) => told.copied().unwrap_or(ColumnType::Key(KeyType::S)),
        };
        columns.push((name.to_owned(), kind));
    }
    if columns.is_empty() {
        return Err(FileError::of_file("it is empty").hint("the first row names the attributes"));
    }
    let missing = keys.attributes().find(|key| !columns.iter().any(|(name, _)| *name == key.name));
    if let Some(key) = missing {
        return Err(at_header(format!("there is no column `{}`, which is part of the table's key", key.name)));
    }
    if let Some(name) = types.keys().find(|name| !columns.iter().any(|(other, _)| other == *name)) {
        return Err(at_header(format!("there is no column `{name}`, whose type was given")));
    }
    Ok(columns)
}

fn item(row: &StringRecord, columns: &[(String, ColumnType)]) -> Result<Item, ItemError> {
    let cells = columns.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
    let attributes =
        cells.map(|((name, kind), cell)| Ok((name.clone(), kind.read(cell).map_err(|error| error.below(name))?)));
    attributes.collect()
}

fn wrong(error: &csv::Error) -> FileError {
    let line = error.position().map(Position::line);
    let message = match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("the row has {}, and the first row has {expected_len}", count(len, "cell"))
        }
        ErrorKind::Utf8 { .. } => "it is not UTF-8".to_owned(),
        _ => error.to_string(),
    };
    FileError { line, message, hint: None }
}
