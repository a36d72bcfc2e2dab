//! What the stack's file declares, written into the documents of what is live: for rules that compare the two.

use serde_json::{Value, json};

use crate::audit::Live;
use crate::commands::support::declarations::declarations;
use crate::commands::support::planner::Planner;
use crate::kinds::REGISTRY;
use crate::permissions::creations;
use crate::rules::service_control::DECLARED_CALLS;
use crate::rules::{Declarations, Rule};

/// The type of the document that holds the service control policies.
const ORGANIZATION: &str = "AWS::Organizations::Organization";

/// What a stack declares of the resources of its own account.
pub(super) struct Declaration {
    account: String,
    declared: Declarations,
    calls: Result<Value, String>,
}

impl Declaration {
    /// The declaration of a planner's stack, as far as rules look at it.
    pub(super) fn of(planner: &Planner, rules: &[Rule]) -> Self {
        let aws = &planner.connection.aws;
        let declared = declarations(&planner.project.stack, aws.env(), aws.archives(), rules);
        Self { account: aws.env().account.clone(), declared, calls: calls(planner) }
    }

    /// Writes what is declared of a resource into its documents.
    pub(super) fn write(&self, one: &mut Live) {
        if one.resource.account != self.account {
            return;
        }
        self.declared.write(&mut one.items);
        if one.resource.type_name == ORGANIZATION {
            let mut of_organization = Declarations::default();
            match &self.calls {
                Ok(calls) => of_organization.insert(&one.resource.arn, DECLARED_CALLS, calls.clone()),
                Err(reason) => of_organization.unknown(&one.resource.arn, DECLARED_CALLS, reason.clone()),
            }
            of_organization.write(&mut one.items);
        }
    }
}

/// The calls by which the stack would be made from nothing, by whom and where.
fn calls(planner: &Planner) -> Result<Value, String> {
    let (aws, project) = (&planner.connection.aws, &planner.project);
    let calls = creations(&REGISTRY, &project.wanted, &project.owner, aws.env()).map_err(|(address, problems)| {
        let why: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
        format!("the calls for {address} are not known: {}", why.join("; "))
    })?;
    Ok(json!({"Region": aws.env().region, "Caller": aws.caller().map(|caller| &caller.arn), "Calls": calls}))
}
