//! The workspace's own rules in security groups: opened as it starts, closed with `--stop`. No failure of theirs stands
//! in the way of the workspace: it is reported, and the start-up goes on.

use std::time::Duration;

use clap::Args;
use serde_json::Value;

use super::provision::Ended;
use super::stage::Stage;
use crate::base::{Address, Vault, pending, redacted};
use crate::commands::support::planner::Planner;
use crate::commands::support::stack_file::variable;
use crate::error::CommandError;
use crate::kind::AccessRequest;
use crate::kinds::security_group_rule::{Ports, Protocol, SecurityGroupRuleSpec};
use crate::ui::Ui;
use crate::workspace::rule::{self, OtherRule, RuleError, RuleReport, RuleState, WorkspaceRule};
use crate::workspace::{Left, WorkspaceAddress, own_address, workspace_name};

/// The arguments on the workspace's own rules.
#[derive(Debug, Clone, Default, Args)]
pub struct RuleArgs {
    /// Close the workspace's own rule in a security group, as the workspace stops; do nothing else
    #[arg(long, conflicts_with_all = ["apply", "print_trust"], help_heading = "The workspace's own rule")]
    pub stop: bool,
    /// The public address of this workspace; else of `UNDERPIN_WORKSPACE_ADDRESS` or `GITPOD_IP`, or as AWS's page sees it
    #[arg(long, value_name = "ADDRESS", help_heading = "The workspace's own rule")]
    pub workspace_address: Option<String>,
    /// Remove the rule of a workspace that has stopped, by its name or the rule's id; may be repeated
    #[arg(long, value_name = "WORKSPACE", conflicts_with = "print_trust", help_heading = "The workspace's own rule")]
    pub remove_rule: Vec<String>,
}

/// The variable with the group of a project whose file declares no rule of workspaces, as the scripts have it.
const GROUP_VARIABLE: &str = "DB_SG_ID";

/// The variable with a rule made by hand to be used.
const RULE_VARIABLE: &str = "DB_SG_RULE_ID";

/// The port of Postgres, for which the scripts' rule is.
const POSTGRES: u16 = 5432;

/// The longest time that opening or closing may take.
const LONGEST: Duration = Duration::from_secs(20);

/// A rule of this workspace, and the texts of it that the file takes from a sensitive source.
struct Target {
    address: Option<Address>,
    rule: WorkspaceRule,
    /// The sensitive group, and the words that stand for it.
    hidden: Option<(String, String)>,
}

/// What is to be done with the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    Open,
    Close,
    /// Nothing: changes were not asked for.
    Show,
}

/// Opens the rules, after removing those that were named. Without `apply` nothing is changed.
pub(super) async fn open(planner: &Planner, args: &RuleArgs, apply: bool, deadline: Duration, stage: &Stage, ui: &Ui) {
    stage.enter("opening the workspace's own rule");
    let task = if apply { Task::Open } else { Task::Show };
    each(planner, args, task, deadline, stage, ui).await;
}

/// Closes the rules.
pub(super) async fn close(
    planner: &Planner,
    args: &RuleArgs,
    deadline: Duration,
    stage: &Stage,
    ui: &Ui,
) -> Result<Ended, CommandError> {
    stage.enter("closing the workspace's own rule");
    each(planner, args, Task::Close, deadline, stage, ui).await;
    let report = stage.read().1;
    Ok(Ended::done(match (report.rule, report.left.first()) {
        (_, Some(left)) => left.reason.clone(),
        (Some(rule), None) => rule.to_string(),
        (None, None) => "the file declares no rule of each workspace: there is nothing to close".to_owned(),
    }))
}

async fn each(planner: &Planner, args: &RuleArgs, task: Task, deadline: Duration, stage: &Stage, ui: &Ui) {
    let targets = match targets(planner) {
        Ok(targets) => targets,
        Err(reason) => return unready(planner, &reason, stage, ui),
    };
    if targets.is_empty() {
        if !args.remove_rule.is_empty() {
            left(None, "the file declares no rule of each workspace: none is removed", stage, ui);
        }
        return;
    }
    planner.connection.read_organization(&planner.project).await;
    let limit = LONGEST.min(deadline / 2);
    for target in targets {
        let address = target.address.clone();
        let Ok((removed, outcome)) = tokio::time::timeout(limit, one(planner, args, task, &target)).await else {
            let seconds = limit.as_secs();
            let reason = format!("EC2 has not answered within {seconds} s: running again is safe");
            left(Some(&target), &reason, stage, ui);
            continue;
        };
        say_removed(&removed, &target, ui);
        match outcome {
            Ok(report) => {
                let report = target.shown(report);
                say(&report, ui);
                stage.report(|said| {
                    if report.state == RuleState::Left {
                        let reason = report.notes.join("; ");
                        said.left.extend(address.map(|address| Left { address, reason }));
                    }
                    said.rule.get_or_insert(report);
                });
            }
            Err(reason) => left(Some(&target), &reason, stage, ui),
        }
    }
}

