//! What the service control policies above an account deny, asked by requests that should be denied.

use serde_json::Value;

use super::RequestContext;
use super::rust::{Answer, Fault, Subject, Unknown, Verdict};
use crate::base::{Caller, Environment, pending};
use crate::kind::AccessRequest;
use crate::policy::{Chain, Decision, Request, chain_of};

/// The member of an organization's document that holds the calls by which the stack is made.
pub const DECLARED_CALLS: &str = "DeclaredCalls";

/// A call of the stack, as a request.
#[derive(Debug, Clone)]
pub struct DeclaredCall {
    /// The resource that it creates, by its address.
    pub address: String,
    /// The action.
    pub action: String,
    /// The request of the caller.
    pub request: Request,
}

/// The calls by which the stack is made from nothing, as its caller would make them now; `None` without a stack's file.
///
/// # Errors
/// The reason why they are not known.
pub fn declared_calls(subject: &Subject<'_>) -> Result<Option<Vec<DeclaredCall>>, Unknown> {
    let not_understood = || Unknown("the calls of the stack are not understood".to_owned());
    let item = subject.document()?.ok_or_else(|| Unknown("the organization was not read".to_owned()))?;
    let calls = match item.pointer(&format!("/supplementaryConfiguration/{DECLARED_CALLS}")) {
        None => return Ok(None),
        Some(Value::String(text)) => return Err(subject.unknown(text)),
        Some(calls) => calls,
    };
    let text = |key: &str| calls.get(key).and_then(Value::as_str).map(str::to_owned);
    let env = Environment::new(subject.account(), text("Region").ok_or_else(not_understood)?);
    let caller = text("Caller").map(|arn| Caller { arn, user_id: None, role: None });
    let asker = RequestContext { env: &env, caller: caller.as_ref(), membership: None, at: jiff::Timestamp::now() };
    let one = |call: &Value| {
        let member = |key: &str| call.get(key).and_then(Value::as_str);
        let access: AccessRequest = serde_json::from_value(call.get("request")?.clone()).ok()?;
        let request = asker.request(member("service")?, &access);
        Some(DeclaredCall { address: member("address")?.to_owned(), action: access.action.clone(), request })
    };
    let calls = calls.get("Calls").and_then(Value::as_array).ok_or_else(not_understood)?;
    calls.iter().map(|call| one(call).ok_or_else(not_understood)).collect::<Result<Vec<_>, _>>().map(Some)
}

/// The member of an organization's document that holds the chain.
const MEMBER: &str = "ServiceControlPolicies";

/// The chain above the account; `None` if service control policies don't restrict it at all: it manages the organization.
pub fn chain(subject: &Subject<'_>) -> Result<Option<Chain>, Unknown> {
    let item = subject.document()?.ok_or_else(|| Unknown("the organization was not read".to_owned()))?;
    let chain = chain_of(item, MEMBER, subject.account()).map_err(|text| subject.unknown(&text))?;
    let chain = chain.unwrap_or_default();
    Ok(chain.exemption().is_none().then_some(chain))
}

/// A principal that no policy makes an exception for: a role like any other.
pub fn ordinary(account: &str) -> String {
    format!("arn:aws:iam::{account}:role/any-other-role")
}

/// A text of which nothing is known.
pub fn anything(name: &str) -> String {
    format!("{}{name}{}", pending::OPEN, pending::CLOSE)
}

/// Judges whether the chain denies every one of some requests; each comes with its name for the message.
pub fn judge_denied(subject: &Subject<'_>, requests: impl IntoIterator<Item = (String, Request)>) -> Answer {
    let Some(chain) = chain(subject)? else { return Ok(Verdict::NotApplicable) };
    let (mut faults, mut unknown) = (Vec::new(), None);
    for (name, request) in requests {
        let verdict = chain.judge(&request.by(&ordinary(subject.account())));
        match verdict.decision {
            Decision::ExplicitlyDenied | Decision::ImplicitlyDenied => {}
            Decision::Allowed => {
                let message = format!("no service control policy denies {name}");
                faults.push(Fault::new(format!("/supplementaryConfiguration/{MEMBER}"), message).expected("denied"));
            }
            Decision::Unknown => {
                let keys: Vec<String> = verdict.unknown_keys.into_iter().collect();
                unknown = Some(Unknown(format!("conditions decide on {name}: {}", keys.join(", "))));
            }
        }
    }
    match (faults.is_empty(), unknown) {
        (false, _) => Ok(Verdict::Fail(faults)),
        (true, Some(why)) => Err(why),
        (true, None) => Ok(Verdict::Pass),
    }
}
