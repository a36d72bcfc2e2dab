//! A real Postgres: one server for all tests of the process, in a folder and on a port of its own; a database for each
//! test.
//!
//! The programs of Debian's package `postgresql`, which `scripts/test setup` installs where it may. Postgres refuses to
//! run as root, so root's tests run it as another user.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::repository::root;
use super::tether::{Tethered, free_port};

/// The user of every connection, and the password of it.
const USER: &str = "tester";
const PASSWORD: &str = "p@ss/word?";
const PASSWORD_IN_URL: &str = "p%40ss%2Fword%3F";

/// Runs the server in a folder that is removed when it ends: on the signal of its tether, it ends at once and without
/// waiting for clients (SIGINT).
const SERVE: &str = r#"folder=$1; shift; "$@" >&2 & child=$!
trap 'kill -INT "$child"; wait "$child"; rm -rf "$folder"' TERM INT
wait "$child"; wait "$child" 2>/dev/null; rm -rf "$folder""#;

/// The server.
pub(crate) struct Postgres {
    port: u16,
    folder: PathBuf,
    programs: Programs,
    _process: Tethered,
}

/// A database of one test.
pub(crate) struct TestDatabase {
    server: &'static Postgres,
    name: String,
}

/// The programs, and the way to run them without being root.
#[derive(Debug, Clone)]
struct Programs {
    folder: PathBuf,
    as_other: Option<(&'static str, Vec<String>)>,
}

impl Postgres {
    /// The server; if none can run here, prints one line with the reason and returns `None`. In CI that is a failure.
    pub(crate) fn server() -> Option<&'static Self> {
        static SERVER: OnceLock<Option<Postgres>> = OnceLock::new();
        SERVER.get_or_init(|| available().map(Self::start)).as_ref()
    }

    /// A database of its own, without any table.
    pub(crate) fn database() -> Option<TestDatabase> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let server = Self::server()?;
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        server.query("postgres", &format!("CREATE DATABASE {name}"));
        Some(TestDatabase { server, name })
    }

    fn start(programs: Programs) -> Self {
        let folder =
            tempfile::Builder::new().prefix("underpin-postgres-").tempdir().expect("a folder can be made").keep();
        let (port, secret) = (free_port(), folder.join("password"));
        std::fs::write(&secret, PASSWORD).expect("a file can be written");
        certificate(&folder);
        if let Some((user, _)) = &programs.as_other {
            let chown = Command::new("chown").arg("-R").arg(user).arg(&folder).status();
            assert!(chown.expect("chown runs").success());
        }
        let data = folder.join("data");
        let made = programs
            .command("initdb")
            .args(["--encoding=UTF8", "--no-locale", "--no-sync", "--auth=scram-sha-256", "--username", USER])
            .arg("--pwfile")
            .arg(&secret)
            .arg("--pgdata")
            .arg(&data)
            .current_dir(&folder)
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let path = |name: &str| folder.join(name).to_str().expect("the path is text").to_owned();
        let mut arguments = vec!["-c".to_owned(), SERVE.to_owned(), "sh".to_owned(), path("")];
        arguments.extend(programs.words("postgres"));
        arguments.extend(
            ["-D", &path("data"), "-p", &port.to_string(), "-h", "127.0.0.1", "-k", &path("")].map(str::to_owned),
        );
        let (cert, key) = (path("server.pem"), path("server.key"));
        // Speed instead of safety: the data lives as long as the tests.
        let settings = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "ssl=on", "shared_buffers=16MB"];
        let files = [format!("ssl_cert_file={cert}"), format!("ssl_key_file={key}")];
        for setting in settings.iter().map(|&setting| setting.to_owned()).chain(files) {
            arguments.extend(["-c".to_owned(), setting]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let process = Tethered::start("postgres", "/bin/sh".as_ref(), &arguments, &folder);
        process.wait_for_port(port);
        let server = Self { port, folder, programs, _process: process };
        server.wait();
        server
    }

    /// Waits until it takes connections: it listens a little earlier.
    fn wait(&self) {
        for _ in 0..600 {
            if self.run("postgres", "SELECT 1").status.success() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("postgres takes no connections");
    }

    /// The file with the certificate that the server has for `db.example.com`, to be trusted.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.join("server.pem")
    }

    /// Its port on loopback.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    fn run(&self, database: &str, sql: &str) -> Output {
        Command::new(self.programs.folder.join("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", USER])
            .args(["-p", &self.port.to_string(), "-d", database, "-c", sql])
            .env("PGPASSWORD", PASSWORD)
            .stdin(Stdio::null())
            .output()
            .expect("psql runs")
    }

    /// Runs a statement with psql, independently of our own client: the columns of a row are joined by `|`.
    #[track_caller]
    fn query(&self, database: &str, sql: &str) -> String {
        let output = self.run(database, sql);
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("its output is text").trim_end().to_owned()
    }
}

