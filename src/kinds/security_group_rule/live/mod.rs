//! Live security group rules, and the calls that change them.

mod answers;
mod choose;
mod read;
mod run;

pub use read::{LiveRule, rules_of_group, rules_with_ids};

use super::identity::{ID, id_in};
use super::op::SecurityGroupRuleOp;
use super::{SecurityGroupRule, SecurityGroupRuleSpec};
use crate::aws::{Aws, CallError};
use crate::base::Outputs;
use crate::kind::{Answer, Found, Identity, Live, Owner, ReadOutcome, find_tagged};

impl Live for SecurityGroupRule {
    const ANSWERS: &'static [Answer] = answers::ANSWERS;

    async fn read_many(ids: &[Identity], aws: &Aws) -> Vec<Result<ReadOutcome<SecurityGroupRuleSpec>, CallError>> {
        read::read_many(ids, aws).await
    }

    async fn discover(owner: &Owner, aws: &Aws) -> Result<Vec<Found>, CallError> {
        let parse = |arn: &str| {
            let id = id_in(arn)?;
            Some((id.to_owned(), Outputs::from([(ID.to_owned(), id.to_owned())])))
        };
        find_tagged::<Self>(owner, aws, parse).await
    }

    async fn run(op: SecurityGroupRuleOp, aws: &Aws) -> Result<Outputs, CallError> {
        run::run(op, aws).await
    }
}
