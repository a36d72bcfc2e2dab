//! One call.

use std::fmt;
use std::sync::Arc;

use aws_config::SdkConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::recursion_detection::RecursionDetectionInterceptor;
use aws_runtime::request_info::RequestInfoInterceptor;
use aws_runtime::retries::classifiers::{AwsErrorCodeClassifier, THROTTLING_ERRORS};
use aws_runtime::service_clock_skew::{ServiceClockSkewClassifier, ServiceClockSkewInterceptor};
use aws_runtime::user_agent::{ApiMetadata, UserAgentInterceptor};
use aws_smithy_runtime::client::defaults::default_http_client_plugin_v2;
use aws_smithy_runtime::client::http::connection_poisoning::ConnectionPoisoningInterceptor;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::interceptors::context::FinalizerInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, SharedInterceptor};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::retries::classifiers::SharedRetryClassifier;
use aws_smithy_runtime_api::client::runtime_components::{RuntimeComponents, RuntimeComponentsBuilder};
use aws_smithy_runtime_api::client::runtime_plugin::{RuntimePlugin as _, SharedRuntimePlugin, StaticRuntimePlugin};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::{ConfigBag, Layer};
use aws_smithy_types::error::metadata::ProvideErrorMetadata as _;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SigningName;
use aws_types::region::{Region, SigningRegion};
use aws_types::service_config::ServiceConfigKey;
use serde_json::Value;

use super::address::{self, ServiceAddress, Variant};
use super::answer::{self, Failure};
use super::form::{Lists, form};
use super::rest;
use super::service::{Protocol, Service, service};
use crate::aws::error::CallError;
use crate::base::Environment;

/// The outcome of one attempt at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// The HTTP status; `None` without an answer.
    pub status: Option<u16>,
    /// True if AWS refused it for the rate of calls.
    pub throttled: bool,
}

/// A function that is told of each attempt.
pub type Observer = Arc<dyn Fn(Attempt) + Send + Sync>;

/// What all signed calls of a connection share: credentials with their cache, the HTTP client with its connections, and
/// what watches calls.
pub(in crate::aws) struct Runtime {
    plugin: SharedRuntimePlugin,
    retries: RetryConfig,
    timeouts: TimeoutConfig,
    variant: Variant,
}

