//! Measures the guardrails alone, without network: a thousand calls judged by 25 service control policies, and a
//! thousand resources of the five kinds judged by 50 rules of AWS Config.
//!
//!     cargo bench --bench guardrails [--no-default-features] [-- --runs N]
#![expect(clippy::print_stdout, reason = "it prints what it measured")]

mod world;

// The command's own allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use std::time::{Duration, Instant};

use underpin::guard::{self, ConfigTerms, RequestContext, ScpSource, Subject};
use underpin::kinds::REGISTRY;
use underpin::plan::Outcome;
use underpin::rules::Declarations;
use world::World;

const CALLS: usize = 1000;
const POLICIES: usize = 25;
const MOST_FOR_CALLS: Duration = Duration::from_millis(100);
const RESOURCES: usize = 1000;
const RULES: usize = 50;
const MOST_FOR_RESOURCES: Duration = Duration::from_secs(1);

fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let runs = match (arguments.next().as_deref(), arguments.next().map(|runs| runs.parse::<usize>())) {
        (None, _) => 9,
        (Some("--runs"), Some(Ok(runs))) if runs > 0 => runs,
        _ => {
            println!("--runs N is all that is known");
            return std::process::ExitCode::from(64);
        }
    };
    let world = World::new(RESOURCES, CALLS);
    println!(
        "{} profile, {runs} runs each, {} processors.\n",
        if cfg!(debug_assertions) { "dev" } else { "release" },
        std::thread::available_parallelism().map_or(1, usize::from)
    );
    let (one, other) = (calls(&world, runs), resources(&world, runs));
    for (what, most, times) in [one, other] {
        let (best, median) = (times[0], times[times.len() / 2]);
        let held = if median < most { "held" } else { "missed" };
        println!("{what}\n    median {median:.1?}, best {best:.1?}; target {most:?}: {held}");
    }
    std::process::ExitCode::SUCCESS
}

type Measured = (String, Duration, Vec<Duration>);

fn timed<T>(runs: usize, mut work: impl FnMut() -> T) -> (T, Vec<Duration>) {
    let mut last = work();
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let begin = Instant::now();
            last = work();
            begin.elapsed()
        })
        .collect();
    times.sort();
    (last, times)
}

fn calls(world: &World, runs: usize) -> Measured {
    let sources = [ScpSource::of_files("guardrails.scps", world::levels(POLICIES))];
    let asker = RequestContext { env: &world.env, caller: None, membership: None, at: world.at };
    let locate = |address: &_, path: &_| world.stack.source.locate(address, path);
    let (verdicts, times) = timed(runs, || guard::scp(&world.plan, &REGISTRY, &sources, &asker, &locate));
    let actions: usize = world.plan.steps.iter().map(|step| step.requires.len()).sum();
    let denied = verdicts.iter().filter(|verdict| verdict.outcome == Outcome::Fail).count();
    let what = format!(
        "{} calls ({actions} actions) by {POLICIES} service control policies: {denied} denials, {} verdicts",
        world.plan.steps.len(),
        verdicts.len()
    );
    (what, MOST_FOR_CALLS, times)
}

fn resources(world: &World, runs: usize) -> Measured {
    let rules = world::rules(RULES);
    let resources: Vec<Subject<'_>> = world.plan.changes.iter().filter_map(Subject::of).collect();
    let terms = ConfigTerms {
        registry: &REGISTRY,
        env: &world.env,
        facts: None,
        rules: &rules,
        exceptions: &[],
        declared: &Declarations::default(),
        today: jiff::civil::date(2027, 6, 30),
        locate: &|address, path| world.stack.source.locate(address, path),
        has: &|_| true,
    };
    let (verdicts, times) = timed(runs, || guard::config(&resources, &terms));
    let summary = verdicts.last().map(|verdict| verdict.message.clone()).unwrap_or_default();
    (summary, MOST_FOR_RESOURCES, times)
}
