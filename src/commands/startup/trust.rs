//! `startup --print-trust`: the trust policy of a role for OIDC tokens.

use super::args::{StartupArgs, TrustIssuer};
use super::last_line;
use crate::base::Environment;
use crate::cli::Common;
use crate::commands::support::stack_file::{self, variable};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::report::to_json;
use crate::ui::Ui;
use crate::workspace::{Subject, SubjectError, trust_policy};

/// Stands for the account where none is known: in a policy file of a stack it is the account of the run.
const ANY_ACCOUNT: &str = "${account}";

/// Prints the policy. Errors end with a report, as those of a start-up do.
pub(in crate::commands) fn print_trust(issuer: TrustIssuer, args: &StartupArgs, common: &Common, ui: &Ui) -> Exit {
    match print(issuer, args, common, ui) {
        Ok(()) => Exit::Done,
        Err(error) => {
            ui.say(&error.text(ui.paint_err()));
            last_line::ended_with_error(&error.sentence(), error.exit())
        }
    }
}

/// Prints the policy; notes on it go to standard error.
fn print(issuer: TrustIssuer, args: &StartupArgs, common: &Common, ui: &Ui) -> Result<(), CommandError> {
    let subject = match issuer {
        TrustIssuer::Ona => ona(args)?,
        TrustIssuer::Github => github(args)?,
    };
    let settings = common.file.exists().then(|| stack_file::settings(common)).transpose()?;
    let known = settings.as_ref().and_then(|settings| settings.account.clone());
    let region = settings.and_then(|settings| settings.region);
    let partition = Environment::assumed(known.clone(), region).partition;
    let account = known.as_deref().unwrap_or(ANY_ACCOUNT);
    let policy = trust_policy(&partition, account, &subject);
    ui.data(&to_json(&policy))?;
    if account == ANY_ACCOUNT {
        ui.say("note: no account is pinned: `${account}` is filled in by underpin; for other tools, write the number there");
    }
    if subject.is_mutable() {
        ui.say(
            "note: names of owners and repositories can be given away; repositories that were created or renamed since \
             July 2026 have their numbers in the subject, and need `--repository owner@ID/name@ID`: `gh api \
             repos/OWNER/NAME --jq '\"\\(.owner.login)@\\(.owner.id)/\\(.name)@\\(.id)\"'`",
        );
    }
    Ok(())
}

fn ona(args: &StartupArgs) -> Result<Subject, CommandError> {
    if args.repository.is_some() {
        return Err(CommandError::usage("`--repository` is for GitHub, and the issuer is Ona")
            .hint("give `--org ID` and `--project ID`"));
    }
    let (Some(org), Some(project)) = (&args.org, &args.project) else {
        return Err(CommandError::usage("the trust policy is not pinned without `--org` and `--project`")
            .hint("`ona idp token --decode --audience sts.amazonaws.com` in a workspace shows both ids"));
    };
    Subject::ona(org, project).map_err(refused)
}

fn github(args: &StartupArgs) -> Result<Subject, CommandError> {
    if args.org.is_some() || args.project.is_some() {
        return Err(CommandError::usage("`--org` and `--project` are for Ona, and the issuer is GitHub")
            .hint("give `--repository owner@ID/name@ID`"));
    }
    let given = args.repository.clone().or_else(of_workflow);
    let Some(repository) = given else {
        return Err(CommandError::usage("the trust policy is not pinned without `--repository`")
            .hint("give `--repository owner@ID/name@ID`, with the numbers of both"));
    };
    Subject::github(&repository).map_err(refused)
}

/// The repository of a workflow, with its numbers. Source: GitHub, "Variables reference".
fn of_workflow() -> Option<String> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let repository = set("GITHUB_REPOSITORY")?;
    let (owner, name) = repository.split_once('/')?;
    match (set("GITHUB_REPOSITORY_OWNER_ID"), set("GITHUB_REPOSITORY_ID")) {
        (Some(owner_id), Some(id)) => Some(format!("{owner}@{owner_id}/{name}@{id}")),
        _ => Some(repository.clone()),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
fn refused(error: SubjectError) -> CommandError {
    CommandError::usage(error.to_string()).hint("nothing may stand for any text: others would be trusted, too")
}
