//! Unmodified moto, without the repairs of `sandbox/`: an endpoint that lacks operations, and answers them with an HTML
//! page.

use super::repository::{python, root};
use super::tether::{Tethered, free_port};

/// A `moto_server` that only this test uses.
pub(crate) struct Moto {
    port: u16,
    _process: Tethered,
}

impl Moto {
    /// Starts one that knows AWS's managed policies.
    pub(crate) fn start() -> Self {
        let port = free_port();
        let python = python();
        let serve = format!("from moto.server import main; main(['-H', '127.0.0.1', '-p', '{port}'])");
        // Without `MOTO_ACCOUNT_ID` the account is that of the access key, and the usual one (`ACCOUNT`) without a role.
        let settings = ["MOTO_IAM_LOAD_MANAGED_POLICIES=true"];
        let program = [python.to_str().expect("the path is text"), "-c", &serve];
        let process = Tethered::start("moto", "env".as_ref(), &[&settings[..], &program].concat(), root());
        process.wait_for_port(port);
        Self { port, _process: process }
    }

    /// The endpoint for requests.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}
