//! The way to AWS: reads tables, finds those of a stack, makes the calls and waits for them.

mod convert;
mod describe;
mod items;
mod observe;
mod read;
mod run;
mod scale;
mod wait;

use super::{Op, Table, TableSpec};
use crate::aws::{Aws, CallError};
use crate::base::{Address, Outputs};
use crate::kind::{Found, Identity, Live, Owner, Reading};

impl Live for Table {
    async fn read_many(ids: &[Identity], aws: &Aws) -> Vec<Result<Reading<TableSpec>, CallError>> {
        read::read_many(ids, aws).await
    }

    async fn discover(owner: &Owner, aws: &Aws) -> Result<Vec<Found>, CallError> {
        let mut stacks = vec![owner.stack.clone()];
        stacks.extend(owner.previous_names.iter().cloned());
        let listed = aws.tagged(&stacks).await?;
        Ok(listed.iter().filter_map(|resource| found(resource, &stacks)).collect())
    }

    async fn run(op: Op, aws: &Aws) -> Result<Outputs, CallError> {
        run::run(op, aws).await
    }

    async fn holds_data(id: &Identity, aws: &Aws) -> Result<Option<bool>, CallError> {
        items::holds_items(&id.name, aws).await.map(Some)
    }
}

/// A table among what is tagged: `arn:aws:dynamodb:region:account:table/NAME`, and nothing below it.
fn found(resource: &crate::aws::Tagged, stacks: &[String]) -> Option<Found> {
    let mut parts = resource.arn.splitn(6, ':').skip(2);
    let name = match (parts.next(), parts.nth(2)) {
        (Some("dynamodb"), Some(table)) => table.strip_prefix("table/").filter(|name| !name.contains('/'))?,
        _ => return None,
    };
    let stack = resource.tags.get("underpin:stack")?;
    if !stacks.contains(stack) {
        return None;
    }
    let address = resource.tags.get("underpin:address").and_then(|tag| tag.parse().ok());
    let address = address.unwrap_or_else(|| Address::new("tables", name));
    let identity = Identity { address, name: name.to_owned(), details: Outputs::new() };
    Some(Found { identity, scope: resource.tags.get("underpin:scope").cloned() })
}
