//! What is tested.

mod laws;
mod observer;
mod sandbox;
