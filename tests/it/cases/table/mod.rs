//! Tables, through the engine, against the emulator.

mod bench;
mod changes;
mod dynalite;
mod life;
mod local;

use crate::support::arbitrary::tables as testing;