impl Runtime {
    /// Makes it of the SDK's configuration. `watchers` are those of the other clients.
    pub(in crate::aws) fn new(
        config: &SdkConfig,
        watchers: Vec<SharedInterceptor>,
        classifiers: Vec<SharedRetryClassifier>,
    ) -> Self {
        let mut components = RuntimeComponentsBuilder::new("signed")
            .with_http_client(config.http_client().or_else(default_http_client))
            .with_identity_cache(config.identity_cache())
            .with_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()))
            .with_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(
                StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]),
            )))
            .with_retry_classifier(HttpStatusCodeClassifier::default())
            .with_retry_classifier(TransientErrorClassifier::<Failure>::new())
            .with_retry_classifier(AwsErrorCodeClassifier::<Failure>::new())
            .with_retry_classifier(ServiceClockSkewClassifier::<Failure>::new())
            .with_interceptor(SharedInterceptor::permanent(ConnectionPoisoningInterceptor::new()))
            .with_interceptor(ServiceClockSkewInterceptor::new())
            .with_interceptor(RequestInfoInterceptor::new())
            .with_interceptor(UserAgentInterceptor::new())
            .with_interceptor(InvocationIdInterceptor::new())
            .with_interceptor(SharedInterceptor::permanent(RecursionDetectionInterceptor::new()))
            .with_time_source(config.time_source());
        components.set_sleep_impl(config.sleep_impl());
        if let Some(provider) = config.credentials_provider() {
            // One resolver for all calls: the cache knows it by its identity.
            components.set_identity_resolver(SCHEME_ID, SharedIdentityResolver::new(provider));
        }
        for watcher in watchers {
            components.push_interceptor(watcher);
        }
        for classifier in classifiers {
            components.push_retry_classifier(classifier);
        }
        let mut layer = Layer::new("signed");
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        layer.store_or_unset(config.region().cloned());
        layer.store_or_unset(config.app_name().cloned());
        let plugin = StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(components);
        Self {
            plugin: SharedRuntimePlugin::new(plugin),
            retries: config.retry_config().cloned().unwrap_or_else(RetryConfig::standard),
            timeouts: config.timeout_config().cloned().unwrap_or_else(|| TimeoutConfig::builder().build()),
            variant: Variant {
                fips: config.use_fips() == Some(true),
                dual_stack: config.use_dual_stack() == Some(true),
            },
        }
    }

    /// Makes a call: `operation` is a service's IAM prefix and an operation, `dynamodb:DescribeTable`; `input` and the
    /// answer are in the API's spelling.
    pub(in crate::aws) async fn ask(
        &self,
        operation: &str,
        input: Value,
        config: &SdkConfig,
        env: &Environment,
        observer: Option<Observer>,
    ) -> Result<Value, CallError> {
        let (prefix, name) = operation.split_once(':').unwrap_or((operation, ""));
        let Some(service) = service(prefix) else {
            return Err(CallError::unexpected(name, format!("the service `{prefix}` is not known here")));
        };
        let here = self.at(service, config, env);
        match self.invoke(operation, name, service, &input, here, observer.clone()).await {
            Err((error, Some(region))) if prefix == "s3" && region != env.region => {
                // The bucket is elsewhere. Source: S3 API reference, "Error responses", `PermanentRedirect`.
                let env = Environment::new(env.account.clone(), region);
                let there = self.at(service, config, &env);
                let again = self.invoke(operation, name, service, &input, there, observer).await;
                again.map_err(|(other, _)| if other.status.is_some() { other } else { error })
            }
            answer => answer.map_err(|(error, _)| error),
        }
    }

    /// The endpoint: the user's own, else AWS's. As with the SDK's clients, one that is given for all services by the user
    /// comes before one for the service, and this before one for all from the environment or the profile.
    /// Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
    fn at(&self, service: &Service, config: &SdkConfig, env: &Environment) -> ServiceAddress {
        let of_aws = address::address(service, env, self.variant);
        let own = || {
            let key =
                ServiceConfigKey::builder().service_id(service.id).env("AWS_ENDPOINT_URL").profile("endpoint_url");
            config.service_config()?.load_config(key.build().ok()?)
        };
        let given = config.get_origin("endpoint_url").is_client_config();
        let url = if given { None } else { own() }.or_else(|| config.endpoint_url().map(str::to_owned));
        ServiceAddress { url: url.unwrap_or(of_aws.url), region: of_aws.region }
    }

    async fn invoke(
        &self,
        operation: &str,
        name: &str,
        service: &'static Service,
        input: &Value,
        at: ServiceAddress,
        observer: Option<Observer>,
    ) -> Result<Value, (CallError, Option<String>)> {
        let request = request(operation, name, service.protocol, input);
        let request = request.map_err(|why| (CallError::unexpected(name, why), None))?;
        let (full, protocol) = (operation.to_owned(), service.protocol);
        let mut builder = Operation::builder()
            .service_name(service.id)
            .operation_name(name.to_owned())
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&at.url)
            .standard_retry(&self.retries)
            .timeout_config(self.timeouts.clone())
            .runtime_plugin(self.plugin.clone())
            .runtime_plugin(of_service(service, &at.region));
        if let Some(observer) = observer {
            builder = builder.interceptor(Watcher(observer));
        }
        let call = builder
            .serializer(|request: Request| request.write())
            .deserializer::<Value, Failure>(move |response| {
                if !response.status().is_success() {
                    return Err(OrchestratorError::operation(answer::refusal(response)));
                }
                let body = response.body().bytes().unwrap_or_default();
                answer::read(&full, protocol, body).map_err(OrchestratorError::operation)
            })
            .build();
        let answer = Box::pin(call.invoke(request)).await;
        answer.map_err(|error| {
            let header = |response: &HttpResponse| response.headers().get("x-amz-bucket-region").map(str::to_owned);
            let region = error.raw_response().and_then(header);
            (CallError::of(service.prefix, name, &error), region)
        })
    }
}

