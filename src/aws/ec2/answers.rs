//! The answers of EC2, with the members that are read.
//!
//! Source: botocore 1.43.11, `ec2`: the output shapes and the `locationName` of their members. A test of the tables reads
//! this file: each member name that is asked for here is one of the model.

use std::collections::BTreeMap;

use super::element::Element;

/// A VPC.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vpc {
    /// `VpcId`
    pub id: Option<String>,
    /// `IsDefault`
    pub is_default: Option<bool>,
}

impl Vpc {
    pub(super) fn of(element: Element<'_>) -> Result<Self, String> {
        Ok(Self { id: element.text("vpcId")?, is_default: element.truth("isDefault")? })
    }
}

/// A route table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RouteTable {
    /// `RouteTableId`
    pub id: Option<String>,
    /// `VpcId`
    pub vpc_id: Option<String>,
    /// True if one of its associations is `Main`: it is the one of subnets without one of their own.
    pub is_main: bool,
}

impl RouteTable {
    pub(super) fn of(element: Element<'_>) -> Result<Self, String> {
        let main = element.items("associationSet", |association| association.truth("main"))?;
        Ok(Self {
            id: element.text("routeTableId")?,
            vpc_id: element.text("vpcId")?,
            is_main: main.contains(&Some(true)),
        })
    }
}

/// A subnet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subnet {
    /// `SubnetId`
    pub id: Option<String>,
    /// `VpcId`
    pub vpc_id: Option<String>,
    /// `AvailabilityZone`
    pub availability_zone: Option<String>,
    /// `DefaultForAz`
    pub default_for_az: Option<bool>,
}

impl Subnet {
    pub(super) fn of(element: Element<'_>) -> Result<Self, String> {
        Ok(Self {
            id: element.text("subnetId")?,
            vpc_id: element.text("vpcId")?,
            availability_zone: element.text("availabilityZone")?,
            default_for_az: element.truth("defaultForAz")?,
        })
    }
}

/// A security group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecurityGroup {
    /// `GroupId`
    pub id: Option<String>,
    /// `VpcId`
    pub vpc_id: Option<String>,
}

impl SecurityGroup {
    pub(super) fn of(element: Element<'_>) -> Result<Self, String> {
        Ok(Self { id: element.text("groupId")?, vpc_id: element.text("vpcId")? })
    }
}

/// A network interface.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkInterface {
    /// `RequesterId`
    pub requester_id: Option<String>,
    /// `SubnetId`
    pub subnet_id: Option<String>,
    /// The ids of `Groups`.
    pub group_ids: Vec<String>,
}

impl NetworkInterface {
    pub(super) fn of(element: Element<'_>) -> Result<Self, String> {
        Ok(Self {
            requester_id: element.text("requesterId")?,
            subnet_id: element.text("subnetId")?,
            group_ids: group_ids(element)?,
        })
    }
}

/// The ids of the security groups of an endpoint or interface.
fn group_ids(element: Element<'_>) -> Result<Vec<String>, String> {
    let ids = element.items("groupSet", |group| group.text("groupId"))?;
    Ok(ids.into_iter().flatten().collect())
}

/// Tags; one without a key is left out, and one without a value has an empty one.
fn tags(element: Element<'_>) -> Result<BTreeMap<String, String>, String> {
    let pairs =
        element.items("tagSet", |tag| Ok(tag.text("key")?.zip(Some(tag.text("value")?.unwrap_or_default()))))?;
    Ok(pairs.into_iter().flatten().collect())
}

/// A VPC endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VpcEndpoint {
    /// `VpcEndpointId`
    pub id: Option<String>,
    /// `VpcEndpointType`
    pub kind: Option<String>,
    /// `VpcId`
    pub vpc_id: Option<String>,
    /// `ServiceName`
    pub service_name: Option<String>,
    /// `ServiceRegion`
    pub service_region: Option<String>,
    /// `State`
    pub state: Option<String>,
    /// `PolicyDocument`, as JSON.
    pub policy_document: Option<String>,
    /// `RouteTableIds`
    pub route_table_ids: Vec<String>,
    /// `SubnetIds`
    pub subnet_ids: Vec<String>,
    /// The ids of `Groups`.
    pub group_ids: Vec<String>,
    /// `IpAddressType`
    pub ip_address_type: Option<String>,
    /// `DnsOptions`
    pub dns_options: DnsOptions,
    /// `PrivateDnsEnabled`
    pub private_dns_enabled: Option<bool>,
    /// `RequesterManaged`
    pub requester_managed: Option<bool>,
    /// `OwnerId`
    pub owner_id: Option<String>,
    /// The message of `LastError`, else `FailureReason`.
    pub failure: Option<String>,
    /// The blocks of `Ipv4Prefixes` and `Ipv6Prefixes`.
    pub ip_prefixes: Vec<String>,
    /// True if `PayerResponsibilities` has an entry.
    pub has_payer_responsibilities: bool,
    /// `Tags`
    pub tags: BTreeMap<String, String>,
}

/// The DNS options of a VPC endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DnsOptions {
    /// `DnsRecordIpType`
    pub record_ip_type: Option<String>,
    /// `PrivateDnsOnlyForInboundResolverEndpoint`
    pub private_dns_only_for_inbound_resolver_endpoint: Option<bool>,
}

