//! Detects that an endpoint does not know an operation: an emulator that lacks it, a region or partition that does not
//! have it yet. This is the only place that decides it, for every service.
//!
//! AWS answers a failure with JSON or XML that has a code, also for an unknown operation. An emulator may answer
//! with an HTML page and the status of a server error, which the SDK would retry for seconds.
//! Such a page only counts on endpoints that are not AWS's own: there nothing in front of AWS can have written it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextMut, InterceptorContext,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, Metadata};
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};

/// The header that marks an answer as unsupported. AWS sends none of this name.
pub(super) const UNSUPPORTED: &str = "x-underpin-unsupported";

/// Codes for an unknown operation. Sources: "Common Errors" of the API references (`InvalidAction`,
/// `UnknownOperationException`), moto (`NotImplementedError`), the rest from emulators.
const CODES: &[&str] = &[
    "InvalidAction",
    "NotImplemented",
    "NotImplementedError",
    "NotImplementedException",
    "UnknownOperation",
    "UnknownOperationException",
];

/// Words of a region or partition that lacks an operation or a part of it. Measured by others: `UnsupportedOperation`
/// in partitions for the intelligence community; Lambda's for a path that its front end does not know.
const WORDS_OF_A_REGION: &[&str] =
    &["not available in this region", "unable to determine service/operation name to be authorized"];

/// Words of an emulator, as `LocalStack`'s "API action 'x' for service 'y' not yet implemented".
const WORDS_OF_AN_EMULATOR: &[&str] = &["not yet implemented", "not implemented", "has not been implemented"];

/// The domains of AWS's endpoints. Source: `partitions.json` of the AWS SDKs, `dnsSuffix` and `dualStackDnsSuffix`.
const AWS_DOMAINS: &[&str] = &[
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "amazonwebservices.com.cn",
    "amazonwebservices.eu",
    "api.aws",
    "api.aws.hci.ic.gov",
    "api.aws.ic.gov",
    "api.aws.scloud",
    "c2s.ic.gov",
    "cloud-aws.adc-e.uk",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
    "sc2s.sgov.gov",
];

/// Returns whether a host is one of AWS's own.
fn is_of_aws(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    AWS_DOMAINS.iter().any(|domain| host.strip_suffix(domain).is_some_and(|front| front.ends_with('.')))
}

/// Returns whether a URL leads to AWS itself.
pub(super) fn is_at_aws(url: &str) -> bool {
    host(url).is_some_and(|host| is_of_aws(&host))
}

/// The operations that an endpoint did not know, each as `Service: Operation`.
#[derive(Debug, Clone, Default)]
pub(super) struct Lacking(Arc<Mutex<BTreeSet<String>>>);

impl Lacking {
    /// The operations that were called since the connection was made, in order.
    pub(super) fn operations(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn add(&self, operation: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(operation);
    }
}

/// Marks answers as unsupported, keeps their operations, and prevents retries.
#[derive(Debug, Clone)]
pub(super) struct Marks(pub(super) Lacking);

/// The facts of a request that are needed when its answer arrives.
#[derive(Debug)]
struct Sent {
    /// True if it went to AWS itself.
    aws: bool,
    /// The operation that it named: a request may use another API than the client's own.
    operation: Option<String>,
}

impl Storable for Sent {
    type Storer = StoreReplace<Self>;
}

impl Intercept for Marks {
    fn name(&self) -> &'static str {
        "unsupported"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let target = request.headers().get("x-amz-target");
        let operation = target.and_then(|target| target.rsplit('.').next()).map(str::to_owned);
        cfg.interceptor_state().store_put(Sent { aws: is_at_aws(request.uri()), operation });
        Ok(())
    }

    fn modify_before_attempt_completion(
        &self,
        context: &mut FinalizerInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(Sent { aws, operation }) = cfg.load::<Sent>() else { return Ok(()) };
        if let Some(response) = context.response_mut().filter(|response| says_so(response, *aws)) {
            response.headers_mut().insert(UNSUPPORTED, "true");
            if let Some(call) = cfg.load::<Metadata>() {
                let operation = operation.as_deref().unwrap_or_else(|| call.name());
                self.0.add(format!("{}: {operation}", call.service()));
            }
        }
        Ok(())
    }
}

