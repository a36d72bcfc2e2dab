//! A resource as the file declares it.

use serde_json::Value;

use crate::base::Address;
use crate::kind::Ignore;
use crate::stack::read::Use;

/// A resource that the file declares.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// Its address.
    pub address: Address,
    /// Its physical name. That of a lifted resource is `<owner's physical name>/<key>`.
    pub name: String,
    /// Its properties in the form of its kind's schema; absent ones are left out, values known after apply are pending,
    /// sensitive values are sealed. Tags are the stack's with the resource's over them, without our own.
    pub body: Value,
    /// Its references to other resources, in the order of the file.
    pub references: Vec<Use>,
    /// The properties that it ignores.
    pub ignored: Vec<Ignore>,
}
