//! The endpoint of a reset: on this machine, or refused before any call.

use crate::aws::{is_loopback, without_secrets};
use crate::cli::Common;
use crate::commands::support::stack_file::{Source, variable};

/// The variables that name an endpoint of `DynamoDB`, the nearest first.
/// Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
const VARIABLES: [&str; 2] = ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"];

/// The endpoint on this machine, `None` for the sandbox; the error is a sentence. An endpoint of the AWS configuration's
/// profile is not taken: a reset deletes tables, and says on its command line, in its file or its variables where.
///
/// Only `localhost` and addresses of loopback are this machine. A name that is looked up, such as that of a service of
/// docker-compose, may lead elsewhere by the time of the call.
pub(in crate::commands) fn on_this_machine(source: &Source, common: &Common) -> Result<Option<String>, String> {
    if common.sandbox {
        return Ok(None);
    }
    let ignored =
        variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let of_environment = || {
        let mut set = VARIABLES.iter().filter(|_| !ignored).filter_map(|name| Some((*name, variable(name)?)));
        set.find(|(_, url)| !url.is_empty()).map(|(name, url)| (format!("`{name}`"), url))
    };
    let flag = common.endpoint_url.clone().map(|url| ("`--endpoint-url`".to_owned(), url));
    let file = source.settings.endpoint_url.clone().map(|url| ("`endpoint_url` of the environment".to_owned(), url));
    let Some((from, url)) = flag.or(file).or_else(of_environment) else {
        return Err("no endpoint on this machine is named: a reset deletes tables, and never works at AWS; give \
                    `--sandbox`, `--endpoint-url`, or `endpoint_url` of an environment"
            .to_owned());
    };
    if is_loopback(&url) {
        return Ok(Some(url));
    }
    let shown = without_secrets(&url);
    if shown.is_empty() {
        return Err(format!("{from} names no URL of this machine: it is written as `http://localhost:8000`"));
    }
    Err(format!(
        "{shown} ({from}) is not on this machine: a reset deletes tables, and works at `localhost` or an address of \
         loopback only"
    ))
}
