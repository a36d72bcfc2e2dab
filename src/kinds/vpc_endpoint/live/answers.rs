//! The use of each member of the answers about a VPC endpoint. See [`Answer`].

use crate::kind::{ANSWER, Answer};

/// The answers.
pub(super) const ANSWERS: &[Answer] = &[Answer {
    service: "ec2",
    operation: "DescribeVpcEndpoints",
    at: "VpcEndpoints[]",
    read: "VpcEndpointId VpcEndpointType VpcId ServiceName State PolicyDocument RouteTableIds SubnetIds
        Groups[].GroupId PrivateDnsEnabled Tags[].Key Tags[].Value",
    ignored: &[
        ("the id tells which it is", "Groups[].GroupName"),
        ("AWS makes them with the endpoint", "NetworkInterfaceIds DnsEntries"),
        ("tells when something happened, and is no setting", "CreationTimestamp"),
        ("the state tells that it failed", "LastError FailureReason"),
        (
            "only endpoints of types that can't be managed here have one, and those are refused",
            "ServiceNetworkArn ResourceConfigurationArn DnsOptions.PrivateDnsPreference
                DnsOptions.PrivateDnsSpecifiedDomains",
        ),
        ("the listing goes on by it", "/NextToken"),
    ],
    named: &[
        ("IP address type", "IpAddressType"),
        ("DNS record type", "DnsOptions.DnsRecordIpType"),
        ("private DNS", "DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint"),
        ("managed by a service", "RequesterManaged"),
        ("owner", "OwnerId"),
        ("service of another region", "ServiceRegion"),
        ("IP prefixes", "Ipv4Prefixes Ipv6Prefixes"),
        ("payer responsibilities", "PayerResponsibilities"),
    ],
    ..ANSWER
}];
