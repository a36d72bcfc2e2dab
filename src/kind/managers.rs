//! The other tools that manage a resource, as its tags report.
//!
//! Sources: AWS CloudFormation User Guide, "Resource tag" (`aws:cloudformation:*`); AWS SAM Developer Guide (SAM tags
//! functions `lambda:createdBy`); Serverless Framework, "Functions" (`STAGE` on all it makes); SST, `app.ts`
//! (`sst:app`, `sst:stage`); AWS Amplify CLI, "Tags" (`user:Stack`, `user:Application`) and Gen 2 (`amplify:*`); AWS
//! Copilot, "Additional resources" (`copilot-application`); AWS Elastic Beanstalk Developer Guide, "Tagging";
//! Crossplane, `pkg/resource` (`crossplane-kind`); AWS Controllers for Kubernetes, "Resource tags"
//! (`services.k8s.aws/controller-version`); AWS Service Catalog, "`AutoTags`". Terraform and Pulumi set no tag of
//! their own: those are the tags that their users set, as in `default_tags`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::UnmanagedFeature;
use super::change::MANAGED_BY;

/// The prefix of AWS's own tags. Nobody else can set them, and none of them is a property.
const OF_AWS: &str = "aws:";

/// Takes AWS's own tags out of a resource's properties, and returns the tools that its tags name.
pub(super) fn take(spec: &mut Value) -> Vec<UnmanagedFeature> {
    let Some(tags) = spec.get_mut("tags").and_then(Value::as_object_mut) else { return Vec::new() };
    let text = |(key, value): (&String, &Value)| Some((key.clone(), value.as_str()?.to_owned()));
    let found = managers(&tags.iter().filter_map(text).collect());
    tags.retain(|key, _| !key.starts_with(OF_AWS));
    found
}

/// The tool that manages a resource with these tags, this program among others; `None` if none of them names one.
pub fn manager<'t>(tags: impl IntoIterator<Item = (&'t str, &'t str)>) -> Option<&'static str> {
    let own = |key: &str| key.starts_with("underpin:").then_some("underpin");
    tags.into_iter().find_map(|(key, value)| own(key).or_else(|| tool_of(key, value)))
}

/// The tools that manage a resource with these tags, each with the consequences of two managers.
fn managers(tags: &BTreeMap<String, String>) -> Vec<UnmanagedFeature> {
    let mut found: Vec<UnmanagedFeature> = stack(tags).into_iter().collect();
    for (key, value) in tags {
        let Some(tool) = tool_of(key, value) else { continue };
        // What a tool deploys by a stack belongs to that stack.
        let by_stack =
            !found.is_empty() && BY_STACK.contains(&tool) && found[0].feature.contains("CloudFormation stack");
        if by_stack || found.iter().any(|unmanaged| unmanaged.feature.contains(tool)) {
            continue;
        }
        let detail = format!("its tag `{key}` shows it; {}", outcome(tool));
        found.push(UnmanagedFeature { feature: format!("{MANAGED_BY}{tool}"), detail });
    }
    found
}

/// Tools that deploy by way of CloudFormation stacks.
const BY_STACK: [&str; 5] = ["CloudFormation", "the AWS CDK", "AWS SAM", "the Serverless Framework", "AWS Copilot"];

/// The tag that names the stack.
const STACK_NAME: &str = "aws:cloudformation:stack-name";

/// The CloudFormation stack that has the resource, and the tool that wrote the stack's template.
fn stack(tags: &BTreeMap<String, String>) -> Option<UnmanagedFeature> {
    let (key, _) = tags.iter().find(|(key, _)| key.starts_with("aws:cloudformation:"))?;
    let name = tags.get(STACK_NAME).map(|name| format!(" `{name}`")).unwrap_or_default();
    let writer = tags.iter().find_map(|(key, value)| tool_of(key, value).filter(|tool| *tool != "CloudFormation"));
    let serverless = tags.get("STAGE").is_some_and(|stage| name.ends_with(&format!("-{stage}`")));
    let writer = writer.or(serverless.then_some("the Serverless Framework"));
    let writer = writer.map(|tool| format!(" ({tool})")).unwrap_or_default();
    Some(UnmanagedFeature {
        feature: format!("{MANAGED_BY}the CloudFormation stack{name}{writer}"),
        detail: format!("its tag `{key}` shows it; {}", outcome("CloudFormation")),
    })
}

