//! What the service control policies above an account deny, asked by requests that should be denied.

use super::rust::{Answer, Fault, Subject, Unknown, Verdict};
use crate::base::pending;
use crate::policy::{Chain, Decision, Request, chain_of};

/// The member of an organization's document that holds the chain.
const MEMBER: &str = "ServiceControlPolicies";

/// The chain above the account; `None` if service control policies don't restrict it at all: it manages the organization.
pub fn chain(subject: &Subject<'_>) -> Result<Option<Chain>, Unknown> {
    let item = subject.document().ok_or_else(|| Unknown("the organization was not read".to_owned()))?;
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
