//! The operations of AWS Organizations that are used, as signed calls with types.
//!
//! Source: Organizations API reference, the operations of these names.

use serde::Deserialize;
use serde_json::json;

use super::context::Aws;
use super::error::CallError;

/// An organization.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Organization {
    /// The id.
    pub id: Option<String>,
    /// The account that manages it.
    pub master_account_id: Option<String>,
    /// `ALL`, or `CONSOLIDATED_BILLING`: without policies.
    pub feature_set: Option<String>,
}

/// A parent: a unit, or the root.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Parent {
    /// The id.
    pub id: Option<String>,
}

/// A policy without its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PolicySummary {
    /// The id.
    pub id: Option<String>,
    /// The name.
    pub name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeOrganizationAnswer {
    organization: Option<Organization>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListParentsAnswer {
    parents: Option<Vec<Parent>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribePolicyAnswer {
    policy: Option<Policy>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    content: Option<String>,
}

/// AWS Organizations. All calls fail as [`Aws::read`] does.
#[derive(Clone, Copy)]
pub struct Organizations<'a>(&'a Aws);

impl Aws {
    /// AWS Organizations.
    pub fn organizations(&self) -> Organizations<'_> {
        Organizations(self)
    }
}

impl Organizations<'_> {
    /// `DescribeOrganization`
    pub async fn describe_organization(self) -> Result<Option<Organization>, CallError> {
        let answer: DescribeOrganizationAnswer = self.0.read("organizations:DescribeOrganization", json!({})).await?;
        Ok(answer.organization)
    }

    /// `ListParents`: the one parent that an account or unit has.
    pub async fn list_parents(self, child: &str) -> Result<Vec<Parent>, CallError> {
        let answer: ListParentsAnswer = self.0.read("organizations:ListParents", json!({"ChildId": child})).await?;
        Ok(answer.parents.unwrap_or_default())
    }

    /// `ListPoliciesForTarget`, all pages: the policies of a type (`SERVICE_CONTROL_POLICY`) that are attached to a root,
    /// unit or account.
    pub async fn list_policies_for_target(self, target: &str, filter: &str) -> Result<Vec<PolicySummary>, CallError> {
        let input = json!({"TargetId": target, "Filter": filter});
        self.0.read_all("organizations:ListPoliciesForTarget", input, "Policies", "NextToken").await
    }

    /// `DescribePolicy`: the text of a policy.
    pub async fn describe_policy(self, id: &str) -> Result<Option<String>, CallError> {
        let answer: DescribePolicyAnswer = self.0.read("organizations:DescribePolicy", json!({"PolicyId": id})).await?;
        Ok(answer.policy.and_then(|policy| policy.content))
    }
}
