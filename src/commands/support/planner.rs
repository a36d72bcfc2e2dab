//! The planner of a run: it reads the live resources, makes a plan, and has it judged.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::future;

use super::connection::{self, Connection, Reach};
use super::project::{Guardrails, Project};
use super::request::Request;
use super::stack_file;
use crate::aws::CallError;
use crate::base::{Address, Archives, Vault};
use crate::cli::Common;
use crate::error::CommandError;
use crate::guard::{self, Consents};
use crate::kind::Facts;
use crate::kinds::{LIVE, REGISTRY};
use crate::live::{self, Depth, InspectError, Inspection};
use crate::plan::{self, Action, Desired, Inventory, Note, Plan, PlanError, PlanOptions};
use crate::ui::Ui;

/// A project with a connection to its account and region.
pub(crate) struct Planner {
    pub(crate) project: Project,
    pub(crate) connection: Connection,
}

/// Draws a salt for the secrets of one plan.
pub(crate) fn salt() -> Result<[u8; 32], CommandError> {
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(|error| CommandError::failed("failed to draw random bytes", &error))?;
    Ok(salt)
}

impl Planner {
    /// Reads the file, connects, and resolves the values that depend on the account.
    pub(crate) async fn open(common: &Common, ui: &Ui, salt: [u8; 32]) -> Result<Self, CommandError> {
        Self::open_within(Reach::Anywhere, common, ui, salt).await
    }

    /// The same, with a limit on the endpoints that are called.
    pub(crate) async fn open_within(
        reach: Reach,
        common: &Common,
        ui: &Ui,
        salt: [u8; 32],
    ) -> Result<Self, CommandError> {
        let source = stack_file::read(common)?;
        let guardrails = Guardrails::read(&source, common, ui)?;
        let (vault, archives) = (Arc::new(Vault::new(salt)), Arc::new(Archives::default()));
        let aws = connection::connect_within(reach, &source, common, (vault, archives.clone()), ui).await?;
        let project = Project::resolve(&source, guardrails, &aws, &archives, common, ui)?;
        let place = guard::place(aws.env(), &stack_file::pins(&project.stack, common));
        Ok(Self { project, connection: Connection::new(aws, place) })
    }

    /// Reads the live resources and makes a judged plan.
    pub(crate) async fn plan(&self, request: &Request) -> Result<Plan, CommandError> {
        let (plan, inventory) = Box::pin(self.draft(request)).await?;
        // A plan without calls has nothing that the organization could forbid. In an account or region where nothing
        // may be changed, nothing is read either.
        let organization = async {
            if !plan.steps.is_empty() && !self.connection.is_out_of_place() {
                Box::pin(self.connection.read_organization(&self.project)).await;
            }
            Ok(())
        };
        let completed = Box::pin(self.complete(plan.clone(), inventory, request));
        let ((mut plan, facts), ()) = future::try_join(completed, organization).await?;
        plan.judge(self.connection.place.iter().cloned());
        plan.judge(self.connection.organization(&plan, &self.project).await);
        if !plan.steps.is_empty() {
            plan.notes.extend(self.connection.unread_role(&plan));
            plan.notes.extend(self.connection.doubtful_policies());
        }
        plan.judge(self.project.config(&plan, &self.connection.aws, &facts));
        let on_patterns = super::table_patterns::verdicts(&self.project.stack, Some(&plan));
        plan.judge(on_patterns);
        plan.judge(guard::ignored(&plan, &REGISTRY).into_iter().map(|verdict| self.project.located(verdict)));
        self.consent(&mut plan, &request.consents);
        Ok(plan)
    }

    /// Reads the live resources and makes a plan that no guardrail has judged. Returns it with the shared look-ups.
    pub(crate) async fn make(&self, request: &Request) -> Result<(Plan, Facts), CommandError> {
        let (plan, inventory) = self.draft(request).await?;
        self.complete(plan, inventory, request).await
    }

    /// Reads the live resources, those that change whole, and makes a first plan.
    async fn draft(&self, request: &Request) -> Result<(Plan, Inventory), CommandError> {
        let mut inventory =
            if self.connection.is_out_of_place() { Inventory::default() } else { self.inspect(request).await? };
        let mut plan = self.made(request, &inventory)?;
        if !self.connection.is_out_of_place() {
            let fixed = request.fixed(&self.project.wanted, None);
            let inspection = self.inspection(&fixed, request);
            let (aws, mut whole) = (&self.connection.aws, BTreeSet::new());
            // What a whole read tells may change what depends on it, which is then read whole as well.
            loop {
                match live::read_changed(LIVE, &plan, &inspection, &mut inventory, &mut whole, aws).await {
                    Ok(true) => plan = self.made(request, &inventory)?,
                    Ok(false) => break,
                    Err(error) => return Err(self.unread(error).await),
                }
            }
        }
        Ok((plan, inventory))
    }

