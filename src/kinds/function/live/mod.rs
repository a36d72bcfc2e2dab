//! Functions in AWS: the only room with SDK types.

mod policy;
mod read;
mod run;

use std::future::Future;

use futures::future::join_all;

use super::{Function, FunctionSpec, LOGS, Op, log_group_name};
use crate::aws::{Aws, CallError};
use crate::base::{Address, Outputs};
use crate::kind::{Found, Identity, Kind, Live, Owner, Reading};

impl Live for Function {
    async fn read_many(ids: &[Identity], aws: &Aws) -> Vec<Result<Reading<FunctionSpec>, CallError>> {
        join_all(ids.iter().map(|id| read::read(id, aws))).await
    }

    async fn discover(owner: &Owner, aws: &Aws) -> Result<Vec<Found>, CallError> {
        let stacks: Vec<String> = std::iter::once(&owner.stack).chain(&owner.previous_names).cloned().collect();
        let tagged = aws.tagged(&stacks).await?;
        let prefix = super::function_arn("", aws.env());
        let mut found = Vec::new();
        for resource in tagged {
            let Some(name) = resource.arn.strip_prefix(&prefix).filter(|name| !name.contains(':')) else { continue };
            let address = resource.tags.get("underpin:address").and_then(|text| text.parse::<Address>().ok());
            let address = address.filter(|address| address.section() == Self::SECTION);
            // The group counts only where it is ours, and then it bears the stack's tag, too.
            let group = super::access::group_arn(name, aws.env());
            let mut details = Outputs::new();
            if tagged.iter().any(|other| other.arn.strip_suffix(":*").unwrap_or(&other.arn) == group) {
                details.insert(LOGS.to_owned(), log_group_name(name));
            }
            found.push(Found {
                identity: Identity {
                    address: address.unwrap_or_else(|| Address::new(Self::SECTION, name)),
                    name: name.to_owned(),
                    details,
                },
                scope: resource.tags.get("underpin:scope").cloned(),
            });
        }
        Ok(found)
    }

    fn run(op: Op, aws: &Aws) -> impl Future<Output = Result<Outputs, CallError>> + Send {
        run::run(op, aws)
    }
}
