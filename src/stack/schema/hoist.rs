//! Properties that hold resources of their own. Such a resource is written under its
//! owner, and lifted from there when the stack is loaded: the trigger `messages` of the function
//! `stream` has the address `triggers.stream/messages`.

use crate::base::Address;
use crate::kind::{PureKind, Registry};

/// The rule for one such property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lift {
    /// The section of the owner: `functions`.
    pub(crate) section: &'static str,
    /// Its property that holds the resources by name: `triggers`.
    pub(crate) property: &'static str,
    /// The section that they are lifted to: `triggers`.
    pub(crate) into: &'static str,
    /// The property of each lifted resource that gets the owner's physical name: `function`.
    pub(crate) owner: &'static str,
}

const LIFTS: [Lift; 1] = [Lift { section: "functions", property: "triggers", into: "triggers", owner: "function" }];

/// The liftings out of a section, for kinds that exist.
pub(crate) fn out_of(section: &str, registry: &Registry) -> Vec<Lift> {
    LIFTS.into_iter().filter(|lift| lift.section == section && registry.kind(lift.into).is_some()).collect()
}

/// The lifting into a section, if its resources are written under others.
pub(crate) fn into(section: &str) -> Option<Lift> {
    LIFTS.into_iter().find(|lift| lift.into == section)
}

/// The resource that another one is written under, by their addresses.
pub fn written_under(address: &Address) -> Option<Address> {
    let lift = into(address.section())?;
    let (owner, _) = address.name().split_once('/')?;
    Some(Address::new(lift.section, owner))
}

/// The sections at the top level of the file.
pub(crate) fn top_sections(registry: &Registry) -> Vec<&'static str> {
    registry.kinds().map(PureKind::section).filter(|section| into(section).is_none()).collect()
}