impl DnsOptions {
    fn of(element: Element<'_>) -> Result<Self, String> {
        Ok(Self {
            record_ip_type: element.text("dnsRecordIpType")?,
            private_dns_only_for_inbound_resolver_endpoint: element
                .truth("privateDnsOnlyForInboundResolverEndpoint")?,
        })
    }
}

impl VpcEndpoint {
    pub(super) fn of(element: Element<'_>) -> Result<Self, String> {
        let last_error = element.part("lastError")?.map(|error| error.text("message")).transpose()?.flatten();
        let mut prefixes = element.items("ipv4PrefixSet", |subnet| subnet.texts("ipPrefixSet"))?;
        prefixes.extend(element.items("ipv6PrefixSet", |subnet| subnet.texts("ipPrefixSet"))?);
        let dns_options = element.part("dnsOptions")?.map(DnsOptions::of).transpose()?;
        Ok(Self {
            id: element.text("vpcEndpointId")?,
            kind: element.text("vpcEndpointType")?,
            vpc_id: element.text("vpcId")?,
            service_name: element.text("serviceName")?,
            service_region: element.text("serviceRegion")?,
            state: element.text("state")?,
            policy_document: element.text("policyDocument")?,
            route_table_ids: element.texts("routeTableIdSet")?,
            subnet_ids: element.texts("subnetIdSet")?,
            group_ids: group_ids(element)?,
            ip_address_type: element.text("ipAddressType")?,
            dns_options: dns_options.unwrap_or_default(),
            private_dns_enabled: element.truth("privateDnsEnabled")?,
            requester_managed: element.truth("requesterManaged")?,
            owner_id: element.text("ownerId")?,
            failure: last_error.or(element.text("failureReason")?),
            ip_prefixes: prefixes.into_iter().flatten().collect(),
            has_payer_responsibilities: !element.items("payerResponsibilitySet", |_| Ok(()))?.is_empty(),
            tags: tags(element)?,
        })
    }
}

/// A rule of a security group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecurityGroupRule {
    /// `SecurityGroupRuleId`
    pub id: Option<String>,
    /// `GroupId`
    pub group_id: Option<String>,
    /// `GroupOwnerId`
    pub group_owner_id: Option<String>,
    /// `IsEgress`
    pub is_egress: Option<bool>,
    /// `IpProtocol`
    pub ip_protocol: Option<String>,
    /// `FromPort`
    pub from_port: Option<i32>,
    /// `ToPort`
    pub to_port: Option<i32>,
    /// `CidrIpv4`
    pub cidr_ipv4: Option<String>,
    /// `CidrIpv6`
    pub cidr_ipv6: Option<String>,
    /// `PrefixListId`
    pub prefix_list_id: Option<String>,
    /// `ReferencedGroupInfo`
    pub referenced_group: ReferencedSecurityGroup,
    /// `Description`
    pub description: Option<String>,
    /// `Tags`
    pub tags: BTreeMap<String, String>,
}

/// The security group that is the source of a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReferencedSecurityGroup {
    /// `GroupId`
    pub group_id: Option<String>,
    /// `UserId`: the account that owns it.
    pub user_id: Option<String>,
    /// `VpcPeeringConnectionId`
    pub vpc_peering_connection_id: Option<String>,
    /// `PeeringStatus`
    pub peering_status: Option<String>,
}

impl ReferencedSecurityGroup {
    fn of(element: Element<'_>) -> Result<Self, String> {
        Ok(Self {
            group_id: element.text("groupId")?,
            user_id: element.text("userId")?,
            vpc_peering_connection_id: element.text("vpcPeeringConnectionId")?,
            peering_status: element.text("peeringStatus")?,
        })
    }
}

impl SecurityGroupRule {
    pub(super) fn of(element: Element<'_>) -> Result<Self, String> {
        let referenced = element.part("referencedGroupInfo")?.map(ReferencedSecurityGroup::of).transpose()?;
        Ok(Self {
            id: element.text("securityGroupRuleId")?,
            group_id: element.text("groupId")?,
            group_owner_id: element.text("groupOwnerId")?,
            is_egress: element.truth("isEgress")?,
            ip_protocol: element.text("ipProtocol")?,
            from_port: element.number("fromPort")?,
            to_port: element.number("toPort")?,
            cidr_ipv4: element.text("cidrIpv4")?,
            cidr_ipv6: element.text("cidrIpv6")?,
            prefix_list_id: element.text("prefixListId")?,
            referenced_group: referenced.unwrap_or_default(),
            description: element.text("description")?,
            tags: tags(element)?,
        })
    }
}

/// A resource on which a call failed, in an answer that succeeded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnsuccessfulItem {
    /// `ResourceId`
    pub resource_id: Option<String>,
    /// The code of `Error`.
    pub code: Option<String>,
    /// The message of `Error`.
    pub message: Option<String>,
}

impl UnsuccessfulItem {
    pub(super) fn of(element: Element<'_>) -> Result<Self, String> {
        let error = element.part("error")?;
        let of = |name: &str| error.map(|error| error.text(name)).transpose().map(Option::flatten);
        Ok(Self { resource_id: element.text("resourceId")?, code: of("code")?, message: of("message")? })
    }
}
