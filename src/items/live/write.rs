//! Writes many items: `BatchWriteItem`, several at once, until no item is left unprocessed.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{PutRequest, ReturnConsumedCapacity, WriteRequest};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::convert;
use crate::aws::{Aws, CallError};
use crate::items::rate::{WriteRate, write_units};
use crate::items::value::{item_size, sent_size};
use crate::items::{ConsumedCapacity, Item};

/// The items of one request, and their bytes, with room for what is around them. Source: API reference, `BatchWriteItem`:
/// 25 items, 16 MB.
const BATCH: usize = 25;
const BATCH_BYTES: usize = 15 << 20;

/// The requests that are made at once.
const AT_ONCE: usize = 8;

/// The attempts at a batch of which nothing was written, and the pauses between them: some 50 seconds in all.
const ATTEMPTS: u32 = 10;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// The refusals that mean "later". Source: API reference, `BatchWriteItem`, "Errors".
const LATER: &[&str] = &[
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "LimitExceededException",
];

/// The numbers of a write.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WriteSummary {
    /// The number of items that were written.
    pub written: u64,
    /// The number of items that were sent again, since an earlier request left them out.
    pub repeated: u64,
    /// The units that all requests consumed; `None` if no answer said so.
    pub capacity: Option<ConsumedCapacity>,
}

/// A write that failed.
#[derive(Debug, thiserror::Error)]
#[error("{} items were written before", summary.written)]
pub struct WriteError {
    /// The numbers until then.
    pub summary: WriteSummary,
    /// The error of the call.
    #[source]
    pub source: CallError,
}

/// Writes items in batches.
pub struct BatchWriter {
    client: Client,
    table: Arc<str>,
    rate: Option<WriteRate>,
    begin: Instant,
    batch: Vec<Item>,
    bytes: usize,
    running: JoinSet<Result<WriteSummary, WriteError>>,
    summary: WriteSummary,
    /// The number of items that were written, for a progress bar.
    progress: Arc<AtomicU64>,
    /// True once nothing more is to be sent.
    stopping: watch::Sender<bool>,
}

impl BatchWriter {
    /// Begins to write into a table; no faster than `units` write units in a second.
    pub fn new(aws: &Aws, table: &str, units: Option<u64>) -> Self {
        Self {
            client: aws.dynamodb().clone(),
            table: table.into(),
            rate: units.map(WriteRate::new),
            begin: Instant::now(),
            batch: Vec::with_capacity(BATCH),
            bytes: 0,
            running: JoinSet::new(),
            summary: WriteSummary::default(),
            progress: Arc::default(),
            stopping: watch::Sender::new(false),
        }
    }

    /// The number of items that were written until now.
    pub fn progress(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.progress)
    }

    /// Takes an item. The keys of all items of a writer must differ.
    pub async fn put(&mut self, item: Item) -> Result<(), CallError> {
        let bytes = sent_size(&item);
        if self.batch.len() == BATCH || self.bytes + bytes > BATCH_BYTES {
            self.send().await?;
        }
        self.bytes += bytes;
        self.batch.push(item);
        Ok(())
    }

    /// Sends the batch that is waiting.
    async fn send(&mut self) -> Result<(), CallError> {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        self.bytes = 0;
        if batch.is_empty() {
            return Ok(());
        }
        if let Some(rate) = &mut self.rate {
            let units = batch.iter().map(|item| write_units(item_size(item))).sum();
            tokio::time::sleep(rate.take(units, self.begin.elapsed())).await;
        }
        while self.running.len() >= AT_ONCE {
            self.join_one().await?;
        }
        let (client, table) = (self.client.clone(), Arc::clone(&self.table));
        let write = write(client, table, batch, Arc::clone(&self.progress), self.stopping.subscribe());
        self.running.spawn(write);
        Ok(())
    }

    /// Waits for one of the requests that run.
    async fn join_one(&mut self) -> Result<(), CallError> {
        let Some(done) = self.running.join_next().await else { return Ok(()) };
        let (summary, error) = match done {
            Ok(Ok(summary)) => (summary, None),
            Ok(Err(WriteError { summary, source })) => (summary, Some(source)),
            Err(error) => (WriteSummary::default(), Some(CallError::unexpected("BatchWriteItem", error.to_string()))),
        };
        let WriteSummary { written, repeated, capacity } = summary;
        self.summary.written += written;
        self.summary.repeated += repeated;
        if let Some(units) = capacity {
            self.summary.capacity.get_or_insert_with(ConsumedCapacity::default).add(&units);
        }
        error.map_or(Ok(()), Err)
    }

    /// Writes what is waiting, and waits for all requests.
    pub async fn flush(&mut self) -> Result<(), CallError> {
        self.send().await?;
        while !self.running.is_empty() {
            self.join_one().await?;
        }
        Ok(())
    }

    /// Ends, after [`BatchWriter::flush`] or before: requests that run are waited for, nothing more is sent, and what was left
    /// unprocessed stays so. `error` is that of a call before.
    pub async fn end(mut self, error: Option<CallError>) -> Result<WriteSummary, WriteError> {
        let _ = self.stopping.send(true);
        let mut first = error;
        while !self.running.is_empty() {
            let done = self.join_one().await;
            first = first.or(done.err());
        }
        match first {
            None => Ok(self.summary),
            Some(source) => Err(WriteError { summary: self.summary, source }),
        }
    }
}

