//! Remembers the results of a call's earlier attempts: the SDK repeats attempts by itself and does not report them.
//!
//! An attempt without an answer, or with a server error, may have been carried out. The refusal of the next
//! attempt (`ResourceInUseException`) may then be a result of the first one's success.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::FinalizerInterceptorContextMut;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};

/// The header that marks an answer to a later attempt. AWS sends none of this name.
pub(super) const AFTER_UNCERTAIN: &str = "x-underpin-after-uncertain";

/// Observes each attempt of every call.
#[derive(Debug)]
pub(super) struct Attempts;

/// A mark: an earlier attempt of the call may have been carried out.
#[derive(Debug)]
struct Uncertain;

impl Storable for Uncertain {
    type Storer = StoreReplace<Self>;
}

impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "attempts"
    }

    fn modify_before_attempt_completion(
        &self,
        context: &mut FinalizerInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let before = cfg.load::<Uncertain>().is_some();
        let refused = context.response().is_some_and(|response| response.status().as_u16() < 500);
        if let Some(response) = context.response_mut().filter(|_| before) {
            response.headers_mut().insert(AFTER_UNCERTAIN, "true");
        }
        if !refused {
            cfg.interceptor_state().store_put(Uncertain);
        }
        Ok(())
    }
}
