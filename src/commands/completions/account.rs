//! The orphans of a stack, as far as the account tells them at once.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::aws::{self, ConnectOptions};
use crate::base::{Address, Vault};
use crate::cli::Common;
use crate::commands::support::connection::{in_sandbox, options};
use crate::commands::support::emulator;
use crate::commands::support::stack_file::{self, Source};
use crate::guard::{self, Pins};
use crate::kinds::LIVE;
use crate::live;
use crate::stack::{NamedResource, Settings};

/// The time that a search may take, in all. Whoever presses a key waits for it.
const LIMIT: Duration = Duration::from_secs(1);

/// Finds orphans whose addresses begin with a text: those that are found in time. Without credentials that are at hand
/// there are none, and nobody is asked for any.
pub(super) fn orphans(common: &Common, declared: &[NamedResource], text: &str) -> Vec<Address> {
    let until = Instant::now() + LIMIT;
    let (sender, found) = channel();
    let (common, declared, text) = (common.clone(), declared.to_vec(), text.to_owned());
    // Nobody waits for its end: looking up a host's name can't be interrupted.
    let search = thread::Builder::new().spawn(move || search(&common, &declared, &text, &sender));
    let mut orphans = Vec::new();
    if search.is_ok() {
        while let Ok(more) = found.recv_timeout(until.saturating_duration_since(Instant::now())) {
            orphans.extend::<Vec<Address>>(more);
        }
    }
    orphans
}

fn search(common: &Common, declared: &[NamedResource], text: &str, found: &Sender<Vec<Address>>) -> Option<()> {
    let source = stack_file::read(common).ok()?;
    let options = silent_options(&source, common)?;
    let Source { document: _, settings } = source;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    runtime.block_on(async {
        if !aws::connects_silently(&options).await {
            return None;
        }
        let aws = aws::connect(&options, Arc::new(Vault::new([0; 32])), Arc::default()).await.ok()?;
        if !guard::place(aws.env(), &pins(&settings)).is_empty() {
            return None;
        }
        let owner = stack_file::owner(&settings, aws.env());
        let may_match = |section: &str| {
            let sections = settings.sections.as_deref();
            let start = format!("{section}.");
            sections.is_none_or(|sections| sections.iter().any(|one| one == section))
                && (start.starts_with(text) || text.starts_with(&start))
        };
        let kinds = LIVE.iter().copied().filter(|kind| may_match(kind.section())).collect::<Vec<_>>();
        live::orphan_addresses(&kinds, declared, &owner, &aws, &|addresses| drop(found.send(addresses))).await;
        Some(())
    })
}

/// The options of a connection that nobody has to be asked for; none if there is no such connection.
fn silent_options(source: &Source, common: &Common) -> Option<ConnectOptions> {
    let mut connection = options(source, common);
    if common.sandbox {
        connection = in_sandbox(connection, emulator::running(source.settings.account.as_deref())?);
    } else if common.endpoint_url.is_none() && !connection.endpoint_url.as_deref().is_none_or(aws::is_loopback) {
        // A key that is pressed in the folder of a file sends nothing to a host that the file names.
        return None;
    }
    Some(connection)
}

/// The account and regions that the settings allow.
fn pins(settings: &Settings) -> Pins<'_> {
    Pins {
        account: settings.account.as_deref(),
        account_at: None,
        residency: &settings.residency,
        residency_at: None,
        region_at: None,
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, FromArgMatches as _};

    use super::*;

    /// The endpoint that would be asked, if any.
    fn endpoint(stack: &str, words: &[&str]) -> Option<String> {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let file = folder.path().join("stack.yaml");
        std::fs::write(&file, stack).expect("it is written");
        let command = Common::augment_args(clap::Command::new("underpin"));
        let matches = command.get_matches_from([&["underpin"], words].concat());
        let common = Common { file, ..Common::from_arg_matches(&matches).expect("these are options") };
        let source = stack_file::read(&common).expect("the file is read");
        silent_options(&source, &common).map(|options| options.endpoint_url.unwrap_or_else(|| "AWS".to_owned()))
    }

    #[test]
    fn hosts_that_only_the_file_names_are_not_called() {
        const ELSEWHERE: &str = "stack: s\nenvironments: {e: {endpoint_url: 'https://aws.example.com'}}\n";
        const HERE: &str = "stack: s\nenvironments: {e: {endpoint_url: 'http://localhost:8000'}}\n";
        assert_eq!(endpoint(ELSEWHERE, &["--env", "e"]), None);
        assert_eq!(endpoint(HERE, &["--env", "e"]), Some("http://localhost:8000".to_owned()));
        assert_eq!(endpoint(ELSEWHERE, &[]), Some("AWS".to_owned()));
        let named = "https://dynamodb.example.com";
        assert_eq!(endpoint(ELSEWHERE, &["--env", "e", "--endpoint-url", named]), Some(named.to_owned()));
    }
}