    /// Makes the plan of an inventory.
    fn made(&self, request: &Request, inventory: &Inventory) -> Result<Plan, CommandError> {
        let fixed = request.fixed(&self.project.wanted, Some(inventory));
        let stack: &[Desired] = if self.connection.is_out_of_place() { &[] } else { &fixed };
        let settings = &self.project.stack.settings;
        let terms = PlanOptions {
            owner: &self.project.owner,
            env: self.connection.aws.env(),
            vault: self.connection.aws.vault(),
            ignore_tags: &settings.ignore_tags,
            destroy: request.destroy,
            backup: request.backup,
            unknown: request.unknown.or(settings.guardrails.unknown).unwrap_or_default(),
            targets: &request.targets,
            excludes: &request.excludes,
            releases: &request.releases,
            at: &request.at,
            token: &self.connection.aws.vault().salt()[..32],
        };
        plan::make(&REGISTRY, stack, inventory, &terms).map_err(|error| match error {
            PlanError::Problems { address, problems } => self.project.problems(&address, problems),
            PlanError::Refused(all) => self.project.refused(all),
            PlanError::Cycle(cycle) => CommandError::failed("failed to order the stack", &cycle),
        })
    }

    /// Looks closer at what a plan adopts, replaces, deletes or makes.
    async fn complete(
        &self,
        mut plan: Plan,
        mut inventory: Inventory,
        request: &Request,
    ) -> Result<(Plan, Facts), CommandError> {
        match live::check_before_removal(LIVE, &plan, &mut inventory, &self.connection.aws).await {
            Ok(true) => plan = self.made(request, &inventory)?,
            Ok(false) => {}
            Err(error) => return Err(self.unread(error).await),
        }
        for change in plan.changes.iter_mut().filter(|change| change.action == Action::Update) {
            // The fixes are laid over what is live, and not over the file.
            if let Some(fix) = request.fixes.get(&change.address) {
                change.reason = fix.reason();
            }
        }
        match live::check_prerequisites(LIVE, &plan, &inventory, &self.connection.aws).await {
            Ok(notes) => plan.notes.extend(notes),
            Err(error) => return Err(self.unread(error).await),
        }
        plan.notes.extend(lacking(&self.connection.aws.lacking()));
        plan.notes.extend(self.of_workspaces(request));
        plan.endpoint_url = self.connection.aws.endpoint();
        if !inventory.lacks_facts && !self.connection.is_out_of_place() {
            self.connection.keep(&inventory.facts);
        }
        Ok((plan, inventory.facts))
    }

    /// Adds the verdicts on consent, in place of earlier ones.
    pub(crate) fn consent(&self, plan: &mut Plan, consents: &Consents) {
        plan.verdicts.retain(|verdict| verdict.guardrail != "consent");
        let mut verdicts = guard::consent(plan, &REGISTRY, consents);
        verdicts.extend(std::mem::take(&mut plan.verdicts));
        for verdict in &mut verdicts {
            if let (None, Some(address)) = (&verdict.source, &verdict.address) {
                verdict.source = self.project.stack.source.locate(address, &crate::base::PropertyPath::root());
            }
        }
        plan.judge(verdicts);
    }

    async fn inspect(&self, request: &Request) -> Result<Inventory, CommandError> {
        let fixed = request.fixed(&self.project.wanted, None);
        let inspection = self.inspection(&fixed, request);
        match live::inspect(LIVE, &inspection, &self.connection.aws).await {
            Ok(inventory) => Ok(inventory),
            Err(error) => Err(self.unread(error).await),
        }
    }

