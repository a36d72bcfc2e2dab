//! An account as a resource: its root user, password policy, identity providers, contacts and organization.

use futures::future;
use serde_json::{Value, json};

use super::fields::{list, text};
use super::part::{self, Form, Input, Part};
use super::{Collector, Document, Reader, Unread, Wanted, organization};

/// The type, as Security Hub names an account.
pub(super) const TYPE: &str = "AWS::::Account";

const CREDENTIAL_REPORT: &str = "CredentialReport";
const REPORT: &str = "iam:GetCredentialReport";
/// The root user's row. Source: IAM user guide, "Get credential reports for your AWS account".
const ROOT: &str = "<root_account>";
const SUPPORT_ROLES: &str = "SupportRoles";
const ENTITIES: &str = "iam:ListEntitiesForPolicy";
const ORGANIZATION: &str = "DescribeOrganization";

/// What an organization manages for its accounts: only the account that manages it may ask.
const FEATURES: Part = Part {
    member: "ListOrganizationsFeatures",
    operation: "iam:ListOrganizationsFeatures",
    input: &[],
    form: Form::At(""),
};

/// The calls, one for each member.
const PARTS: &[Part] = &[
    Part { member: "GetAccountSummary", operation: "iam:GetAccountSummary", input: &[], form: Form::At("") },
    Part {
        member: "GetAccountPasswordPolicy",
        operation: "iam:GetAccountPasswordPolicy",
        input: &[],
        form: Form::At(""),
    },
    Part { member: "ListSAMLProviders", operation: "iam:ListSAMLProviders", input: &[], form: Form::List },
    Part {
        member: "ListOpenIDConnectProviders",
        operation: "iam:ListOpenIDConnectProviders",
        input: &[],
        form: Form::List,
    },
    Part { member: "ListServerCertificates", operation: "iam:ListServerCertificates", input: &[], form: Form::List },
    Part { member: "ListVirtualMFADevices", operation: "iam:ListVirtualMFADevices", input: &[], form: Form::List },
    Part {
        member: "GetAlternateContact",
        operation: "account:GetAlternateContact",
        input: &[("AlternateContactType", Input::Text("SECURITY"))],
        form: Form::At(""),
    },
];

/// Reads the documents of an account as a whole, and of its organization.
pub(super) async fn read_global(reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    if !wanted.has(TYPE) && !wanted.has(organization::TYPE) {
        return;
    }
    let described = if wanted.has(organization::TYPE) || wanted.has_member(TYPE, ORGANIZATION) {
        organization::describe(reader).await
    } else {
        Err(Unread::not_asked(organization::OPERATION))
    };
    let organization = async {
        if wanted.has(organization::TYPE) {
            organization::read(&described, reader, wanted, into).await;
        }
    };
    future::join(account(&described, reader, wanted, into), organization).await;
}

async fn account(described: &Result<Option<Value>, Unread>, reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    if !wanted.has(TYPE) {
        return;
    }
    into.expect(1);
    let env = reader.env();
    let arn = format!("arn:{}:iam::{}:root", env.partition, env.account);
    let mut document = Document::global(TYPE, reader, &env.account, None, &arn);
    let of_organization = described.clone().map(|found| found.map(|found| json!({"Organization": found})));
    part::write(&mut document, reader, organization::OPERATION, ORGANIZATION, of_organization);
    match described {
        Ok(found) if manages(found.as_ref(), &env.account) => {
            part::add(&mut document, &[FEATURES], &Value::Null, reader, wanted).await;
        }
        Ok(_) => {}
        // Nobody knows whether this is the account that may ask.
        Err(unread) => part::write(&mut document, reader, FEATURES.operation, FEATURES.member, Err(unread.clone())),
    }
    let roles = async { support_roles(reader).await.map(Some) };
    let roles = part::if_wanted((TYPE, SUPPORT_ROLES), ENTITIES, wanted, roles).await;
    part::write(&mut document, reader, ENTITIES, SUPPORT_ROLES, roles);
    let root = async {
        let report = reader.credential_report().await;
        report.map(|rows| rows.get(ROOT).cloned()).map_err(Clone::clone)
    };
    let root = part::if_wanted((TYPE, CREDENTIAL_REPORT), REPORT, wanted, root).await;
    part::write(&mut document, reader, REPORT, CREDENTIAL_REPORT, root);
    part::add(&mut document, PARTS, &Value::Null, reader, wanted).await;
    into.push(document.finish());
}

/// Returns whether an account manages the organization.
fn manages(organization: Option<&Value>, account: &str) -> bool {
    organization.is_some_and(|organization| text(organization, "/MasterAccountId") == account)
}

/// The names of the roles, users and groups that may ask AWS's support.
///
/// Source: AWS Support user guide, "Manage access to AWS Support Center": the managed policy `AWSSupportAccess`.
async fn support_roles(reader: &Reader) -> Result<Value, Unread> {
    let policy = format!("arn:{}:iam::aws:policy/AWSSupportAccess", reader.env().partition);
    let mut pages = Vec::new();
    match reader.pages(ENTITIES, json!({"PolicyArn": policy}), |page| pages.push(page)).await {
        // Where AWS's own policies are missing, an emulator, nobody has one.
        Err(unread) if unread.is_absent() => {}
        answer => answer?,
    }
    Ok(entities(&pages))
}

fn entities(pages: &[Value]) -> Value {
    let names = |of: &str, name: &str| -> Vec<&str> {
        pages.iter().flat_map(|page| list(page, of)).map(|one| text(one, name)).collect()
    };
    json!({
        "roles": names("/PolicyRoles", "/RoleName"),
        "users": names("/PolicyUsers", "/UserName"),
        "groups": names("/PolicyGroups", "/GroupName"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn support_roles_of_all_pages_are_named() {
        let pages = [
            json!({"PolicyRoles": [{"RoleName": "support", "RoleId": "AROA"}], "PolicyUsers": [], "PolicyGroups": []}),
            json!({"PolicyRoles": [{"RoleName": "second"}], "PolicyGroups": [{"GroupName": "helpers"}]}),
        ];
        let expected = json!({"roles": ["support", "second"], "users": [], "groups": ["helpers"]});
        assert_eq!(entities(&pages), expected);
    }
}
