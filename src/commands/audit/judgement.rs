//! The report on what is audited: reads, judges, and applies waivers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};

use super::args::AuditArgs;
use super::declaration::Declaration;
use super::subject::Subject;
use super::{reading, selection};
use crate::audit::account::{AccountRole, ReadScope, Regions, Wanted};
use crate::audit::{
    Audit, Judging, Live, RESIDENCY, Report, Scope, StackSide, WaiverTerms, apply_waivers, changed_parameters,
    checks as explained, count_unknown, rules_of_audit, rules_version, types_of, with_regions,
};
use crate::base::{Address, Environment};
use crate::cli::Common;
use crate::commands::support::planner::Planner;
use crate::error::CommandError;
use crate::kinds::REGISTRY;
use crate::rules::Rule;
use crate::stack::shipped_rules;
use crate::ui::Ui;

/// Reads, judges, and applies waivers.
pub(super) async fn judged(
    subject: &Subject,
    args: &AuditArgs,
    common: &Common,
    ui: &Ui,
) -> Result<Report, CommandError> {
    subject.in_place()?;
    let (aws, planner) = (subject.aws(), subject.planner());
    let of_stack: &[Rule] = planner.map(|planner| planner.project.rules.rules.as_slice()).unwrap_or_default();
    let shipped = shipped_rules();
    let catalogue = rules_of_audit(shipped.clone(), of_stack);
    // Without a residency nobody has said where data may be.
    let residency = planner.map(|planner| planner.project.stack.settings.residency.clone()).unwrap_or_default();
    // What identifies the rules depends neither on what is chosen of them nor on where they are used.
    let version = rules_version(&catalogue);
    let mut changed = changed_parameters(&catalogue, &shipped);
    let all = with_regions(catalogue, &residency);
    let rules = selection::selected(all.clone(), args.into())?;
    changed.retain(|key, _| {
        rules.iter().any(|rule| key.strip_prefix(&rule.name).is_some_and(|rest| rest.starts_with('.')))
    });
    let started = Timestamp::now();
    let (wanted, every) = (types_of(&rules), types_of(&all));
    let scope = scope(args, common, aws.env(), wanted.clone())?;
    let types: Vec<&str> = REGISTRY.kinds().map(crate::kind::PureKind::type_name).collect();
    let owned = planner.map(Owned::of);
    let address = |resource: &crate::audit::Resource| owned.as_ref().and_then(|owned| owned.address(resource));
    let locate = |address: &Address, path: &crate::base::PropertyPath| {
        planner.and_then(|planner| planner.project.stack.source.locate(address, path))
    };
    let side = StackSide { address: &address, locate: &locate };
    let today = started.to_zoned(TimeZone::UTC).date();
    let terms = Audit { rules: &rules, types: &types, stack: planner.map(|_| &side), today };
    let judging = Judging::new(&terms);
    let declaration = planner.map(|planner| Declaration::of(planner, &rules));
    let take = |mut live: Live| {
        if let Some(declaration) = &declaration {
            declaration.write(&mut live);
        }
        judging.take(live);
    };
    let documents = reading::documents_into(aws, &scope, ui, &take).await;
    let calls = documents.call_count();
    let mut unread = documents.unread_types;
    unread.extend(reading::not_asked_for(&every, &wanted, &documents.accounts));
    let found = judging.finish(&unread);
    let mut not_assessed = documents.not_assessed;
    count_unknown(&mut not_assessed, &found);
    let mut parameters = selection::parameters(args);
    parameters.extend(changed);
    if !residency.is_empty() {
        parameters.insert(RESIDENCY.to_owned(), residency.join(", "));
    }
    let scope = Scope {
        accounts: documents.accounts.into_iter().collect(),
        regions: documents.regions.into_iter().collect(),
        stack: planner.map(|planner| planner.project.stack.settings.stack.clone()),
        caller: aws.caller().map(|caller| caller.arn.clone()),
        started: to_the_second(started),
        finished: to_the_second(Timestamp::now()),
        rules_version: version,
        parameters,
        calls,
    };
    let mut report = Report { scope, not_assessed, checks: explained(&rules), findings: found, trend: None };
    if let Some(planner) = planner {
        waive(&mut report, planner, &all, today);
    }
    Ok(report)
}

