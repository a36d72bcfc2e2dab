//! The source of a trigger: an ARN, or a reference to the stream of a table.

use super::spec::TriggerSpec;
use crate::base::Address;
use crate::base::pending::{self, Part};

/// The service in an ARN.
pub(super) fn service(arn: &str) -> Option<&str> {
    arn.split(':').nth(2)
}

/// Returns whether the trigger reads the stream of a table: by reference, or by an ARN of its name.
pub(super) fn of_table(spec: &TriggerSpec, address: &Address, name: &str) -> bool {
    let Some(stream) = spec.stream.as_deref() else { return false };
    pending_table(stream).is_some_and(|table| table == address.name())
        || stream.contains(&format!(":table/{name}/stream/"))
}

/// The table whose stream's ARN a text refers to.
pub(super) fn pending_table(text: &str) -> Option<String> {
    match pending::parts(text).as_slice() {
        [Part::Pending(reference)]
            if reference.address.section() == "tables" && reference.attribute == "stream_arn" =>
        {
            Some(reference.address.name().to_owned())
        }
        _ => None,
    }
}
