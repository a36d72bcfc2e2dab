//! People who sign in by their organization's provider need no users of IAM. Source: CIS AWS Foundations Benchmark,
//! "Ensure IAM users are managed centrally via identity federation or AWS Organizations for multi-account
//! environments".

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const PROVIDERS: &str = "/supplementaryConfiguration/ListSAMLProviders";

/// Fails for an account without a SAML provider; IAM Identity Center creates one in each account that it serves.
pub(crate) fn judge(account: &Subject<'_>, _: &World<'_>) -> Answer {
    account.get(PROVIDERS)?.ok_or_else(|| Unknown("the SAML providers were not read".to_owned()))?;
    if !account.entries(PROVIDERS, "SAMLProviderList")?.is_empty() {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(PROVIDERS, "the account has no SAML provider");
    Ok(Verdict::Fail(vec![fault.expected("a SAML provider").actual("none")]))
}
