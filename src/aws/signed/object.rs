//! Objects of S3: the reports of many accounts are kept there. Apart from the table of reads, since one of these writes.

use aws_config::SdkConfig;

use super::call::{Request, Runtime};
use super::form::escaped;
use super::service::service;
use crate::aws::error::CallError;
use crate::base::Environment;

impl Runtime {
    /// Reads an object whole.
    pub(in crate::aws) async fn get_object(
        &self,
        bucket: &str,
        key: &str,
        config: &SdkConfig,
        env: &Environment,
    ) -> Result<Vec<u8>, CallError> {
        let request = Request { method: "GET", target: target(bucket, key), headers: Vec::new(), body: Vec::new() };
        self.of_s3("GetObject", request, config, env).await
    }

    /// Writes an object: it is complete or unchanged.
    pub(in crate::aws) async fn put_object(
        &self,
        bucket: &str,
        key: &str,
        (content_type, body): (&str, Vec<u8>),
        config: &SdkConfig,
        env: &Environment,
    ) -> Result<(), CallError> {
        let headers = vec![("content-type", content_type.to_owned())];
        let request = Request { method: "PUT", target: target(bucket, key), headers, body };
        self.of_s3("PutObject", request, config, env).await.map(drop)
    }

    async fn of_s3(
        &self,
        name: &str,
        request: Request,
        config: &SdkConfig,
        env: &Environment,
    ) -> Result<Vec<u8>, CallError> {
        let Some(service) = service("s3") else { return Err(CallError::unexpected(name, "S3 is not known here")) };
        let here = self.at(service, config, env);
        let body = |response: &aws_smithy_runtime_api::client::orchestrator::HttpResponse| {
            Ok(response.body().bytes().unwrap_or_default().to_vec())
        };
        self.send(name, service, request, here, None, body).await.map_err(|(error, _)| error)
    }
}

/// The path of an object, with the bucket in it: names of buckets may have dots, which certificates do not cover.
fn target(bucket: &str, key: &str) -> String {
    let key: Vec<String> = key.split('/').map(escaped).collect();
    format!("/{}/{}", escaped(bucket), key.join("/"))
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn slashes_of_a_key_stay_and_the_rest_is_escaped() {
        assert_eq!(target("reports", "audit/2026 11/a+b.json"), "/reports/audit/2026%2011/a%2Bb.json");
    }
}
