//! `permissions`: the least-privilege policy for a command on this stack; offline if account and region are
//! given.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::support::stack_file;
use crate::base::Environment;
use crate::cli::{Common, Format};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::kinds::REGISTRY;
use crate::permissions::{self, PolicyDocument, Purpose};
use crate::report::to_json;
use crate::stack::{Settings, Stack};
use crate::ui::{Readers, Ui, write_whole};

/// The number of managed policies that a role or user may have unless the quota was raised.
/// Source: IAM user guide, "IAM and AWS STS quotas".
const ATTACHED_LIMIT: usize = 10;

/// `permissions`
#[derive(Debug, Args)]
pub struct PermissionsArgs {
    /// The command that the policy is for: plan, apply, destroy, release, startup or audit
    #[arg(long = "for", value_enum, value_name = "COMMAND", default_value_t, hide_possible_values = true)]
    pub purpose: Purpose,
}

pub(super) fn run(args: &PermissionsArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    if args.purpose == Purpose::Audit {
        return of_audit(ui);
    }
    let settings = stack_file::settings(common)?;
    let (stack, env) = match place(common, &settings) {
        Some(env) => (stack_file::read_for(common, &env)?, env),
        None => ask(common, ui)?,
    };
    let owner = stack_file::owner(&settings, &env);
    let wanted = stack_file::wanted(&stack);
    let sections = settings.sections.as_deref();
    let needed = permissions::needed(&REGISTRY, &wanted, &owner, &env, args.purpose, sections);
    let mut needed =
        needed.map_err(|(address, problems)| CommandError::Input(stack.source.failure(&address, problems)))?;
    if args.purpose == Purpose::Startup {
        needed.extend(stack.per_workspace.iter().flat_map(|one| {
            // A group that is not known, or secret, may be any.
            let group = one.body["security_group"].as_str().filter(|group| group.starts_with("sg-"));
            permissions::workspace_rule(&one.address, group.unwrap_or("*"), &env)
        }));
    }
    let statements = permissions::statements(&REGISTRY, &needed, &owner);
    let policies = permissions::documents(&statements);
    let mut notes = permissions::notes(&statements);
    notes.extend(many(&policies));
    if ui.format == Format::Json {
        ui.data(&to_json(&json!({
            "for": args.purpose.as_str(), "stack": settings.stack, "environment": env, "policies": policies, "notes": notes,
        })))?;
        return Ok(Exit::Done);
    }
    for note in &notes {
        ui.say(&format!("note: {note}"));
    }
    match (policies.as_slice(), &common.output) {
        ([], _) => ui.say("The stack needs no permissions."),
        ([one], _) => ui.data(&shown(&to_json(one), ui))?,
        (several, None) => ui.data(&shown(&to_json(&several), ui))?,
        (several, Some(file)) => {
            for (index, one) in several.iter().enumerate() {
                let file = numbered(file, index + 1);
                write_whole(&file, &shown(&to_json(one), ui), Readers::Usual)?;
                ui.say(&format!("wrote {}", file.display()));
            }
        }
    }
    Ok(Exit::Done)
}

/// The policy of an audit, which is the same for every account: it needs no stack.
fn of_audit(ui: &Ui) -> Result<Exit, CommandError> {
    let policy = permissions::audit_policy();
    if ui.format == Format::Json {
        ui.data(&to_json(&json!({"for": Purpose::Audit.as_str(), "policies": [policy], "notes": []})))?;
    } else {
        ui.data(&shown(&to_json(&policy), ui))?;
    }
    Ok(Exit::Done)
}

/// Account and region, if they are given.
fn place(common: &Common, settings: &Settings) -> Option<Environment> {
    let set = |name: &str| stack_file::variable(name).filter(|value| !value.is_empty());
    let configured = || set("AWS_REGION").or_else(|| set("AWS_DEFAULT_REGION"));
    let region = common.region.clone().or_else(|| settings.region.clone()).or_else(configured)?;
    Some(Environment::new(settings.account.clone()?, region))
}

/// Account and region from the credentials and the AWS configuration.
#[cfg(feature = "aws")]
fn ask(common: &Common, ui: &Ui) -> Result<(Stack, Environment), CommandError> {
    let planner = async {
        let planner = super::support::planner::Planner::open(common, ui, super::support::planner::salt()?).await?;
        let env = planner.connection.aws.env().clone();
        Ok((planner.project.stack, env))
    };
    super::support::runtime::blocking(planner)
}

#[cfg(not(feature = "aws"))]
fn ask(_: &Common, _: &Ui) -> Result<(Stack, Environment), CommandError> {
    Err(CommandError::usage("neither the account nor the region can be looked up")
        .hint("set `account:` and `region:` in the stack file"))
}

/// The note on several policies.
fn many(policies: &[PolicyDocument]) -> Option<String> {
    let count = policies.len();
    (count > 1).then(|| {
        let quota = if count > ATTACHED_LIMIT {
            format!("; a user or role takes {ATTACHED_LIMIT} unless its quota is raised")
        } else {
            String::new()
        };
        format!(
            "{count} policies, since a managed one may have 6,144 characters: `--output FILE` writes each to a file of \
             its own{quota}"
        )
    })
}

fn shown(policy: &str, ui: &Ui) -> String {
    if ui.format == Format::Markdown { format!("```json\n{policy}```\n") } else { policy.to_owned() }
}

/// `policy.json` → `policy-2.json`.
fn numbered(file: &Path, number: usize) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let name = match file.extension() {
        Some(extension) => format!("{stem}-{number}.{}", extension.to_string_lossy()),
        None => format!("{stem}-{number}"),
    };
    file.with_file_name(name)
}
