//! Reads AWS's access denied messages.
//!
//! Sources: IAM User Guide, "Troubleshoot access denied error messages" (its examples are the tests) and "… with
//! authorization ID"; AWS CLI reference, `iam-toolbox get-request-authorization-details`; AWS Security Blog, "Enhanced
//! access denied error messages with policy ARNs" (2026); EC2's `UnauthorizedOperation`, with encoded details (STS API
//! reference, `DecodeAuthorizationMessage`). Some services use other forms; missing facts are not made up.

use serde::Serialize;

use super::layer::{DenialType, Layer};
use crate::plan::Verdict;

/// A denial by AWS, as its message reports it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Denial {
    /// The ARN of the principal that made the request.
    pub principal: Option<String>,
    /// The action that was denied, which need not be the call's own: `iam:PassRole`.
    pub action: Option<String>,
    /// The resource that it was denied on.
    pub resource: Option<String>,
    /// The kind of policy that denied, if AWS names it. If several did, it names one.
    pub layer: Option<Layer>,
    /// Explicit if a statement denied it, implicit if none allowed it.
    pub manner: Option<DenialType>,
    /// The ARN of the policy that denied.
    pub policy: Option<String>,
    /// The policy behind the one of a VPC endpoint ("transitively through").
    pub through: Option<Layer>,
    /// EC2's details, which only `sts:DecodeAuthorizationMessage` can read.
    pub encoded: Option<String>,
    /// The reason why they were not decoded.
    pub not_decoded: Option<String>,
    /// The id for `iam:GetRequestAuthorizationDetails`.
    pub authorization_id: Option<String>,
    /// Commands that show more, for those who may run them.
    pub ask: Vec<String>,
    /// The statements that decided, from the decoded details.
    pub statements: Vec<DenyingStatement>,
    /// The verdicts of the policies that are known here on the same request.
    pub judged: Vec<Verdict>,
    /// A statement that allows the denied action, if one would help.
    pub allow: Option<serde_json::Value>,
    /// The remediation.
    pub mend: String,
}

/// A statement that decided, from the decoded details.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DenyingStatement {
    /// Its Sid; may be empty.
    pub sid: String,
    /// `DENY` or `ALLOW`.
    pub effect: String,
    /// Its actions.
    pub actions: Vec<String>,
    /// Its resources.
    pub resources: Vec<String>,
}

const NOT_AUTHORIZED: &str = "is not authorized to perform";
const EXPLICIT: &str = "explicit deny";
const ENCODED: &str = "Encoded authorization failure message:";
const LINK: &str = "Go to https://";
const DETAILS: &str = "with the following authorization id:";

impl Denial {
    /// Reads a message; `None` if it is about no denial. `denied` is the meaning of the error's code.
    pub fn read(message: &str, denied: Denied) -> Option<Self> {
        let told = message.contains(NOT_AUTHORIZED) || message.contains(ENCODED);
        if !told && denied == Denied::NotByCode {
            return None;
        }
        let mut denial =
            Self { encoded: after(message, ENCODED), authorization_id: after(message, DETAILS), ..Self::default() };
        let plain = said_in_short(message);
        denial.who_and_what(plain);
        denial.why(plain);
        let decode = |details: &String| format!("aws sts decode-authorization-message --encoded-message {details}");
        denial.ask.extend(denial.encoded.iter().map(decode));
        let details = |id: &String| {
            // The details can be read in the region of the denial, which the link to the console may name.
            let region = after(message, LINK).filter(|host| is_region(host));
            let region = region.map(|region| format!(" --region {region}")).unwrap_or_default();
            format!("aws iam-toolbox get-request-authorization-details{region} --authorization-id {id}")
        };
        denial.ask.extend(denial.authorization_id.iter().map(details));
        Some(denial)
    }

    /// Reads "User: WHO is not authorized to perform: WHAT on resource: WHICH".
    fn who_and_what(&mut self, plain: &str) {
        let Some((before, rest)) = plain.split_once(NOT_AUTHORIZED) else { return };
        let who = before.rsplit("User:").next().unwrap_or_default().trim();
        self.principal = Some(who).filter(|who| who.starts_with("arn:") && !who.contains(' ')).map(str::to_owned);
        let rest = rest.trim_start_matches(':').trim_start();
        let action = rest.split_whitespace().next().unwrap_or_default();
        let action = action.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '*');
        self.action = Some(action).filter(|action| is_action(action)).map(str::to_owned);
        let Some((_, which)) = rest.split_once(" on resource:") else { return };
        // IAM writes `role NAME`, S3 puts quotes around the ARN, Java's SDK appends details of the answer.
        let ends = [" because ", " with an explicit deny", " (Service:", ". "];
        let end = ends.iter().filter_map(|end| which.find(end)).min().unwrap_or(which.len());
        let which = which[..end].trim().trim_end_matches(['.', ',']).trim_matches('"');
        let which = which.split_once(' ').map_or(which, |(noun, arn)| if noun == "policy" { arn } else { which });
        self.resource = Some(which).filter(|which| !which.is_empty()).map(str::to_owned);
    }

    /// Reads "because no KIND allows the WHAT action", "with an explicit deny in a KIND: ARN".
    fn why(&mut self, plain: &str) {
        if let Some((_, rest)) = plain.split_once(EXPLICIT) {
            self.manner = Some(DenialType::Explicit);
            let Some(rest) = rest.strip_prefix(" in ") else { return };
            let rest = ["a ", "an ", "the "].iter().find_map(|article| rest.strip_prefix(article)).unwrap_or(rest);
            let Some((layer, mut rest)) = Layer::at_start_of(rest) else { return };
            self.layer = Some(layer);
            if let Some(behind) = rest.strip_prefix(" transitively through ") {
                let behind = behind.strip_prefix("a ").or_else(|| behind.strip_prefix("an ")).unwrap_or(behind);
                if let Some((layer, behind)) = Layer::at_start_of(behind) {
                    self.through = Some(layer);
                    rest = behind;
                }
            }
            let policy = rest.strip_prefix(':').and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
            let policy = policy.trim_end_matches(['.', ',', ';', ')', '"']);
            self.policy = Some(policy).filter(|policy| policy.starts_with("arn:")).map(str::to_owned);
        } else if let Some((layer, _)) = plain.split_once("because no ").and_then(|(_, rest)| Layer::at_start_of(rest))
        {
            self.layer = Some(layer);
            self.manner = Some(DenialType::Implicit);
        }
    }
}

/// The meaning of the error's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// `AccessDenied` and similar codes.
    ByCode,
    /// Another code: services wrap the denials of other services.
    NotByCode,
}

/// A message without the parts that only a program can read: encoded details, and the address of others.
pub fn said_in_short(message: &str) -> &str {
    let end = [ENCODED, LINK].iter().filter_map(|mark| message.find(mark)).min().unwrap_or(message.len());
    message[..end].trim_end()
}

/// The word after a mark, up to the first character that is not safe in a shell.
fn after(message: &str, mark: &str) -> Option<String> {
    let word = message.split_once(mark)?.1.split_whitespace().next()?;
    let end = word.find(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c)).unwrap_or(word.len());
    Some(word[..end].to_owned()).filter(|word| !word.is_empty())
}

/// Returns whether a word has the form of a region's name: `us-east-1`, `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    let mut parts = text.rsplit('-');
    let number = parts.next().is_some_and(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    let mut words = 0;
    let named = parts.all(|part| {
        words += 1;
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase())
    });
    number && named && words >= 2
}

fn is_action(text: &str) -> bool {
    let of = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_*".contains(&b));
    text.split_once(':').is_some_and(|(service, name)| of(service) && of(name))
}
