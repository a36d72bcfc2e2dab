//! Numbers of the SDKs' type.

/// Converts a number to the SDKs' type; AWS's own limits are far below its maximum.
pub fn int(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
