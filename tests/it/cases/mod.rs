//! What is tested.

mod lambda;
mod observer;
mod sandbox;
mod table;
