//! The live half of tables: reads them, finds those of a stack, makes the calls and waits for them.

mod answers;
mod convert;
mod decode;
mod describe;
mod items;
mod read;
mod removal_check;
mod run;
mod scale;
mod wait;

use super::{Op, Table, TableSpec};
use crate::aws::{Aws, CallError, Tagged};
use crate::base::Outputs;
use crate::kind::{Answer, Found, Identity, Kind, Live, Owner, ReadOutcome, RemovalCheck, tags};

impl Live for Table {
    const ANSWERS: &'static [Answer] = answers::ANSWERS;

    async fn read_many(ids: &[Identity], aws: &Aws) -> Vec<Result<ReadOutcome<TableSpec>, CallError>> {
        read::read_many(ids, aws).await
    }

    async fn discover(owner: &Owner, aws: &Aws) -> Result<Vec<Found>, CallError> {
        let mut stacks = vec![owner.stack.clone()];
        stacks.extend(owner.previous_names.iter().cloned());
        let listed = aws.tagged(&stacks).await?;
        Ok(listed.iter().filter(|resource| tags::is_of(owner, &resource.tags)).filter_map(found).collect())
    }

    async fn run(op: Op, aws: &Aws) -> Result<Outputs, CallError> {
        run::run(op, aws).await
    }

    async fn check_before_removal(id: &Identity, aws: &Aws) -> Result<RemovalCheck, CallError> {
        removal_check::look(&id.name, &id.details, aws).await
    }

    async fn holds_data(id: &Identity, aws: &Aws) -> Result<Option<bool>, CallError> {
        items::holds_items(&id.name, aws).await.map(Some)
    }
}

/// A table among tagged resources: `arn:aws:dynamodb:region:account:table/NAME`, and nothing below it.
fn found(resource: &Tagged) -> Option<Found> {
    let mut parts = resource.arn.splitn(6, ':').skip(2);
    let name = match (parts.next(), parts.nth(2)) {
        (Some("dynamodb"), Some(table)) => table.strip_prefix("table/").filter(|name| !name.contains('/'))?,
        _ => return None,
    };
    let address = tags::address_in(&resource.tags, Table::SECTION, name);
    let identity = Identity { address, name: name.to_owned(), details: Outputs::new() };
    Some(Found { identity, scope: resource.tags.get(tags::SCOPE_TAG).cloned() })
}
