//! The tools of the cases: emulators, a hermetic way to run the command, stacks, and an independent observer.
#![allow(dead_code, unused_imports, reason = "a helper is here for the cases to come")]

pub(crate) mod arbitrary;
mod audit_report;
pub(crate) mod audit_reports;
mod connection;
mod dynalite;
mod dynamodb_local;
mod emulator;
mod imports;
mod json_schema;
mod moto;
mod observer;
mod place;
mod postgres;
mod repository;
mod run;
mod stack;
mod stub;
mod tether;

pub(crate) use audit_report::{audit_report, compared_audit_report};
pub(crate) use connection::{ACCOUNT, REGION, aws, aws_at};
pub(crate) use dynalite::Dynalite;
pub(crate) use dynamodb_local::DynamoDbLocal;
pub(crate) use emulator::{Emulator, Request};
pub(crate) use imports::{Import, cycles, imports, shortest_cycle};
pub(crate) use json_schema::{misfit, schema};
pub(crate) use moto::Moto;
pub(crate) use observer::Observer;
pub(crate) use place::{Place, actions, calls, denials, owned, paths};
pub(crate) use postgres::{Postgres, TestDatabase};
pub(crate) use repository::{python, root, scratch};
pub(crate) use run::{Output, Run, underpin};
pub(crate) use stack::{ORDERS, ORDERS_AND_PARCELS, PARCELS, Stack};
pub(crate) use stub::{Answer, Asked, Stub, pass_on};
