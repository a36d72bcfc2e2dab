//! Processes that never outlive the tests, whatever the end of these.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::repository::scratch;

/// Starts the command after it, and ends it when standard input ends: at the latest with the tests' process.
const SHELL: &str = r#""$@" & child=$!; exec >&-; read -r _; kill "$child" 2>/dev/null; wait "$child" 2>/dev/null"#;

/// A process that ends with the tests.
pub(crate) struct Tethered {
    shell: Child,
    line: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    log: PathBuf,
}

impl Tethered {
    /// Starts a program; its standard error goes to a file.
    pub(crate) fn start(name: &str, program: &Path, arguments: &[&str], folder: &Path) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let log = scratch().join(format!("{name}-{}-{number}.log", std::process::id()));
        let mut shell = Command::new("/bin/sh")
            .args(["-c", SHELL, "sh"])
            .arg(program)
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).expect("the log can be written"))
            .spawn()
            .expect("a shell starts");
        let line = shell.stdin.take();
        let stdout = BufReader::new(shell.stdout.take().expect("standard output is a pipe"));
        Self { shell, line, stdout, log }
    }

    /// Reads lines until `find` accepts one.
    pub(crate) fn wait_for<T>(&mut self, find: impl Fn(&str) -> Option<T>) -> T {
        let mut line = String::new();
        while self.stdout.read_line(&mut line).expect("its output is text") > 0 {
            if let Some(found) = find(line.trim_end()) {
                return found;
            }
            line.clear();
        }
        panic!("the process ended before it was ready:\n{}", self.said());
    }

    /// Waits until a server listens on a port of loopback.
    pub(crate) fn wait_for_port(&self, port: u16) {
        let begin = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(begin.elapsed() < Duration::from_mins(2), "nothing listens on {port}:\n{}", self.said());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The text of its standard error.
    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Tethered {
    fn drop(&mut self) {
        drop(self.line.take());
        drop(self.shell.wait());
        if !std::thread::panicking() {
            drop(std::fs::remove_file(&self.log));
        }
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    listener.local_addr().expect("it has an address").port()
}
