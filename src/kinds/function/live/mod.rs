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
use crate::kind::{Answer, Found, Identity, Kind, Live, Owner, ReadOutcome, RemovalCheck, tags};

impl Live for Function {
    const ANSWERS: &'static [Answer] = answers::ANSWERS;

    async fn read_many(ids: &[Identity], aws: &Aws) -> Vec<Result<ReadOutcome<FunctionSpec>, CallError>> {
        join_all(ids.iter().map(|id| read::read(id, aws))).await
    }

    async fn discover(owner: &Owner, aws: &Aws) -> Result<Vec<Found>, CallError> {
        let stacks: Vec<String> = std::iter::once(&owner.stack).chain(&owner.previous_names).cloned().collect();
        let prefix = function_arn("", aws.env());
        let found = aws.tagged(&stacks).await?.iter().filter(|resource| tags::is_of(owner, &resource.tags));
        let found = found.filter_map(|resource| {
            let name = resource.arn.strip_prefix(&prefix).filter(|name| !name.contains(':'))?;
            let identity = Identity {
                address: tags::address_in(&resource.tags, Self::SECTION, name),
                name: name.to_owned(),
                // Only the group itself shows if the function has a log group of ours.
                details: Outputs::from([(LOGS.to_owned(), log_group_name(name))]),
            };
            Some(Found { identity, scope: resource.tags.get(tags::SCOPE_TAG).cloned() })
        });
        Ok(found.collect())
    }

    async fn check_before_removal(id: &Identity, aws: &Aws) -> Result<RemovalCheck, CallError> {
        let unmanaged = Box::pin(removal_check::look(&id.name, aws)).await?;
        Ok(RemovalCheck { unmanaged, before_it_goes: Vec::new() })
    }

    fn run(op: Op, aws: &Aws) -> impl Future<Output = Result<Outputs, CallError>> + Send {
        run::run(op, aws)
    }
}
