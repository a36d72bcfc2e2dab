//! Underpin: a stateless provisioner for AWS.
//!
//! `stack.yaml` is diffed against live AWS state, planned, judged and applied; what is live is audited. The floors, lowest
//! first: [`base`] · [`policy`], `aws` · [`kind`] · [`rules`], [`access_patterns`] · [`kinds`], [`stack`] · [`diff`], [`plan`],
//! [`guard`], [`permissions`], `live`, [`users`], [`items`], [`workspace`] · [`apply`], [`audit`] · [`report`] · [`commands`].
//! Imports point downward only.

pub mod access_patterns;
pub mod apply;
pub mod audit;
#[cfg(feature = "aws")]
pub mod aws;
pub mod base;
pub mod cli;
pub mod commands;
pub mod diff;
pub mod error;
pub mod exit;
pub mod guard;
pub mod items;
pub mod kind;
pub mod kinds;
#[cfg(feature = "aws")]
pub mod live;
pub mod permissions;
pub mod plan;
pub mod policy;
pub mod report;
pub mod rules;
#[cfg(feature = "aws")]
pub mod sandbox;
pub mod stack;
pub mod ui;
pub mod users;
pub mod workspace;
