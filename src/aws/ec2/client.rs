//! The calls.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::answers::{
    NetworkInterface, RouteTable, SecurityGroup, SecurityGroupRule, Subnet, UnsuccessfulItem, Vpc, VpcEndpoint,
};
use super::element::Element;
use crate::aws::context::Aws;
use crate::aws::error::CallError;

const SERVICE: &str = "ec2";

/// A filter of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Filter {
    /// The name.
    pub name: String,
    /// The values, any of which fits.
    pub values: Vec<String>,
}

/// The input of a call, which is written in the API's spelling; members that are absent are not written.
pub trait Ec2Input: Serialize {
    /// The operation.
    const OPERATION: &'static str;
    /// The members of its answer that are read.
    type Answer: Ec2Answer;
}

/// The members of an answer that are read.
pub trait Ec2Answer: Sized {
    /// Reads them.
    ///
    /// # Errors
    /// A member of another type.
    fn read(answer: &Value) -> Result<Self, String>;
}

impl Ec2Answer for () {
    fn read(_: &Value) -> Result<Self, String> {
        Ok(())
    }
}

/// `VpcEndpoint`
impl Ec2Answer for Option<VpcEndpoint> {
    fn read(answer: &Value) -> Result<Self, String> {
        Element::of(answer)?.part("vpcEndpoint")?.map(VpcEndpoint::of).transpose()
    }
}

/// `SecurityGroupRules`
impl Ec2Answer for Vec<SecurityGroupRule> {
    fn read(answer: &Value) -> Result<Self, String> {
        Element::of(answer)?.items("securityGroupRuleSet", SecurityGroupRule::of)
    }
}

/// Amazon EC2 in the connection's region. Listings return all pages. All calls fail as [`Aws::ask`] does, and if an
/// answer has a member of another type than expected.
#[derive(Clone, Copy)]
pub struct Ec2<'a>(&'a Aws);

impl Aws {
    /// Amazon EC2.
    pub fn ec2(&self) -> Ec2<'_> {
        Ec2(self)
    }
}

impl Ec2<'_> {
    /// `DescribeVpcs`
    pub async fn describe_vpcs(self) -> Result<Vec<Vpc>, CallError> {
        self.all("DescribeVpcs", json!({}), "vpcSet", Vpc::of).await
    }

    /// `DescribeRouteTables`
    pub async fn describe_route_tables(self) -> Result<Vec<RouteTable>, CallError> {
        self.all("DescribeRouteTables", json!({}), "routeTableSet", RouteTable::of).await
    }

    /// `DescribeSubnets`
    pub async fn describe_subnets(self, filters: &[Filter]) -> Result<Vec<Subnet>, CallError> {
        self.all("DescribeSubnets", json!({"Filters": filters}), "subnetSet", Subnet::of).await
    }

    /// `DescribeSecurityGroups`
    pub async fn describe_security_groups(self, filters: &[Filter]) -> Result<Vec<SecurityGroup>, CallError> {
        self.all("DescribeSecurityGroups", json!({"Filters": filters}), "securityGroupInfo", SecurityGroup::of).await
    }

    /// `DescribeSecurityGroupRules`
    pub async fn describe_security_group_rules(self, filters: &[Filter]) -> Result<Vec<SecurityGroupRule>, CallError> {
        let input = json!({"Filters": filters});
        self.all("DescribeSecurityGroupRules", input, "securityGroupRuleSet", SecurityGroupRule::of).await
    }

    /// `DescribeNetworkInterfaces`
    pub async fn describe_network_interfaces(self, filters: &[Filter]) -> Result<Vec<NetworkInterface>, CallError> {
        let input = json!({"Filters": filters});
        self.all("DescribeNetworkInterfaces", input, "networkInterfaceSet", NetworkInterface::of).await
    }

    /// `DescribeVpcEndpoints`: those with these ids, or all if there are none. One that does not exist is an error.
    pub async fn describe_vpc_endpoints(self, ids: &[&str]) -> Result<Vec<VpcEndpoint>, CallError> {
        self.all("DescribeVpcEndpoints", json!({"VpcEndpointIds": ids}), "vpcEndpointSet", VpcEndpoint::of).await
    }

    /// `DeleteVpcEndpoints`: the entries that could not be deleted are in an answer that succeeds.
    pub async fn delete_vpc_endpoints(self, ids: &[String]) -> Result<Vec<UnsuccessfulItem>, CallError> {
        let read = |answer: Element<'_>| answer.items("unsuccessful", UnsuccessfulItem::of);
        self.ask("DeleteVpcEndpoints", json!({"VpcEndpointIds": ids}), read).await
    }

    /// `RevokeSecurityGroupIngress`, by the ids of rules.
    pub async fn revoke_security_group_ingress(self, group: &str, rules: &[&str]) -> Result<(), CallError> {
        let input = json!({"GroupId": group, "SecurityGroupRuleIds": rules});
        self.ask("RevokeSecurityGroupIngress", input, |_| Ok(())).await
    }

    /// `CreateTags`: keys with values.
    pub async fn create_tags(self, resources: &[String], tags: &[(&str, &str)]) -> Result<(), CallError> {
        let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
        self.ask("CreateTags", json!({"Resources": resources, "Tags": tags}), |_| Ok(())).await
    }

    /// `DeleteTags`: the tags with these keys, whatever their values are.
    pub async fn delete_tags(self, resources: &[String], keys: &[&str]) -> Result<(), CallError> {
        let tags: Vec<Value> = keys.iter().map(|key| json!({"Key": key})).collect();
        self.ask("DeleteTags", json!({"Resources": resources, "Tags": tags}), |_| Ok(())).await
    }

    /// Makes the call of an input.
    pub async fn call<I: Ec2Input>(self, input: &I) -> Result<I::Answer, CallError> {
        let failed = |error: serde_json::Error| CallError::unexpected(I::OPERATION, error.to_string());
        let input = serde_json::to_value(input).map_err(failed)?;
        let answer = self.answer(I::OPERATION, input).await?;
        I::Answer::read(&answer).map_err(|why| unreadable(I::OPERATION, &why))
    }

    async fn answer(self, operation: &str, input: Value) -> Result<Value, CallError> {
        self.0.ask(&format!("{SERVICE}:{operation}"), input, None).await
    }

    async fn ask<T>(
        self,
        operation: &str,
        input: Value,
        read: impl Fn(Element<'_>) -> Result<T, String>,
    ) -> Result<T, CallError> {
        let answer = self.answer(operation, input).await?;
        Element::of(&answer).and_then(read).map_err(|why| unreadable(operation, &why))
    }

    /// All pages of a listing.
    async fn all<T>(
        self,
        operation: &str,
        input: Value,
        list: &str,
        read: impl Fn(Element<'_>) -> Result<T, String>,
    ) -> Result<Vec<T>, CallError> {
        let mut input: Map<String, Value> = input.as_object().cloned().unwrap_or_default();
        let mut found = Vec::new();
        let page = |answer: Element<'_>| Ok((answer.items(list, &read)?, answer.text("nextToken")?));
        loop {
            let (items, token) = self.ask(operation, Value::Object(input.clone()), page).await?;
            found.extend(items);
            let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(found) };
            if input.get("NextToken").and_then(Value::as_str) == Some(&token) {
                return Err(unreadable(operation, "the next page has the token of this one"));
            }
            input.insert("NextToken".to_owned(), token.into());
        }
    }
}

fn unreadable(operation: &str, why: &str) -> CallError {
    CallError::within(SERVICE, operation, None, &format!("the answer can't be read: {why}"))
}
