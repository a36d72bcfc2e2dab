//! Measures the whole command on the project's own stack: a `plan` without changes, and an `apply` of everything.
//!
//! A server on loopback replaces AWS and answers from memory, each call after a set latency. It learns its
//! answers from the emulator, which is called once, before the measurements, and is far too slow itself.
//!
//!     cargo bench -- [--runs N] [--latency MS,MS…]
#![expect(clippy::print_stdout, reason = "it prints what it measured")]

mod measure;
mod replay;
#[path = "../../tests/it/support/mod.rs"]
mod support;

use std::time::Duration;

use measure::{Used, measure};
use replay::{Recorder, Recording, Replay, Told};
use support::{Emulator, Stack};

/// The promised limits of a plan without changes. Source: `docs/benchmarks.md`.
const MOST_CALLS: usize = 16;
const MOST_ROUND_TRIPS: u32 = 4;
const MOST_OWN_TIME: Duration = Duration::from_millis(60);
const MOST_MEMORY: u64 = 40_000_000;

const PLAN: &[&str] = &["plan", "--detailed-exitcode"];
const APPLY: &[&str] = &["apply", "--yes"];

/// The resources that a run used, and the server's counts.
struct Measured {
    used: Used,
    told: Told,
}

struct Options {
    runs: usize,
    latencies: Vec<Duration>,
}

fn options() -> Result<Options, String> {
    let mut options = Options { runs: 15, latencies: vec![Duration::ZERO, Duration::from_millis(50)] };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            // Cargo's own option.
            "--bench" => {}
            "--runs" => options.runs = value()?.parse().map_err(|_| "--runs takes a number".to_owned())?,
            "--latency" => {
                let milliseconds = value()?.split(',').map(str::parse).collect::<Result<Vec<u64>, _>>();
                let milliseconds = milliseconds.map_err(|_| "--latency takes milliseconds, as 0,50".to_owned())?;
                options.latencies = milliseconds.into_iter().map(Duration::from_millis).collect();
            }
            other => return Err(format!("{other} is not known: --runs N, --latency MS,MS…")),
        }
    }
    Ok(Options { runs: options.runs.max(1), ..options })
}

fn main() -> std::process::ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(message) => {
            println!("{message}");
            return std::process::ExitCode::from(64);
        }
    };
    let stack = Stack::project();
    let (apply, plan) = record(&stack);
    println!(
        "The stack of this repository, every kind; {} profile; {} runs each. Answers come from memory on loopback.\n",
        if cfg!(debug_assertions) { "dev" } else { "release" },
        options.runs,
    );
    println!("{:<16}  latency  calls  round trips  wall: median   best     CPU  peak memory", "");
    let mut findings = Vec::new();
    for &latency in &options.latencies {
        let measured = run(&stack, PLAN, &plan, latency, options.runs);
        show("plan, no change", latency, &measured);
        findings.extend(judge(latency, &measured));
    }
    for &latency in &options.latencies {
        show("apply of all", latency, &run(&stack, APPLY, &apply, latency, options.runs));
    }
    println!("\nTarget of the plan: {MOST_CALLS} calls, {MOST_ROUND_TRIPS} round trips + 60 ms (median), 40 MB.");
    for finding in &findings {
        println!("MISSED: {finding}");
    }
    if findings.is_empty() {
        println!("Met.");
    }
    std::process::ExitCode::SUCCESS
}

/// Records AWS's answers: to an apply of everything, and to a plan after it.
fn record(stack: &Stack) -> (Recording, Recording) {
    let emulator = Emulator::start();
    let recorder = Recorder::of(emulator.port());
    measure(stack, APPLY, &recorder.endpoint());
    let apply = recorder.take();
    measure(stack, PLAN, &recorder.endpoint());
    (apply, recorder.take())
}

fn run(stack: &Stack, arguments: &[&str], recording: &Recording, latency: Duration, runs: usize) -> Vec<Measured> {
    let replay = Replay::of(recording.clone(), latency);
    // At the first run, the machine's caches are empty.
    let runs = (0..=runs).map(|_| {
        replay.begin();
        let used = measure(stack, arguments, &replay.endpoint());
        Measured { used, told: replay.told() }
    });
    runs.skip(1).collect()
}

fn show(what: &str, latency: Duration, runs: &[Measured]) {
    let wall = |of: Duration| of.as_secs_f64() * 1e3;
    println!(
        "{what:<16} {:>5} ms  {:>5}  {:>11}  {:>9.0} ms {:>5.0} ms {:>4.0} ms  {:>8.1} MB",
        latency.as_millis(),
        median(runs, |run| run.told.calls),
        median(runs, |run| run.told.round_trips),
        wall(median(runs, |run| run.used.wall)),
        wall(runs.iter().map(|run| run.used.wall).min().unwrap_or_default()),
        wall(median(runs, |run| run.used.cpu)),
        megabytes(median(runs, |run| run.used.memory)),
    );
}

fn judge(latency: Duration, runs: &[Measured]) -> Vec<String> {
    let mut missed = Vec::new();
    let at = format!("at {} ms", latency.as_millis());
    let (calls, memory) = (median(runs, |run| run.told.calls), median(runs, |run| run.used.memory));
    let (wall, most) = (median(runs, |run| run.used.wall), MOST_ROUND_TRIPS * latency + MOST_OWN_TIME);
    if calls > MOST_CALLS {
        missed.push(format!("{at}, {calls} calls"));
    }
    if wall > most {
        missed.push(format!("{at}, {} ms, where {} are allowed", wall.as_millis(), most.as_millis()));
    }
    if memory > MOST_MEMORY {
        missed.push(format!("{at}, {:.1} MB", megabytes(memory)));
    }
    missed
}

#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn median<T: Ord>(runs: &[Measured], of: impl Fn(&Measured) -> T) -> T {
    let mut all: Vec<T> = runs.iter().map(of).collect();
    all.sort_unstable();
    all.swap_remove(all.len() / 2)
}
