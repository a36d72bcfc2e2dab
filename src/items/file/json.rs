//! One JSON text: an array of items, one item, or the answer of a scan with `Items`, read item by item.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::error::FileError;
use super::lines::reason;
use super::record::{Record, Records, item_of};
use crate::items::keys::TableKeys;

/// The largest text of one item in the array, in bytes; see [`super::lines`].
const LARGEST: u64 = 8 << 20;

/// The number of line breaks that were read, and the bytes since the last item.
#[derive(Debug, Default)]
struct Progress {
    breaks: Cell<u64>,
    bytes: Cell<u64>,
}

/// A reader that counts.
struct Counting<R> {
    reader: R,
    progress: Rc<Progress>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        let Progress { breaks, bytes } = &*self.progress;
        let more = buffer[..length].split(|byte| *byte == b'\n').count() - 1;
        breaks.set(breaks.get() + more as u64);
        bytes.set(bytes.get() + length as u64);
        if bytes.get() > LARGEST {
            return Err(io::Error::other(format!("an item takes more than {} MiB", LARGEST >> 20)));
        }
        Ok(length)
    }
}

/// Reads a file.
pub(super) fn read(mut reader: impl BufRead, keys: &TableKeys, each: &mut Records<'_>) {
    match reader.fill_buf() {
        Ok(bytes) if bytes.starts_with(b"\xef\xbb\xbf") => reader.consume(3),
        _ => {}
    }
    let progress = Rc::new(Progress::default());
    let counting = Counting { reader, progress: Rc::clone(&progress) };
    let mut deserializer = serde_json::Deserializer::from_reader(counting);
    let mut sink = Sink { keys, each, progress: &progress, stopped: false };
    let read = deserializer.deserialize_any(Top(&mut sink)).and_then(|()| deserializer.end());
    let stopped = sink.stopped;
    if let Err(error) = read
        && !stopped
    {
        let message = if error.is_io() {
            reason(&error)
        } else {
            format!("it is not JSON, at column {}: {}", error.column(), reason(&error))
        };
        let line = u64::try_from(error.line()).unwrap_or_default().max(1);
        let _ =
            each(Err(FileError::at(line, message).hint("an array of objects is expected, or the answer of a scan")));
    }
}

struct Sink<'a, 'b> {
    keys: &'a TableKeys,
    each: &'a mut Records<'b>,
    progress: &'a Progress,
    /// True once no more records are wanted.
    stopped: bool,
}

impl Sink<'_, '_> {
    /// Takes an item that has just been read; returns whether to go on.
    fn take(&mut self, raw: &RawValue) -> bool {
        let within = raw.get().bytes().filter(|byte| *byte == b'\n').count() as u64;
        let line = (self.progress.breaks.get() + 1).saturating_sub(within).max(1);
        self.progress.bytes.set(0);
        let record = item_of(raw, self.keys).map(|item| Record { line, item });
        self.stopped = (self.each)(record.map_err(|error| FileError::at(line, error))).is_break();
        !self.stopped
    }
}

/// The error that ends the reading when no more records are wanted.
const STOPPED: &str = "stopped";

/// The whole text.
struct Top<'s, 'a, 'b>(&'s mut Sink<'a, 'b>);

impl<'de> Visitor<'de> for Top<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        Items(self.0).visit_seq(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut others: Vec<(String, Box<RawValue>)> = Vec::new();
        let mut found = false;
        while let Some(name) = map.next_key::<String>()? {
            let is_item = others.iter().any(|(other, _)| *other == self.0.keys.partition.name);
            if (name == "Items" || name == "items") && !found && !is_item {
                map.next_value_seed(Items(self.0))?;
                found = true;
            } else if found {
                map.next_value::<IgnoredAny>()?;
            } else {
                others.push((name, map.next_value()?));
            }
        }
        if found {
            return Ok(());
        }
        // One item: written again, since its parts were read one by one.
        let text = others.iter().map(|(name, raw)| format!("{}:{}", serde_json::Value::from(name.as_str()), raw.get()));
        let text = format!("{{{}}}", text.collect::<Vec<_>>().join(","));
        let raw = RawValue::from_string(text).map_err(serde::de::Error::custom)?;
        self.0.progress.breaks.set(0);
        if self.0.take(&raw) { Ok(()) } else { Err(serde::de::Error::custom(STOPPED)) }
    }
}

/// An array of items.
struct Items<'s, 'a, 'b>(&'s mut Sink<'a, 'b>);

impl<'de> DeserializeSeed<'de> for Items<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(raw) = list.next_element::<Box<RawValue>>()? {
            if !self.0.take(&raw) {
                return Err(serde::de::Error::custom(STOPPED));
            }
        }
        Ok(())
    }
}
