# What one does here. Each recipe is a line or two that can be run without just.

# Lists the recipes.
default:
    @just --list --unsorted

# All that is checked before a change lands.
check:
    .ci/run

# Every test; installs what they need first. `just test rust NAME` or `just test python -k NAME` run some.
test *args:
    scripts/test {{args}}

# The tests of the whole, against emulators.
e2e *args:
    scripts/test rust --test it {{args}}

# Form and lints, mended where a tool can.
fix:
    cargo fmt --all
    cargo clippy --all-targets --fix --allow-dirty --allow-staged
    .venv/bin/python -m ruff format sandbox tests lambdas
    .venv/bin/python -m ruff check --fix sandbox tests lambdas

# Time, memory and calls of plan and apply.
bench *args:
    cargo bench {{args}}

# Takes over what the snapshots show now; look at the difference before you commit it.
snapshots:
    INSTA_UPDATE=always scripts/test rust

# Writes the schemas of stack.yaml, of the JSON plan, a start-up and an audit anew, and the reference of the language.
schema:
    cargo run --quiet -- schema --output schema/stack.schema.json
    cargo run --quiet -- schema plan --output schema/plan.schema.json
    cargo run --quiet -- schema startup --output schema/startup.schema.json
    cargo run --quiet -- schema audit --output schema/audit.schema.json
    cargo run --quiet -- schema --format markdown --output docs/language.md

# The library's documentation.
docs:
    cargo doc --no-deps --document-private-items --open

# Feeds a parser (`policy` or `stack`) random texts until it breaks: docs/fuzzing.md. `just fuzz stack -- -max_total_time=300`.
fuzz target *args:
    mkdir -p fuzz/corpus/{{target}}
    RUSTC_BOOTSTRAP=1 cargo fuzz run {{target}} fuzz/corpus/{{target}} {{ if target == "policy" { "policies" } else { "fuzz/seeds/stack" } }} {{args}}