impl TestDatabase {
    /// Its URL, with user and password.
    pub(crate) fn url(&self) -> String {
        self.url_of(&self.name)
    }

    /// The URL of another database of the server.
    pub(crate) fn url_of(&self, name: &str) -> String {
        format!("postgresql://{USER}:{PASSWORD_IN_URL}@127.0.0.1:{}/{name}", self.server.port)
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The server.
    pub(crate) fn server(&self) -> &'static Postgres {
        self.server
    }

    /// The password in both its spellings: neither may be printed.
    pub(crate) const SECRETS: [&str; 2] = [PASSWORD, PASSWORD_IN_URL];

    /// Runs a statement with psql: the columns of a row are joined by `|`.
    #[track_caller]
    pub(crate) fn query(&self, sql: &str) -> String {
        self.server.query(&self.name, sql)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        drop(self.server.run("postgres", &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)));
    }
}

impl Programs {
    fn words(&self, program: &str) -> Vec<String> {
        let path = self.folder.join(program).to_str().expect("the path is text").to_owned();
        self.as_other.iter().flat_map(|(_, words)| words.clone()).chain([path]).collect()
    }

    fn command(&self, program: &str) -> Command {
        let words = self.words(program);
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        command
    }
}

/// A certificate for the server, made by the Python that the sandbox runs in.
fn certificate(folder: &Path) {
    let script = root().join("tests/it/support/certificate.py");
    let made = Command::new(super::python()).arg(script).arg(folder).output().expect("Python runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// The programs. They are looked for once; that they are missing is reported once.
#[expect(clippy::print_stderr, reason = "that tests are skipped is for whoever runs them to see")]
fn available() -> Option<Programs> {
    match programs() {
        Ok(programs) => Some(programs),
        Err(lack) => {
            let in_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
            assert!(!in_ci, "in CI the tests against Postgres are not left out: {lack}");
            eprintln!("skipped: the tests against Postgres, because {lack}");
            None
        }
    }
}

fn programs() -> Result<Programs, &'static str> {
    let folder =
        folder().ok_or("it was not found (the package `postgresql`; `scripts/test setup` installs it for root)")?;
    Ok(Programs { folder, as_other: as_other()? })
}

/// The folder of the programs: that of `pg_config`, Debian's newest, or one of the path.
fn folder() -> Option<PathBuf> {
    let has_all = |folder: &PathBuf| ["initdb", "postgres", "psql"].iter().all(|name| folder.join(name).is_file());
    let configured = Command::new("pg_config").arg("--bindir").output().ok();
    let configured = configured.and_then(|output| String::from_utf8(output.stdout).ok());
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    versions.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = configured.map(|line| PathBuf::from(line.trim())).into_iter();
    all.chain(versions.into_iter().rev()).chain(std::env::split_paths(&path)).find(has_all)
}

/// The user that root runs the programs as, and the words before a program that do it.
fn as_other() -> Result<Option<(&'static str, Vec<String>)>, &'static str> {
    let output = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    if output("id", &["-u"]).is_some_and(|id| id != "0") {
        return Ok(None);
    }
    let exists = |user: &&str| output("id", &["-u", user]).is_some();
    let user = ["postgres", "nobody"].into_iter().find(exists).ok_or("root has no other user to run it as")?;
    let id = |flag: &str| output("id", &[flag, user]).unwrap_or_default();
    let words = ["setpriv", "--reuid", &id("-u"), "--regid", &id("-g"), "--clear-groups", "--"].map(str::to_owned);
    if output(&words[0], &["--version"]).is_none() {
        return Err("it does not run as root, and `setpriv` (the package `util-linux`) was not found");
    }
    Ok(Some((user, words.to_vec())))
}
