//! The library's own connection, to an emulator: for tests of one kind, below the command.

use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use underpin::aws::Aws;
use underpin::base::{Archives, Environment, Vault};

use super::Emulator;

/// The account of every emulator.
pub(crate) const ACCOUNT: &str = "123456789012";

/// The region of tests for which the region does not matter.
pub(crate) const REGION: &str = "eu-central-1";

/// A connection to an emulator, with secrets and archives of its own.
pub(crate) fn aws(emulator: &Emulator) -> Aws {
    aws_at(&emulator.endpoint())
}

/// A connection to an endpoint; nothing comes from the environment.
pub(crate) fn aws_at(endpoint: &str) -> Aws {
    let credentials = Credentials::new("test", "test", None, None, "tests");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(endpoint)
        .build();
    Aws::new(Environment::new(ACCOUNT, REGION), config, Arc::new(Vault::new([7; 32])), Arc::new(Archives::default()))
}
