//! The objects of a run: the list of accounts, a report for each, and the one of all.

use super::event::Place;
use super::failure::Failure;
use crate::audit::Report;
use crate::aws::Aws;

/// The objects of a run.
pub(super) struct Store<'a> {
    aws: &'a Aws,
    place: &'a Place,
}

impl<'a> Store<'a> {
    pub(super) fn new(aws: &'a Aws, place: &'a Place) -> Self {
        Self { aws, place }
    }

    /// The key of an object of the run.
    pub(super) fn key(&self, name: &str) -> String {
        match self.place.prefix.trim_end_matches('/') {
            "" => name.to_owned(),
            prefix => format!("{prefix}/{name}"),
        }
    }

    /// The key of an account's report.
    pub(super) fn key_of(&self, account: &str) -> String {
        self.key(&format!("accounts/{account}.json"))
    }

    /// Reads an object; `None` if there is none.
    pub(super) async fn read(&self, key: &str) -> Result<Option<Vec<u8>>, Failure> {
        match self.aws.get_object(&self.place.bucket, key).await {
            Ok(body) => Ok(Some(body)),
            Err(error) if matches!(error.code.as_deref(), Some("NoSuchKey" | "NotFound")) => Ok(None),
            Err(error) => Err(Failure::of_object(&self.place.bucket, key, &error)),
        }
    }

    /// Writes an object.
    pub(super) async fn write(&self, key: &str, content_type: &str, body: Vec<u8>) -> Result<(), Failure> {
        let written = self.aws.put_object(&self.place.bucket, key, (content_type, body)).await;
        written.map_err(|error| Failure::of_object(&self.place.bucket, key, &error))
    }

    /// Writes a report as JSON.
    pub(super) async fn write_report(&self, key: &str, report: &Report) -> Result<(), Failure> {
        let mut body = Vec::new();
        report.write_json(&mut body).map_err(|error| Failure::Failed(error.to_string()))?;
        self.write(key, "application/json", body).await
    }
}
