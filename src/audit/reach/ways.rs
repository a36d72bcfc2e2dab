//! The ways to a service: its public endpoint, and the endpoints of VPCs.

use serde_json::Value;

use super::read_item::ReadItem;
use super::value::{Way, WayKind};
use crate::policy::{Document, Known, Policy, Request};

/// The last part of the names of `DynamoDB`'s endpoint services.
/// Source: VPC user guide, "AWS services that integrate with AWS PrivateLink"; "Gateway endpoints".
const SERVICES: [&str; 3] = ["dynamodb", "dynamodb-streams", "dynamodb-fips"];

/// The keys of a request that differ from way to way, in lower case.
const KEYS: [&str; 4] = ["aws:sourcevpc", "aws:sourceip", "aws:vpc", "aws:vpce"];

/// A way with what its own policy says.
#[derive(Debug, Clone)]
pub(super) struct Path {
    pub(super) way: Way,
    account: String,
    /// The endpoint's policy; `None` for the public endpoint, `Err` if it could not be read.
    pub(super) policy: Option<Result<Policy, String>>,
}

impl Path {
    /// The service's public endpoint.
    pub(super) fn public() -> Self {
        let way = Way { kind: WayKind::Public, id: "public".to_owned(), vpc: None };
        Self { way, account: String::new(), policy: None }
    }

    /// An endpoint of a VPC to `DynamoDB` in a region; `None` for other services.
    pub(super) fn endpoint(item: &ReadItem<'_>, region: &str) -> Option<Self> {
        let text = |pointer: &str| item.body.pointer(pointer).and_then(Value::as_str);
        let service = text("/configuration/serviceName")?.rsplit('.').next()?;
        if text("/awsRegion") != Some(region) || !SERVICES.contains(&service) {
            return None;
        }
        let gateway = text("/configuration/vpcEndpointType") == Some("Gateway");
        let id = text("/configuration/vpcEndpointId").or_else(|| text("/resourceId"))?;
        let way = Way {
            kind: if gateway { WayKind::Gateway } else { WayKind::Interface },
            id: id.to_owned(),
            vpc: text("/configuration/vpcId").map(str::to_owned),
        };
        let document = match item.body.pointer("/configuration/policyDocument") {
            Some(Value::String(text)) => serde_json::from_str(text).map_err(|_| item.reason(text)),
            Some(document) => Ok(document.clone()),
            None => Err("the endpoint has no policy".to_owned()),
        };
        let policy = document.and_then(|value| {
            let document = Document::from_aws(&value);
            document.ok_or_else(|| format!("the policy of the endpoint {id} holds what is not understood here"))
        });
        let policy = policy.map(|document| Policy::about("dynamodb", format!("the policy of {id}"), &document));
        Some(Self { way, account: text("/awsAccountId").unwrap_or_default().to_owned(), policy: Some(policy) })
    }

    /// The request by this way.
    pub(super) fn taken(&self, request: Request) -> Request {
        let Some(vpc) = &self.way.vpc else {
            let keys = ["aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn", "aws:VpcSourceIp"];
            let endpoint = ["aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"];
            return keys.iter().chain(&endpoint).fold(request, |request, key| request.with(key, Known::Absent));
        };
        // Through an endpoint a request has no public address. Source: IAM User Guide, "AWS global condition context keys".
        request
            .with_value("aws:SourceVpc", vpc)
            .with_value("aws:SourceVpce", &self.way.id)
            .with_value("aws:VpceAccount", &self.account)
            .with("aws:SourceIp", Known::Absent)
    }

    /// Returns whether a policy speaks of what differs from way to way.
    pub(super) fn decides(policy: &Policy) -> bool {
        KEYS.iter().any(|key| policy.speaks_of(key))
    }
}
