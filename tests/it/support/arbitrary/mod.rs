//! Arbitrary resources in the language of the file, as the kinds' own unit tests draw them.

#[path = "../../../../src/kinds/function/testing.rs"]
#[expect(unreachable_pub, reason = "the unit tests of the kinds include them, too")]
pub(crate) mod functions;
#[path = "../../../../src/kinds/table/testing.rs"]
pub(crate) mod tables;
#[path = "../../../../src/kinds/trigger/testing.rs"]
#[expect(unreachable_pub, reason = "the unit tests of the kinds include them, too")]
pub(crate) mod triggers;
