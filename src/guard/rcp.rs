//! Resource control policies: what the organization allows on the resources of the account, whoever makes the request.
//!
//! They are judged like service control policies, level by level, for the calls of services that support them. Their
//! effect on another account's resource is up to that account. Source: Organizations User Guide, "Resource control
//! policies (RCPs)", as of September 2026.

use std::collections::BTreeSet;

use super::chain::{Locate, ScpSource};
use super::level::{Family, verdict};
use crate::base::{Environment, is_account, pending};
use crate::kind::AccessRequest;
use crate::plan::{Outcome, Plan, Verdict};
use crate::rules::RequestContext;

/// The services whose resources they restrict, by the prefix of their actions: "List of AWS services that support
/// RCPs". Lambda, IAM and EC2 are not among them. AWS adds services to the list every few months: a denial for a
/// service that is not on it is unknown, because the service may support such policies by now.
const SERVICES: &str = "\
    aoss appconfig appstream autoscaling autoscaling-plans budgets clouddirectory cloudfront cloudsearch \
    cloudtrail-data codeartifact codebuild codecommit codepipeline cognito-identity cognito-idp comprehend \
    comprehendmedical compute-optimizer cost-optimization-hub dax dsql dynamodb ecr ecr-public events firehose fis \
    fms gamelift health inspector-scan kendra kinesisvideo kms logs memorydb networkmonitor notifications opensearch \
    pca-connector-ad personalize polly pricing resource-groups rolesanywhere s3 secretsmanager servicediscovery \
    signin sqs sts support swf textract timestream-influxdb transcribe transfer translate wafv2 workspaces xray";

/// The owner of a call's resource, as far as resource control policies are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// No policy of this type applies to it.
    Nobody,
    /// The account of the plan.
    Us,
    /// Another account, whose place in an organization is not read.
    Another,
}

/// The owner of the resource of a request.
fn owner(access: &AccessRequest, account: &str) -> Owner {
    let AccessRequest { action, resource, context } = access;
    // AWS-managed keys are not restricted, nor is retiring a grant; an action without resource has no owner.
    let aliases = context.get("kms:RequestAlias").map(Vec::as_slice).unwrap_or_default();
    let of_aws = !aliases.is_empty() && aliases.iter().all(|alias| alias.starts_with("alias/aws/"));
    if resource == "*" || action == "kms:RetireGrant" || of_aws {
        return Owner::Nobody;
    }
    match resource.split(':').nth(4) {
        Some(owner) if is_account(owner) && owner != account => Owner::Another,
        _ => Owner::Us,
    }
}

/// Returns whether the service is on AWS's list of services that support these policies.
fn is_listed(access: &AccessRequest) -> bool {
    SERVICES.split(' ').any(|service| service == access.service())
}

/// Returns whether the policies of this account apply to a request.
pub(super) fn restricts(access: &AccessRequest, env: &Environment) -> bool {
    is_listed(access) && owner(access, &env.account) == Owner::Us
}

/// Judges every call of a plan.
pub fn rcp(plan: &Plan, source: &ScpSource, asker: &RequestContext<'_>, locate: Locate<'_>) -> Vec<Verdict> {
    let (mut verdicts, mut seen, mut services) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let mut others = BTreeSet::new();
    for step in &plan.steps {
        for access in &step.requires {
            match owner(access, &asker.env.account) {
                Owner::Nobody => continue,
                Owner::Another if !is_listed(access) => continue,
                Owner::Another => {
                    others.insert(pending::display(&access.resource));
                    continue;
                }
                Owner::Us => {}
            }
            let listed = is_listed(access);
            services.extend(listed.then(|| access.service()));
            let answer = source.chain.judge(&asker.request(&step.service, access));
            for level in answer.deciding() {
                let mut verdict = verdict(Family::Rcp, Some(&step.address), Some(step), access, &source.name, level);
                if !listed {
                    verdict =
                        Verdict { message: doubted(&verdict.message, access), outcome: Outcome::Unknown, ..verdict };
                }
                let key = (
                    step.address.clone(),
                    access.action.clone(),
                    level.level.clone(),
                    verdict.rule.clone(),
                    verdict.statement.clone(),
                );
                if seen.insert(key) {
                    verdicts.push(Verdict { source: locate(&step.address, &step.place()), ..verdict });
                }
            }
        }
    }
    if !others.is_empty() {
        let listed = others.into_iter().collect::<Vec<_>>().join("`, `");
        let message = format!("the resource control policies of the owner of `{listed}` are not read");
        verdicts.push(Verdict::new(Family::Rcp.guardrail(), "other-accounts", Outcome::Unknown, message));
    }
    if verdicts.is_empty() && !services.is_empty() {
        let policies: usize = source.chain.levels.iter().map(|level| level.policies.len()).sum();
        let services = services.into_iter().collect::<Vec<_>>().join(", ");
        let message = format!(
            "the calls on resources of {services} judged by {policies} resource control policies, AWS's own included: none \
             denies"
        );
        verdicts.push(Verdict::new(Family::Rcp.guardrail(), "summary", Outcome::Pass, message));
    }
    verdicts
}

/// The message about a service that may support such policies by now.
fn doubted(message: &str, access: &AccessRequest) -> String {
    format!("{message}; as far as underpin knows, {} does not support such policies", access.service())
}

/// The services of a plan whose resources such policies could restrict.
pub(super) fn rcp_services(plan: &Plan) -> BTreeSet<&str> {
    let accesses = plan.steps.iter().flat_map(|step| &step.requires);
    let restricted = accesses.filter(|access| owner(access, &plan.environment.account) != Owner::Nobody);
    restricted.filter(|access| is_listed(access)).map(AccessRequest::service).collect()
}

/// The verdict if they could not be read and that matters to the plan.
pub fn rcp_unreadable(plan: &Plan, why: &str) -> Option<Verdict> {
    let services = rcp_services(plan).into_iter().collect::<Vec<_>>().join(", ");
    if services.is_empty() {
        return None;
    }
    let message = format!(
        "the resource control policies attached in the organization, which may restrict the calls on {services}, are \
         not readable: {why}"
    );
    let hint = "what they deny is unknown: plan with credentials that may read them";
    let verdict = Verdict::new(Family::Rcp.guardrail(), "organisation", Outcome::Unknown, message);
    Some(Verdict { hint: Some(hint.to_owned()), ..verdict })
}

#[cfg(test)]
#[path = "rcp_tests.rs"]
mod tests;
