//! One run against AWS: file, connection, owner; and the making of a judged plan.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::future;
use tokio::sync::OnceCell;

use super::organization::KnownCaller;
use super::source::{self, Source, variable, wanted};
use crate::aws::{self, Aws, CallError, ConnectError, ConnectOptions, Listener};
use crate::base::{Address, Archives, Problem, Scope, Vault};
use crate::cli::{Common, Selection};
use crate::error::CommandError;
use crate::guard::{self, Consents, ScpSource, Subject};
use crate::kind::Owner;
use crate::kinds::{LIVE, REGISTRY};
use crate::live::{self, InspectError, Inspection, Organization};
use crate::plan::{self, Action, Desired, Inventory, Note, Plan, PlanError, PlanOptions, Verdict};
use crate::rules::RuleSet;
use crate::stack::{OnUnknown, Stack};
use crate::ui::Ui;

/// What a plan is made for.
#[derive(Debug, Clone, Default)]
pub(super) struct Request {
    pub(super) targets: BTreeSet<Address>,
    pub(super) excludes: BTreeSet<Address>,
    /// What is let go; where there is anything, nothing else is planned.
    pub(super) releases: BTreeSet<Address>,
    pub(super) consents: Consents,
    pub(super) backup: bool,
    pub(super) destroy: bool,
    /// What an unknown verdict means; `None` for what the file says.
    pub(super) unknown: Option<OnUnknown>,
    /// When it was asked for: names backups.
    pub(super) at: String,
}

impl Request {
    pub(super) fn new(selection: &Selection, destroy: bool) -> Self {
        let Selection {
            target,
            exclude,
            allow_delete,
            allow_replace,
            allow_unprotect,
            allow_adopt,
            no_backup,
            unknown,
        } = selection;
        let set = |addresses: &[Address]| addresses.iter().cloned().collect::<BTreeSet<_>>();
        Self {
            targets: set(target),
            excludes: set(exclude),
            releases: BTreeSet::new(),
            consents: Consents {
                delete: set(allow_delete),
                replace: set(allow_replace),
                unprotect: set(allow_unprotect),
                adopt: set(allow_adopt),
            },
            backup: !no_backup,
            destroy,
            unknown: *unknown,
            at: jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string(),
        }
    }
}

impl Request {
    /// The same, to let go of these and nothing else.
    pub(super) fn releasing(self, addresses: &[Address]) -> Self {
        Self { releases: addresses.iter().cloned().collect(), ..self }
    }
}

/// File, connection, owner.
pub(super) struct Session {
    pub(super) aws: Aws,
    pub(super) owner: Owner,
    pub(super) stack: Stack,
    pub(super) wanted: Vec<Desired>,
    place: Vec<Verdict>,
    pub(super) scps: Vec<ScpSource>,
    rules: RuleSet,
    /// Read once, beside the first inventory.
    pub(super) organization: OnceCell<Organization>,
    /// Read beside it, once a policy asks for more than the ARN.
    pub(super) caller: OnceCell<KnownCaller>,
}

/// Draws a salt for the secrets of one plan.
pub(super) fn salt() -> Result<[u8; 32], CommandError> {
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(|error| CommandError::failed("failed to draw random bytes", &error))?;
    Ok(salt)
}

impl Session {
    /// Reads the file, connects, and resolves what depends on the account.
    pub(super) async fn open(common: &Common, ui: &Ui, salt: [u8; 32]) -> Result<Self, CommandError> {
        let Source { document, settings } = source::read(common)?;
        let (scps, rules) = (source::policies(common, &settings, ui)?, source::rules(common, &settings)?);
        let (vault, archives) = (Arc::new(Vault::new(salt)), Arc::new(Archives::default()));
        let mut options = ConnectOptions {
            region: common.region.clone().or_else(|| settings.region.clone()),
            profile: common.profile.clone(),
            endpoint_url: common.endpoint_url.clone().or_else(|| settings.endpoint_url.clone()),
            endpoint_from: source::endpoint_from(&document, &settings, common),
            account: settings.account.clone(),
            sandbox: common.sandbox,
            listener: ui.listens().then(|| {
                let ui = ui.clone();
                Listener::new(move |line| ui.say(line))
            }),
        };
        if common.sandbox {
            // Nothing is started for a file that is wrong.
            let check = || source::read_offline(common).map(drop);
            let sandbox = super::sandbox::ensure(settings.account.as_deref(), check, ui)?;
            options.endpoint_url = Some(sandbox.endpoint);
            options.endpoint_from = None;
            options.region = Some(super::sandbox::region(options.region));
        }
        let connected = patiently(Box::pin(aws::connect(&options, vault.clone(), archives.clone())), ui).await;
        let aws = match connected {
            Ok(aws) => aws,
            Err(error) => {
                // What is wrong with the file can be told without AWS, and comes first.
                source::read_offline(common)?;
                return Err(connection(error));
            }
        };
        let stack = document.resolve(&settings, aws.env(), &REGISTRY, &vault, &archives, &variable)?;
        let stack = source::fitting(stack, aws.env())?;
        source::warn(&stack, common, ui);
        let place = guard::place(aws.env(), &source::pins(&stack, common));
        let owner = Owner {
            stack: settings.stack.clone(),
            previous_names: settings.previous_names.clone(),
            scope: Scope::new(settings.environment.as_deref(), &aws.env().region),
        };
        let wanted = wanted(&stack);
        Ok(Self {
            aws,
            owner,
            stack,
            wanted,
            place,
            scps,
            rules,
            organization: OnceCell::new(),
            caller: OnceCell::new(),
        })
    }

