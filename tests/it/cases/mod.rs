//! What is tested.

mod lambda;
mod laws;
mod observer;
mod sandbox;
mod table;
mod command;
mod observer;
mod sandbox;
mod sandbox_install;
