//! The context of a call before it is made: the caller, the place, the time, and the call's own values.
//!
//! A value that is not known stays unknown, and matters only if a policy depends on it. Sources: IAM User Guide, "AWS
//! global condition context keys"; each service's page in the Service Authorization Reference.

use jiff::Timestamp;

use crate::base::{Caller, Environment, Membership, SessionRole, SessionTags, is_account, pending};
use crate::kind::AccessRequest;
use crate::policy::{Known, Request, Unnamed};

/// The caller, the place and the time of requests.
#[derive(Debug, Clone)]
pub struct RequestContext<'a> {
    /// Partition, account, region.
    pub env: &'a Environment,
    /// The identity that makes the calls, if it is known.
    pub caller: Option<&'a Caller>,
    /// The organization, if it could be read.
    pub membership: Option<&'a Membership>,
    /// The time of the request.
    pub at: Timestamp,
}

/// Keys of a request that a service makes for itself, and not on somebody's behalf.
const OF_SERVICES: [&str; 6] = [
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
];

/// Keys of a request that a service makes on somebody's behalf.
const OF_THOSE_BETWEEN: [&str; 3] = ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"];

/// Keys of parameters that no call of ours carries.
const NEVER_SENT: [&str; 2] = ["lambda:FunctionUrlAuthType", "lambda:InvokedViaFunctionUrl"];

impl RequestContext<'_> {
    /// The authorization request for a call of `service`.
    pub fn request(&self, service: &str, access: &AccessRequest) -> Request {
        let AccessRequest { action, resource, context } = access;
        let prefix = access.service();
        let mut request = self.principal(Request::new(action, resource));
        request = request
            .with_value("aws:PrincipalIsAWSService", "false")
            // An emulator without TLS is treated as AWS, which is called with TLS.
            .with_value("aws:SecureTransport", "true")
            .with_value("aws:CurrentTime", &self.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
            .with_value("aws:EpochTime", &self.at.as_second().to_string())
            .no_other("aws:RequestTag/")
            .with("aws:TagKeys", Known::Absent);
        // The caller is no service, and a key of another action is absent here.
        for key in NEVER_SENT.into_iter().chain(OF_SERVICES) {
            request = request.with(key, Known::Absent);
        }
        request = request.others(Unnamed::Documented);
        if let Some(account) = resource.split(':').nth(4).filter(|account| is_account(account)) {
            request = request.with_value("aws:ResourceAccount", account);
            // Our own resources are in our own organization.
            if let Some(Membership { organization, path }) = self.membership.filter(|_| account == self.env.account) {
                request = request.with_value("aws:ResourceOrgID", organization);
                request = request.with_value("aws:ResourceOrgPaths", path);
            }
        }
        // A service's request to another service (a key's use, an alarm, the passing of a role) is made in the caller's
        // name, from a place of its own. Only a request to the called service itself is surely direct.
        if prefix == service {
            request = request.with_value("aws:ViaAWSService", "false");
            request = request.with_value("aws:RequestedRegion", requested_region(prefix, self.env));
            for key in OF_THOSE_BETWEEN {
                request = request.with(key, Known::Absent);
            }
        } else if !is_global(prefix) {
            request = request.with_value("aws:RequestedRegion", &self.env.region);
        }
        for (key, values) in context {
            request = request.with(key, Known::Values(values.clone()));
            // The older keys of two services, with the same value.
            if let (Some(tag), "ec2" | "iam") = (key.strip_prefix("aws:ResourceTag/"), prefix) {
                request = request.with(&format!("{prefix}:ResourceTag/{tag}"), Known::Values(values.clone()));
            }
        }
        request
    }

    fn principal(&self, mut request: Request) -> Request {
        request = request.with_value("aws:PrincipalAccount", &self.env.account);
        if let Some(Membership { organization, path }) = self.membership {
            request = request.with_value("aws:PrincipalOrgID", organization);
            request = request.with_value("aws:PrincipalOrgPaths", path);
        }
        let Some(Caller { arn, user_id, role }) = self.caller else { return request };
        if let Some(id) = user_id {
            request = request.with_value("aws:userid", id);
        }
        if let Some(SessionRole { arn, tags, session_tags }) = role {
            request = request.with_value("aws:PrincipalArn", arn);
            for (tag, value) in tags {
                let key = format!("aws:PrincipalTag/{tag}");
                request = match session_tags {
                    SessionTags::Impossible => request.with_value(&key, value),
                    // A tag of the session takes precedence over the role's, so that only its presence is known.
                    SessionTags::Possible => {
                        request.with_value(&key, &format!("{}{key}{}", pending::OPEN, pending::CLOSE))
                    }
                };
            }
            if *session_tags == SessionTags::Impossible {
                request = request.no_other("aws:PrincipalTag/");
            }
        }
        request.by(arn)
    }
}

/// Returns whether a service has one endpoint for all regions of a partition.
fn is_global(service: &str) -> bool {
    matches!(service, "iam" | "organizations" | "route53" | "cloudfront" | "globalaccelerator")
}

/// The region that a call is made in: for a global service the one of its endpoint.
/// Source: AWS General Reference, "Service endpoints and quotas", each service's page; botocore, `endpoints.json`.
pub fn requested_region<'e>(service: &str, env: &'e Environment) -> &'e str {
    if !is_global(service) {
        return &env.region;
    }
    match (env.partition.as_str(), service) {
        (_, "globalaccelerator") => "us-west-2",
        ("aws-cn", "iam") => "cn-north-1",
        _ => env.home_region(),
    }
}

#[cfg(test)]
#[path = "request_context_tests.rs"]
mod tests;
