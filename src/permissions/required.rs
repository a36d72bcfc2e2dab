//! The requests that a command may make to AWS for a stack, resource by resource.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::imagined;
use crate::base::{Address, Environment, Problem, pending};
use crate::kind::{AccessRequest, Change, Context, Owner, PureKind, Registry, SharedLookup, StepContext};
use crate::plan::{Desired, owned_tags, untagging};

/// The command that the permissions are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Purpose {
    /// To look.
    Plan,
    /// To make, change and replace.
    #[default]
    Apply,
    /// To delete.
    Destroy,
    /// To take the stack's tags off, and leave it.
    Release,
    /// To audit the account.
    Audit,
    /// To apply as a workspace starts, and to open and close the workspace's own rule.
    Startup,
}

impl Purpose {
    /// The name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Apply => "apply",
            Self::Destroy => "destroy",
            Self::Release => "release",
            Self::Audit => "audit",
            Self::Startup => "startup",
        }
    }

    fn makes(self) -> bool {
        matches!(self, Self::Apply | Self::Startup)
    }

    fn deletes(self) -> bool {
        matches!(self, Self::Apply | Self::Destroy | Self::Startup)
    }
}

/// One request that a command may make, with its resource; without one if it is for the stack as a whole.
#[derive(Debug, Clone)]
pub struct Needed {
    /// The resource.
    pub address: Option<Address>,
    /// The request. Values that only AWS gives, or that are secret, are `*`.
    pub request: AccessRequest,
}

/// The actions that read the policies of an organization. Most accounts are denied all but the first, whatever their
/// policies allow. Source: Organizations API reference, each operation's page.
pub(super) const ORGANISATION: [&str; 4] = [
    "organizations:DescribeOrganization",
    "organizations:DescribePolicy",
    "organizations:ListParents",
    "organizations:ListPoliciesForTarget",
];

/// The action that reads the role of the caller's session, for policies that depend on its path or its tags. The caller
/// is not known here, and whoever may plan may read the account's roles: `iam:GetAccountAuthorizationDetails`.
pub(super) const CALLER: &str = "iam:GetRole";

/// All requests of `purpose`; `sections` are those that are searched for orphans, `None` for all.
pub fn needed(
    registry: &Registry,
    stack: &[Desired],
    owner: &Owner,
    env: &Environment,
    purpose: Purpose,
    sections: Option<&[String]>,
) -> Result<Vec<Needed>, (Address, Vec<Problem>)> {
    let facts = imagined::facts(stack);
    let mut all = Vec::new();
    let mut looked_up = BTreeSet::new();
    for wanted in stack {
        let Some(kind) = registry.kind(wanted.address.section()) else { continue };
        // Resources that are deleted are not checked.
        let asked = |lookup: &SharedLookup| lookup.is_required() || purpose != Purpose::Destroy;
        looked_up.extend(kind.lookups(&wanted.body).iter().filter(|one| asked(one)).map(SharedLookup::action));
        let failed = |problems| (wanted.address.clone(), problems);
        let cx = Context { name: &wanted.name, env, facts: Some(&facts) };
        let spec = kind.normalize(&tagged(wanted, owner), &cx).map_err(failed)?;
        let requests = of_resource(kind, wanted, &spec, &cx, purpose).map_err(|problem| failed(vec![problem]))?;
        all.extend(
            requests
                .into_iter()
                .map(|request| Needed { address: Some(wanted.address.clone()), request: known(request) }),
        );
    }
    let searched = registry
        .kinds()
        .filter(|kind| sections.is_none_or(|sections| sections.iter().any(|section| section == kind.section())))
        .flat_map(|kind| kind.discovers().iter().copied());
    let anywhere = |action| Needed { address: None, request: AccessRequest::new(action, "*") };
    all.extend(looked_up.into_iter().chain(ORGANISATION).chain([CALLER]).chain(searched).map(anywhere));
    Ok(all)
}

fn of_resource(
    kind: &dyn PureKind,
    wanted: &Desired,
    spec: &Value,
    cx: &Context<'_>,
    purpose: Purpose,
) -> Result<Vec<AccessRequest>, Problem> {
    let steps = StepContext { address: &wanted.address, name: &wanted.name, env: cx.env, token: "", facts: cx.facts };
    let id = kind.identity(&wanted.address, spec, cx)?;
    let mut all = kind.reads(&id, cx.env);
    if purpose == Purpose::Release {
        let calls = untagging(kind, &kind.imagined(spec, &steps)?, &steps)?.calls;
        all.extend(calls.into_iter().flat_map(|one| one.requires));
        return Ok(all);
    }
    // A plan reads more where something is deleted or adopted.
    all.extend(kind.inspect_before_removal(&id, cx.env));
    if purpose != Purpose::Destroy {
        all.extend(kind.prerequisite_access(spec, &steps)?);
    }
    if purpose.makes() {
        let making = kind.steps(Change::Create { after: spec }, &steps)?;
        all.extend(making.into_iter().flat_map(|one| one.requires));
        all.extend(kind.changes(spec, &steps)?);
    }
    if purpose.deletes() {
        let live = kind.imagined(spec, &steps)?;
        let deleting = kind.steps(Change::Delete { before: &live, backup: Some("backup") }, &steps)?;
        all.extend(deleting.into_iter().flat_map(|one| one.requires));
    }
    if purpose == Purpose::Destroy {
        all.extend(kind.data_probe_access(&id, cx.env));
    }
    Ok(all)
}

/// The body with our own tags, as in a plan.
pub(super) fn tagged(wanted: &Desired, owner: &Owner) -> Value {
    let mut body = wanted.body.clone();
    if let Value::Object(body) = &mut body
        && let Value::Object(tags) = body.entry("tags").or_insert_with(|| Value::Object(Map::new()))
    {
        let ours = owned_tags(owner, &wanted.address);
        tags.extend(ours.into_iter().map(|(key, value)| (key, Value::String(value))));
    }
    body
}

/// Replaces values that only AWS gives, or that are secret, by `*`.
fn known(request: AccessRequest) -> AccessRequest {
    let AccessRequest { action, resource, context } = request;
    let text = |text: String| {
        let text = pending::fill_text(&text, &|_| Some("*".to_owned()));
        pending::seals(&text).fold(text.clone(), |open, seal| open.replace(seal, "*"))
    };
    let values = |values: Vec<String>| values.into_iter().map(text).collect();
    AccessRequest {
        action,
        resource: text(resource),
        context: context.into_iter().map(|(key, all)| (key, values(all))).collect(),
    }
}
