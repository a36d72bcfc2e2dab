//! Reads pages of items: query and scan, one page after the other or several segments at once.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::convert;
use crate::aws::{Aws, CallError};
use crate::items::{Consistency, Item, Page, ReadRequest, SortOrder};

/// The pages that wait to be shown, for each segment: memory does not grow with the table.
const AHEAD: usize = 1;

/// The items of a request: a page of 1 MB with small items would be thousands, each of which takes far more memory than it is
/// sent with.
const MOST: i32 = 1000;

/// The pages of a read, in order; of several segments, as they come. The next page is asked for while one is shown.
pub struct Pages {
    pages: mpsc::Receiver<Result<Page, CallError>>,
    // Ends the requests when it is dropped.
    _reading: JoinSet<()>,
}

impl Pages {
    /// Begins a read. `segments` is the number of parts of a scan that are read at once; a query has one.
    pub fn of(aws: &Aws, request: &ReadRequest, segments: u32) -> Self {
        let (sender, pages) = mpsc::channel(AHEAD * usize::try_from(segments).unwrap_or(1).max(1));
        let mut reading = JoinSet::new();
        for segment in 0..segments.max(1) {
            let part = (segments > 1).then_some((segment, segments));
            let read = read(aws.dynamodb().clone(), request.clone(), part, sender.clone());
            reading.spawn(read);
        }
        Self { pages, _reading: reading }
    }

    /// The next page; `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<Page, CallError>> {
        self.pages.recv().await
    }
}

/// Reads one segment to its end, or to the limit.
async fn read(
    client: Client,
    request: ReadRequest,
    segment: Option<(u32, u32)>,
    pages: mpsc::Sender<Result<Page, CallError>>,
) {
    let mut start = request.start.clone();
    let mut left = request.limit;
    while left != Some(0) {
        let page = page(&client, &request, start.as_ref(), left, segment).await;
        let next = match &page {
            Ok(page) => {
                left = left.map(|left| left.saturating_sub(page.items.len() as u64));
                page.next.clone()
            }
            Err(_) => None,
        };
        if pages.send(page).await.is_err() || next.is_none() {
            return;
        }
        if next == start {
            let operation = operation(&request);
            let error = CallError::unexpected(operation, "the answer says to go on where the request began");
            let _ = pages.send(Err(error)).await;
            return;
        }
        start = next;
    }
}

fn operation(request: &ReadRequest) -> &'static str {
    if request.key_condition.is_some() { "Query" } else { "Scan" }
}

/// Reads one page.
async fn page(
    client: &Client,
    request: &ReadRequest,
    start: Option<&Item>,
    left: Option<u64>,
    segment: Option<(u32, u32)>,
) -> Result<Page, CallError> {
    let operation = operation(request);
    let ReadRequest {
        table,
        index,
        key_condition,
        filter,
        projection,
        names,
        values,
        order,
        consistency,
        limit: _,
        start: _,
    } = request;
    let names = (!names.is_empty()).then(|| names.clone().into_iter().collect());
    let values = values.iter().map(|(name, value)| (name.clone(), convert::sent_value(value)));
    let values = (!request.values.is_empty()).then(|| values.collect());
    let strong = (*consistency == Consistency::Strong).then_some(true);
    // With a filter, DynamoDB's limit is of what is read, so that more requests may follow; never of more than is asked for.
    let limit = left.map_or(MOST, |left| i32::try_from(left).unwrap_or(MOST).min(MOST));
    let start = start.map(convert::sent);
    let units = ReturnConsumedCapacity::Indexes;
    let (items, scanned, capacity, next) = if key_condition.is_some() {
        let call = client.query().table_name(table).set_index_name(index.clone()).set_consistent_read(strong);
        let call = call.set_key_condition_expression(key_condition.clone()).set_filter_expression(filter.clone());
        let call = call.set_projection_expression(projection.clone()).set_expression_attribute_names(names);
        let call = call.set_expression_attribute_values(values).set_exclusive_start_key(start).limit(limit);
        let call = call.scan_index_forward(*order == SortOrder::Ascending).return_consumed_capacity(units);
        let answer = call.send().await.map_err(|error| CallError::of("dynamodb", operation, &error))?;
        (answer.items, answer.scanned_count, answer.consumed_capacity, answer.last_evaluated_key)
    } else {
        let call = client.scan().table_name(table).set_index_name(index.clone()).set_consistent_read(strong);
        let call = call.set_filter_expression(filter.clone()).set_projection_expression(projection.clone());
        let call = call.set_expression_attribute_names(names).set_expression_attribute_values(values);
        let call = call.set_exclusive_start_key(start).limit(limit).return_consumed_capacity(units);
        let (part, of) = segment.map(|(part, of)| (crate::aws::int(part), crate::aws::int(of))).unzip();
        let call = call.set_segment(part).set_total_segments(of);
        let answer = call.send().await.map_err(|error| CallError::of("dynamodb", operation, &error))?;
        (answer.items, answer.scanned_count, answer.consumed_capacity, answer.last_evaluated_key)
    };
    let items = items.unwrap_or_default().into_iter().map(|item| convert::item(operation, item));
    let items = items.collect::<Result<Vec<_>, _>>()?;
    Ok(Page {
        scanned_count: u64::try_from(scanned).unwrap_or_default(),
        capacity: capacity.as_ref().map(convert::capacity),
        next: next.filter(|key| !key.is_empty()).map(|key| convert::item(operation, key)).transpose()?,
        items,
    })
}
