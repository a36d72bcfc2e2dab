//! Arbitrary resources in the author's words, as the kinds' own unit tests draw them.

#[path = "../../../../src/kinds/function/testing.rs"]
#[expect(dead_code, unreachable_pub, reason = "the unit tests of the kind use the rest")]
pub(crate) mod functions;
#[path = "../../../../src/kinds/table/testing.rs"]
pub(crate) mod tables;
#[path = "../../../../src/kinds/trigger/testing.rs"]
#[expect(dead_code, unreachable_pub, reason = "the unit tests of the kind use the rest")]
pub(crate) mod triggers;
