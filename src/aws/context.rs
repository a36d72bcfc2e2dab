//! The connection of a run: clients, the environment, secrets, archives, and shared answers.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use aws_config::SdkConfig;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::identity::SharedIdentityCache;
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use aws_smithy_runtime_api::client::retries::classifiers::SharedRetryClassifier;
use aws_types::region::Region;
use aws_types::service_config::ServiceConfigKey;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

use super::attempts::Attempts;
use super::ec2::VpcEndpoint;
use super::endpoint::{endpoint_of_environment, is_loopback, place_of};
use super::signed::{Observer, Runtime};
use super::unsupported::{Lacking, Marks, is_at_aws};
use super::{CachedListing, CallError, Listener};
use crate::base::{Archives, Caller, Environment, Vault};

/// A resource that the tagging API lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// Its ARN.
    pub arn: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// A resource in the answer of the tagging API.
/// Source: Resource Groups Tagging API reference, `ResourceTagMapping`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagMapping {
    #[serde(rename = "ResourceARN")]
    resource_arn: Option<String>,
    tags: Option<Vec<ResourceTag>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceTag {
    key: String,
    value: String,
}

/// The connection of one run. Clients are made when they are first used.
pub struct Aws {
    env: Environment,
    caller: Option<Caller>,
    listener: Option<Listener>,
    lacking: Lacking,
    config: SdkConfig,
    signed: OnceLock<Runtime>,
    vault: Arc<Vault>,
    archives: Arc<Archives>,
    tagged: OnceCell<Result<Vec<Tagged>, CallError>>,
    roles: CachedListing<aws_sdk_iam::types::RoleDetail>,
    vpc_endpoints: CachedListing<VpcEndpoint>,
    cognito: OnceLock<aws_sdk_cognitoidentityprovider::Client>,
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
    iam: OnceLock<aws_sdk_iam::Client>,
    lambda: OnceLock<aws_sdk_lambda::Client>,
    logs: OnceLock<aws_sdk_cloudwatchlogs::Client>,
    scaling: OnceLock<aws_sdk_applicationautoscaling::Client>,
    sts: OnceLock<aws_sdk_sts::Client>,
}

