//! Tables, through the engine, against the emulator.

mod bench;
mod law;
mod life;
mod local;
#[path = "../../../../src/kinds/table/testing.rs"]
mod testing;
