#!/usr/bin/env bash
# The guess: a connection URL that psql takes is one for every driver that reads such URLs, and the safest words in it,
# `sslmode=verify-full` and `sslrootcert=…`, are at worst ignored.
#
# What happens: tokio-postgres knows `disable`, `prefer` and `require` alone. `verify-full` and `verify-ca` are errors of the
# whole URL, which name the option and not the word; `sslrootcert` is an unknown option. And `require` says nothing of
# certificates there: what is verified is up to the TLS connector that the program gives it.
#
# Why it matters here: AWS's instructions for RDS say `sslmode=verify-full` with a bundle of certificates, so production URLs
# have both. `src/users/url_parts.rs` reads them itself, and verifies the server's certificate for every host that is not
# this machine, whatever the mode.
#
# Source: docs.rs/tokio-postgres, `Config`, key `sslmode`; Amazon RDS User Guide, "Using SSL with a PostgreSQL DB instance".
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "app"
version = "0.0.0"
edition = "2024"

[dependencies]
tokio-postgres = "=0.7.18"
TOML
cat >src/main.rs <<'RUST'
use std::error::Error;
use std::str::FromStr;

fn main() {
    let read = |options: &str| {
        let url = format!("postgresql://app@db.example.com/app?{options}");
        let answer = tokio_postgres::Config::from_str(&url).map(|_| ()).map_err(|error| {
            let cause = error.source().map(ToString::to_string).unwrap_or_default();
            format!("{error}: {cause}")
        });
        println!("{options}: {answer:?}");
        answer.is_ok()
    };
    let taken = ["sslmode=require", "sslmode=verify-full", "sslmode=verify-ca", "sslmode=require&sslrootcert=bundle.pem"]
        .map(read);
    std::process::exit(i32::from(taken != [true, false, false, false]));
}
RUST
CARGO_TARGET_DIR=$folder/target cargo run --quiet
echo 'tokio-postgres 0.7.18: verify-full, verify-ca and sslrootcert are errors'
