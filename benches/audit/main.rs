//! Measures `audit` in the sandbox: on the project's own stack, beside Prowler, and on a large account, where memory must
//! not grow with the number of resources.
//!
//!     cargo bench --bench audit -- [--runs N] [--large TABLES,FUNCTIONS,ROLES]
//!
//! Prowler's numbers are those of `scripts/audit-peers --measure`, which measures it on the same account.
#![expect(clippy::print_stdout, reason = "it prints what it measured")]

#[path = "../stack/measure.rs"]
mod measure;
mod peer;
#[path = "../../tests/it/support/mod.rs"]
mod support;

use std::process::Command;

use measure::{Used, measure};
use peer::Peer;
use support::{Emulator, Stack, python, root};

/// The targets beside Prowler: its processor time and memory by at least these numbers.
const LESS_CPU: f64 = 100.0;
const LESS_MEMORY: f64 = 12.0;
/// The target for both in a large account.
const LESS_IN_LARGE: f64 = 20.0;
/// The most by which memory may grow from a small account to one ten times as large, as a factor.
const FLAT: f64 = 1.5;

/// The areas of the catalogue that Prowler's services `dynamodb`, `awslambda` and `iam` look at.
const AREAS: &[&str] = &["DynamoDB", "DAX", "Lambda", "IAM", "Account"];

struct Options {
    runs: usize,
    large: [usize; 3],
}

fn options() -> Result<Options, String> {
    let mut options = Options { runs: 5, large: [1000, 500, 1000] };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            // Cargo's own option.
            "--bench" => {}
            "--runs" => options.runs = value()?.parse().map_err(|_| "--runs takes a number".to_owned())?,
            "--large" => {
                let numbers = value()?.split(',').map(str::parse).collect::<Result<Vec<usize>, _>>();
                let numbers = numbers.ok().and_then(|numbers| numbers.try_into().ok());
                options.large = numbers.ok_or("--large takes three numbers, as 1000,500,1000")?;
            }
            other => return Err(format!("{other} is not known: --runs N, --large TABLES,FUNCTIONS,ROLES")),
        }
    }
    Ok(Options { runs: options.runs.max(1), ..options })
}

/// One audit.
struct Audit {
    used: Used,
    calls: usize,
}

fn main() -> std::process::ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(message) => {
            println!("{message}");
            return std::process::ExitCode::from(64);
        }
    };
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    println!("{profile} profile; the best of {} runs after one that is not counted.\n", options.runs);
    println!("{:<44}     wall       CPU  peak memory    calls", "");
    let stack = Stack::project();
    let emulator = Emulator::start();
    measure(&stack, &["apply", "--yes"], &emulator.endpoint());
    let alike = best(&stack, &emulator, &alike(), options.runs);
    show("project's stack, Prowler's services", &alike);
    let every = best(&stack, &emulator, &["audit"], options.runs);
    show("project's stack, every check", &every);
    peer::compare("project's stack", &alike, Peer::read("project's stack"), [LESS_CPU, LESS_MEMORY]);
    emulator.reset();
    let small = options.large.map(|number| number / 10);
    let few = large(&stack, &emulator, small);
    show(&format!("{} tables, {} functions, {} roles", small[0], small[1], small[2]), &few);
    emulator.reset();
    let [tables, functions, roles] = options.large;
    let many = large(&stack, &emulator, options.large);
    show(&format!("{tables} tables, {functions} functions, {roles} roles"), &many);
    let growth = peer::ratio(many.used.memory, few.used.memory);
    let met = if growth <= FLAT { "flat" } else { "MISSED: not flat" };
    println!("memory of the large account over that of a tenth of it: {growth:.2} ({met})");
    peer::compare("large", &many, Peer::read("large"), [LESS_IN_LARGE, LESS_IN_LARGE]);
    std::process::ExitCode::SUCCESS
}

/// An audit of what Prowler's services look at.
fn alike() -> Vec<&'static str> {
    let areas = AREAS.iter().flat_map(|area| ["--area", area]);
    ["audit"].into_iter().chain(areas).collect()
}

fn once(stack: &Stack, emulator: &Emulator, arguments: &[&str]) -> Audit {
    let report = stack.path("report.json");
    let output = ["--format", "json", "--output", report.to_str().expect("the path is text")];
    emulator.clear_log();
    let used = measure(stack, &[arguments, &output].concat(), &emulator.endpoint());
    Audit { used, calls: emulator.requests().len() }
}

/// The run with the least processor time.
fn best(stack: &Stack, emulator: &Emulator, arguments: &[&str], runs: usize) -> Audit {
    let all = (0..=runs).map(|_| once(stack, emulator, arguments)).skip(1);
    all.min_by_key(|audit| audit.used.cpu).expect("there is a run")
}

/// An audit of a large account, once.
fn large(stack: &Stack, emulator: &Emulator, counts: [usize; 3]) -> Audit {
    let script = root().join("scripts/audit_peers/large.py");
    let counts = counts.map(|count| count.to_string());
    let filled = Command::new(python()).arg(script).arg(emulator.endpoint()).args(counts).status();
    assert!(filled.expect("the account can be filled").success(), "the account could not be filled");
    once(stack, emulator, &[&alike()[..], &["--no-stack"]].concat())
}

fn show(what: &str, audit: &Audit) {
    let Audit { used, calls } = audit;
    println!(
        "{what:<44} {:>6.0} ms {:>6.0} ms  {:>8.1} MB   {calls:>6}",
        used.wall.as_secs_f64() * 1e3,
        used.cpu.as_secs_f64() * 1e3,
        peer::megabytes(used.memory),
    );
}
