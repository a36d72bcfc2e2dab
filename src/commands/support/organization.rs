//! The verdicts of the organization's policies on a plan, and on a call that AWS denied.

use futures::future;

use super::connection::{Connection, KnownCaller};
use super::project::Project;
use crate::apply::ApplyReport;
use crate::aws::CallError;
use crate::base::{Address, Caller, Membership, printable};
use crate::guard::{self, Denial, Denied, Judges, RequestContext, ScpSource, SimulationOutcome};
use crate::kind::AccessRequest;
use crate::kinds::REGISTRY;
use crate::live::{self, NotSimulated, Organization, Rcps, RoleOfSession};
use crate::plan::{Note, Plan, Step, Verdict};
use crate::policy::Problem;

/// The policies that could be read.
struct Known<'s> {
    scps: Vec<ScpSource>,
    rcps: Option<ScpSource>,
    membership: Option<&'s Membership>,
}

impl Connection {
    fn known(&self, project: &Project) -> Known<'_> {
        let mut known = Known { scps: project.scps.clone(), rcps: None, membership: None };
        if let Some(Organization::Read { membership, id, chain, rcps }) = self.organization.get() {
            known.membership = membership.as_ref();
            known.scps.push(ScpSource::attached(id, chain.clone()));
            if let Rcps::Read(chain) = rcps {
                known.rcps = Some(ScpSource::attached(id, chain.clone()));
            }
        }
        known
    }

    /// The sentence on the first of some requests, of calls that no plan holds, that a service control policy denies.
    pub(crate) fn forbids(&self, needed: &[AccessRequest], project: &Project) -> Option<String> {
        let Known { scps, rcps: _, membership } = self.known(project);
        let unknown = project.stack.settings.guardrails.unknown.unwrap_or_default();
        guard::denied(needed, &scps, &self.asker(membership), unknown)
    }

    fn asker<'s>(&'s self, membership: Option<&'s Membership>) -> RequestContext<'s> {
        RequestContext { env: self.aws.env(), caller: self.caller(), membership, at: jiff::Timestamp::now() }
    }

    /// The identity that makes the calls, with the role of a session if it was read.
    fn caller(&self) -> Option<&Caller> {
        self.caller.get().map(|known| &known.caller).or(self.aws.caller())
    }

    /// Reads the facts for judging a plan: the organization, and the role of the caller's session if a policy needs it.
    /// Policies in files are known at once, so that their need does not wait for the organization.
    pub(crate) async fn read_organization(&self, project: &Project) {
        let organization = self.organization.get_or_init(|| live::organization(&self.aws));
        if live::asks_for_role(project.scps.iter().map(|source| &source.chain)) {
            future::join(organization, Box::pin(self.read_caller())).await;
        } else if live::asks_for_role(organization.await.chains()) {
            self.read_caller().await;
        }
    }

    async fn read_caller(&self) {
        let Some(caller) = self.aws.caller() else { return };
        let read = async {
            let (role, unread) = match live::session_role(&self.aws).await {
                RoleOfSession::None => (None, None),
                RoleOfSession::Read(role) => (Some(role), None),
                RoleOfSession::Unreadable { name, why } => (None, Some((name, why))),
            };
            KnownCaller { caller: Caller { role, ..caller.clone() }, unread }
        };
        self.caller.get_or_init(|| read).await;
    }

    /// Notes on attached policies: on variables in them that no request fills in. Policies in files are checked
    /// where the files are read.
    pub(crate) fn doubtful_policies(&self) -> Vec<Note> {
        let chains = self.organization.get().into_iter().flat_map(Organization::chains);
        let policies = chains.flat_map(|chain| &chain.levels).flat_map(|level| &level.policies);
        let mut notes = Vec::new();
        for policy in policies {
            for Problem { path, message, hint: _ } in policy.placeholders() {
                let message =
                    format!("the policy `{}` at `{}`: {}", policy.name(), printable(path), printable(message));
                let note = Note { address: None, message };
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
        }
        notes
    }

    /// A note, once, on a role that could not be read, if a verdict depends on it.
    pub(crate) fn unread_role(&self, plan: &Plan) -> Option<Note> {
        let (name, why) = self.caller.get()?.unread.as_ref()?;
        plan.verdicts.iter().any(guard::hangs_on_role).then(|| Note {
            address: None,
            message: format!(
                "the role `{name}` whose session makes the calls could not be read, so its path and its tags are \
                 unknown: {why}; allow it `iam:GetRole` on itself, so that they can be read"
            ),
        })
    }

    /// The verdicts of the organization's policies: those in files, and those attached, if they can be read. If
    /// they can't, IAM's simulator is called.
    pub(crate) async fn organization(&self, plan: &Plan, project: &Project) -> Vec<Verdict> {
        let Known { scps, rcps, membership } = self.known(project);
        let asker = self.asker(membership);
        let locate = |address: &Address, path: &_| project.stack.source.locate(address, path);
        let mut verdicts = guard::scp(plan, &REGISTRY, &scps, &asker, &locate);
        verdicts.extend(rcps.iter().flat_map(|source| guard::rcp(plan, source, &asker, &locate)));
        if plan.steps.is_empty() {
            return verdicts;
        }
        match self.organization.get() {
            Some(Organization::Unreadable(why)) => {
                let SimulationOutcome { verdicts: simulated, summary } = self.second_best(plan, &asker, project).await;
                verdicts.extend(simulated);
                let said = Some(summary.as_str()).filter(|summary| !summary.is_empty());
                verdicts.push(guard::unreadable(why, plan, said));
            }
            Some(Organization::Read { rcps: Rcps::Unreadable(why), .. }) => {
                verdicts.extend(guard::rcp_unreadable(plan, why));
            }
            Some(Organization::Read { .. } | Organization::None) | None => {}
        }
        verdicts
    }

    async fn second_best(&self, plan: &Plan, asker: &RequestContext<'_>, project: &Project) -> SimulationOutcome {
        let questions = guard::questions(plan, &REGISTRY, asker);
        match Box::pin(live::simulate(&self.aws, self.caller(), &questions.ask)).await {
            Ok(answers) => guard::second_best(plan, asker, &questions, &answers, &|address, path| {
                project.stack.source.locate(address, path)
            }),
            Err(NotSimulated::NotAllowed) => SimulationOutcome::default(),
            Err(NotSimulated::Skipped(why)) => {
                let summary = format!("IAM's policy simulator was not asked about them: {why}");
                SimulationOutcome { summary, ..SimulationOutcome::default() }
            }
        }
    }

    /// Adds to every denied call of a report the source of its denial, as far as it can be known.
    pub(crate) async fn explain_denials(&self, report: &mut ApplyReport, plan: &Plan, project: &Project) {
        // A user who has asked to stop does not wait for that.
        let decode = if report.interrupted { Decode::Nothing } else { Decode::WhereEncoded };
        let explained = report.failures.iter_mut().filter_map(|failure| {
            let denial = failure.denial.as_mut()?;
            let step = plan.steps.iter().find(|step| step.id == failure.step);
            // The permission of a look-up is not that of its step.
            let step = step.filter(|step| denial.action.is_some() || step.operation == failure.operation);
            Some(self.explain_denial(denial, Some(&failure.address), step, decode, project))
        });
        future::join_all(explained).await;
    }

    /// The denial, if an error is one.
    pub(crate) async fn denial(&self, error: &CallError, project: &Project) -> Option<Denial> {
        let denied = if error.is_denied() { Denied::ByCode } else { Denied::NotByCode };
        let mut denial = Denial::read(&error.message, denied)?;
        self.explain_denial(&mut denial, None, None, Decode::WhereEncoded, project).await;
        Some(denial)
    }

    async fn explain_denial(
        &self,
        denial: &mut Denial,
        address: Option<&Address>,
        step: Option<&Step>,
        decode: Decode,
        project: &Project,
    ) {
        if let Some(encoded) = denial.encoded.clone().filter(|_| decode == Decode::WhereEncoded) {
            match self.aws.decode_authorization_message(&encoded).await {
                Ok(details) => denial.decoded(&details),
                Err(error) => denial.not_decoded = Some(error.to_string()),
            }
        }
        let Known { scps, rcps, membership } = self.known(project);
        let asker = self.asker(membership);
        let judges = Judges { scps: &scps, rcps: rcps.as_ref(), asker: &asker };
        guard::judged_again(denial, address, step, judges);
    }
}

/// The use of AWS to decode a denial's details.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Decode {
    WhereEncoded,
    Nothing,
}