/// Writes items of a list, all of them.
pub async fn put_all(aws: &Aws, table: &str, items: Vec<Item>, units: Option<u64>) -> Result<WriteSummary, WriteError> {
    let mut writer = BatchWriter::new(aws, table, units);
    for item in items {
        if let Err(error) = writer.put(item).await {
            return writer.end(Some(error)).await;
        }
    }
    let error = writer.flush().await.err();
    writer.end(error).await
}

/// Writes one batch, until nothing of it is left.
async fn write(
    client: Client,
    table: Arc<str>,
    batch: Vec<Item>,
    progress: Arc<AtomicU64>,
    mut stopping: watch::Receiver<bool>,
) -> Result<WriteSummary, WriteError> {
    let mut summary = WriteSummary::default();
    let failed = |summary: &WriteSummary, source| WriteError { summary: summary.clone(), source };
    let mut left: Vec<WriteRequest> = batch.iter().map(request).collect();
    let mut attempt = 0;
    loop {
        let sent = left.len();
        // The answer to a batch that is throttled as a whole is an error, and what was sent has to be sent again.
        let kept = (sent < batch.len()).then(|| left.clone());
        let call = client.batch_write_item().request_items(&*table, left);
        let answer = call.return_consumed_capacity(ReturnConsumedCapacity::Indexes).send().await;
        left = match answer.map_err(|error| CallError::of("dynamodb", "BatchWriteItem", &error)) {
            Ok(answer) => {
                for units in answer.consumed_capacity.iter().flatten() {
                    let units = convert::capacity(units);
                    summary.capacity.get_or_insert_with(ConsumedCapacity::default).add(&units);
                }
                unprocessed(answer.unprocessed_items, &table)
            }
            Err(error) if error.is(LATER) => kept.unwrap_or_else(|| batch.iter().map(request).collect()),
            Err(error) => return Err(failed(&summary, error)),
        };
        let written = sent.saturating_sub(left.len());
        summary.written += written as u64;
        progress.fetch_add(written as u64, Ordering::Relaxed);
        if left.is_empty() {
            return Ok(summary);
        }
        attempt = if written > 0 { 0 } else { attempt + 1 };
        if attempt >= ATTEMPTS {
            let message = format!(
                "{} items were left unprocessed {ATTEMPTS} times: the table's capacity is exceeded",
                left.len()
            );
            return Err(failed(&summary, CallError::unexpected("BatchWriteItem", message)));
        }
        tokio::select! {
            () = tokio::time::sleep(pause(attempt)) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return Ok(summary),
        }
        summary.repeated += left.len() as u64;
    }
}

fn request(item: &Item) -> WriteRequest {
    let put = PutRequest::builder().set_item(Some(convert::sent(item))).build();
    // An item was given, which is all that can be missing.
    WriteRequest::builder().set_put_request(put.ok()).build()
}

/// The requests that were left out. AWS sends them back under the name or the ARN that they were sent with.
fn unprocessed(items: Option<HashMap<String, Vec<WriteRequest>>>, table: &str) -> Vec<WriteRequest> {
    let mut items = items.unwrap_or_default();
    items.remove(table).unwrap_or_else(|| items.into_values().flatten().collect())
}

/// A pause before the next attempt: twice as long each time, and any part of it at random, so that requests that were
/// refused together don't come back together.
fn pause(attempt: u32) -> Duration {
    let longest = FIRST_PAUSE.saturating_mul(2u32.saturating_pow(attempt)).min(LONGEST_PAUSE);
    let mut byte = [128];
    // Without random bytes half of it has to do.
    let _ = getrandom::fill(&mut byte);
    longest.mul_f64(f64::from(byte[0]) / 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::AttributeValue;

    #[test]
    fn pauses_grow_to_the_longest_one() {
        for attempt in 0..40 {
            assert!(pause(attempt) <= LONGEST_PAUSE);
        }
        assert!(pause(0) <= FIRST_PAUSE);
    }

    #[test]
    fn unprocessed_requests_are_found_under_any_name_of_the_table() {
        let one = || vec![request(&Item::from([("pk".to_owned(), AttributeValue::string("a"))]))];
        assert_eq!(unprocessed(None, "orders").len(), 0);
        assert_eq!(unprocessed(Some(HashMap::from([("orders".to_owned(), one())])), "orders").len(), 1);
        assert_eq!(unprocessed(Some(HashMap::from([("arn:aws:…".to_owned(), one())])), "orders").len(), 1);
    }
}
