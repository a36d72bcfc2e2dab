//! The surroundings of a function that runs on this machine: the stack, and the emulator that its calls go to.

use std::sync::Arc;

use super::args::LocalArgs;
use crate::aws::{Aws, is_loopback, without_secrets};
use crate::base::{Archives, Vault};
use crate::cli::Common;
use crate::commands::support::planner::salt;
use crate::commands::support::{connection, emulator, stack_file};
use crate::error::CommandError;
use crate::kinds::REGISTRY;
use crate::stack::Stack;
use crate::ui::Ui;

/// The stack, and the emulator.
pub(super) struct Place {
    pub(super) stack: Stack,
    pub(super) archives: Arc<Archives>,
    pub(super) aws: Aws,
    /// The URL of the emulator.
    pub(super) endpoint: String,
    /// The id of the access key, which DynamoDB Local may keep tables apart by.
    pub(super) access_key: String,
}

impl Place {
    /// Reads the stack file and connects to the emulator: the given endpoint, else the sandbox, which is started.
    pub(super) async fn open(args: &LocalArgs, common: &Common, ui: &Ui) -> Result<Self, CommandError> {
        if !args.local {
            let hint = "`--local` runs the function's code on this machine; `aws lambda invoke` runs what is deployed";
            return Err(CommandError::usage("`--local` is missing").hint(hint));
        }
        if common.profile.is_some() {
            return Err(CommandError::usage(
                "`--profile` has no use with `--local`: an emulator takes any credentials",
            ));
        }
        let mut source = stack_file::read(common)?;
        // An environment may be confined to the sections that its emulator has. The function runs here.
        source.settings.sections = None;
        let mut common = common.clone();
        let endpoint = endpoint(&common, source.settings.endpoint_url.as_deref())?;
        common.sandbox = endpoint.is_none();
        common.endpoint_url = endpoint;
        let (vault, archives) = (Arc::new(Vault::new(salt()?)), Arc::new(Archives::default()));
        let aws = connection::connect(&source, &common, vault, archives.clone(), ui).await?;
        let endpoint = match &common.endpoint_url {
            Some(url) => url.clone(),
            None => emulator::ensure(source.settings.account.as_deref(), || Ok(()), ui)?.endpoint,
        };
        let stack_file::Source { document, settings } = &source;
        let stack = document.resolve(settings, aws.env(), &REGISTRY, aws.vault(), &archives, &stack_file::variable)?;
        let access_key = stack_file::variable("AWS_ACCESS_KEY_ID").filter(|id| !common.sandbox && !id.is_empty());
        let access_key = access_key.unwrap_or_else(|| "testing".to_owned());
        Ok(Self { stack, archives, aws, endpoint, access_key })
    }

    /// Removes the values of secrets from a text.
    pub(super) fn redacted(&self, text: &str) -> String {
        crate::base::redacted(text, &self.aws.vault().secrets())
    }
}

/// The given endpoint, which has to be on this machine; none for the sandbox.
fn endpoint(common: &Common, of_environment: Option<&str>) -> Result<Option<String>, CommandError> {
    if common.sandbox {
        return Ok(None);
    }
    let variable = || {
        let names = ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"];
        names.iter().find_map(|name| stack_file::variable(name).filter(|url| !url.is_empty()))
    };
    let given = common.endpoint_url.clone().or_else(|| of_environment.map(str::to_owned)).or_else(variable);
    match given {
        Some(url) if !is_loopback(&url) => {
            let message = format!("the endpoint `{}` is not on this machine", without_secrets(&url));
            let hint = "a function that runs here works on the sandbox (`--sandbox`) or a loopback `--endpoint-url`";
            Err(CommandError::usage(message).hint(hint))
        }
        given => Ok(given),
    }
}
