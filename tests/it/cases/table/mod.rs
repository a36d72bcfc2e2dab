//! Tables, through the engine, against the emulator.

mod bench;
mod law;
mod life;
mod local;

use crate::support::arbitrary::tables as testing;
