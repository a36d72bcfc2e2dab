//! What is tested.

mod command;
mod observer;
mod sandbox;
