//! Principals outside the account, services and everybody, as a table's resource policy names them.

use std::collections::BTreeSet;

use super::identity::{Split, account_of, by_somebody, halves};
use super::judge::{Judge, Outcome, allows, denies, of_verdict};
use super::resource_policy::is_whole_account;
use super::value::{Access, Level, PrincipalKind, Source};
use crate::policy::{Clause, Effect, Request, Truth};

/// A principal of a resource policy: its kind in the policy and its name; `None` for everybody.
type Named = Option<(String, String)>;

/// The principals that a table's resource policy lets in, besides the identities of the account.
pub(super) fn others(judge: &Judge<'_>) -> Vec<Access> {
    let mut policy = Split::default();
    judge.resources.iter().for_each(|one| policy.add(&halves(one.name, &one.document)));
    let by_way = policy.decides_by_way();
    let mut all: Vec<Access> = named(judge)
        .into_iter()
        .filter_map(|named| {
            let levels = [Level::Read, Level::Write, Level::Manage];
            let levels = levels.into_iter().filter_map(|level| {
                let found = judge.probes_of(level);
                let asked: Vec<(&str, Request)> =
                    found.iter().map(|probe| (probe.shown.as_str(), asks(&probe.request, &named))).collect();
                judge.level(level, &asked, by_way, &|request| decide(judge, &policy, request))
            });
            let levels: Vec<_> = levels.collect();
            let (kind, principal) = shown(&named);
            (!levels.is_empty()).then(|| Access { principal, kind, levels, used_by: Vec::new(), trusts: Vec::new() })
        })
        .collect();
    all.sort_by(|left, right| (left.kind, &left.principal).cmp(&(right.kind, &right.principal)));
    all
}

/// The principals in what a policy allows, without the account's identities, which are judged with their own policies.
fn named(judge: &Judge<'_>) -> BTreeSet<Named> {
    let own = |name: &str| {
        let identities = &judge.account.identities;
        is_whole_account(name, &judge.account.id) || identities.iter().any(|identity| identity.arn == name)
    };
    let statements = judge.resources.iter().flat_map(|one| &one.document.statements);
    let allowing = statements.filter(|statement| statement.effect == Effect::Allow);
    let mut all = BTreeSet::new();
    for clause in allowing.filter_map(|statement| statement.principal.as_ref()) {
        match clause {
            Clause::Only(listed) => all.extend(listed.iter().filter(|(_, name)| !own(name)).map(|(kind, name)| {
                let everybody = kind == "AWS" && name == "*";
                (!everybody).then(|| (kind.clone(), name.clone()))
            })),
            // Everybody but some: who they are, the evaluator can't say of nobody in particular.
            Clause::Except(_) => _ = all.insert(None),
        }
    }
    all
}

fn asks(request: &Request, named: &Named) -> Request {
    let request = request.clone();
    match named {
        None => by_somebody(request),
        Some((kind, name)) if kind == "AWS" => match account_of(name).filter(|account| *account == name) {
            Some(account) => by_somebody(request).by(&format!("arn:aws:iam::{account}:root")),
            None => by_somebody(request).by(name),
        },
        Some((kind, name)) if kind == "Service" => request.with_value("aws:PrincipalIsAWSService", "true").by(name),
        Some((_, name)) => by_somebody(request).by(name),
    }
}

fn shown(named: &Named) -> (PrincipalKind, String) {
    let Some((kind, name)) = named else { return (PrincipalKind::Everyone, "*".to_owned()) };
    let resource = name.splitn(6, ':').nth(5).unwrap_or_default();
    let kind = match kind.as_str() {
        "Service" => PrincipalKind::Service,
        "AWS" if resource.starts_with("user/") => PrincipalKind::User,
        "AWS" if resource.starts_with("role/") || resource.starts_with("assumed-role/") => PrincipalKind::Role,
        "AWS" => PrincipalKind::Account,
        _ => PrincipalKind::Federated,
    };
    (kind, name.clone())
}

/// Judges a request of somebody outside the account: the table's policy and the resource control policies decide; the
/// service control policies of the table's account don't restrict others.
fn decide(judge: &Judge<'_>, policy: &Split, request: &Request) -> Outcome {
    let (allowed, by) = allows(policy, request, Source::ResourcePolicy);
    let allowed = allowed.and(denies(policy, request).not());
    let allowed = match &judge.account.rcps {
        Some(chain) if allowed != Truth::False => allowed.and(of_verdict(chain.judge(request))),
        _ => allowed,
    };
    Outcome { allowed, by: by.into_iter().collect() }
}
