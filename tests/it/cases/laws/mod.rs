//! The laws that hold for every kind, against the emulator.
//!
//! `UNDERPIN_TRANSITIONS=2000` makes the random walks longer; `UNDERPIN_SEED=7` makes other ones.

mod agree;
mod arbitrary;
mod compare;
mod convergence;
mod engine;
mod life;
mod secrets;
mod snapshot;
mod stacks;
mod transitions;
mod walk;
mod world;
