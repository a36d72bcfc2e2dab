//! Reads and changes single items.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, ReturnValue};

use super::convert;
use crate::aws::{Aws, CallError};
use crate::items::{Consistency, ConsumedCapacity, Item, Page};

/// Reads the item with a key: a page of one item, or of none.
pub async fn get(aws: &Aws, table: &str, key: &Item, consistency: Consistency) -> Result<Page, CallError> {
    const OPERATION: &str = "GetItem";
    let call = aws.dynamodb().get_item().table_name(table).set_key(Some(convert::sent(key)));
    let call = call.consistent_read(consistency == Consistency::Strong);
    let call = call.return_consumed_capacity(ReturnConsumedCapacity::Indexes);
    let answer = call.send().await.map_err(|error| CallError::of("dynamodb", OPERATION, &error))?;
    let item = answer.item.map(|item| convert::item(OPERATION, item)).transpose()?;
    Ok(Page {
        scanned_count: u64::from(item.is_some()),
        items: item.into_iter().collect(),
        capacity: answer.consumed_capacity.as_ref().map(convert::capacity),
        next: None,
    })
}

/// The result of a change of one item.
#[derive(Debug, Clone, Default)]
pub struct ItemChange {
    /// The item that was there before.
    pub before: Option<Item>,
    /// The units that the request consumed, if the endpoint counts them.
    pub capacity: Option<ConsumedCapacity>,
}

/// The treatment of an item that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It is replaced.
    Replaced,
    /// The call fails with `ConditionalCheckFailedException`.
    Kept,
}

/// Puts an item. `partition` is the table's partition key.
pub async fn put(
    aws: &Aws,
    table: &str,
    item: &Item,
    partition: &str,
    existing: Existing,
) -> Result<ItemChange, CallError> {
    const OPERATION: &str = "PutItem";
    let mut call = aws.dynamodb().put_item().table_name(table).set_item(Some(convert::sent(item)));
    if existing == Existing::Kept {
        call = call.condition_expression("attribute_not_exists(#key)").expression_attribute_names("#key", partition);
    }
    let call = call.return_values(ReturnValue::AllOld).return_consumed_capacity(ReturnConsumedCapacity::Indexes);
    let answer = call.send().await.map_err(|error| CallError::of("dynamodb", OPERATION, &error))?;
    change(OPERATION, answer.attributes, answer.consumed_capacity.as_ref())
}

/// Deletes the item with a key, if it is there.
pub async fn delete(aws: &Aws, table: &str, key: &Item) -> Result<ItemChange, CallError> {
    const OPERATION: &str = "DeleteItem";
    let call = aws.dynamodb().delete_item().table_name(table).set_key(Some(convert::sent(key)));
    let call = call.return_values(ReturnValue::AllOld).return_consumed_capacity(ReturnConsumedCapacity::Indexes);
    let answer = call.send().await.map_err(|error| CallError::of("dynamodb", OPERATION, &error))?;
    change(OPERATION, answer.attributes, answer.consumed_capacity.as_ref())
}

fn change(
    operation: &str,
    before: Option<HashMap<String, AttributeValue>>,
    capacity: Option<&aws_sdk_dynamodb::types::ConsumedCapacity>,
) -> Result<ItemChange, CallError> {
    let before = before.filter(|item| !item.is_empty()).map(|item| convert::item(operation, item)).transpose()?;
    Ok(ItemChange { before, capacity: capacity.map(convert::capacity) })
}
