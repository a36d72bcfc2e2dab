//! Triggers in AWS: the only module with SDK types.

mod answers;
mod matching;
mod read;
mod run;

use futures::future::join_all;

use super::identity::{FUNCTION, UNIQUE_ID, mapping_arn};
use super::{Op, Trigger, TriggerSpec};
use crate::aws::{Aws, CallError};
use crate::base::Outputs;
use crate::kind::{Answer, FirstRead, Found, Identity, Live, Owner, ReadOutcome, find_tagged};

/// The number of functions from which on a first read lists the mappings of the region.
const MANY: usize = 10;

/// The mappings of each function. If a first read is of many functions, one listing tells those of all; a function of
/// which it lacks a mapping that is looked for is asked about directly.
async fn listings(functions: &[&str], ids: &[Identity], aws: &Aws) -> Vec<Result<Vec<read::Mapping>, CallError>> {
    let first = ids.iter().find_map(FirstRead::of);
    let all = match &first {
        Some(_) if functions.len() >= MANY => aws.event_source_mappings(functions.len() / MANY).await,
        _ => None,
    };
    let list = async |function: &&str| {
        if let (Some(all), Some(first)) = (&all, &first) {
            let mappings = read::among(all, function, first, aws).await?;
            let mut its = ids.iter().filter(|id| id.details.get(FUNCTION).is_some_and(|name| name == function));
            if its.all(|id| matching::choose(id, ids, &mappings).is_some()) {
                return Ok(mappings);
            }
        }
        read::list(function, first.as_ref(), aws).await
    };
    join_all(functions.iter().map(list)).await
}

impl Live for Trigger {
    const ANSWERS: &'static [Answer] = answers::ANSWERS;

    /// Reads mappings: those of each function are listed once, then the tags of each are read; a mapping whose UUID
    /// discovery has found is read directly.
    async fn read_many(ids: &[Identity], aws: &Aws) -> Vec<Result<ReadOutcome<TriggerSpec>, CallError>> {
        let mut functions: Vec<&str> = ids
            .iter()
            .filter(|id| told(id).is_none())
            .filter_map(|id| id.details.get(FUNCTION))
            .map(String::as_str)
            .collect();
        functions.sort_unstable();
        functions.dedup();
        let listings = listings(&functions, ids, aws);
        let direct = join_all(ids.iter().map(async |id| match told(id) {
            Some(uuid) => Some(read::get(uuid, aws).await),
            None => None,
        }));
        let (listings, direct) = tokio::join!(listings, direct);
        let answer = |(id, direct): (&Identity, Option<Result<Option<read::Mapping>, CallError>>)| {
            let mapping = if let Some(answer) = direct {
                answer?
            } else {
                let listing = id
                    .details
                    .get(FUNCTION)
                    .and_then(|function| functions.iter().position(|name| name == function))
                    .and_then(|position| listings.get(position));
                match listing {
                    Some(Ok(mappings)) => matching::choose(id, ids, mappings).cloned(),
                    Some(Err(error)) => return Err(error.clone()),
                    None => None,
                }
            };
            mapping.map_or_else(|| Ok(ReadOutcome::absent()), |mapping| read::observe(mapping, aws))
        };
        ids.iter().zip(direct).map(answer).collect()
    }

    async fn discover(owner: &Owner, aws: &Aws) -> Result<Vec<Found>, CallError> {
        let prefix = mapping_arn("", aws.env());
        // A mapping has no name: if its function was renamed, its address alone identifies nothing.
        let parse = |arn: &str| {
            let uuid = arn.strip_prefix(&prefix)?;
            Some((uuid.to_owned(), Outputs::from([(UNIQUE_ID.to_owned(), uuid.to_owned())])))
        };
        find_tagged::<Self>(owner, aws, parse).await
    }

    fn run(op: Op, aws: &Aws) -> impl Future<Output = Result<Outputs, CallError>> + Send {
        run::run(op, aws)
    }
}

/// The UUID that discovery has found.
fn told(id: &Identity) -> Option<&str> {
    id.details.get(UNIQUE_ID).map(String::as_str)
}
