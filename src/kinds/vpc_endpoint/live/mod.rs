//! Live VPC endpoints, and the calls that change them.

mod answers;
mod choose;
mod read;
mod run;

use super::identity::ID;
use super::{VpcEndpoint, VpcEndpointOp, VpcEndpointSpec};
use crate::aws::ec2::VpcEndpoint as Endpoint;
use crate::aws::{Aws, CallError};
use crate::base::Outputs;
use crate::kind::tags::{SCOPE_TAG, address_in, is_of};
use crate::kind::{Answer, Found, Identity, Kind, Live, Owner, ReadOutcome};

impl Live for VpcEndpoint {
    const ANSWERS: &'static [Answer] = answers::ANSWERS;

    async fn read_many(ids: &[Identity], aws: &Aws) -> Vec<Result<ReadOutcome<VpcEndpointSpec>, CallError>> {
        read::read_many(ids, aws).await
    }

    async fn discover(owner: &Owner, aws: &Aws) -> Result<Vec<Found>, CallError> {
        let found = |endpoint: &Endpoint| {
            let (id, tags) = (endpoint.id.as_deref()?, &endpoint.tags);
            let address = address_in(tags, Self::SECTION, id);
            is_of(owner, tags).then(|| Found {
                identity: Identity {
                    name: address.name().to_owned(),
                    address,
                    details: Outputs::from([(ID.to_owned(), id.to_owned())]),
                },
                scope: tags.get(SCOPE_TAG).cloned(),
            })
        };
        let endpoints = aws.vpc_endpoints().get(|| read::all_endpoints(aws)).await?;
        Ok(endpoints.iter().filter(|one| read::is_there(one)).filter_map(found).collect())
    }

    async fn run(op: VpcEndpointOp, aws: &Aws) -> Result<Outputs, CallError> {
        run::run(op, aws).await
    }
}
