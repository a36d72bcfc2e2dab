//! The connection of a run: AWS's clients, the account and region that they reach, and the known facts about the
//! organization and the caller.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OnceCell;

use super::emulator;
use super::stack_file::{self, Source};
use crate::aws::{self, Aws, ConnectError, ConnectOptions, Listener};
use crate::base::{Archives, Caller, Vault};
use crate::cli::Common;
use crate::error::CommandError;
use crate::kind::Facts;
use crate::live::Organization;
use crate::plan::Verdict;
use crate::sandbox::Sandbox;
use crate::ui::Ui;

/// A connection to AWS, with the facts for judging that were read by it.
pub(crate) struct Connection {
    /// The clients.
    pub(crate) aws: Aws,
    /// The verdicts on account and region. If there is any, nothing is read or changed.
    pub(crate) place: Vec<Verdict>,
    /// The organization, read once: when a plan has calls, or a read was denied.
    pub(crate) organization: OnceCell<Organization>,
    /// The caller, read beside it, if a policy needs more than the ARN.
    pub(crate) caller: OnceCell<KnownCaller>,
    /// The shared look-ups of the last plan, for the read after its calls: none of them changes a VPC or a subnet.
    pub(crate) facts: OnceCell<Facts>,
}

/// The caller, once it was read because a policy needs it.
pub(crate) struct KnownCaller {
    /// The caller, with the role if it could be read.
    pub(crate) caller: Caller,
    /// The name of the role that could not be read, and the reason.
    pub(crate) unread: Option<(String, String)>,
}

impl Connection {
    /// A connection without cached answers.
    pub(crate) fn new(aws: Aws, place: Vec<Verdict>) -> Self {
        Self { aws, place, organization: OnceCell::new(), caller: OnceCell::new(), facts: OnceCell::new() }
    }

    /// Returns whether the account or region forbids every change, whatever the plan.
    pub(crate) fn is_out_of_place(&self) -> bool {
        !self.place.is_empty()
    }

    /// Drops all cached answers of AWS.
    pub(crate) fn forget(&mut self) {
        self.forget_resources();
        self.organization = OnceCell::new();
        self.caller = OnceCell::new();
        self.facts = OnceCell::new();
    }

    /// Keeps the shared look-ups of a plan, the first of which counts.
    pub(crate) fn keep(&self, facts: &Facts) {
        let _ = self.facts.set(facts.clone());
    }

    /// Drops the cached answers about the account's resources.
    pub(crate) fn forget_resources(&mut self) {
        self.aws = self.aws.fresh();
    }
}

/// The options of the connection, from the command line and the file.
pub(crate) fn options(source: &Source, common: &Common) -> ConnectOptions {
    let Source { document, settings } = source;
    ConnectOptions {
        region: common.region.clone().or_else(|| settings.region.clone()),
        endpoint_url: common.endpoint_url.clone().or_else(|| settings.endpoint_url.clone()),
        endpoint_from: stack_file::endpoint_from(document, settings, common),
        account: settings.account.clone(),
        ..options_without_file(common)
    }
}

/// The options of the command line.
fn options_without_file(common: &Common) -> ConnectOptions {
    ConnectOptions {
        region: common.region.clone(),
        profile: common.profile.clone(),
        endpoint_url: common.endpoint_url.clone(),
        endpoint_from: common.endpoint_url.is_some().then(|| "`--endpoint-url`".to_owned()),
        account: None,
        sandbox: common.sandbox,
        listener: None,
    }
}

/// The options of a connection to a sandbox.
pub(crate) fn in_sandbox(options: ConnectOptions, sandbox: Sandbox) -> ConnectOptions {
    let region = Some(emulator::region(options.region));
    ConnectOptions { endpoint_url: Some(sandbox.endpoint), endpoint_from: None, region, ..options }
}

/// The endpoints that a run may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Those of the user's options, AWS's own included.
    Anywhere,
    /// Endpoints of this machine; no credentials of the user are used, and no proxy.
    ThisMachine,
}

/// Connects to AWS or, for `--sandbox`, to the emulator, which is started if needed.
pub(crate) async fn connect(
    source: &Source,
    common: &Common,
    vault: Arc<Vault>,
    archives: Arc<Archives>,
    ui: &Ui,
) -> Result<Aws, CommandError> {
    // Errors of the file can be found without AWS, and come first; nothing is started for a file with errors.
    let check = || stack_file::read_offline(common).map(drop);
    connect_by(options(source, common), check, vault, archives, ui).await
}

