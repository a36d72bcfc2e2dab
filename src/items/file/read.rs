//! Reads a file of items in any form.

use std::io::BufRead;

use super::csv::ColumnTypes;
use super::error::FileError;
use super::form::FileForm;
use super::record::Records;
use super::{csv, json, lines};
use crate::items::keys::TableKeys;

/// Reads a file of items for a table with these keys. An error after which no record can be read ends it.
pub fn read(form: FileForm, reader: impl BufRead, keys: &TableKeys, types: &ColumnTypes, each: &mut Records<'_>) {
    match form {
        FileForm::JsonLines => lines::read(reader, keys, each),
        FileForm::Json => json::read(reader, keys, each),
        FileForm::Csv => csv::read(reader, keys, types, each),
        FileForm::Conversation => {
            let _ = each(Err(FileError::of_file("a conversation is not read record by record")));
        }
    }
}
