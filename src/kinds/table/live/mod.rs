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
use crate::aws::{Aws, CallError};
use crate::base::Outputs;
use crate::kind::{Answer, Found, Identity, Live, Owner, ReadOutcome, RemovalCheck, find_tagged};

impl Live for Table {
    const ANSWERS: &'static [Answer] = answers::ANSWERS;

    async fn read_many(ids: &[Identity], aws: &Aws) -> Vec<Result<ReadOutcome<TableSpec>, CallError>> {
        read::read_many(ids, aws).await
    }

    async fn discover(owner: &Owner, aws: &Aws) -> Result<Vec<Found>, CallError> {
        find_tagged::<Self>(owner, aws, |arn| Some((name_in(arn)?.to_owned(), Outputs::new()))).await
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

/// The name in the ARN of a table: `arn:aws:dynamodb:region:account:table/NAME`, and nothing below it.
fn name_in(arn: &str) -> Option<&str> {
    let mut parts = arn.splitn(6, ':').skip(2);
    match (parts.next(), parts.nth(2)) {
        (Some("dynamodb"), Some(table)) => table.strip_prefix("table/").filter(|name| !name.contains('/')),
        _ => None,
    }
}
