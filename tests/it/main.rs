//! The tests of the whole: the command, and the kinds against emulators of AWS.

mod cases;
mod support;