impl ClassifyRetry for Marks {
    fn name(&self) -> &'static str {
        "unsupported"
    }

    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let marked = context.response().is_some_and(|response| response.headers().get(UNSUPPORTED).is_some());
        if marked { RetryAction::RetryForbidden } else { RetryAction::NoActionIndicated }
    }
}

/// The host of a URI, without a port.
fn host(uri: &str) -> Option<String> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    Some(host.split(':').next().unwrap_or_default().to_owned())
}

fn says_so(response: &HttpResponse, aws: bool) -> bool {
    let header = response.headers().get("x-amzn-errortype").map(str::to_owned);
    // A streamed body is no error.
    let body = response.body().bytes().unwrap_or_default();
    is_lack(response.status().as_u16(), header.as_deref(), body, aws)
}

/// Returns whether an answer says that the operation does not exist.
fn is_lack(status: u16, header: Option<&str>, body: &[u8], aws: bool) -> bool {
    if status < 400 {
        return false;
    }
    // The telling part is at the beginning; a page may be long.
    let text = String::from_utf8_lossy(body.get(..4096).unwrap_or(body));
    let text = text.trim_start_matches('\u{feff}').trim();
    let said = ErrorBody::of(header, text);
    if said.code.as_deref().is_some_and(is_code) || says_of_region(said.code.as_deref(), text) {
        return true;
    }
    if aws {
        return false;
    }
    let words = text.to_ascii_lowercase();
    status == 501
        || (said.is_of_a_service && status >= 500 && WORDS_OF_AN_EMULATOR.iter().any(|word| words.contains(word)))
        || (!said.is_of_a_service && is_page(status, &words))
}

/// Returns whether a code alone says that the operation does not exist.
pub(super) fn is_code(code: &str) -> bool {
    CODES.contains(&code)
}

/// Returns whether a refusal says that its region does not have the operation: the code alone has other meanings, too.
pub(super) fn says_of_region(code: Option<&str>, message: &str) -> bool {
    let known = code.is_some_and(|code| code.starts_with("UnsupportedOperation") || code.starts_with("AccessDenied"));
    let message = message.to_ascii_lowercase();
    known && WORDS_OF_A_REGION.iter().any(|words| message.contains(words))
}

/// Returns whether it is a web server's own answer: no path, no method, no way to go on. A proxy's answer that it does
/// not reach a server (502, 503, 504) is temporary, and does not count.
fn is_page(status: u16, words: &str) -> bool {
    match status {
        404 | 405 => !words.is_empty(),
        500 => words.starts_with("<!doctype html") || words.starts_with("<html"),
        _ => false,
    }
}

/// An error body in the form of a service.
struct ErrorBody {
    code: Option<String>,
    is_of_a_service: bool,
}

impl ErrorBody {
    fn of(header: Option<&str>, text: &str) -> Self {
        // `aws.protocols#Code:http://…`, and DynamoDB's `com.amazonaws.dynamodb.v20120810#Code`.
        let short = |code: &str| {
            let code = code.split(':').next().unwrap_or_default();
            code.rsplit_once('#').map_or(code, |(_, code)| code).to_owned()
        };
        if let Some(code) = header {
            return Self { code: Some(short(code)), is_of_a_service: true };
        }
        if text.starts_with(['{', '[']) {
            let body: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
            let code = ["__type", "code", "Code"].iter().find_map(|key| body.get(key)?.as_str()).map(short);
            return Self { code, is_of_a_service: true };
        }
        let xml = text.starts_with('<') && !is_html(text);
        // The front end of a service also answers `<UnknownOperationException/>`.
        let element = |text: &str| text.split_once("<Code>")?.1.split_once("</Code>").map(|(code, _)| code.to_owned());
        let bare = || text.strip_prefix('<')?.split(['/', '>', ' ']).next().map(str::to_owned);
        let code = element(text).or_else(bare).filter(|_| xml);
        Self { code, is_of_a_service: xml }
    }
}

