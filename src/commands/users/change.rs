//! A change of one user: judged by the guardrails as every other call, shown, asked about, and made.

use serde_json::json;

use super::{failure, place};
use crate::aws::Aws;
use crate::base::Address;
use crate::cli::{Common, Format};
use crate::commands::support::planner::{Planner, salt};
use crate::commands::support::progress::Signals;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::kind::AccessRequest;
use crate::plan::{FORMAT_VERSION, Outcome, Plan, Step, Summary, Verdict};
use crate::report::{to_json, verdicts_text};
use crate::ui::Ui;
use crate::users::{Pool, PoolUser, UserError, find_pool, get_user};

/// A change of a user.
pub(super) struct UserChange {
    /// The verb, as in `users delete`.
    pub(super) verb: &'static str,
    /// Cognito's operation.
    pub(super) operation: &'static str,
    /// The change in a sentence for the question, without the user's name.
    pub(super) sentence: String,
    /// True if something is lost.
    pub(super) destructive: bool,
}

/// A pool to change, and its user as found.
pub(super) struct Target {
    planner: Planner,
    pub(super) pool: Pool,
    pub(super) user: Option<PoolUser>,
}

/// The consent to a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consent {
    /// It was given on the command line.
    Given,
    /// It is asked for: the answer is this word.
    Asked,
    /// It is not given, and the reason is a verdict.
    Missing,
}

impl Target {
    /// Connects, and reads pool and user; `None` if account or region are not those of the stack file.
    pub(super) async fn open(named: &str, user: &str, common: &Common, ui: &Ui) -> Result<Option<Self>, CommandError> {
        let planner = Box::pin(Planner::open(common, ui, salt()?)).await?;
        if planner.connection.is_out_of_place() {
            place::show_refusal(&planner.connection.place, ui)?;
            return Ok(None);
        }
        let aws = &planner.connection.aws;
        let pool = find_pool(aws, named).await.map_err(|error| failure::of_pool(&error))?;
        let user = match get_user(aws, &pool, user).await {
            Ok(user) => Some(user),
            Err(UserError::Missing) => None,
            Err(error) => return Err(failure::of_user("look at the user", &pool, &error)),
        };
        Ok(Some(Self { planner, pool, user }))
    }

    /// The clients.
    pub(super) fn aws(&self) -> &Aws {
        &self.planner.connection.aws
    }

    /// Judges the change, and has it confirmed with the answer `expected`. An error or an exit ends the command.
    pub(super) async fn approve(
        &self,
        change: &UserChange,
        consent: Consent,
        missing: Option<Verdict>,
        expected: &str,
        ui: &Ui,
    ) -> Result<Option<Exit>, CommandError> {
        let plan = self.judged(change, missing).await;
        let notable = || plan.verdicts.iter().filter(|verdict| verdict.outcome != Outcome::Pass);
        if plan.blocked {
            place::show_refusal(&notable().cloned().collect::<Vec<_>>(), ui)?;
            ui.say("Nothing was done: see what is forbidden above.");
            return Ok(Some(Exit::Denied));
        }
        let verdicts = verdicts_text(notable(), plan.unknown, ui.paint_err());
        if !verdicts.is_empty() {
            ui.say(&ui.folded_err(verdicts));
        }
        if consent == Consent::Asked {
            if !ui.can_ask() {
                return Err(CommandError::usage(format!("there is no terminal to confirm that {}", change.sentence))
                    .hint(if change.destructive { "add `--yes --allow-delete USER`" } else { "add `--yes`" }));
            }
            let word = if change.destructive { "type the user's name" } else { "type `yes`" };
            let question = format!("In {} {}. To go on, {word}:", self.pool.shown(), change.sentence);
            if ui.ask(&question) != expected {
                let yes = if change.destructive { "the user's name" } else { "yes" };
                return Err(CommandError::Declined { yes: yes.to_owned() });
            }
        }
        // The one call that follows is not interrupted, so that its outcome is known.
        let _ = Signals::listen();
        Ok(None)
    }

    /// A plan of the one call, with the verdicts of the guardrails.
    async fn judged(&self, change: &UserChange, missing: Option<Verdict>) -> Plan {
        let connection = &self.planner.connection;
        let (env, project) = (connection.aws.env(), &self.planner.project);
        let address = Address::new("user_pools", self.pool.name.as_deref().unwrap_or(&self.pool.id));
        let resource = env.arn("cognito-idp", &format!("userpool/{}", self.pool.id));
        let step = Step {
            id: format!("{address}#1"),
            address,
            service: "cognito-idp".to_owned(),
            operation: change.operation.to_owned(),
            title: change.sentence.clone(),
            // The user is personal data, and no policy can depend on it.
            input: json!({"UserPoolId": self.pool.id}),
            requires: vec![AccessRequest::new(format!("cognito-idp:{}", change.operation), resource)],
            covers: Vec::new(),
            after: Vec::new(),
            expects: &[],
            destructive: change.destructive,
        };
        let mut plan = Plan {
            format_version: FORMAT_VERSION,
            stack: project.owner.stack.clone(),
            environment: env.clone(),
            endpoint_url: connection.aws.endpoint(),
            summary: Summary::default(),
            changes: Vec::new(),
            steps: vec![step],
            verdicts: Vec::new(),
            unknown: project.stack.settings.guardrails.unknown.unwrap_or_default(),
            blocked: false,
            notes: Vec::new(),
            skipped: std::collections::BTreeMap::new(),
            not_searched: Vec::new(),
            releases: false,
            orphans: Vec::new(),
        };
        Box::pin(connection.read_organization(project)).await;
        let verdicts = Box::pin(connection.organization(&plan, project)).await;
        plan.judge(verdicts);
        plan.judge(missing);
        plan
    }

    /// The error of the call; if AWS denied it, with the denial.
    pub(super) async fn failed(&self, change: &UserChange, error: UserError) -> CommandError {
        let failed = failure::of_user(&format!("{} the user", change.verb), &self.pool, &error);
        let UserError::Call(call) = &error else { return failed };
        match Box::pin(self.planner.connection.denial(call, &self.planner.project)).await {
            Some(denial) => CommandError::Denied { failed: Box::new(failed), denial: Box::new(denial) },
            None => failed,
        }
    }

    /// Reports the end of the command.
    pub(super) fn report(
        &self,
        change: &UserChange,
        outcome: &str,
        changed: bool,
        ui: &Ui,
    ) -> Result<Exit, CommandError> {
        if ui.format == Format::Json {
            let report = json!({"action": change.verb, "pool": self.pool, "changed": changed, "outcome": outcome});
            ui.data(&to_json(&report))?;
        } else {
            ui.data(&format!("{outcome} ({}).\n", self.pool.shown()))?;
        }
        Ok(Exit::Done)
    }
}