    /// The same session with nothing remembered of AWS.
    pub(super) fn forget(&mut self) {
        self.forget_resources();
        self.organization = OnceCell::new();
        self.caller = OnceCell::new();
    }

    /// The same session with nothing remembered of the account's resources.
    pub(super) fn forget_resources(&mut self) {
        self.aws = self.aws.fresh();
    }

    /// Reads what is live and makes a judged plan.
    pub(super) async fn plan(&self, request: &Request) -> Result<Plan, CommandError> {
        // In a place where nothing may be touched, nothing is read either.
        let organization = async {
            if self.place.is_empty() {
                Box::pin(self.read_organisation()).await;
            }
            Ok(())
        };
        let (mut plan, ()) = future::try_join(Box::pin(self.make(request)), organization).await?;
        plan.judge(self.place.iter().cloned());
        plan.judge(self.organization(&plan).await);
        if !plan.steps.is_empty() {
            plan.notes.extend(self.unread_role(&plan));
            plan.notes.extend(self.doubtful_policies());
        }
        plan.judge(self.config(&plan));
        plan.judge(guard::ignored(&plan, &REGISTRY).into_iter().map(|verdict| self.located(verdict)));
        self.consent(&mut plan, &request.consents);
        Ok(plan)
    }

    /// Reads what is live and makes a plan that no guardrail has seen.
    pub(super) async fn make(&self, request: &Request) -> Result<Plan, CommandError> {
        let mut inventory = if self.place.is_empty() { self.inspect(request).await? } else { Inventory::default() };
        let stack: &[Desired] = if self.place.is_empty() { &self.wanted } else { &[] };
        let settings = &self.stack.settings;
        let terms = PlanOptions {
            owner: &self.owner,
            env: self.aws.env(),
            vault: self.aws.vault(),
            ignore_tags: &settings.ignore_tags,
            destroy: request.destroy,
            backup: request.backup,
            unknown: request.unknown.or(settings.guardrails.unknown).unwrap_or_default(),
            targets: &request.targets,
            excludes: &request.excludes,
            releases: &request.releases,
            at: &request.at,
            token: &self.aws.vault().salt()[..32],
        };
        let make = |inventory: &Inventory| {
            plan::make(&REGISTRY, stack, inventory, &terms).map_err(|error| match error {
                PlanError::Problems { address, problems } => self.problems(&address, problems),
                PlanError::Cycle(cycle) => CommandError::failed("failed to order the stack", &cycle),
            })
        };
        let mut plan = make(&inventory)?;
        match live::check_before_removal(LIVE, &plan, &mut inventory, &self.aws).await {
            Ok(true) => plan = make(&inventory)?,
            Ok(false) => {}
            Err(error) => return Err(self.unread(error).await),
        }
        match live::check_prerequisites(LIVE, &plan, &inventory, &self.aws).await {
            Ok(notes) => plan.notes.extend(notes),
            Err(error) => return Err(self.unread(error).await),
        }
        plan.notes.extend(lacking(&self.aws.lacking()));
        plan.endpoint_url = self.aws.endpoint();
        Ok(plan)
    }

    /// Adds what consent has to say, in place of what it said before.
    pub(super) fn consent(&self, plan: &mut Plan, consents: &Consents) {
        plan.verdicts.retain(|verdict| verdict.guardrail != "consent");
        let mut verdicts = guard::consent(plan, &REGISTRY, consents);
        verdicts.extend(std::mem::take(&mut plan.verdicts));
        for verdict in &mut verdicts {
            if let (None, Some(address)) = (&verdict.source, &verdict.address) {
                verdict.source = self.stack.source.locate(address, &crate::base::PropertyPath::root());
            }
        }
        plan.judge(verdicts);
    }

    /// What rules of AWS Config have to say of the resources as they will be.
    fn config(&self, plan: &Plan) -> Vec<Verdict> {
        let resources: Vec<Subject<'_>> = plan.changes.iter().filter_map(Subject::of).collect();
        let mut verdicts = source::config(&self.stack, &self.rules, self.aws.env(), &resources);
        // What is let go may stay as it is: only what losing its tags brings is held against it.
        let is_released = |address: &Address| {
            plan.changes.iter().any(|change| change.action == Action::Release && change.address == *address)
        };
        verdicts.retain(|one| !(one.already && one.address.as_ref().is_some_and(is_released)));
        verdicts
    }

    /// A verdict on an ignored property, at the line that ignores it.
    fn located(&self, verdict: Verdict) -> Verdict {
        let address = verdict.address.clone();
        let source = address.and_then(|address| self.stack.source.locate(&address, &crate::path!["ignore"]));
        Verdict { source, ..verdict }
    }