    /// The terms of a read of the live resources. A plan to remove, to release or to fix is about what is live, and reads
    /// it whole at once.
    fn inspection<'a>(&'a self, stack: &'a [Desired], request: &'a Request) -> Inspection<'a> {
        let follows_file = !request.destroy && request.releases.is_empty() && request.fixes.is_empty();
        Inspection {
            stack,
            owner: &self.project.owner,
            sections: self.project.stack.settings.sections.as_deref(),
            destroy: request.destroy,
            releases: &request.releases,
            depth: if follows_file { Depth::First } else { Depth::Whole },
            facts: self.connection.facts.get().filter(|_| follows_file),
        }
    }

    /// The error of a read of live resources; if AWS denied it, with the denial.
    async fn unread(&self, error: InspectError) -> CommandError {
        let (what, source) = match error {
            InspectError::Problems { address, problems } => return self.project.problems(&address, problems),
            InspectError::Read { what, source } => (format!("failed to read {what}"), source),
        };
        if !source.is_denied() {
            let failed = CommandError::failed(what, &source);
            // The answer has another form than the service's.
            let unexpected = source.code.is_none() && source.status.is_some();
            return match self
                .connection
                .aws
                .endpoint()
                .filter(|_| unexpected && self.project.stack.settings.sections.is_none())
            {
                Some(endpoint) => failed.hint(format!(
                    "{endpoint} does not answer as {} does; for an endpoint that has only tables, such as DynamoDB \
                     Local, define an environment with `sections: [tables]`, and choose it with `--env`",
                    source.service
                )),
                None => failed,
            };
        }
        // The organization's policies may tell why.
        Box::pin(self.connection.read_organization(&self.project)).await;
        let denial = self.connection.denial(&source, &self.project).await;
        let source = CallError { message: guard::said_in_short(&source.message).to_owned(), ..source };
        let failed =
            CommandError::failed(what, &source).hint("nothing was changed; the caller needs this permission to plan");
        match denial {
            Some(denial) => CommandError::Denied { failed: Box::new(failed), denial: Box::new(denial) },
            None => failed,
        }
    }

    /// Notes on the entries of which each workspace has a resource of its own. A release is about named resources alone.
    fn of_workspaces(&self, request: &Request) -> Vec<Note> {
        let message = if request.destroy {
            "each workspace has its own, which is left: `underpin startup --stop` closes it"
        } else {
            "each workspace has its own, which `underpin startup` opens: no plan touches it"
        };
        let entries = self.project.stack.per_workspace.iter().filter(|_| request.releases.is_empty());
        entries.map(|one| Note { address: Some(one.address.clone()), message: message.to_owned() }).collect()
    }

    /// Refuses addresses on the command line that are neither in the file nor live. If nothing was read,
    /// none is refused.
    pub(crate) fn known_addresses(&self, request: &Request, plan: &Plan) -> Result<(), CommandError> {
        if self.connection.is_out_of_place() {
            return Ok(());
        }
        let known: BTreeSet<&Address> = self
            .project
            .wanted
            .iter()
            .map(|w| &w.address)
            .chain(plan.changes.iter().map(|change| &change.address))
            .collect();
        let known: BTreeSet<&Address> = known.into_iter().chain(&plan.orphans).collect();
        let Request { targets, excludes, releases, consents, fixes: _, backup: _, destroy: _, unknown: _, at: _ } =
            request;
        let named = [("--target", targets), ("--exclude", excludes), ("release", releases)];
        let named = named.iter().flat_map(|(flag, set)| set.iter().map(move |address| (*flag, address)));
        for (flag, address) in named.chain(consents.named()) {
            if !known.contains(address) {
                if self.project.stack.per_workspace.iter().any(|one| one.address == *address) {
                    let message = format!("{flag} names `{address}`, of which each workspace has its own");
                    let hint = "no plan touches it: `underpin startup` opens it, and with `--stop` closes it";
                    return Err(CommandError::usage(message).hint(hint));
                }
                let near = known.iter().map(ToString::to_string).max_by(|one, other| {
                    let score = |name: &str| strsim::jaro_winkler(name, &address.to_string());
                    score(one).total_cmp(&score(other))
                });
                let error = CommandError::usage(format!("{flag} names `{address}`, which is not in this stack"));
                return Err(match near {
                    Some(near) => error.hint(format!("did you mean `{near}`?")),
                    None => error,
                });
            }
        }
        Ok(())
    }
}

/// A note on the operations that an endpoint does not know, each once.
fn lacking(operations: &[String]) -> Option<Note> {
    let them = if operations.len() == 1 { "this operation, and what it" } else { "these operations, and what they" };
    let listed = operations.join(", ");
    (!operations.is_empty()).then(|| Note {
        address: None,
        message: format!("this endpoint does not support {them} would report is skipped: {listed}"),
    })
}
