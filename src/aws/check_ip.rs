//! AWS's page that answers with the address from which it is asked.
//!
//! Source: Amazon EC2 user guide, "Security group rules for different use cases": `https://checkip.amazonaws.com`.

use std::time::Duration;

use aws_smithy_http_client::default_connector;
use aws_smithy_runtime_api::client::http::{HttpConnector as _, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::byte_stream::ByteStream;

use super::endpoint::{is_loopback, place_of};

/// The page.
pub const CHECK_IP: &str = "https://checkip.amazonaws.com/";

/// The largest answer that is read, in bytes: an address and a line break have fewer than 50.
const LARGEST: usize = 256;

/// The reason why the page gives no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckIpError {
    /// The page that is asked in its place is not on this machine.
    #[error("the page `{0}` is not on this machine: in place of {CHECK_IP} only such a page is asked")]
    NotLoopback(String),
    /// No answer within the time.
    #[error("{at} has not answered within {seconds} s")]
    Late {
        /// The place of the page.
        at: String,
        /// The time, in seconds.
        seconds: u64,
    },
    /// No connection.
    #[error("{at} can't be reached: {reason}")]
    Unreachable {
        /// The place of the page.
        at: String,
        /// The reason.
        reason: String,
    },
    /// An answer that is not the page.
    #[error("{at} answers with {what} in place of an address")]
    Unexpected {
        /// The place of the page.
        at: String,
        /// The answer in words.
        what: String,
    },
}

/// Asks the page for the address, as a text that is not checked yet. `other` is a page on this machine to be asked in
/// place of AWS's. No proxy is used: the address in question is that of connections that use none, such as Postgres's.
///
/// # Errors
/// No answer within the limit, or another one than a short text.
pub async fn check_ip(other: Option<&str>, limit: Duration) -> Result<String, CheckIpError> {
    let url = other.unwrap_or(CHECK_IP);
    let at = place_of(url);
    if other.is_some() && !is_loopback(url) {
        return Err(CheckIpError::NotLoopback(at));
    }
    let late = || CheckIpError::Late { at: at.clone(), seconds: limit.as_secs() };
    tokio::time::timeout(limit, ask(url, &at)).await.unwrap_or_else(|_| Err(late()))
}

async fn ask(url: &str, at: &str) -> Result<String, CheckIpError> {
    let unreachable = |reason: String| CheckIpError::Unreachable { at: at.to_owned(), reason };
    let unexpected = |what: String| CheckIpError::Unexpected { at: at.to_owned(), what };
    let connector = default_connector(&HttpConnectorSettings::default(), None)
        .ok_or_else(|| unreachable("this build has no TLS".to_owned()))?;
    let request = HttpRequest::get(url).map_err(|error| unreachable(error.to_string()))?;
    let answer = connector.call(request).await.map_err(|error| unreachable(super::error::chain(&error)))?;
    let status = answer.status().as_u16();
    if status != 200 {
        return Err(unexpected(format!("the status {status}")));
    }
    let mut body = ByteStream::new(answer.into_body());
    let mut bytes = Vec::new();
    while let Some(part) = body.next().await {
        bytes.extend_from_slice(&part.map_err(|error| unreachable(error.to_string()))?);
        if bytes.len() > LARGEST {
            return Err(unexpected("a long text".to_owned()));
        }
    }
    String::from_utf8(bytes).map_err(|_| unexpected("no text".to_owned()))
}
