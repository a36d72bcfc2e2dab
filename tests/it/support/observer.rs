//! An independent client: boto3, so that nothing is judged by our own reader.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

use serde_json::{Value, json};

use super::Emulator;
use super::connection::REGION;
use super::repository::{python, root};

/// A process of `observe.py`, for one endpoint.
pub(crate) struct Observer {
    endpoint: String,
    pipes: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    process: Child,
}

impl Observer {
    /// Observes an emulator.
    pub(crate) fn of(emulator: &Emulator) -> Self {
        Self::at(&emulator.endpoint())
    }

    /// Observes an endpoint.
    pub(crate) fn at(endpoint: &str) -> Self {
        let script: &Path = &root().join("tests/it/support/observe.py");
        let mut process = Command::new(python())
            .arg("-u")
            .arg(script)
            .args([endpoint, REGION])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the observer starts");
        let stdin = process.stdin.take().expect("standard input is a pipe");
        let stdout = BufReader::new(process.stdout.take().expect("standard output is a pipe"));
        Self { endpoint: endpoint.to_owned(), pipes: Mutex::new((stdin, stdout)), process }
    }

    /// A table, as `DescribeTable` has it, with `TimeToLive`, `ContinuousBackups`, `Tags`, `AutoScaling`,
    /// `ContributorInsights` and `ResourcePolicy`; null if there is none.
    pub(crate) fn table(&self, name: &str) -> Value {
        self.look("table", name)
    }

    /// A role, with `AttachedPolicies` (ARNs, sorted), `InlinePolicies` (documents by name) and `Tags`.
    pub(crate) fn role(&self, name: &str) -> Value {
        self.look("role", name)
    }

    /// A function's configuration, with `Tags`, `Permissions` (statements by id), `ReservedConcurrency` and
    /// `LogGroup`.
    pub(crate) fn function(&self, name: &str) -> Value {
        self.look("function", name)
    }

    /// The endpoints with an address in `underpin:address`, or with an id.
    pub(crate) fn endpoints(&self, address_or_id: &str) -> Value {
        self.look("endpoints", address_or_id)
    }

    /// The security group rules with an address in `underpin:address`, or with an id.
    pub(crate) fn security_group_rules(&self, address_or_id: &str) -> Value {
        self.look("security_group_rules", address_or_id)
    }

    /// The event source mappings of a function, with their `Tags`.
    pub(crate) fn mappings(&self, function: &str) -> Value {
        self.look("mappings", function)
    }

    /// Makes any call, in boto3's spelling: `call("dynamodb", "create_table", json!({…}))`. Bytes are written
    /// `{"$base64": "…"}`.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "`json!` is written in place")]
    pub(crate) fn call(&self, service: &str, operation: &str, parameters: Value) -> Value {
        let answer = self.ask(&json!({"call": [service, operation], "parameters": parameters}));
        answer.unwrap_or_else(|error| panic!("{service} {operation}: {error}"))
    }

    /// Makes any call from another account.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "`json!` is written in place")]
    pub(crate) fn call_as(&self, account: &str, service: &str, operation: &str, parameters: Value) -> Value {
        let question = json!({"call": [service, operation], "parameters": parameters, "account": account});
        self.ask(&question).unwrap_or_else(|error| panic!("{service} {operation}: {error}"))
    }

    /// Makes any call that must fail; returns AWS's code.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "`json!` is written in place")]
    pub(crate) fn refused(&self, service: &str, operation: &str, parameters: Value) -> String {
        let answer = self.ask(&json!({"call": [service, operation], "parameters": parameters}));
        match answer.expect_err("the call is refused")["code"].as_str() {
            Some(code) => code.to_owned(),
            None => panic!("an error without a code"),
        }
    }

    #[track_caller]
    fn look(&self, what: &str, name: &str) -> Value {
        let answer = self.ask(&json!({"look": what, "name": name}));
        answer.unwrap_or_else(|error| panic!("looking at {what} {name} of {}: {error}", self.endpoint))
    }

    fn ask(&self, question: &Value) -> Result<Value, Value> {
        let mut pipes = self.pipes.lock().expect("no test fails while it asks");
        let (stdin, stdout) = &mut *pipes;
        writeln!(stdin, "{question}").expect("the observer listens");
        let mut line = String::new();
        stdout.read_line(&mut line).expect("the observer answers");
        drop(pipes);
        let mut answer: Value = serde_json::from_str(&line).expect("the answer is JSON");
        match answer.get_mut("error").map(Value::take) {
            Some(error) => Err(error),
            None => Ok(answer["answer"].take()),
        }
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
