//! AWS's own address of a service in a region, and the region for which a call is signed.
//!
//! Source: botocore 1.43.11, `endpoints.json`: `defaults` and `variants` of each partition, and the services with a
//! `partitionEndpoint` (`iam`, `organizations`, `account`). AWS's documents: General Reference, "Service endpoints".

use super::service::Service;
use crate::base::Environment;

/// A URL, and the region of the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServiceAddress {
    /// Scheme and host.
    pub(super) url: String,
    /// The region.
    pub(super) region: String,
}

/// The user's choices of the SDK's configuration (`use_fips_endpoint`, `use_dualstack_endpoint`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Variant {
    /// Endpoints with validated cryptography.
    pub(super) fips: bool,
    /// Endpoints that IPv6 reaches, too.
    pub(super) dual_stack: bool,
}

/// Partition → the domain of its endpoints, and of those that IPv6 reaches.
const DOMAINS: [(&str, &str, &str); 8] = [
    ("aws", "amazonaws.com", "api.aws"),
    ("aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    ("aws-us-gov", "amazonaws.com", "api.aws"),
    ("aws-iso", "c2s.ic.gov", "api.aws.ic.gov"),
    ("aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud"),
    ("aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    ("aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
    ("aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu"),
];

/// The address of a service.
pub(super) fn address(service: &Service, env: &Environment, variant: Variant) -> ServiceAddress {
    let partition = env.partition.as_str();
    let (_, usual, dual) = DOMAINS.iter().find(|(name, ..)| *name == partition).unwrap_or(&DOMAINS[0]);
    let Variant { fips, dual_stack } = variant;
    let domain = if dual_stack { dual } else { usual };
    let region = if service.global { home(service, env) } else { env.region.as_str() };
    let fips = if fips { "-fips" } else { "" };
    let host = match (service.prefix, partition) {
        ("iam", "aws") if dual_stack => "iam.global.api.aws".to_owned(),
        ("iam", "aws") => format!("iam{fips}.{domain}"),
        ("iam", "aws-us-gov") => "iam.us-gov.amazonaws.com".to_owned(),
        ("organizations", "aws-us-gov") => format!("organizations.{region}.{domain}"),
        ("ec2", "aws-us-gov") if !dual_stack => format!("ec2.{region}.{domain}"),
        ("s3", _) if dual_stack => format!("s3{fips}.dualstack.{region}.{usual}"),
        _ => format!("{}{fips}.{region}.{domain}", service.host),
    };
    ServiceAddress { url: format!("https://{host}"), region: region.to_owned() }
}

/// The region of a global service: that of the partition's, with IAM's exception in China.
fn home<'e>(service: &Service, env: &'e Environment) -> &'e str {
    match (service.prefix, env.partition.as_str()) {
        ("iam", "aws-cn") => "cn-north-1",
        _ => env.home_region(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::service::service;
    use super::*;

    fn of(prefix: &str, region: &str, variant: Variant) -> (String, String) {
        let env = Environment::new("123456789012", region);
        let ServiceAddress { url, region } = address(service(prefix).expect("a service"), &env, variant);
        (url.trim_start_matches("https://").to_owned(), region)
    }

    #[test]
    fn address_of_a_service_follows_partition_and_region() {
        for (prefix, region, host, signed) in [
            ("dynamodb", "eu-central-1", "dynamodb.eu-central-1.amazonaws.com", "eu-central-1"),
            ("dynamodb", "cn-north-1", "dynamodb.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("cloudwatch", "us-gov-east-1", "monitoring.us-gov-east-1.amazonaws.com", "us-gov-east-1"),
            ("tag", "eusc-de-east-1", "tagging.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
            ("kms", "us-iso-east-1", "kms.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
            ("iam", "eu-central-1", "iam.amazonaws.com", "us-east-1"),
            ("iam", "cn-northwest-1", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("iam", "us-gov-east-1", "iam.us-gov.amazonaws.com", "us-gov-west-1"),
            ("iam", "us-isob-east-1", "iam.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
            ("organizations", "eu-central-1", "organizations.us-east-1.amazonaws.com", "us-east-1"),
            ("organizations", "cn-north-1", "organizations.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"),
            ("account", "eu-central-1", "account.us-east-1.amazonaws.com", "us-east-1"),
            ("s3", "eu-west-1", "s3.eu-west-1.amazonaws.com", "eu-west-1"),
        ] {
            let expected = (host.to_owned(), signed.to_owned());
            assert_eq!(of(prefix, region, Variant::default()), expected, "{prefix} {region}");
        }
    }

    #[test]
    fn fips_and_dual_stack_have_hosts_of_their_own() {
        let fips = Variant { fips: true, dual_stack: false };
        let dual = Variant { fips: false, dual_stack: true };
        assert_eq!(of("kms", "us-east-1", fips).0, "kms-fips.us-east-1.amazonaws.com");
        assert_eq!(of("ec2", "us-gov-west-1", fips).0, "ec2.us-gov-west-1.amazonaws.com");
        assert_eq!(of("ec2", "us-east-1", fips).0, "ec2-fips.us-east-1.amazonaws.com");
        assert_eq!(of("iam", "us-east-1", fips).0, "iam-fips.amazonaws.com");
        assert_eq!(of("iam", "us-east-1", dual).0, "iam.global.api.aws");
        assert_eq!(of("lambda", "eu-central-1", dual).0, "lambda.eu-central-1.api.aws");
        assert_eq!(of("s3", "eu-central-1", dual).0, "s3.dualstack.eu-central-1.amazonaws.com");
        let both = Variant { fips: true, dual_stack: true };
        assert_eq!(of("ec2", "us-east-2", both).0, "ec2-fips.us-east-2.api.aws");
    }
}