/// Carries out what is to be done with one rule; returns the rules that were removed, too.
async fn one(
    planner: &Planner,
    args: &RuleArgs,
    task: Task,
    target: &Target,
) -> (Vec<OtherRule>, Result<RuleReport, String>) {
    let (aws, rule) = (&planner.connection.aws, &target.rule);
    let judge = |needed: &[AccessRequest]| planner.connection.forbids(needed, &planner.project).map_or(Ok(()), Err);
    let removed = if args.remove_rule.is_empty() {
        Vec::new()
    } else {
        match rule::remove(rule, &args.remove_rule, aws, &judge).await {
            Ok(removed) => removed,
            Err(error) => return (Vec::new(), Err(sentence(&error))),
        }
    };
    let outcome = async {
        if task == Task::Show {
            return Err("it is not opened: `underpin startup --apply`, or UNDERPIN_STARTUP_APPLY=1, does it".to_owned());
        }
        let found = own_address(args.workspace_address.as_deref(), &variable, aws.is_on_loopback()).await;
        let found = found.map_err(|error| format!("{error}; {}", error.hint()));
        match task {
            Task::Open => {
                let (address, _) = found?;
                rule::open(rule, address, aws, &judge).await.map_err(|error| sentence(&error))
            }
            Task::Close | Task::Show => {
                // Only an adopted rule needs the address, and says so.
                let address: Option<WorkspaceAddress> = found.ok().map(|(address, _)| address);
                rule::close(rule, address, aws, &judge).await.map_err(|error| sentence(&error))
            }
        }
    };
    (removed, outcome.await)
}

/// An error in a sentence, with the way to go on.
fn sentence(error: &RuleError) -> String {
    match error.hint() {
        Some(hint) => format!("{error}; {hint}"),
        None => error.to_string(),
    }
}

