//! Runs the command once, and reads the system's measurements.

use std::io::{Read, Seek};
use std::process::Stdio;
use std::time::{Duration, Instant};

use wait4::Wait4;

use crate::support::{Run, Stack};

/// The resources that a run used.
pub(crate) struct Used {
    pub(crate) wall: Duration,
    /// Processor time in user and system mode, of all threads.
    pub(crate) cpu: Duration,
    /// The largest resident set, in bytes.
    pub(crate) memory: u64,
}

/// Runs the command; fails unless it succeeds.
pub(crate) fn measure(stack: &Stack, arguments: &[&str], endpoint: &str) -> Used {
    let run = Run::new(stack.dir()).args(arguments).env("AWS_ENDPOINT_URL", endpoint);
    let mut said = tempfile::tempfile().expect("a file can be made");
    let mut command = run.command();
    command
        .stdin(Stdio::null())
        .stdout(said.try_clone().expect("a file can be shared"))
        .stderr(said.try_clone().expect("a file can be shared"));
    let begin = Instant::now();
    let ended = command.spawn().expect("the command starts").wait4().expect("it can be waited for");
    let wall = begin.elapsed();
    if !ended.status.success() {
        let mut text = String::new();
        said.rewind().expect("the file can be read");
        drop(said.read_to_string(&mut text));
        panic!("`underpin {}` ended with {}:\n{text}", arguments.join(" "), ended.status);
    }
    Used { wall, cpu: ended.rusage.utime + ended.rusage.stime, memory: ended.rusage.maxrss }
}
