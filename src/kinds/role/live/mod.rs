//! Live roles, and the calls that change them.

mod answers;
mod eni_wait;
mod listing;
mod prerequisites;
mod read;
mod run;

use aws_sdk_iam::types::RoleDetail;
use listing::{all_roles, tags_of};

use super::{Role, RoleOp, RoleSpec, access};
use crate::aws::{Aws, CallError};
use crate::base::Outputs;
use crate::kind::tags::{SCOPE_TAG, address_in, is_of};
use crate::kind::{Answer, Found, Identity, Kind, Live, Owner, Prerequisites, ReadOutcome};

impl Live for Role {
    const ANSWERS: &'static [Answer] = answers::ANSWERS;

    async fn read_many(ids: &[Identity], aws: &Aws) -> Vec<Result<ReadOutcome<RoleSpec>, CallError>> {
        read::read_many(ids, aws).await
    }

    async fn discover(owner: &Owner, aws: &Aws) -> Result<Vec<Found>, CallError> {
        let found = |role: &RoleDetail| {
            let tags = tags_of(role.tags());
            let name = role.role_name()?;
            is_of(owner, &tags).then(|| Found {
                identity: access::identity(address_in(&tags, Self::SECTION, name), name, role.path().unwrap_or("/")),
                scope: tags.get(SCOPE_TAG).cloned(),
            })
        };
        let roles = aws.roles().get(|| all_roles(aws)).await?;
        Ok(roles.iter().filter_map(found).collect())
    }

    async fn run(op: RoleOp, aws: &Aws) -> Result<Outputs, CallError> {
        run::run(op, aws).await
    }

    async fn check_prerequisites(
        wanted: &RoleSpec,
        live: Option<&RoleSpec>,
        aws: &Aws,
    ) -> Result<Prerequisites, CallError> {
        prerequisites::look(wanted, live, aws).await
    }
}
