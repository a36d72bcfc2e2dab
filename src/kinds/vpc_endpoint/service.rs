//! Names of endpoint services: the short ones that authors write, and AWS's full ones.

use crate::base::Environment;

/// Services with gateway endpoints unless an interface is asked for.
/// Source: VPC PrivateLink guide, "Gateway endpoints".
const GATEWAYS: [&str; 2] = ["dynamodb", "s3"];

/// The prefixes of the full names of services.
const PREFIXES: [&str; 9] = [
    "com.amazonaws.",
    "cn.com.amazonaws.",
    "eu.amazonaws.",
    "aws.",
    "gov.ic.c2s.",
    "gov.sgov.sc2s.",
    "gov.ic.hci.csp.",
    "uk.adc-e.cloud.",
    "vpce.",
];

/// The services whose interface endpoints have the other prefix in the regions of China, in each of them.
/// Source: `DescribeVpcEndpointServices` there, as gathered by the AWS CDK (`vpc-endpoint.ts`).
const CHINA: &str = "\
    account application-autoscaling appmesh-envoy-management athena autoscaling awsconnector backup batch cassandra \
    cloudcontrolapi cloudformation codedeploy-commands-secure databrew dms ebs ec2 ecr.api ecr.dkr eks elasticache \
    elasticbeanstalk elasticfilesystem elasticfilesystem-fips emr-containers execute-api fsx imagebuilder iot.data \
    iotsitewise.api iotsitewise.data kinesis-streams lambda license-manager monitoring polly rds redshift \
    redshift-data s3 sagemaker.api sagemaker.featurestore-runtime sagemaker.runtime securityhub servicecatalog sms \
    sqs states sts sync-states synthetics transcribestreaming transfer workspaces xray";

/// The same for the European Sovereign Cloud.
const SOVEREIGN: [&str; 4] = ["ecr.api", "ecr.dkr", "execute-api", "securityhub"];

/// The short names of services with endpoints, one a line.
/// Source: `DescribeVpcEndpointServices`, as gathered by the AWS CDK 2.276.0 (`vpc-endpoint.ts`); S3 user guide,
/// "Networking for directory buckets" (`s3express`).
const KNOWN: &str = include_str!("services.txt");

/// The service that an unknown short name means: `None` if it may be a service that is newer than the list.
pub(super) fn meant(service: &str) -> Option<&'static str> {
    if is_full(service) || KNOWN.lines().any(|known| known == service) {
        return None;
    }
    let lower = service.to_lowercase();
    // A short name with one slip may well be another service.
    let slips = match service.chars().count() {
        0..=3 => 0,
        4..=5 => 1,
        _ => 2,
    };
    let distance = |known: &str| strsim::damerau_levenshtein(known, &lower);
    let nearest = KNOWN.lines().min_by_key(|known| distance(known))?;
    (distance(nearest) <= slips).then_some(nearest)
}

/// Returns whether a name is a full one.
pub(super) fn is_full(service: &str) -> bool {
    PREFIXES.iter().any(|prefix| service.starts_with(prefix))
}

/// Returns whether endpoints of the service are gateways unless the file says otherwise.
pub(super) fn is_gateway(service: &str, env: &Environment) -> bool {
    GATEWAYS.contains(&short(service, false, env).as_str())
}

/// The full name of a service.
pub(super) fn full(service: &str, gateway: bool, env: &Environment) -> String {
    if is_full(service) {
        return service.to_owned();
    }
    let region = &env.region;
    match env.partition.as_str() {
        "aws-cn" if !gateway && service == "transcribe" => format!("cn.com.amazonaws.{region}.transcribe.cn"),
        "aws-cn" if !gateway && CHINA.split(' ').any(|one| one == service) => {
            format!("cn.com.amazonaws.{region}.{service}")
        }
        "aws-eusc" if !gateway && SOVEREIGN.contains(&service) => format!("eu.amazonaws.{region}.{service}"),
        _ => format!("com.amazonaws.{region}.{service}"),
    }
}

/// The short name of a service, if it leads back to the same full one.
pub(super) fn short(service: &str, gateway: bool, env: &Environment) -> String {
    let after = format!(".amazonaws.{}.", env.region);
    let Some((_, name)) = service.split_once(&after) else { return service.to_owned() };
    let candidates = [name, name.strip_suffix(".cn").unwrap_or(name)];
    let fits = |name: &&&str| !is_full(name) && full(name, gateway, env) == service;
    candidates.iter().find(fits).map_or(service, |name| *name).to_owned()
}

/// Returns whether AWS itself offers the service, in this region.
pub(super) fn is_of_aws(full: &str) -> bool {
    !full.contains(".vpce-svc-") && !full.starts_with("vpce.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelled_service_is_distinguished_from_a_new_one() {
        for (written, expected) in [
            ("dynamdb", Some("dynamodb")),
            ("DynamoDB", Some("dynamodb")),
            ("secretmanager", Some("secretsmanager")),
            ("S3", Some("s3")),
            ("cloudformtion", Some("cloudformation")),
            ("dynamodb", None),
            ("ecr.dkr", None),
            ("sxs", None),
            ("quantum-ledger-of-2027", None),
            ("com.amazonaws.eu-central-1.dynamdb", None),
        ] {
            assert_eq!(meant(written), expected, "{written}");
        }
        let names: Vec<&str> = KNOWN.lines().collect();
        assert!(names.len() > 300 && names.is_sorted() && GATEWAYS.iter().all(|name| names.contains(name)));
    }

    #[test]
    fn short_and_full_service_names_convert_both_ways() {
        for (region, gateway, short_name, full_name) in [
            ("eu-central-1", true, "dynamodb", "com.amazonaws.eu-central-1.dynamodb"),
            ("eu-central-1", false, "ecr.api", "com.amazonaws.eu-central-1.ecr.api"),
            ("cn-north-1", true, "s3", "com.amazonaws.cn-north-1.s3"),
            ("cn-north-1", false, "s3", "cn.com.amazonaws.cn-north-1.s3"),
            ("cn-north-1", false, "logs", "com.amazonaws.cn-north-1.logs"),
            ("cn-north-1", false, "transcribe", "cn.com.amazonaws.cn-north-1.transcribe.cn"),
        ] {
            let env = Environment::new("123456789012", region);
            assert_eq!(full(short_name, gateway, &env), full_name);
            assert_eq!(short(full_name, gateway, &env), short_name);
        }
        let env = Environment::new("123456789012", "eu-central-1");
        for other in ["com.amazonaws.us-east-1.s3", "com.amazonaws.vpce.eu-central-1.vpce-svc-0a1b2c3d4e5f6a7b8"] {
            assert_eq!(full(other, false, &env), other);
            assert_eq!(short(other, false, &env), other);
        }
        assert!(is_gateway("dynamodb", &env) && is_gateway("com.amazonaws.eu-central-1.s3", &env));
        assert!(!is_gateway("sqs", &env) && !is_gateway("com.amazonaws.us-east-1.s3", &env));
    }
}
