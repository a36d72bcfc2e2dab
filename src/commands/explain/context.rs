//! The context of a request from the command line: `--context` and `--complete-context`.

use std::collections::BTreeMap;

use super::args::ExplainArgs;
use crate::error::CommandError;
use crate::policy::{Known, Request, Unnamed};

/// The condition keys that were given, with their values.
pub(super) struct GivenContext {
    keys: BTreeMap<String, Vec<String>>,
    others: Unnamed,
}

impl GivenContext {
    pub(super) fn read(args: &ExplainArgs) -> Result<Self, CommandError> {
        let others = if args.complete_context { Unnamed::Absent } else { Unnamed::Documented };
        Ok(Self { keys: keys(&args.context)?, others })
    }

    /// Returns whether a key was given, in whatever case.
    pub(super) fn has(&self, key: &str) -> bool {
        self.keys.keys().any(|given| given.eq_ignore_ascii_case(key))
    }

    /// The request with the keys that were given.
    pub(super) fn complete(&self, request: Request) -> Request {
        let request =
            self.keys.iter().fold(request, |request, (key, values)| request.with(key, Known::Values(values.clone())));
        request.others(self.others)
    }
}

fn keys(given: &[String]) -> Result<BTreeMap<String, Vec<String>>, CommandError> {
    let mut context: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
    for pair in given {
        let Some((key, value)) = pair.split_once('=').filter(|(key, _)| key.contains(':')) else {
            return Err(CommandError::usage(format!("`--context {pair}` is not a condition key with its value"))
                .hint("write `--context aws:RequestedRegion=eu-central-1`"));
        };
        let (_, values) = context.entry(key.to_lowercase()).or_insert_with(|| (key.to_owned(), Vec::new()));
        values.push(value.to_owned());
    }
    Ok(context.into_values().collect())
}
