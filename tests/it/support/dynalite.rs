//! dynalite, if Node.js is found: an endpoint that has tables, tags and items, and nothing else.
//!
//! It knows neither backups nor streams, encryption, classes, insights or protection, and accepts the inputs for these
//! silently; `CreateTable` drops tags, and `UpdateTable` drops indexes. `scripts/test setup` installs it.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::connection::{ACCOUNT, REGION};
use super::repository::root;
use super::tether::{Tethered, free_port};

/// One dynalite of this test's own, in memory.
pub(crate) struct Dynalite {
    port: u16,
    _process: Tethered,
}

impl Dynalite {
    /// Starts one; if it can't run, prints one line with the reason and returns `None`. In CI that is a failure.
    pub(crate) fn start() -> Option<Self> {
        let program = available()?.to_str().expect("the path is text");
        let port = free_port();
        let (text, account, region) =
            (port.to_string(), format!("AWS_ACCOUNT_ID={ACCOUNT}"), format!("AWS_REGION={REGION}"));
        let mut arguments = vec![account.as_str(), region.as_str(), "node", program, "--host", "127.0.0.1"];
        arguments.extend(["--port", &text]);
        // Long enough to be seen, and short enough not to slow the tests down.
        for option in ["--createTableMs", "--updateTableMs", "--deleteTableMs"] {
            arguments.extend([option, "50"]);
        }
        let process = Tethered::start("dynalite", "env".as_ref(), &arguments, root());
        process.wait_for_port(port);
        Some(Self { port, _process: process })
    }

    /// The endpoint for requests.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// The program. It is looked for once, and reported once.
fn available() -> Option<&'static PathBuf> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOUND.get_or_init(look).as_ref()
}

#[expect(clippy::print_stderr, reason = "that tests are skipped is for whoever runs them to see")]
fn look() -> Option<PathBuf> {
    let program = root().join(".cache/dynalite/node_modules/dynalite/cli.js");
    let node = Command::new("node").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let lack = if !node.is_ok_and(|status| status.success()) {
        "Node.js was not found"
    } else if program.is_file() {
        return Some(program);
    } else {
        "it is not installed (`scripts/test setup` does that, with npm)"
    };
    let in_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    assert!(!in_ci, "in CI the tests against dynalite are not left out: {lack}");
    eprintln!("skipped: the tests against dynalite, because {lack}");
    None
}
