//! Answers and errors of each protocol, as JSON and as code and message.

use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde_json::{Value, json};

use super::service::Protocol;
use super::xml;

/// A refusal of a service, or an answer that can't be read.
#[derive(Debug)]
pub(super) struct Failure(ErrorMetadata);

impl Failure {
    fn new(code: Option<String>, message: Option<String>) -> Self {
        let mut builder = ErrorMetadata::builder();
        if let Some(code) = code {
            builder = builder.code(code);
        }
        if let Some(message) = message {
            builder = builder.message(message);
        }
        Self(builder.build())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.message().unwrap_or("the service refused the call"))
    }
}

impl std::error::Error for Failure {}

impl ProvideErrorMetadata for Failure {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

/// Reads the body of an answer that succeeded.
///
/// # Errors
/// A body that is not of the protocol, or is no answer of the operation: a web page of a proxy is well-formed at times,
/// and would be an answer in which nothing is.
pub(super) fn read(operation: &str, protocol: Protocol, body: &[u8]) -> Result<Value, Failure> {
    let unreadable = |why: String| Failure::new(None, Some(format!("the answer can't be read: {why}")));
    let text = std::str::from_utf8(body).map_err(|error| unreadable(error.to_string()))?;
    let name = operation.split(':').nth(1).unwrap_or(operation);
    let of_operation = || {
        let (root, value) = xml::read_named(text).map_err(unreadable)?;
        let is_its = root == format!("{name}Response");
        is_its
            .then(|| whole(value))
            .ok_or_else(|| unreadable(format!("`{name}Response` was expected, and not `{root}`")))
    };
    if text.trim().is_empty() && !matches!(protocol, Protocol::Query { .. } | Protocol::Ec2 { .. }) {
        return Ok(json!({}));
    }
    match protocol {
        Protocol::Json { .. } | Protocol::RestJson => {
            serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))
        }
        // The policy of a bucket is the body itself. Source: S3 API reference, `GetBucketPolicy`.
        Protocol::RestXml if text.trim_start().starts_with('{') => {
            serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))
        }
        Protocol::RestXml => xml::read(text).map(whole).map_err(unreadable),
        Protocol::Ec2 { .. } => of_operation(),
        Protocol::Query { .. } => {
            let mut answer = of_operation()?;
            Ok(answer.get_mut(format!("{name}Result")).map(Value::take).map_or(json!({}), whole))
        }
    }
}

/// An answer without members is an empty text in XML.
fn whole(value: Value) -> Value {
    if value.is_string() { json!({}) } else { value }
}

/// Reads a refusal.
pub(super) fn refusal(response: &HttpResponse) -> Failure {
    let header = response.headers().get("x-amzn-errortype").map(short);
    let text = String::from_utf8_lossy(response.body().bytes().unwrap_or_default());
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with('{') {
        let body: Value = serde_json::from_str(text).unwrap_or_default();
        let of = |names: [&str; 3]| names.iter().find_map(|name| body.get(*name)?.as_str());
        let code = header.or_else(|| of(["__type", "code", "Code"]).map(short));
        return Failure::new(code, of(["message", "Message", "errorMessage"]).map(str::to_owned));
    }
    if text.starts_with('<') {
        let body = xml::read(text).unwrap_or_default();
        let error = error_element(&body);
        let of = |name: &str| error.and_then(|error| error.get(name)?.as_str()).map(str::to_owned);
        return Failure::new(header.or_else(|| of("Code")), of("Message"));
    }
    // S3 answers `HEAD`, and some redirects, without a body.
    let by_status = || match response.status().as_u16() {
        403 => Some("AccessDenied".to_owned()),
        404 => Some("NotFound".to_owned()),
        _ => None,
    };
    Failure::new(header.or_else(by_status), None)
}

/// The element with `Code` and `Message`: S3's is the outermost, that of the query protocol is `Error`, EC2's is within
/// `Errors`.
fn error_element(body: &Value) -> Option<&Value> {
    let within = body.get("Errors").and_then(|errors| errors.get("Error").or(Some(errors)));
    let within = within.map(|one| one.as_array().and_then(|all| all.first()).unwrap_or(one));
    let found = body.get("Error").or(within).unwrap_or(body);
    found.get("Code").is_some().then_some(found)
}

