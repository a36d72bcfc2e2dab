//! Underpin: a stateless provisioner for AWS.
//!
//! `stack.yaml` is diffed against live AWS state, planned, judged and applied. The floors, lowest first:
//! [`base`] · [`policy`] · [`kind`], `aws` · [`kinds`], [`stack`] · `live`, [`diff`], [`plan`], [`guard`] ·
//! `apply` · [`report`] · `commands`. Imports point downward only.

pub mod base;
pub mod policy;
