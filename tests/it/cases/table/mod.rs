//! Tables, through the engine, against the emulator.

mod bench;
mod life;
mod local;

use crate::support::arbitrary::tables as testing;
