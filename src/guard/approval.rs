//! Approval: only a plan that no guardrail forbids can be applied.

use crate::plan::Plan;

/// A plan that no guardrail forbids. Only [`approve`] makes one.
#[derive(Debug, Clone)]
pub struct ApprovedPlan {
    plan: Plan,
}

impl ApprovedPlan {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }
}

/// Approves a plan, or returns it if a verdict forbids it.
pub fn approve(plan: Plan) -> Result<ApprovedPlan, Box<Plan>> {
    if plan.blocked { Err(Box::new(plan)) } else { Ok(ApprovedPlan { plan }) }
}
