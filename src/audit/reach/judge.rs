//! Judges who can reach one table.
//!
//! Source: IAM User Guide, "Policy evaluation logic": within an account the identity's policies and the resource policy
//! together allow; a permissions boundary limits the former, and the latter too where it names a role; service and
//! resource control policies and endpoints' policies must allow besides; a deny anywhere wins.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;

use super::access::{Probe, probes};
use super::account::Account;
use super::identity::{Identity, Split, halves, plain};
use super::read_item::ReadItem;
use super::resource_policy::{ResourcePolicy, direct, resource_policies};
use super::value::{Access, Certainty, Deciding, Level, LevelAccess, PrincipalKind, Source};
use super::ways::Path;
use crate::policy::{Chain, Clause, Decision, Judgement, Policy, Request, Truth, Verdict, evaluate};

/// The levels, from the least to the greatest.
const LEVELS: [Level; 3] = [Level::Read, Level::Write, Level::Manage];

/// The outcome of one request.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) allowed: Truth,
    pub(super) by: Vec<Deciding>,
}

/// A table, prepared to judge.
pub(super) struct Judge<'a> {
    pub(super) account: &'a Account<'a>,
    pub(super) arn: String,
    pub(super) ways: Vec<Path>,
    probes: Vec<(Level, Vec<Probe>)>,
    /// The resource policies as they are.
    pub(super) resources: Vec<ResourcePolicy>,
    /// Their statements apart; what they allow names principals, and not the account as a whole.
    direct: Split,
    by_way: bool,
    pub(super) not_assessed: Vec<String>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(account: &'a Account<'a>, table: &ReadItem<'_>) -> Self {
        let region = table.text("/awsRegion").unwrap_or_default();
        let name = table.text("/resourceName").or_else(|| table.text("/resourceId")).unwrap_or_default();
        let given = table.text("/ARN").map(str::to_owned);
        let arn =
            given.unwrap_or_else(|| format!("arn:{}:dynamodb:{region}:{}:table/{name}", account.partition, account.id));
        let mut not_assessed = account.not_assessed.clone();
        let (resources, unread) = resource_policies(table);
        not_assessed.extend(unread);
        let stream = table.text("/configuration/latestStreamArn");
        let indexes = indexes(table.body);
        let of = |level| {
            let found = probes(level, &arn, &indexes, stream).into_iter();
            let facts = |probe: Probe| Probe { request: account.facts(probe.request, region), ..probe };
            (level, found.map(facts).collect())
        };
        let mut split = Split::default();
        for ResourcePolicy { name, document } in &resources {
            let (_, denies) = halves(name, document);
            let (allows, _) = halves(name, &direct(document, &account.id));
            split.add(&(allows, denies));
        }
        let decides = |chain: &Option<Chain>| {
            chain.iter().flat_map(|chain| &chain.levels).flat_map(|level| &level.policies).any(Path::decides)
        };
        Self {
            account,
            ways: account.ways(region),
            probes: LEVELS.into_iter().map(of).collect(),
            arn,
            by_way: split.decides_by_way() || decides(&account.scps) || decides(&account.rcps),
            resources,
            direct: split,
            not_assessed,
        }
    }

    /// What an identity of the account can do; `None` if nothing.
    pub(super) fn access(&self, identity: &Identity) -> Option<Access> {
        let levels: Vec<LevelAccess> = self
            .probes
            .iter()
            .filter_map(|(level, probes)| {
                let may = |probe: &&Probe| {
                    let policies = identity.policies.allows.iter().chain(&self.direct.allows);
                    !identity.unread.is_empty() || policies.into_iter().any(|policy| policy.may_allow(&probe.request))
                };
                let asked: Vec<(&str, Request)> = probes
                    .iter()
                    .filter(may)
                    .map(|probe| (probe.shown.as_str(), identity.asks(&probe.request)))
                    .collect();
                let by_way = self.by_way || identity.by_way;
                self.level(*level, &asked, by_way, &|request| self.decide(identity, request))
            })
            .collect();
        let Identity { arn, kind, used_by, trusts, .. } = identity;
        (!levels.is_empty()).then(|| Access {
            principal: arn.clone(),
            kind: *kind,
            levels,
            used_by: used_by.clone(),
            trusts: trusts.clone(),
        })
    }

    /// The best outcome of some requests by all ways; `None` if none of them is allowed.
    pub(super) fn level(
        &self,
        level: Level,
        asked: &[(&str, Request)],
        by_way: bool,
        decide: &dyn Fn(&Request) -> Outcome,
    ) -> Option<LevelAccess> {
        let mut once: Vec<Option<Outcome>> = vec![None; asked.len()];
        let (mut sure, mut open, mut ways) = (None, None, Vec::new());
        for path in &self.ways {
            let (mut best, mut possible) = (None, None);
            for (place, (shown, request)) in asked.iter().enumerate() {
                let taken = path.taken(request.clone());
                let own = match &once[place] {
                    Some(outcome) if !by_way => outcome.clone(),
                    _ => once[place].insert(decide(&taken)).clone(),
                };
                let allowed = own.allowed.and(path.lets(&taken));
                match allowed {
                    Truth::True => {
                        best = Some((*shown, own.by));
                        break;
                    }
                    Truth::Unknown(keys) if possible.is_none() => possible = Some((*shown, own.by, keys)),
                    Truth::Unknown(_) | Truth::False => {}
                }
            }
            if best.is_some() || possible.is_some() {
                ways.push(path.way.id.clone());
            }
            sure = sure.or(best);
            open = open.or(possible);
        }
        let found = |certainty, shown: &str, by, keys: BTreeSet<String>| LevelAccess {
            level,
            certainty,
            action: shown.to_owned(),
            by,
            depends_on: keys.into_iter().collect(),
            ways,
        };
        match (sure, open) {
            (Some((shown, by)), _) => Some(found(Certainty::Allowed, shown, by, BTreeSet::new())),
            (None, Some((shown, by, keys))) => Some(found(Certainty::Unknown, shown, by, keys)),
            (None, None) => None,
        }
    }

    /// Judges a request of an identity of the table's account, whatever endpoints' policies say.
    fn decide(&self, identity: &Identity, request: &Request) -> Outcome {
        let nowhere = || Outcome { allowed: Truth::False, by: Vec::new() };
        let unread = || Truth::any(identity.unread.iter().map(|reason| Truth::unknown([reason.clone()])));
        let source = if identity.kind == PrincipalKind::Root { Source::Root } else { Source::Identity };
        let (own, own_by) = allows(&identity.policies, request, source);
        let (direct, direct_by) = allows(&self.direct, request, Source::ResourcePolicy);
        let own = Truth::any([own, unread()]);
        if own == Truth::False && direct == Truth::False {
            return nowhere();
        }
        let mut denied = vec![denies(&identity.policies, request), denies(&self.direct, request), unread()];
        let boundary = match &identity.boundary {
            None => Truth::True,
            Some(Err(reason)) => Truth::unknown([reason.clone()]),
            Some(Ok(boundary)) => {
                denied.push(denies(boundary, request));
                allows(boundary, request, Source::Identity).0
            }
        };
        let allowed = Truth::any(denied).not();
        if allowed == Truth::False {
            return nowhere();
        }
        // A policy that names a user reaches past the user's boundary; one that names everybody may.
        let bounded = match (&boundary, identity.kind) {
            (Truth::False, PrincipalKind::User) if self.names(&identity.arn) => Truth::True,
            (Truth::False, PrincipalKind::User) => Truth::unknown(["the permissions boundary".to_owned()]),
            _ => boundary.clone(),
        };
        let by_own = own.and(boundary);
        let by_resource = direct.and(bounded);
        let by: Vec<Deciding> = [(&by_own, own_by), (&by_resource, direct_by)]
            .into_iter()
            .filter(|(truth, _)| **truth != Truth::False)
            .filter_map(|(_, by)| by)
            .collect();
        let chains = [&self.account.scps, &self.account.rcps].into_iter().flatten();
        let granted = Truth::any([by_own, by_resource]).and(allowed);
        let allowed = chains.fold(granted, |granted, chain| match granted {
            Truth::False => Truth::False,
            granted => granted.and(of_verdict(chain.judge(request))),
        });
        Outcome { allowed, by }
    }

    /// The requests that show a level.
    pub(super) fn probes_of(&self, level: Level) -> &[Probe] {
        self.probes.iter().find(|(of, _)| *of == level).map(|(_, probes)| probes.as_slice()).unwrap_or_default()
    }

    /// Returns whether the resource policy names a principal itself in what it allows.
    fn names(&self, arn: &str) -> bool {
        let statements = self.resources.iter().flat_map(|one| &one.document.statements);
        let listed = statements.filter_map(|statement| statement.principal.as_ref());
        listed.flat_map(Clause::listed).any(|(_, name)| name == arn)
    }
}

