//! The services that can be called, and how each is spoken to.

/// The way in which a service takes calls and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// JSON in the body, the operation in the header `x-amz-target`.
    Json {
        /// The version in the content type.
        version: &'static str,
        /// The front of the target.
        target: &'static str,
    },
    /// JSON, the operation in method and path.
    RestJson,
    /// A form in the body, XML in the answer, lists in `member`.
    Query {
        /// The version of the API.
        version: &'static str,
    },
    /// The same in EC2's own form: lists in `item`.
    Ec2 {
        /// The version of the API.
        version: &'static str,
    },
    /// XML, the operation in method, path and query.
    RestXml,
}

/// A service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Service {
    /// The prefix of its actions in IAM.
    pub(super) prefix: &'static str,
    /// Its id, from which its endpoint's variable has its name (`AWS_ENDPOINT_URL_DYNAMODB`).
    pub(super) id: &'static str,
    /// The front of its host names.
    pub(super) host: &'static str,
    /// The service's name in signatures.
    pub(super) signing_name: &'static str,
    /// How it is spoken to.
    pub(super) protocol: Protocol,
    /// True if a partition has one for all its regions.
    pub(super) global: bool,
}

const fn json(version: &'static str, target: &'static str) -> Protocol {
    Protocol::Json { version, target }
}

const fn query(version: &'static str) -> Protocol {
    Protocol::Query { version }
}

const fn one(prefix: &'static str, id: &'static str, host: &'static str, protocol: Protocol) -> Service {
    Service { prefix, id, host, signing_name: host, protocol, global: false }
}

const fn global(service: Service) -> Service {
    Service { global: true, ..service }
}

/// The services, by prefix.
///
/// Source: botocore 1.43.11, `service-2.json` of each (`metadata`: `serviceId`, `endpointPrefix`, `signingName`,
/// `protocols`, `jsonVersion`, `targetPrefix`, `apiVersion`), and `endpoints.json` (`isRegionalized`). The prefixes:
/// Service Authorization Reference.
const SERVICES: &[Service] = &[
    one("access-analyzer", "AccessAnalyzer", "access-analyzer", Protocol::RestJson),
    global(one("account", "Account", "account", Protocol::RestJson)),
    one(
        "application-autoscaling",
        "Application Auto Scaling",
        "application-autoscaling",
        json("1.1", "AnyScaleFrontendService"),
    ),
    one("backup", "Backup", "backup", Protocol::RestJson),
    one(
        "cloudtrail",
        "CloudTrail",
        "cloudtrail",
        json("1.1", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"),
    ),
    Service { signing_name: "monitoring", ..one("cloudwatch", "CloudWatch", "monitoring", query("2010-08-01")) },
    one("cognito-identity", "Cognito Identity", "cognito-identity", json("1.1", "AWSCognitoIdentityService")),
    one("cognito-idp", "Cognito Identity Provider", "cognito-idp", json("1.1", "AWSCognitoIdentityProviderService")),
    one("config", "Config Service", "config", json("1.1", "StarlingDoveService")),
    one("dax", "DAX", "dax", json("1.1", "AmazonDAXV3")),
    one("dynamodb", "DynamoDB", "dynamodb", json("1.0", "DynamoDB_20120810")),
    one("ec2", "EC2", "ec2", Protocol::Ec2 { version: "2016-11-15" }),
    one("events", "EventBridge", "events", json("1.1", "AWSEvents")),
    one("guardduty", "GuardDuty", "guardduty", Protocol::RestJson),
    global(one("iam", "IAM", "iam", query("2010-05-08"))),
    one("inspector2", "Inspector2", "inspector2", Protocol::RestJson),
    one("kinesis", "Kinesis", "kinesis", json("1.1", "Kinesis_20131202")),
    one("kms", "KMS", "kms", json("1.1", "TrentService")),
    one("lambda", "Lambda", "lambda", Protocol::RestJson),
    one("logs", "CloudWatch Logs", "logs", json("1.1", "Logs_20140328")),
    global(one("organizations", "Organizations", "organizations", json("1.1", "AWSOrganizationsV20161128"))),
    one("s3", "S3", "s3", Protocol::RestXml),
    one("securityhub", "SecurityHub", "securityhub", Protocol::RestJson),
    one("sns", "SNS", "sns", query("2010-03-31")),
    one("sqs", "SQS", "sqs", json("1.0", "AmazonSQS")),
    one("sts", "STS", "sts", query("2011-06-15")),
    one("tag", "Resource Groups Tagging API", "tagging", json("1.1", "ResourceGroupsTaggingAPI_20170126")),
    one("wafv2", "WAFV2", "wafv2", json("1.1", "AWSWAF_20190729")),
];

/// The service with a prefix.
pub(super) fn service(prefix: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.prefix == prefix)
}

/// Returns whether a service belongs to an account as a whole, and not to a region.
pub fn is_global(prefix: &str) -> bool {
    service(prefix).is_some_and(|service| service.global)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_in_order_and_each_once() {
        assert!(SERVICES.windows(2).all(|two| two[0].prefix < two[1].prefix));
    }
}
