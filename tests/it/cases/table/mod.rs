//! Tables, through the engine, against the emulator.

mod bench;
mod life;
mod local;
mod local_cli;

use crate::support::arbitrary::tables as testing;
