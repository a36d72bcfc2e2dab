//! The emulator's control interface under `/_underpin/`, on a port of loopback only.

use std::net::Ipv4Addr;
use std::time::Duration;

use serde::Deserialize;

/// The health of the emulator, and its identity.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Health {
    /// True if it serves.
    pub ok: bool,
    /// The version of moto.
    pub moto: String,
    /// Its process id.
    pub pid: u32,
    /// Its account.
    pub account: String,
    /// True if it checks the policies of users and roles that were made in it.
    #[serde(default)]
    pub authorize: bool,
}

/// The check of policies of users and roles that were made in a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authorization {
    /// Everybody may do all.
    Off,
    /// Policies are checked; a caller with any other access key is the administrator.
    On,
}

/// The reason why a control request failed.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// Nothing answers, or not in HTTP.
    #[error("{method} {path}")]
    Call {
        /// The method.
        method: &'static str,
        /// The path.
        path: String,
        /// The cause.
        source: Box<ureq::Error>,
    },
    /// The answer is an error.
    #[error("{method} {path}: answered {status}: {body}")]
    Refused {
        /// The method.
        method: &'static str,
        /// The path.
        path: String,
        /// The HTTP status.
        status: u16,
        /// The answer.
        body: String,
    },
    /// The answer has another form: something else listens on the port.
    #[error("understand the answer to {path}: {message}")]
    Strange {
        /// The path.
        path: String,
        /// The problem with it.
        message: String,
    },
}

/// A client of one emulator. It has a port only: there is no other host to call.
#[derive(Debug, Clone)]
pub struct Control {
    port: u16,
    agent: ureq::Agent,
}

/// The time limit of an answer: an emulator on a busy machine is slow, and not dead.
const PATIENCE: Duration = Duration::from_secs(20);

/// The longest log that is read as a whole, in bytes.
const LONGEST_ANSWER: u64 = 1 << 30;

impl Control {
    /// Makes a client of the emulator at a port.
    pub fn new(port: u16) -> Self {
        // No proxy of the environment is used: the request is for this machine.
        let config = ureq::Agent::config_builder().proxy(None).http_status_as_error(false).max_redirects(0).build();
        Self { port, agent: config.into() }
    }

    /// The endpoint for AWS's requests.
    pub fn endpoint(&self) -> String {
        format!("http://{}:{}", Ipv4Addr::LOCALHOST, self.port)
    }

    /// Reads the emulator's health.
    pub fn health(&self) -> Result<Health, ControlError> {
        let path = "/_underpin/health";
        let body = self.call("GET", path, None)?;
        serde_json::from_str(&body)
            .map_err(|error| ControlError::Strange { path: path.to_owned(), message: error.to_string() })
    }

    /// Turns the check of policies of users and roles that were made in the emulator on or off.
    pub fn authorize(&self, wanted: Authorization) -> Result<(), ControlError> {
        let wanted = match wanted {
            Authorization::Off => "false",
            Authorization::On => "true",
        };
        self.call("POST", "/_underpin/authorize", Some(wanted)).map(drop)
    }

    /// Empties the emulator: resources, log and faults.
    pub fn reset(&self) -> Result<(), ControlError> {
        self.call("POST", "/_underpin/reset", Some("")).map(drop)
    }

    /// The log of requests, a JSON object a line.
    pub fn requests(&self) -> Result<String, ControlError> {
        self.call("GET", "/_underpin/requests", None)
    }

    /// Clears the log of requests.
    pub fn clear_log(&self) -> Result<(), ControlError> {
        self.call("POST", "/_underpin/log/clear", Some("")).map(drop)
    }

    /// Sets a fault (or a list of them), as JSON.
    pub fn add_faults(&self, faults: &str) -> Result<(), ControlError> {
        self.call("POST", "/_underpin/faults", Some(faults)).map(drop)
    }

    /// Removes all faults.
    pub fn clear_faults(&self) -> Result<(), ControlError> {
        self.call("DELETE", "/_underpin/faults", None).map(drop)
    }

    fn call(&self, method: &'static str, path: &str, body: Option<&str>) -> Result<String, ControlError> {
        let failed = |error| ControlError::Call { method, path: path.to_owned(), source: Box::new(error) };
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.endpoint()))
            .header("content-type", "application/json")
            .header("connection", "close")
            .body(body.unwrap_or_default().to_owned())
            .map_err(|error| failed(error.into()))?;
        let request = self.agent.configure_request(request).timeout_global(Some(PATIENCE)).build();
        let mut response = self.agent.run(request).map_err(failed)?;
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(LONGEST_ANSWER).read_to_string().map_err(failed)?;
        if (200..300).contains(&status) {
            Ok(body)
        } else {
            Err(ControlError::Refused { method, path: path.to_owned(), status, body })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    /// Serves one answer, and returns the request that it got.
    fn serve(answer: &'static str) -> (u16, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("binds");
        let port = listener.local_addr().expect("has an address").port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("accepts");
            let mut buffer = [0; 4096];
            let length = stream.read(&mut buffer).expect("reads");
            stream.write_all(answer.as_bytes()).expect("writes");
            String::from_utf8_lossy(&buffer[..length]).into_owned()
        });
        (port, server)
    }

    #[test]
    fn health_is_read() {
        let (port, server) = serve(
            "HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n\
             {\"ok\": true, \"moto\": \"5.2.1\", \"pid\": 7, \"account\": \"123456789012\", \
             \"authorize\": false}",
        );
        let health = Control::new(port).health().expect("is well");
        assert_eq!((health.pid, health.account.as_str()), (7, "123456789012"));
        assert!(server.join().expect("served").starts_with("GET /_underpin/health HTTP/1.1"));
    }

    #[test]
    fn another_server_is_not_taken_for_the_emulator() {
        let (port, server) = serve("HTTP/1.0 200 OK\r\n\r\nhello");
        assert!(matches!(Control::new(port).health(), Err(ControlError::Strange { .. })));
        drop(server.join());
    }

    #[test]
    fn refused_request_error_contains_the_response() {
        let (port, server) = serve("HTTP/1.0 400 Bad Request\r\n\r\nno such fault");
        let error = Control::new(port).add_faults("{}").expect_err("is refused");
        assert_eq!(error.to_string(), "POST /_underpin/faults: answered 400: no such fault");
        drop(server.join());
    }
}