/// The SDK's HTTP client, made once: each call's own would have connections of its own.
fn default_http_client() -> Option<aws_smithy_runtime_api::client::http::SharedHttpClient> {
    let plugin = default_http_client_plugin_v2(BehaviorVersion::latest())?;
    plugin.runtime_components(&RuntimeComponentsBuilder::new("default")).http_client()
}

/// What differs from service to service.
fn of_service(service: &'static Service, region: &str) -> StaticRuntimePlugin {
    let mut options = SigningOptions::default();
    if service.protocol == Protocol::RestXml {
        // Source: S3 User Guide, "Signature calculations": the path is encoded once, and the payload's digest is a header.
        options.double_uri_encode = false;
        options.normalize_uri_path = false;
        options.content_sha256_header = true;
    }
    let mut layer = Layer::new("service");
    layer.store_put(SigV4OperationSigningConfig {
        region: Some(SigningRegion::from(Region::new(region.to_owned()))),
        name: Some(SigningName::from(service.signing_name)),
        signing_options: options,
        ..SigV4OperationSigningConfig::default()
    });
    layer.store_put(ApiMetadata::new(service.prefix, env!("CARGO_PKG_VERSION")));
    StaticRuntimePlugin::new().with_config(layer.freeze())
}

/// A request before it is signed.
#[derive(Debug, Clone)]
struct Request {
    method: &'static str,
    target: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Request {
    fn write(self) -> Result<HttpRequest, BoxError> {
        let Self { method, target, headers, body } = self;
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method(method)?;
        request.set_uri(target)?;
        for (name, value) in headers {
            request.headers_mut().insert(name, value);
        }
        Ok(request)
    }
}

fn request(operation: &str, name: &str, protocol: Protocol, input: &Value) -> Result<Request, String> {
    let post = |headers, body| Request { method: "POST", target: "/".to_owned(), headers, body };
    let of_form = |version, lists| {
        let kind = ("content-type", "application/x-www-form-urlencoded; charset=utf-8".to_owned());
        post(vec![kind], form(name, version, input, lists))
    };
    Ok(match protocol {
        Protocol::Json { version, target } => {
            let kind = ("content-type", format!("application/x-amz-json-{version}"));
            let body = if input.is_object() { input.to_string() } else { "{}".to_owned() };
            post(vec![kind, ("x-amz-target", format!("{target}.{name}"))], body)
        }
        Protocol::Query { version } => of_form(version, Lists::Member),
        Protocol::Ec2 { version } => of_form(version, Lists::Plain),
        Protocol::RestJson | Protocol::RestXml => {
            let rest::RestRequest { method, target, body } = rest::request(operation, input)?;
            let headers =
                if body.is_some() { vec![("content-type", "application/json".to_owned())] } else { Vec::new() };
            Request { method, target, headers, body: body.map(|body| body.to_string()).unwrap_or_default() }
        }
    })
}

/// Tells an observer of each attempt.
struct Watcher(Observer);

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watcher")
    }
}

impl Intercept for Watcher {
    fn name(&self) -> &'static str {
        "Watcher"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let status = context.response().map(|response| response.status().as_u16());
        let failure = context.output_or_error().and_then(Result::err).and_then(OrchestratorError::as_operation_error);
        let code = failure.and_then(|error| error.downcast_ref::<Failure>()).and_then(Failure::code);
        let throttled = status == Some(429) || code.is_some_and(|code| THROTTLING_ERRORS.contains(&code));
        (self.0)(Attempt { status, throttled });
        Ok(())
    }
}