fn is_html(text: &str) -> bool {
    let start: String = text.chars().take(16).collect::<String>().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE_500: &str = "<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>";
    const PAGE_404: &str = "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>";

    fn lack(status: u16, body: &str) -> bool {
        is_lack(status, None, body.as_bytes(), false)
    }

    fn lack_at_aws(status: u16, body: &str) -> bool {
        is_lack(status, None, body.as_bytes(), true)
    }

    #[test]
    fn operation_missing_in_an_emulator_is_recognized_by_its_response() {
        assert!(lack(500, PAGE_500) && lack(404, PAGE_404));
        assert!(lack(404, "404 page not found\n") && lack(405, "<html><h1>Method Not Allowed"));
        assert!(lack(501, r#"{"__type":"InternalFailure","message":"API for service 'x' not yet implemented"}"#));
        assert!(lack(500, r#"{"__type":"InternalFailure","message":"The action has not been implemented"}"#));
        assert!(lack(500, "<ErrorResponse><Error><Code>NotImplementedError</Code></Error></ErrorResponse>"));
        assert!(lack(404, "<UnknownOperationException/>\n"));
    }

    #[test]
    fn operation_missing_in_a_region_is_recognized_by_the_aws_error() {
        for body in [
            r#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#,
            r#"{"__type":"AccessDeniedException","message":"Unable to determine service/operation name to be authorized"}"#,
            "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code></Error></ErrorResponse>",
            "<Response><Errors><Error><Code>UnsupportedOperation</Code><Message>The functionality you requested is not \
             available in this region.</Message></Error></Errors></Response>",
        ] {
            assert!(lack_at_aws(400, body), "{body}");
        }
        assert!(is_lack(404, Some("UnknownOperationException"), b"", true));
    }

    #[test]
    fn aws_failures_and_absent_resources_are_not_missing_operations() {
        for (status, body) in [
            (404, r#"{"Message":"Function not found","Type":"User","__type":"ResourceNotFoundException"}"#),
            (500, r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"not implemented"}"#),
            (500, "<ErrorResponse><Error><Code>ServiceFailure</Code></Error></ErrorResponse>"),
            (503, r#"{"__type":"ServiceUnavailable","message":"Service is unavailable"}"#),
            (503, "<html><body><b>Http/1.1 Service Unavailable</b></body> </html>"),
            (502, PAGE_500),
            (500, PAGE_500),
            (500, ""),
            (404, PAGE_404),
            (
                403,
                r#"{"__type":"AccessDeniedException","message":"User: x is not authorized to perform: lambda:GetPolicy"}"#,
            ),
            (400, "<Response><Errors><Error><Code>UnsupportedOperation</Code><Message>The instance is not stopped."),
        ] {
            assert!(!lack_at_aws(status, body), "{status} {body}");
        }
        assert!(!is_lack(404, Some("ResourceNotFoundException:http://internal.amazon.com/"), b"{}", false));
        assert!(!is_lack(200, None, PAGE_404.as_bytes(), false));
    }

    #[test]
    fn emulator_failures_and_absent_resources_are_not_missing_operations() {
        for (status, body) in [
            (404, r#"{"Type": "User", "Message": "Function not found: f"}"#),
            (404, "<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>"),
            (404, ""),
            (500, r#"{"message": "Internal server error"}"#),
            (500, "Internal Server Error"),
            (502, PAGE_500),
            (503, PAGE_500),
        ] {
            assert!(!lack(status, body), "{status} {body}");
        }
    }

    #[test]
    fn aws_hosts_are_recognized_and_lookalikes_are_not() {
        for host in
            ["lambda.eu-central-1.amazonaws.com", "vpce-1.dynamodb.cn-north-1.vpce.amazonaws.com.cn", "a.api.aws"]
        {
            assert!(is_of_aws(host), "{host}");
        }
        for host in ["localhost", "127.0.0.1", "moto", "amazonaws.com.example.org", "evilamazonaws.com"] {
            assert!(!is_of_aws(host), "{host}");
        }
        assert_eq!(host("http://u:p@localhost:5000/x").as_deref(), Some("localhost"));
    }
}
