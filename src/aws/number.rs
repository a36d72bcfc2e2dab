//! Numbers as the SDKs take them.

/// A number as the SDKs take it; what AWS takes is far below their limit.
pub fn int(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