/// The tool that sets a tag, or that a user's tag names.
fn tool_of(key: &str, value: &str) -> Option<&'static str> {
    let lower = key.to_lowercase();
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| lower.starts_with(prefix));
    if begins(&["aws:cloudformation:"]) {
        return Some("CloudFormation");
    }
    if begins(&["aws:cdk:", "aws-cdk:"]) {
        return Some("the AWS CDK");
    }
    if begins(&["aws:servicecatalog:"]) {
        return Some("AWS Service Catalog");
    }
    if lower == "lambda:createdby" || begins(&["serverlessrepo:"]) {
        return (lower != "lambda:createdby" || value.eq_ignore_ascii_case("sam")).then_some("AWS SAM");
    }
    if begins(&["pulumi:"]) {
        return Some("Pulumi");
    }
    if begins(&["terraform:", "terraform-", "terraform_", "terraform.io/"]) {
        return Some("Terraform");
    }
    if begins(&["amplify:"]) || lower == "user:stack" || lower == "user:application" {
        return Some("AWS Amplify");
    }
    if begins(&["copilot-"]) {
        return Some("AWS Copilot");
    }
    if begins(&["elasticbeanstalk:"]) {
        return Some("AWS Elastic Beanstalk");
    }
    if begins(&["sst:"]) {
        return Some("SST");
    }
    if lower == "aws-chalice" {
        return Some("AWS Chalice");
    }
    if begins(&["crossplane-", "crossplane.io/"]) {
        return Some("Crossplane");
    }
    if begins(&["services.k8s.aws/"]) {
        return Some("AWS Controllers for Kubernetes");
    }
    let plain: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    // A tag in which a user names the tool that manages a resource, or the tool's own name: `terraform: true`.
    if KEYS.contains(&plain.as_str()) {
        return named(value);
    }
    let denied = ["false", "no", "0", ""].contains(&value.to_lowercase().as_str());
    if denied { None } else { TOOLS.iter().find(|(word, _)| plain == *word).map(|(_, tool)| *tool) }
}

/// The keys, without case and punctuation, whose value names the tool.
const KEYS: [&str; 18] = [
    "automation",
    "createdby",
    "createdwith",
    "createdusing",
    "deployedby",
    "deployedwith",
    "deployedusing",
    "deploymentmethod",
    "deploymenttool",
    "iac",
    "iactool",
    "infrastructureascode",
    "managed",
    "managedby",
    "managedwith",
    "provisionedby",
    "provisioner",
    "tool",
];

/// Words by which tools are named, and the tools.
const TOOLS: [(&str, &str); 16] = [
    ("terraform", "Terraform"),
    ("opentofu", "Terraform"),
    ("tofu", "Terraform"),
    ("terragrunt", "Terraform"),
    ("cdktf", "Terraform"),
    ("pulumi", "Pulumi"),
    ("cloudformation", "CloudFormation"),
    ("cfn", "CloudFormation"),
    ("cdk", "the AWS CDK"),
    ("awscdk", "the AWS CDK"),
    // Not `sam` alone: that is a person's name, too.
    ("awssam", "AWS SAM"),
    ("serverless", "the Serverless Framework"),
    ("serverlessframework", "the Serverless Framework"),
    ("sst", "SST"),
    ("crossplane", "Crossplane"),
    ("ansible", "Ansible"),
];

/// The tool that a text names as a word: `Terraform`, `terraform/v1.11`, `aws-cdk`.
fn named(value: &str) -> Option<&'static str> {
    let lower = value.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let whole: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    let tool = |word: &str| TOOLS.iter().find(|(name, _)| *name == word).map(|(_, tool)| *tool);
    tool(&whole).or_else(|| words.find_map(tool))
}

