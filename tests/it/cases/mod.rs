//! What is tested.

mod command;
mod observer;
mod sandbox;
mod sandbox_install;