    async fn inspect(&self, request: &Request) -> Result<Inventory, CommandError> {
        let inspection = Inspection {
            stack: &self.wanted,
            owner: &self.owner,
            sections: self.stack.settings.sections.as_deref(),
            destroy: request.destroy,
            releases: &request.releases,
        };
        match live::inspect(LIVE, &inspection, &self.aws).await {
            Ok(inventory) => Ok(inventory),
            Err(error) => Err(self.unread(error).await),
        }
    }

    /// Why what is live could not be told; where AWS denied it, who did.
    async fn unread(&self, error: InspectError) -> CommandError {
        let (what, source) = match error {
            InspectError::Problems { address, problems } => return self.problems(&address, problems),
            InspectError::Read { what, source } => (format!("failed to read {what}"), source),
        };
        if !source.is_denied() {
            let failed = CommandError::failed(what, &source);
            // An answer in another language than the service's.
            let unexpected = source.code.is_none() && source.status.is_some();
            return match self.aws.endpoint().filter(|_| unexpected && self.stack.settings.sections.is_none()) {
                Some(endpoint) => failed.hint(format!(
                    "{endpoint} does not answer as {} does; where an endpoint has tables alone, as DynamoDB Local, give it \
                     an environment with `sections: [tables]`, and name that with `--env`",
                    source.service
                )),
                None => failed,
            };
        }
        let denial = self.denial(&source).await;
        let source = CallError { message: guard::said_in_short(&source.message).to_owned(), ..source };
        let failed =
            CommandError::failed(what, &source).hint("nothing was changed; the caller needs this permission to plan");
        match denial {
            Some(denial) => CommandError::Denied { failed: Box::new(failed), denial: Box::new(denial) },
            None => failed,
        }
    }

    fn problems(&self, address: &Address, problems: Vec<Problem>) -> CommandError {
        CommandError::Input(self.stack.source.failure(address, problems))
    }

    /// Whether this is a place where nothing may be touched, whatever the plan.
    pub(super) fn is_out_of_place(&self) -> bool {
        !self.place.is_empty()
    }

    /// An address on the command line that is neither in the file nor live is a slip. Where nothing was read,
    /// nobody can tell.
    pub(super) fn known_addresses(&self, request: &Request, plan: &Plan) -> Result<(), CommandError> {
        if self.is_out_of_place() {
            return Ok(());
        }
        let known: BTreeSet<&Address> =
            self.wanted.iter().map(|w| &w.address).chain(plan.changes.iter().map(|change| &change.address)).collect();
        let known: BTreeSet<&Address> = known.into_iter().chain(&plan.orphans).collect();
        let Request { targets, excludes, releases, consents, backup: _, destroy: _, unknown: _, at: _ } = request;
        let named = [("--target", targets), ("--exclude", excludes), ("release", releases)];
        let named = named.iter().flat_map(|(flag, set)| set.iter().map(move |address| (*flag, address)));
        for (flag, address) in named.chain(consents.named()) {
            if !known.contains(address) {
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

/// What an endpoint was asked for and does not know, each operation once.
fn lacking(operations: &[String]) -> Option<Note> {
    let them = if operations.len() == 1 { "this operation, and what it" } else { "these operations, and what they" };
    let listed = operations.join(", ");
    (!operations.is_empty()).then(|| Note {
        address: None,
        message: format!("this endpoint does not know {them} would tell is skipped: {listed}"),
    })
}

/// Waits for the connection, and says so where it takes long.
async fn patiently<T>(connecting: impl Future<Output = T>, ui: &Ui) -> T {
    let mut connecting = std::pin::pin!(connecting);
    tokio::select! {
        done = &mut connecting => return done,
        () = tokio::time::sleep(Duration::from_secs(3)) => {}
    }
    ui.say("Waiting for an answer to who the credentials belong to …");
    connecting.await
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
fn connection(error: ConnectError) -> CommandError {
    let hint = match &error {
        ConnectError::NoRegion => "give `--region`, set `region:` in the stack file, or configure one for the AWS CLI",
        ConnectError::NotUrl(_) => {
            "write it as `http://localhost:8000`: what it holds now may be secret, and is not shown"
        }
        ConnectError::NotLoopback(_) => "`--sandbox` never leaves this machine; leave it out to work elsewhere",
        ConnectError::NoProfile(_) => "`aws configure list-profiles` lists those that are there",
        ConnectError::Unanswered { .. } => {
            "start what should answer there, or see `--endpoint-url`, `endpoint_url:` of the environment, and \
             `AWS_ENDPOINT_URL`"
        }
        ConnectError::SignedOut { command, .. } => &format!("sign in again with `{command}`, then run this once more"),
        ConnectError::Identity(_) => {
            "sign in as for the AWS CLI: `aws login`, `aws sso login`, keys (`AWS_ACCESS_KEY_ID` and \
             `AWS_SECRET_ACCESS_KEY`), or a profile (`--profile`, `AWS_PROFILE`); or try `--sandbox`, which needs no \
             account"
        }
    };
    CommandError::failed("failed to connect to AWS", &error).hint(hint)
}