/// The same, to an endpoint of this machine only.
pub(crate) async fn connect_within(
    reach: Reach,
    source: &Source,
    common: &Common,
    (vault, archives): (Arc<Vault>, Arc<Archives>),
    ui: &Ui,
) -> Result<Aws, CommandError> {
    if reach == Reach::Anywhere || common.sandbox {
        return connect(source, common, vault, archives, ui).await;
    }
    let options = ConnectOptions { sandbox: true, profile: None, listener: listener(ui), ..options(source, common) };
    let check = || stack_file::read_offline(common).map(drop);
    connect_to(&options, check, vault, archives, ui).await
}

/// Prints each call, if the user wants to see them.
pub(crate) fn listener(ui: &Ui) -> Option<Listener> {
    ui.listens().then(|| {
        let ui = ui.clone();
        Listener::new(move |line| ui.say(line))
    })
}

/// The same where there is no stack file: account and region are those of the credentials and the AWS configuration.
pub(crate) async fn connect_without_file(
    common: &Common,
    vault: Arc<Vault>,
    archives: Arc<Archives>,
    ui: &Ui,
) -> Result<Aws, CommandError> {
    connect_by(options_without_file(common), || Ok(()), vault, archives, ui).await
}

async fn connect_by(
    mut options: ConnectOptions,
    check: impl Fn() -> Result<(), CommandError>,
    vault: Arc<Vault>,
    archives: Arc<Archives>,
    ui: &Ui,
) -> Result<Aws, CommandError> {
    options.listener = listener(ui);
    if options.sandbox {
        let sandbox = emulator::ensure(options.account.as_deref(), &check, ui)?;
        options = in_sandbox(options, sandbox);
    }
    connect_to(&options, check, vault, archives, ui).await
}

async fn connect_to(
    options: &ConnectOptions,
    check: impl Fn() -> Result<(), CommandError>,
    vault: Arc<Vault>,
    archives: Arc<Archives>,
    ui: &Ui,
) -> Result<Aws, CommandError> {
    match patiently(Box::pin(aws::connect(options, vault, archives)), ui).await {
        Ok(aws) => Ok(aws),
        Err(error) => {
            check()?;
            Err(failed(error))
        }
    }
}

/// Waits for the connection, and prints a line if it takes long.
async fn patiently<T>(connecting: impl Future<Output = T>, ui: &Ui) -> T {
    let mut connecting = std::pin::pin!(connecting);
    tokio::select! {
        done = &mut connecting => return done,
        () = tokio::time::sleep(Duration::from_secs(3)) => {}
    }
    ui.say("Waiting for AWS to identify the credentials …");
    connecting.await
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
fn failed(error: ConnectError) -> CommandError {
    let hint = match &error {
        ConnectError::NoRegion => "give `--region`, set `region:` in the stack file, or configure one for the AWS CLI",
        ConnectError::NotUrl(_) => {
            "write it as `http://localhost:8000`: its present value may be secret, and is not shown"
        }
        ConnectError::NotLoopback(_) => "`--sandbox` never leaves this machine; leave it out to work elsewhere",
        ConnectError::NoProfile(_) => "`aws configure list-profiles` lists those that are there",
        ConnectError::Unanswered { .. } => {
            "start the server there, or check `--endpoint-url`, `endpoint_url:` of the environment, and \
             `AWS_ENDPOINT_URL`"
        }
        ConnectError::SignedOut { command, .. } => &format!("sign in again with `{command}`, then run this once more"),
        ConnectError::Identity(_) => {
            "sign in as for the AWS CLI: `aws login`, `aws sso login`, keys (`AWS_ACCESS_KEY_ID` and \
             `AWS_SECRET_ACCESS_KEY`), or a profile (`--profile`, `AWS_PROFILE`); or try `--sandbox`, which needs no \
             account"
        }
    };
    let failed = CommandError::failed("failed to connect to AWS", &error).hint(hint);
    match error.of_credentials() {
        Some((why, command)) => CommandError::SignedOut { failed: Box::new(failed), why, command },
        None => failed,
    }
}
