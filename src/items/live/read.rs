//! Reads pages of items: query and scan, one page after the other or several segments at once.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::convert;
use crate::aws::{Aws, CallError};
use crate::items::{Consistency, Expression, ExpressionKind, Item, Page, ReadRequest, SortOrder};

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
    mut request: ReadRequest,
    segment: Option<(u32, u32)>,
    pages: mpsc::Sender<Result<Page, CallError>>,
) {
    let mut start = request.start.clone();
    let mut left = request.limit;
    // With a filter, DynamoDB's limit is of what is read: a page of few matches is followed by larger ones.
    let may_cut = request.filter.is_some() && request.limit.is_some() && !request.key.is_empty();
    let unasked = if may_cut { with_key(&mut request) } else { Vec::new() };
    let mut size = left;
    while left != Some(0) {
        let asked = if may_cut { size } else { left };
        let page = page(&client, &request, start.as_ref(), asked, segment).await;
        let page = page.and_then(|page| cut(page, left, &request)).map(|page| without(page, &unasked));
        let next = match &page {
            Ok(page) => {
                left = left.map(|left| left.saturating_sub(page.items.len() as u64));
                size = size.map(|size| size.saturating_mul(2));
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

/// Adds the attributes of the key to a projection, by which a page goes on where it is cut; returns those that it did not
/// have.
fn with_key(request: &mut ReadRequest) -> Vec<String> {
    let Some(text) = &request.projection else { return Vec::new() };
    // What is no expression is DynamoDB's to refuse.
    let Ok(projection) = Expression::read(text, ExpressionKind::Projection) else { return Vec::new() };
    let asked: BTreeSet<&str> = projection.attributes(&request.names).collect();
    let unasked: BTreeSet<&String> = request.key.iter().filter(|name| !asked.contains(name.as_str())).collect();
    let unasked: Vec<String> = unasked.into_iter().cloned().collect();
    let mut text = text.clone();
    for (number, name) in unasked.iter().enumerate() {
        let placeholder = format!("#underpin_key{number}");
        text = format!("{text}, {placeholder}");
        request.names.insert(placeholder, name.clone());
    }
    request.projection = Some(text);
    unasked
}

/// A page whose items lack these attributes.
fn without(mut page: Page, attributes: &[String]) -> Page {
    for item in &mut page.items {
        item.retain(|name, _| !attributes.contains(name));
    }
    page
}

/// A page without the items beyond the limit; it then goes on after the last one that is left.
fn cut(mut page: Page, left: Option<u64>, request: &ReadRequest) -> Result<Page, CallError> {
    let Some(left) = left.and_then(|left| usize::try_from(left).ok()).filter(|left| page.items.len() > *left) else {
        return Ok(page);
    };
    page.items.truncate(left);
    let last = page.items.last();
    let key: Option<Item> =
        last.and_then(|item| request.key.iter().map(|name| Some((name.clone(), item.get(name)?.clone()))).collect());
    let Some(key) = key else {
        return Err(CallError::unexpected(operation(request), "the answer has more items than were asked for"));
    };
    page.next = Some(key);
    Ok(page)
}

fn operation(request: &ReadRequest) -> &'static str {
    if request.key_condition.is_some() { "Query" } else { "Scan" }
}

/// Reads one page.
async fn page(
    client: &Client,
    request: &ReadRequest,
    start: Option<&Item>,
    most: Option<u64>,
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
        key: _,
    } = request;
    let names = (!names.is_empty()).then(|| names.clone().into_iter().collect());
    let values = values.iter().map(|(name, value)| (name.clone(), convert::sent_value(value)));
    let values = (!request.values.is_empty()).then(|| values.collect());
    let strong = (*consistency == Consistency::Strong).then_some(true);
    let limit = most.map_or(MOST, |most| i32::try_from(most).unwrap_or(MOST).min(MOST));
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