/// The consequences of two tools managing one resource, and the way to take it out of the other one.
fn outcome(tool: &str) -> &'static str {
    match tool {
        "CloudFormation" => {
            "what is changed here is drift there, the stack's next update reverts it, and deleting the stack deletes \
             it: give it `DeletionPolicy: Retain` and remove it from the template first"
        }
        "Terraform" => {
            "its next `apply` reverts what is changed here, and its `destroy` deletes it: remove it from the state \
             first (`terraform state rm`, or a `removed` block)"
        }
        "Pulumi" => {
            "its next `up` reverts what is changed here, and its `destroy` deletes it: remove it from the state first \
             (`pulumi state delete`)"
        }
        _ => {
            "its next deployment reverts what is changed here, and removing it there deletes it: remove it from that \
             tool first"
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn features(tags: &Value) -> Vec<String> {
        let mut spec = json!({"tags": tags});
        take(&mut spec).iter().map(|unmanaged| unmanaged.manager().expect("a manager").to_owned()).collect()
    }

    #[test]
    fn tools_are_named_by_their_tags() {
        let cases = [
            (
                json!({"aws:cloudformation:stack-name": "shop", "aws:cloudformation:logical-id": "T"}),
                "the CloudFormation stack `shop`",
            ),
            (json!({"aws:cloudformation:stack-id": "arn"}), "the CloudFormation stack"),
            (
                json!({"aws:cloudformation:stack-name": "shop", "aws:cdk:path": "shop/T"}),
                "the CloudFormation stack `shop` (the AWS CDK)",
            ),
            (
                json!({"aws:cloudformation:stack-name": "shop", "lambda:createdBy": "SAM"}),
                "the CloudFormation stack `shop` (AWS SAM)",
            ),
            (
                json!({"aws:cloudformation:stack-name": "shop-dev", "STAGE": "dev"}),
                "the CloudFormation stack `shop-dev` (the Serverless Framework)",
            ),
            (json!({"lambda:createdBy": "SAM"}), "AWS SAM"),
            (json!({"aws-cdk:auto-delete": "true"}), "the AWS CDK"),
            (json!({"terraform": "true"}), "Terraform"),
            (json!({"Terraform": "yes"}), "Terraform"),
            (json!({"managed-by": "terraform"}), "Terraform"),
            (json!({"ManagedBy": "Terraform Cloud"}), "Terraform"),
            (json!({"managed_by": "OpenTofu"}), "Terraform"),
            (json!({"Provisioner": "terragrunt"}), "Terraform"),
            (json!({"terraform-workspace": "prod"}), "Terraform"),
            (json!({"pulumi:project": "shop", "pulumi:stack": "dev"}), "Pulumi"),
            (json!({"Managed By": "pulumi"}), "Pulumi"),
            (json!({"created_by": "aws-cdk"}), "the AWS CDK"),
            (json!({"copilot-application": "shop", "copilot-environment": "test"}), "AWS Copilot"),
            (json!({"user:Application": "shop", "user:Stack": "dev"}), "AWS Amplify"),
            (json!({"amplify:app-id": "d1"}), "AWS Amplify"),
            (json!({"sst:app": "shop", "sst:stage": "dev"}), "SST"),
            (json!({"aws-chalice": "version=1.31.4:stage=dev:app=shop"}), "AWS Chalice"),
            (json!({"services.k8s.aws/controller-version": "lambda-v1"}), "AWS Controllers for Kubernetes"),
            (json!({"aws:servicecatalog:provisioningPrincipalArn": "arn"}), "AWS Service Catalog"),
        ];
        for (tags, manager) in cases {
            assert_eq!(features(&tags), [manager], "{tags}");
        }
        let two = json!({"aws:cloudformation:stack-name": "shop", "ManagedBy": "Terraform"});
        assert_eq!(features(&two), ["the CloudFormation stack `shop` (Terraform)"], "a stack that Terraform made");
        assert_eq!(features(&json!({"pulumi:project": "p", "terraform": "true"})), ["Pulumi", "Terraform"]);
    }

    #[test]
    fn user_tags_are_not_taken_for_tool_tags() {
        for tags in [
            json!({"STAGE": "dev", "team": "terraform", "Name": "sam", "stack": "serverless"}),
            json!({"terraform": "false", "ManagedBy": "ops", "created-by": "Sam Smith", "sam": "x"}),
            json!({"lambda:createdBy": "console", "underpin:stack": "shop", "aws:backup:source": "x"}),
        ] {
            assert_eq!(features(&tags), [""; 0], "{tags}");
        }
    }

    #[test]
    fn aws_reserved_tags_are_removed_and_reported() {
        let mut spec = json!({"tags": {"aws:cloudformation:stack-name": "shop", "awsome": "1", "a": "b"}});
        let found = take(&mut spec);
        assert_eq!(spec, json!({"tags": {"awsome": "1", "a": "b"}}));
        assert!(found[0].detail.contains("`aws:cloudformation:stack-name`") && found[0].detail.contains("Retain"));
        assert_eq!(take(&mut json!({"tags": {}})), []);
        assert_eq!(take(&mut json!({})), []);
    }
}