macro_rules! clients {
    ($($(#[$doc:meta])* $name:ident: $krate:ident;)*) => {
        impl Aws {
            $($(#[$doc])* pub fn $name(&self) -> &$krate::Client {
                self.$name.get_or_init(|| {
                    let marks = Marks(self.lacking.clone());
                    let builder = $krate::config::Builder::from(&self.config).interceptor(Attempts);
                    let mut builder = builder.interceptor(marks.clone()).retry_classifier(marks);
                    if let Some(listener) = &self.listener {
                        builder.push_interceptor(SharedInterceptor::new(listener.clone()));
                    }
                    $krate::Client::from_conf(builder.build())
                })
            })*
        }
    };
}

clients! {
    /// Amazon Cognito user pools.
    cognito: aws_sdk_cognitoidentityprovider;
    /// Amazon DynamoDB.
    dynamodb: aws_sdk_dynamodb;
    /// AWS IAM.
    iam: aws_sdk_iam;
    /// AWS Lambda.
    lambda: aws_sdk_lambda;
    /// Amazon CloudWatch Logs.
    logs: aws_sdk_cloudwatchlogs;
    /// Application Auto Scaling.
    scaling: aws_sdk_applicationautoscaling;
    /// AWS Security Token Service.
    sts: aws_sdk_sts;
}

impl Aws {
    /// Makes the connection of a run.
    pub fn new(env: Environment, config: SdkConfig, vault: Arc<Vault>, archives: Arc<Archives>) -> Self {
        Self {
            env,
            caller: None,
            listener: None,
            lacking: Lacking::default(),
            config,
            signed: OnceLock::new(),
            vault,
            archives,
            tagged: OnceCell::new(),
            roles: CachedListing::default(),
            vpc_endpoints: CachedListing::default(),
            cognito: OnceLock::new(),
            dynamodb: OnceLock::new(),
            iam: OnceLock::new(),
            lambda: OnceLock::new(),
            logs: OnceLock::new(),
            scaling: OnceLock::new(),
            sts: OnceLock::new(),
        }
    }

    /// The same connection without cached answers: every call is made again.
    #[must_use]
    pub fn fresh(&self) -> Self {
        let fresh = Self::new(self.env.clone(), self.config.clone(), self.vault.clone(), self.archives.clone());
        Self { caller: self.caller.clone(), listener: self.listener.clone(), ..fresh }
    }

    /// The same credentials, account and endpoints in another region, without cached answers.
    #[must_use]
    pub fn in_region(&self, region: &str) -> Self {
        let config = self.config.to_builder().region(Region::new(region.to_owned())).build();
        let env = Environment::new(self.env.account.clone(), region);
        let there = Self::new(env, config, self.vault.clone(), self.archives.clone());
        Self { caller: self.caller.clone(), listener: self.listener.clone(), lacking: self.lacking.clone(), ..there }
    }

    /// The same endpoints with other credentials, in another account.
    pub(super) fn with_credentials(
        &self,
        env: Environment,
        provider: SharedCredentialsProvider,
        cache: SharedIdentityCache,
    ) -> Self {
        let config = self.config.to_builder().credentials_provider(provider).identity_cache(cache).build();
        let there = Self::new(env, config, self.vault.clone(), self.archives.clone());
        Self { listener: self.listener.clone(), lacking: self.lacking.clone(), ..there }
    }

    /// Makes a call of any service: `operation` is the service's IAM prefix and the operation, such as
    /// `dynamodb:DescribeTable`; input and answer are JSON in the API's spelling. `observer` is told of each attempt.
    ///
    /// # Errors
    /// A refusal, no answer, an answer that can't be read, or an operation that is not known here.
    pub async fn ask(&self, operation: &str, input: Value, observer: Option<Observer>) -> Result<Value, CallError> {
        let runtime = self.signed.get_or_init(|| {
            let marks = Marks(self.lacking.clone());
            let mut watchers = vec![SharedInterceptor::new(Attempts), SharedInterceptor::new(marks.clone())];
            watchers.extend(self.listener.clone().map(SharedInterceptor::new));
            Runtime::new(&self.config, watchers, vec![SharedRetryClassifier::new(marks)])
        });
        runtime.ask(operation, input, &self.config, &self.env, observer).await
    }

    /// The same, with the members of the answer that are read. `operation` is one of a service that speaks JSON.
    ///
    /// # Errors
    /// Those of [`Self::ask`], and a member of another type.
    pub(super) async fn read<T: DeserializeOwned>(&self, operation: &str, input: Value) -> Result<T, CallError> {
        let answer = self.ask(operation, input, None).await?;
        serde_json::from_value(answer).map_err(|error| unreadable(operation, &error.to_string()))
    }

    /// The items of all pages of a listing: `list` is the member that holds them, `token` the one that leads to the next
    /// page, in input and answer.
    ///
    /// # Errors
    /// Those of [`Self::read`], and a page that leads to itself.
    pub(super) async fn read_all<T: DeserializeOwned>(
        &self,
        operation: &str,
        mut input: Value,
        list: &str,
        token: &str,
    ) -> Result<Vec<T>, CallError> {
        let mut found = Vec::new();
        loop {
            let mut page: Map<String, Value> = self.read(operation, input.clone()).await?;
            let items = page.remove(list).filter(|items| !items.is_null()).unwrap_or_else(|| json!([]));
            let items: Vec<T> =
                serde_json::from_value(items).map_err(|error| unreadable(operation, &error.to_string()))?;
            found.extend(items);
            let next = page.remove(token).filter(|next| !next.is_null() && next.as_str() != Some(""));
            let Some(next) = next else { return Ok(found) };
            if input.get(token) == Some(&next) {
                return Err(unreadable(operation, "the next page has the token of this one"));
            }
            input[token] = next;
        }
    }

    /// The same connection with the identity of the caller.
    #[must_use]
    pub fn by(self, caller: Option<Caller>) -> Self {
        Self { caller, ..self }
    }

    /// The same connection with a listener that gets a line for each call.
    #[must_use]
    pub fn heard_by(self, listener: Option<Listener>) -> Self {
        Self { listener, ..self }
    }

    /// Returns whether calls go to this machine: to an emulator.
    pub fn is_on_loopback(&self) -> bool {
        self.config.endpoint_url().is_some_and(is_loopback)
            || std::env::var("AWS_ENDPOINT_URL").is_ok_and(|url| is_loopback(&url))
    }

    /// Returns whether items are read and written on this machine. DynamoDB may have an endpoint of its own in the
    /// environment or the profile, which the SDK prefers to the one for all services.
    /// Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
    pub fn keeps_items_here(&self) -> bool {
        let config = &self.config;
        let of_service = || {
            let key =
                ServiceConfigKey::builder().service_id("DynamoDB").env("AWS_ENDPOINT_URL").profile("endpoint_url");
            config.service_config()?.load_config(key.build().ok()?)
        };
        let given = config.get_origin("endpoint_url").is_client_config();
        let own = if given { None } else { of_service() };
        own.as_deref().or(config.endpoint_url()).is_some_and(is_loopback)
    }

    /// The endpoint, if calls do not go to AWS's own endpoints. Other parts of the URL (a name, a password, a query)
    /// are left out.
    pub fn endpoint(&self) -> Option<String> {
        let url = self.config.endpoint_url().map(str::to_owned).or_else(endpoint_of_environment)?;
        Some(place_of(&url))
    }

    /// Returns whether calls go to AWS's own endpoints, and not to an emulator.
    pub fn is_at_aws(&self) -> bool {
        self.config.endpoint_url().map(str::to_owned).or_else(endpoint_of_environment).is_none_or(|url| is_at_aws(&url))
    }

    /// The operations that were called and that the endpoint did not know, each as `Service: Operation`.
    pub fn lacking(&self) -> Vec<String> {
        self.lacking.operations()
    }

    /// The identity that makes the calls; `None` if an endpoint has no STS.
    pub fn caller(&self) -> Option<&Caller> {
        self.caller.as_ref()
    }

    /// Partition, account, region.
    pub fn env(&self) -> &Environment {
        &self.env
    }

    /// The secrets of this run.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The code archives of this run.
    pub fn archives(&self) -> &Archives {
        &self.archives
    }

    /// The cached listing of all roles of the account, from the start of the run.
    pub fn roles(&self) -> &CachedListing<aws_sdk_iam::types::RoleDetail> {
        &self.roles
    }

    /// The cached listing of all VPC endpoints of the region, from the start of the run.
    pub fn vpc_endpoints(&self) -> &CachedListing<VpcEndpoint> {
        &self.vpc_endpoints
    }

    /// The resources that the tagging API lists under `underpin:stack` = one of `stacks`; called once in a run. It
    /// lists neither roles nor users, lags behind writes, and may list deleted resources.
    /// Source: Resource Groups Tagging API reference, `GetResources`.
    pub async fn tagged(&self, stacks: &[String]) -> Result<&[Tagged], CallError> {
        let answer = self.tagged.get_or_init(|| self.get_resources(stacks)).await;
        answer.as_deref().map_err(Clone::clone)
    }

    /// The tags of a resource in that listing; `None` if it is not listed, or if there is no listing: then they have to
    /// be read directly.
    pub async fn tags_in_bulk(&self, arn: &str, stacks: &[String]) -> Option<BTreeMap<String, String>> {
        let listed = self.tagged(stacks).await.ok()?;
        listed.iter().find(|one| one.arn == arn).map(|one| one.tags.clone())
    }

    async fn get_resources(&self, stacks: &[String]) -> Result<Vec<Tagged>, CallError> {
        let input = json!({"TagFilters": [{"Key": "underpin:stack", "Values": stacks}]});
        let listed: Vec<TagMapping> =
            self.read_all("tag:GetResources", input, "ResourceTagMappingList", "PaginationToken").await?;
        let tagged = |TagMapping { resource_arn, tags }: TagMapping| {
            let tags = tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect();
            Some(Tagged { arn: resource_arn?, tags })
        };
        Ok(listed.into_iter().filter_map(tagged).collect())
    }
}

fn unreadable(operation: &str, why: &str) -> CallError {
    let (service, name) = operation.split_once(':').unwrap_or(("", operation));
    CallError::within(service, name, None, &format!("the answer can't be read: {why}"))
}
