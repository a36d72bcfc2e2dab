//! The project of a run: its stack, resolved for the account and the region, its owner, and its policies and rules.

use std::sync::Arc;

use super::stack_file::{self, Source, variable, wanted};
use crate::aws::Aws;
use crate::base::{Address, Archives, Problem};
use crate::cli::Common;
use crate::error::CommandError;
use crate::guard::{ScpSource, Subject};
use crate::kind::{Facts, Owner};
use crate::kinds::REGISTRY;
use crate::plan::{Action, Desired, Plan, Verdict};
use crate::rules::RuleSet;
use crate::stack::{Failure, Stack};
use crate::ui::Ui;

/// A stack with all files that it names.
pub(crate) struct Project {
    /// The owner of its resources.
    pub(crate) owner: Owner,
    /// The stack.
    pub(crate) stack: Stack,
    /// Its resources in the planner's form.
    pub(crate) wanted: Vec<Desired>,
    /// The service control policies that the file names.
    pub(crate) scps: Vec<ScpSource>,
    /// The rules of AWS Config that the file names.
    pub(crate) rules: RuleSet,
}

/// The policies and rules that the file names.
pub(crate) struct Guardrails {
    scps: Vec<ScpSource>,
    rules: RuleSet,
}

impl Guardrails {
    /// Reads them; prints warnings about them.
    pub(crate) fn read(source: &Source, common: &Common, ui: &Ui) -> Result<Self, CommandError> {
        let scps = stack_file::policies(common, &source.settings, ui)?;
        Ok(Self { scps, rules: stack_file::rules(common, &source.settings)? })
    }
}

impl Project {
    /// Resolves the values that depend on the account.
    pub(crate) fn resolve(
        source: &Source,
        guardrails: Guardrails,
        aws: &Aws,
        archives: &Arc<Archives>,
        common: &Common,
        ui: &Ui,
    ) -> Result<Self, CommandError> {
        let (Source { document, settings }, Guardrails { scps, rules }) = (source, guardrails);
        let stack = document.resolve(settings, aws.env(), &REGISTRY, aws.vault(), archives, &variable)?;
        let stack = stack_file::fitting(stack, aws.env())?;
        stack_file::warn(&stack, common, ui);
        let owner = stack_file::owner(settings, aws.env());
        let wanted = wanted(&stack);
        Ok(Self { owner, stack, wanted, scps, rules })
    }

    /// The verdicts of AWS Config rules on the desired resources.
    pub(crate) fn config(&self, plan: &Plan, aws: &Aws, facts: &Facts) -> Vec<Verdict> {
        let resources: Vec<Subject<'_>> = plan.changes.iter().filter_map(Subject::of).collect();
        let mut verdicts =
            stack_file::config(&self.stack, &self.rules, aws.env(), Some(facts), aws.archives(), &resources);
        // A released resource may stay as it is: only findings that the loss of its tags causes count.
        let is_released = |address: &Address| {
            plan.changes.iter().any(|change| change.action == Action::Release && change.address == *address)
        };
        verdicts.retain(|one| !(one.already && one.address.as_ref().is_some_and(is_released)));
        verdicts
    }

    /// A verdict on an ignored property, at the line that ignores it.
    pub(crate) fn located(&self, verdict: Verdict) -> Verdict {
        let address = verdict.address.clone();
        let source = address.and_then(|address| self.stack.source.locate(&address, &crate::path!["ignore"]));
        Verdict { source, ..verdict }
    }

    pub(crate) fn problems(&self, address: &Address, problems: Vec<Problem>) -> CommandError {
        CommandError::Input(self.stack.source.failure(address, problems))
    }

    /// One error for all changes that AWS would refuse.
    pub(crate) fn refused(&self, all: Vec<(Address, Vec<Problem>)>) -> CommandError {
        let failures = all.into_iter().map(|(address, problems)| self.stack.source.failure(&address, problems));
        let message = "AWS would refuse the planned changes".to_owned();
        let failed = CommandError::Failed { message, causes: Vec::new(), hint: None };
        failures.reduce(Failure::merge).map_or(failed, CommandError::Input)
    }
}
