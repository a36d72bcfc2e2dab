//! Context keys of a request that `explain` derives from its region, account and resource.

use serde::Serialize;

use super::args::ExplainArgs;
use crate::base::Environment;
use crate::cli::Common;
use crate::guard::requested_region;
use crate::policy::{Known, Name, Request, name_of};
use crate::stack::Settings;

/// A key of the context that the user did not give, and that follows from something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Assumed {
    key: &'static str,
    value: String,
    from: &'static str,
}

impl Assumed {
    /// The request with this key.
    pub(super) fn told(&self, request: Request) -> Request {
        request.with(self.key, Known::Values(vec![self.value.clone()]))
    }

    /// The sentence for a person.
    pub(super) fn sentence(&self) -> String {
        let Self { key, value, from } = self;
        format!("assuming {key} is {value}, from {from}; `--context {key}=…` overrides it")
    }
}

/// The derived context of an action. If the user says that the context is complete,
/// only the command line's own values are added to it.
pub(super) fn assumed(
    action: &str,
    args: &ExplainArgs,
    common: &Common,
    settings: Option<&Settings>,
    is_given: &dyn Fn(&str) -> bool,
) -> Vec<Assumed> {
    const FLAG: &str = "`--region`";
    const ARN: &str = "`--resource`";
    let arn = args.resource.as_deref().unwrap_or_default();
    let mut segments = arn.split(':').skip(3).filter(|_| !args.complete_context);
    let of_arn = |segment: Option<&str>| {
        segment.filter(|part| !part.is_empty() && !part.contains(['*', '?'])).map(str::to_owned)
    };
    let (region, account) = (of_arn(segments.next()), of_arn(segments.next()));
    let settings = settings.filter(|_| !args.complete_context);
    let service = action.split(':').next().unwrap_or_default().to_lowercase();
    // Nobody here knows whether an unlisted service is in the stack's region.
    let listed = name_of(action) != Name::Unlisted;
    let region = common.region.clone().map(|region| (region, FLAG)).or(region.map(|region| (region, ARN)));
    let of_file = || settings.filter(|_| listed)?.region.clone().map(|region| (region, "the stack file's `region:`"));
    let mut all = Vec::new();
    if let Some((region, from)) = region.or_else(of_file) {
        let env = Environment::new("", region);
        let value = requested_region(&service, &env).to_owned();
        let from = if value == env.region { from } else { "the endpoint of this service, which is not regional" };
        all.push(Assumed { key: "aws:RequestedRegion", value, from });
    }
    if let (None, Some(account)) = (&args.principal, settings.and_then(|settings| settings.account.clone())) {
        all.push(Assumed { key: "aws:PrincipalAccount", value: account, from: "the stack file's `account:`" });
    }
    let is_account = |text: &String| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(value) = account.filter(is_account) {
        all.push(Assumed { key: "aws:ResourceAccount", value, from: ARN });
    }
    all.retain(|one| !is_given(one.key));
    all
}
