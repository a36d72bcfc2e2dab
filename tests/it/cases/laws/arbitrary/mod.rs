//! Arbitrary resources in the language of the file, in a world.

mod endpoint;
mod role;
mod security_group_rule;
mod table;

use proptest::strategy::BoxedStrategy;
use serde_json::Value;
use underpin::base::Address;

use super::walk::Slot;
use super::world::{World, made_by_hand};
use crate::support::Observer;
use crate::support::arbitrary::{functions as function, triggers as trigger};

/// A slot for a resource of a section, with a name; its prerequisites are made by hand. A kind that
/// is not listed here fails the laws.
pub(super) fn slot(section: &str, name: &str, world: &World, observer: &Observer) -> Slot {
    let (name, bodies) = match section {
        "tables" => (name.to_owned(), table::tables(world)),
        "roles" => (name.to_owned(), role::roles(world)),
        // Two gateways can't lead to one service by the same route table.
        "vpc_endpoints" if name.ends_with("two") => {
            (name.to_owned(), endpoint::endpoints("s3", &["sqs", "ecr.api"], world))
        }
        "vpc_endpoints" => (name.to_owned(), endpoint::endpoints("dynamodb", &["kinesis-streams", "sns"], world)),
        "security_group_rules" => {
            let number = usize::from(name.ends_with("two"));
            (name.to_owned(), security_group_rule::rules(number, world))
        }
        "functions" => (name.to_owned(), functions(world)),
        "triggers" => {
            made_by_hand(observer, world, name);
            (format!("{name}/law"), triggers(name, world))
        }
        other => panic!("the laws know no arbitrary {other}"),
    };
    Slot { address: Address::new(section, name), bodies }
}

/// Functions.
fn functions(world: &World) -> BoxedStrategy<Value> {
    function::bodies(&function::World {
        roles: world.roles.clone(),
        codes: world.codes.clone(),
        layers: world.layers.clone(),
        subnets: world.network.subnets.clone(),
        security_groups: world.network.groups.clone(),
        queues: world.queues[3..].to_vec(),
        keys: world.keys.clone(),
    })
}

/// Triggers of a function. Its sources are its own: AWS accepts a function and a source only once. Another source makes
/// another trigger, so that with only one source most changes are updates.
fn triggers(function: &str, world: &World) -> BoxedStrategy<Value> {
    let mut sources = trigger::Sources {
        table_streams: world.table_streams.clone(),
        kinesis_streams: world.kinesis_streams.clone(),
        queues: world.queues[..2].to_vec(),
        destinations: world.queues[2..3].to_vec(),
    };
    let (streams, queues) = match function.rsplit('-').next() {
        Some("two") => (1, 0),
        Some("three") => (0, 1),
        _ => (usize::MAX, usize::MAX),
    };
    sources.table_streams.truncate(streams);
    sources.kinesis_streams.truncate(if streams > 1 { usize::MAX } else { 0 });
    sources.queues.truncate(queues);
    trigger::bodies(function, &sources)
}