/// The rules of this workspace: those that the file declares, or that of the scripts' variables.
fn targets(planner: &Planner) -> Result<Vec<Target>, String> {
    let given = |name| variable(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let declared = &planner.project.stack.per_workspace;
    let group = given(GROUP_VARIABLE);
    if declared.is_empty() && group.is_none() {
        return Ok(Vec::new());
    }
    let workspace = workspace_name(place_variable).ok_or_else(|| {
        "this workspace has no name of its own: set `UNDERPIN_WORKSPACE_NAME` to one that no other workspace has"
            .to_owned()
    })?;
    let adopted = given(RULE_VARIABLE);
    if let Some(id) = adopted.as_ref().filter(|id| !is_id(id, "sgr-")) {
        return Err(format!("the variable `{RULE_VARIABLE}` holds `{id}`: the id of a rule is expected, `sgr-…`"));
    }
    if declared.is_empty() {
        let security_group = group.unwrap_or_default();
        if !is_id(&security_group, "sg-") {
            return Err(format!("the variable `{GROUP_VARIABLE}` holds no id of a security group, `sg-…`"));
        }
        let (protocol, ports, tags) = (Protocol::Tcp, Ports::one(POSTGRES), std::collections::BTreeMap::new());
        let rule = WorkspaceRule { workspace, security_group, protocol, ports, tags, adopted };
        return Ok(vec![Target { address: None, rule, hidden: None }]);
    }
    let vault = planner.connection.aws.vault();
    let single = declared.len() == 1;
    let mut targets = Vec::new();
    for entry in declared {
        let sealed = entry.body.get("security_group").and_then(Value::as_str).filter(|text| Vault::is_sealed(text));
        let mut body = entry.body.clone();
        let spec = vault.open_all(&mut body).ok().and_then(|()| serde_json::from_value(body).ok());
        let spec: Option<SecurityGroupRuleSpec> = spec;
        let Some((spec, ports)) = spec.and_then(|spec| Some((spec.clone(), spec.port?))) else {
            return Err(format!("{} can't be understood", entry.address));
        };
        let hidden = sealed.map(|sealed| (spec.security_group.clone(), pending::display(sealed)));
        let rule = WorkspaceRule {
            workspace: workspace.clone(),
            security_group: spec.security_group,
            protocol: spec.protocol,
            ports,
            tags: spec.tags,
            // One id is that of one rule.
            adopted: adopted.clone().filter(|_| single),
        };
        targets.push(Target { address: Some(entry.address.clone()), rule, hidden });
    }
    Ok(targets)
}

fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

impl Target {
    /// A text without the sensitive group.
    fn masked(&self, text: &str) -> String {
        match &self.hidden {
            Some((group, _)) => redacted(text, std::slice::from_ref(group)),
            None => text.to_owned(),
        }
    }

    /// The report as it is shown: with the entry, and without the sensitive group.
    fn shown(&self, report: RuleReport) -> RuleReport {
        let security_group = match &self.hidden {
            Some((_, words)) => words.clone(),
            None => report.security_group.clone(),
        };
        let notes = report.notes.iter().map(|note| self.masked(note)).collect();
        RuleReport { address: self.address.clone(), security_group, notes, ..report }
    }
}

/// A variable of the environment. Shells know the name of the machine, but do not hand it on.
fn place_variable(name: &str) -> Option<String> {
    const FILES: [&str; 2] = ["/proc/sys/kernel/hostname", "/etc/hostname"];
    let from_file = || FILES.iter().find_map(|file| std::fs::read_to_string(file).ok());
    variable(name).or_else(|| if name == "HOSTNAME" { from_file() } else { None })
}

/// Reports that no rule can be looked after, with the reason.
fn unready(planner: &Planner, reason: &str, stage: &Stage, ui: &Ui) {
    left(None, reason, stage, ui);
    let declared = &planner.project.stack.per_workspace;
    let group = declared.first().and_then(|entry| entry.body.get("security_group")).and_then(Value::as_str);
    stage.report(|said| {
        said.left.extend(declared.iter().map(|one| Left { address: one.address.clone(), reason: reason.to_owned() }));
        said.rule.get_or_insert_with(|| RuleReport {
            address: declared.first().map(|entry| entry.address.clone()),
            state: RuleState::Left,
            id: None,
            security_group: group.map_or_else(|| format!("${{env:{GROUP_VARIABLE}}}"), pending::display),
            protocol: Protocol::Tcp.api().to_owned(),
            port: POSTGRES.to_string(),
            source: None,
            description: None,
            notes: vec![reason.to_owned()],
            others: Vec::new(),
        });
    });
}

/// Reports a rule that is left as it is, with the reason.
fn left(target: Option<&Target>, reason: &str, stage: &Stage, ui: &Ui) {
    let reason = target.map_or_else(|| reason.to_owned(), |target| target.masked(reason));
    ui.say(&ui.folded_err(format!("  the workspace's own rule: {reason}")));
    stage.report(|said| {
        if let Some(target) = target {
            let WorkspaceRule { protocol, ports, security_group, .. } = &target.rule;
            let report = RuleReport {
                address: None,
                state: RuleState::Left,
                id: None,
                security_group: security_group.clone(),
                protocol: protocol.api().to_owned(),
                port: ports.to_string(),
                source: None,
                description: None,
                notes: vec![reason.clone()],
                others: Vec::new(),
            };
            said.rule.get_or_insert(target.shown(report));
            said.left.extend(target.address.clone().map(|address| Left { address, reason }));
        }
    });
}

fn say(report: &RuleReport, ui: &Ui) {
    ui.say(&ui.folded_err(format!("  the workspace's own rule: {report}")));
    for note in &report.notes {
        ui.say(&ui.folded_err(format!("    {note}")));
    }
    if !report.others.is_empty() {
        let named: Vec<String> =
            report.others.iter().map(|one| format!("`{}` ({})", one.workspace, one.source)).collect();
        ui.say(&ui.folded_err(format!(
            "    rules of other workspaces: {}; `underpin startup --remove-rule NAME` removes that of one which has \
             stopped",
            named.join(", ")
        )));
    }
}

fn say_removed(removed: &[OtherRule], target: &Target, ui: &Ui) {
    for OtherRule { id, workspace, source, opened: _ } in removed {
        let text = format!("  removed the rule of the workspace `{workspace}` ({id}), which let in {source}");
        ui.say(&ui.folded_err(target.masked(&text)));
    }
}