fn to_the_second(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Applies the waivers of the stack file.
fn waive(report: &mut Report, planner: &Planner, all: &[Rule], today: jiff::civil::Date) {
    let stack = &planner.project.stack;
    let named = |name: &str| -> Vec<Arc<str>> {
        let means = |rule: &&Rule| selection::means(rule, name);
        all.iter().filter(means).map(|rule| Arc::from(rule.name.as_str())).collect()
    };
    let declared = |address: &Address| {
        stack.settings.sections.is_some()
            || stack.resources.iter().chain(&stack.per_workspace).any(|one| one.address == *address)
    };
    let terms = WaiverTerms {
        exceptions: &stack.settings.guardrails.exceptions,
        account: &planner.connection.aws.env().account,
        today,
        checks_named: &named,
        declared: &declared,
    };
    apply_waivers(report, &terms);
}

/// What is read: the regions and accounts of the command line, and of them the types that rules look at.
pub(super) fn scope(
    args: &AuditArgs,
    common: &Common,
    env: &Environment,
    wanted: BTreeSet<String>,
) -> Result<ReadScope, CommandError> {
    let regions = match (args.all_regions, common.regions.len()) {
        (true, _) => Regions::Enabled,
        (false, 0) => Regions::Own,
        (false, _) => {
            let mut regions: Vec<String> = Vec::new();
            for region in &common.regions {
                if !regions.contains(region) {
                    regions.push(region.clone());
                }
            }
            Regions::Given(regions)
        }
    };
    Ok(ReadScope { regions, accounts: accounts(args, env)?, wanted: Wanted::types(wanted) })
}

/// The accounts of the command line; none for that of the credentials alone.
pub(super) fn accounts(args: &AuditArgs, env: &Environment) -> Result<Vec<AccountRole>, CommandError> {
    let Some(role) = &args.account_role else { return Ok(Vec::new()) };
    AccountRole::all(role, &args.account, args.external_id.as_deref(), env).map_err(|why| {
        CommandError::usage(why).hint("write `--account-role NAME`, with `--account ID` for each account")
    })
}

/// The stack's resources, to be recognized among what is live.
struct Owned {
    account: String,
    stacks: Vec<String>,
    names: BTreeMap<(&'static str, String), Address>,
}

impl Owned {
    fn of(planner: &Planner) -> Self {
        let named = |one: &crate::plan::Desired| {
            let kind = REGISTRY.kind(one.address.section())?;
            Some(((kind.type_name(), one.name.clone()), one.address.clone()))
        };
        Self {
            account: planner.connection.aws.env().account.clone(),
            stacks: planner.project.owner.names().cloned().collect(),
            names: planner.project.wanted.iter().filter_map(named).collect(),
        }
    }

    /// The address of a resource: by the stack's own tags, else by type and name.
    fn address(&self, resource: &crate::audit::Resource) -> Option<Address> {
        use crate::kind::tags::{ADDRESS_TAG, STACK_TAG, address_of};
        if resource.account != self.account {
            return None;
        }
        let ours = resource.tags.get(STACK_TAG).is_some_and(|stack| self.stacks.contains(stack));
        let tagged = resource.tags.get(ADDRESS_TAG).filter(|_| ours).and_then(|tag| address_of(tag));
        let named = || {
            let is_it =
                |(type_name, name): &(&'static str, String)| *type_name == resource.type_name && *name == resource.id;
            self.names.iter().find(|(key, _)| is_it(key)).map(|(_, address)| address.clone())
        };
        tagged.or_else(named)
    }
}