/// `aws.protocols#Code:http://…`, and DynamoDB's `com.amazonaws.dynamodb.v20120810#Code`.
fn short(code: &str) -> String {
    let code = code.split(':').next().unwrap_or_default();
    code.rsplit_once('#').map_or(code, |(_, code)| code).to_owned()
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn refused(status: u16, header: Option<&str>, body: &str) -> (Option<String>, Option<String>) {
        let status = status.try_into().expect("a status");
        let mut response = HttpResponse::new(status, SdkBody::from(body.to_owned()));
        if let Some(header) = header {
            response.headers_mut().insert("x-amzn-errortype", header.to_owned());
        }
        let failure = refusal(&response);
        (failure.code().map(str::to_owned), failure.message().map(str::to_owned))
    }

    fn some(code: &str, message: &str) -> (Option<String>, Option<String>) {
        (Some(code.to_owned()), Some(message.to_owned()))
    }

    #[test]
    fn refusals_of_all_protocols_have_code_and_message() {
        let denied = some("AccessDenied", "no");
        let json = r#"{"__type":"com.amazon.coral.service#AccessDenied","Message":"no"}"#;
        assert_eq!(refused(400, None, json), denied);
        assert_eq!(refused(403, Some("AccessDenied:http://x/"), r#"{"message":"no"}"#), denied);
        let query = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error>\
                     <RequestId>r</RequestId></ErrorResponse>";
        assert_eq!(refused(403, None, query), denied);
        let ec2 = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors>\
                   <RequestID>r</RequestID></Response>";
        assert_eq!(refused(403, None, ec2), some("UnauthorizedOperation", "no"));
        let s3 = "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code><Message>no</Message></Error>";
        assert_eq!(refused(403, None, s3), denied);
        assert_eq!(refused(403, None, "").0.as_deref(), Some("AccessDenied"));
        assert_eq!(refused(500, None, "<html>oh"), (None, None));
        assert_eq!(refused(500, None, "{"), (None, None));
    }

    #[test]
    fn ec2_answer_is_one_of_the_operation() {
        let ec2 = Protocol::Ec2 { version: "v" };
        let of = |body: &str| read("ec2:DescribeX", ec2, body.as_bytes());
        let body = "<?xml version=\"1.0\"?><DescribeXResponse xmlns=\"u\"><xSet/></DescribeXResponse>";
        assert_eq!(of(body).expect("an answer"), json!({"xSet": []}));
        assert_eq!(of("<DescribeXResponse/>").expect("an answer"), json!({}));
        for other in ["", " ", "<html><body/></html>", "<DescribeYResponse/>", "<DescribeXResponse><a>", "{}"] {
            assert!(of(other).is_err(), "{other}");
        }
        let message = of("<html/>").expect_err("a page").to_string();
        assert_eq!(message, "the answer can't be read: `DescribeXResponse` was expected, and not `html`");
    }

    #[test]
    fn query_answer_is_the_result_within() {
        let query = Protocol::Query { version: "v" };
        let body = "<GetXResponse><GetXResult><A>1</A></GetXResult><ResponseMetadata/></GetXResponse>";
        assert_eq!(read("iam:GetX", query, body.as_bytes()).expect("an answer"), json!({"A": "1"}));
        let empty = "<GetXResponse><GetXResult/></GetXResponse>";
        assert_eq!(read("iam:GetX", query, empty.as_bytes()).expect("an answer"), json!({}));
        for other in ["<GetX", "", "<html><body/></html>", "<GetYResponse><GetXResult/></GetYResponse>"] {
            assert!(read("iam:GetX", query, other.as_bytes()).is_err(), "{other}");
        }
        let policy = br#"{"Statement": []}"#;
        assert_eq!(read("s3:GetBucketPolicy", Protocol::RestXml, policy).expect("one"), json!({"Statement": []}));
        assert!(read("kms:X", Protocol::Json { version: "1.1", target: "T" }, b"<html>").is_err());
        assert!(read("kms:X", Protocol::Json { version: "1.1", target: "T" }, b"\xff").is_err());
    }
}
