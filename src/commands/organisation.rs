//! What the organisation's policies say to a plan, and to a call that AWS denied.

use futures::future;

use super::session::Session;
use crate::apply::ApplyReport;
use crate::aws::CallError;
use crate::base::{Address, Membership};
use crate::guard::{self, Asker, Denial, Denied, Judges, ScpSource, SecondBest};
use crate::kinds::REGISTRY;
use crate::live::{self, NotSimulated, Organization, Rcps};
use crate::plan::{Plan, Step, Verdict};

/// The policies that could be read.
struct Known<'s> {
    scps: Vec<ScpSource>,
    rcps: Option<ScpSource>,
    membership: Option<&'s Membership>,
}

impl Session {
    fn known(&self) -> Known<'_> {
        let mut known = Known { scps: self.scps.clone(), rcps: None, membership: None };
        if let Some(Organization::Read { membership, id, chain, rcps }) = self.organization.get() {
            known.membership = membership.as_ref();
            known.scps.push(ScpSource::attached(id, chain.clone()));
            if let Rcps::Read(chain) = rcps {
                known.rcps = Some(ScpSource::attached(id, chain.clone()));
            }
        }
        known
    }

    fn asker<'s>(&'s self, membership: Option<&'s Membership>) -> Asker<'s> {
        Asker { env: self.aws.env(), caller: self.aws.caller(), membership, at: jiff::Timestamp::now() }
    }

    /// What policies of the organisation have to say: those in files, and those attached where they can be read. Where
    /// they can't, IAM's simulator is asked about them.
    pub(super) async fn organisation(&self, plan: &Plan) -> Vec<Verdict> {
        let Known { scps, rcps, membership } = self.known();
        let asker = self.asker(membership);
        let locate = |address: &Address, path: &_| self.stack.source.locate(address, path);
        let mut verdicts = guard::scp(plan, &REGISTRY, &scps, &asker, &locate);
        verdicts.extend(rcps.iter().flat_map(|source| guard::rcp(plan, source, &asker, &locate)));
        if plan.steps.is_empty() {
            return verdicts;
        }
        match self.organization.get() {
            Some(Organization::Unreadable(why)) => {
                let SecondBest { verdicts: simulated, summary } = self.second_best(plan, &asker).await;
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

    async fn second_best(&self, plan: &Plan, asker: &Asker<'_>) -> SecondBest {
        let questions = guard::questions(plan, &REGISTRY, asker);
        match Box::pin(live::simulate(&self.aws, &questions.ask)).await {
            Ok(answers) => guard::second_best(plan, asker, &questions, &answers, &|address, path| {
                self.stack.source.locate(address, path)
            }),
            Err(NotSimulated::NotAllowed) => SecondBest::default(),
            Err(NotSimulated::Skipped(why)) => {
                let summary = format!("IAM's policy simulator was not asked about them: {why}");
                SecondBest { summary, ..SecondBest::default() }
            }
        }
    }

    /// Says of every call of a report that AWS denied who denied it, as far as anybody can tell.
    pub(super) async fn explain_denials(&self, report: &mut ApplyReport, plan: &Plan) {
        // Whoever has asked to stop is not kept waiting.
        let decode = if report.interrupted { Decode::Nothing } else { Decode::WhereEncoded };
        let explained = report.failures.iter_mut().filter_map(|failure| {
            let denial = failure.denial.as_mut()?;
            let step = plan.steps.iter().find(|step| step.id == failure.step);
            // What a look-up of ours needs is not what its step needs.
            let step = step.filter(|step| denial.action.is_some() || step.operation == failure.operation);
            Some(self.explain_denial(denial, Some(&failure.address), step, decode))
        });
        future::join_all(explained).await;
    }

    /// What AWS denied, where an error is a denial.
    pub(super) async fn denial(&self, error: &CallError) -> Option<Denial> {
        let denied = if error.is_denied() { Denied::ByCode } else { Denied::NotByCode };
        let mut denial = Denial::read(&error.message, denied)?;
        self.explain_denial(&mut denial, None, None, Decode::WhereEncoded).await;
        Some(denial)
    }

    async fn explain_denial(
        &self,
        denial: &mut Denial,
        address: Option<&Address>,
        step: Option<&Step>,
        decode: Decode,
    ) {
        if let Some(encoded) = denial.encoded.clone().filter(|_| decode == Decode::WhereEncoded) {
            match self.aws.decode_authorization_message(&encoded).await {
                Ok(details) => denial.decoded(&details),
                Err(error) => denial.not_decoded = Some(error.to_string()),
            }
        }
        let Known { scps, rcps, membership } = self.known();
        let asker = self.asker(membership);
        let judges = Judges { scps: &scps, rcps: rcps.as_ref(), asker: &asker };
        guard::judged_again(denial, address, step, judges);
    }
}

/// Whether AWS is asked for more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Decode {
    WhereEncoded,
    Nothing,
}
