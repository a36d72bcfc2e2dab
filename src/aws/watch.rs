//! Reports each attempt at a call to a listener: `-v` shows AWS's calls, and how often each is made.

use std::fmt;
use std::sync::Arc;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::FinalizerInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// A listener: it gets service, operation, HTTP status and attempt, and nothing of the request's or answer's content.
#[derive(Clone)]
pub struct Listener(Arc<dyn Fn(&str) + Send + Sync>);

impl Listener {
    /// Makes a listener that calls this with a line for each attempt.
    pub fn new(tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// Reports a line.
    pub(super) fn tell(&self, line: &str) {
        (self.0)(line);
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

#[dyn_dispatch_hint]
impl Intercept for Listener {
    fn name(&self) -> &'static str {
        "Listener"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(call) = cfg.load::<Metadata>() else { return Ok(()) };
        let answer = context.response().map(|response| response.status().as_u16().to_string());
        let answer = answer.unwrap_or_else(|| "no answer".to_owned());
        let attempt = cfg.load::<RequestAttempts>().map(RequestAttempts::attempts).filter(|attempt| *attempt > 1);
        let attempt = attempt.map(|attempt| format!(" (attempt {attempt})")).unwrap_or_default();
        (self.0)(&format!("{}: {} → {answer}{attempt}", call.service(), call.name()));
        Ok(())
    }
}
