//! What is tested.

mod observer;
mod sandbox;
mod table;