impl Account<'_> {
    /// The facts of any request for a table of the account.
    pub(super) fn facts(&self, request: Request, region: &str) -> Request {
        let request = plain(request, region, &self.id);
        match &self.organization {
            Some(organization) => request.with_value("aws:ResourceOrgID", organization),
            None => request,
        }
    }
}

impl Path {
    /// Returns whether the policy of the way lets a request through.
    fn lets(&self, request: &Request) -> Truth {
        match &self.policy {
            None => Truth::True,
            Some(Err(reason)) => Truth::unknown([reason.clone()]),
            Some(Ok(policy)) => of_judgement(&evaluate([policy], request)),
        }
    }
}

/// What policies allow, with the statement that does, or may.
pub(super) fn allows(policies: &Split, request: &Request, source: Source) -> (Truth, Option<Deciding>) {
    let judgement = evaluate(policies.allows.iter().map(AsRef::as_ref), request);
    let truth = of_judgement(&judgement);
    let by = judgement.policy.zip(judgement.statement).map(|(policy, statement)| match source {
        Source::Root => Deciding { source, policy: "the root user".to_owned(), statement: String::new() },
        Source::Identity | Source::ResourcePolicy => Deciding { source, policy, statement: statement.to_string() },
    });
    (truth, by)
}

/// What policies deny.
pub(super) fn denies(policies: &Split, request: &Request) -> Truth {
    if policies.denies.is_empty() {
        return Truth::False;
    }
    // Denials by themselves decide nothing where nothing is allowed.
    let all = policies.denies.iter().map(AsRef::as_ref).chain([&*EVERYTHING]);
    of_judgement(&evaluate(all, request)).not()
}

/// A policy that allows everything.
static EVERYTHING: LazyLock<Policy> = LazyLock::new(Policy::full_access);

fn of_judgement(judgement: &Judgement) -> Truth {
    match judgement.decision {
        Decision::Allowed => Truth::True,
        Decision::ExplicitlyDenied | Decision::ImplicitlyDenied => Truth::False,
        Decision::Unknown => Truth::unknown(judgement.unknown_keys.iter().cloned()),
    }
}

pub(super) fn of_verdict(verdict: Verdict) -> Truth {
    match verdict.decision {
        Decision::Allowed => Truth::True,
        Decision::ExplicitlyDenied | Decision::ImplicitlyDenied => Truth::False,
        Decision::Unknown => Truth::unknown(verdict.unknown_keys),
    }
}

/// The names of a table's indexes.
fn indexes(table: &Value) -> Vec<String> {
    ["globalSecondaryIndexes", "localSecondaryIndexes"]
        .iter()
        .filter_map(|list| table.pointer(&format!("/configuration/{list}"))?.as_array())
        .flatten()
        .filter_map(|index| index.get("indexName")?.as_str().map(str::to_owned))
        .collect()
}
