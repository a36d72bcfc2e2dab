//! Functions in AWS: the only module with SDK types.

mod answers;
mod policy;
mod read;
mod refusal;
mod removal_check;
mod run;

use futures::future::join_all;

use super::identity::{LOGS, function_arn, log_group_name};
use super::{Function, FunctionSpec, Op};
use crate::aws::{Aws, CallError};
use crate::base::Outputs;
use crate::kind::{Answer, Found, Identity, Live, Owner, ReadOutcome, RemovalCheck, find_tagged};

impl Live for Function {
    const ANSWERS: &'static [Answer] = answers::ANSWERS;

    async fn read_many(ids: &[Identity], aws: &Aws) -> Vec<Result<ReadOutcome<FunctionSpec>, CallError>> {
        join_all(ids.iter().map(|id| read::read(id, aws))).await
    }

    async fn discover(owner: &Owner, aws: &Aws) -> Result<Vec<Found>, CallError> {
        let prefix = function_arn("", aws.env());
        let parse = |arn: &str| {
            let name = arn.strip_prefix(&prefix).filter(|name| !name.contains(':'))?;
            // Only the group itself shows if the function has a log group of ours.
            Some((name.to_owned(), Outputs::from([(LOGS.to_owned(), log_group_name(name))])))
        };
        find_tagged::<Self>(owner, aws, parse).await
    }

    async fn check_before_removal(id: &Identity, aws: &Aws) -> Result<RemovalCheck, CallError> {
        let unmanaged = Box::pin(removal_check::look(&id.name, aws)).await?;
        Ok(RemovalCheck { unmanaged, before_it_goes: Vec::new() })
    }

    fn run(op: Op, aws: &Aws) -> impl Future<Output = Result<Outputs, CallError>> + Send {
        run::run(op, aws)
    }
}
