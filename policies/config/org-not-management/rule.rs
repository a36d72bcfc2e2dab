//! Service control policies do not restrict the account that manages the organization. Source: Organizations user
//! guide, "Best practices for the management account".

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const MANAGER: &str = "/configuration/MasterAccountId";

/// Fails for an account that manages its organization and has tables.
pub(crate) fn judge(organization: &Subject<'_>, world: &World<'_>) -> Answer {
    let manages = organization.text(MANAGER)? == Some(organization.account());
    let mut tables = world.of("AWS::DynamoDB::Table")?;
    if !manages || !tables.any(|table| table.account() == organization.account()) {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(MANAGER, "the account with the tables manages the organization");
    Ok(Verdict::Fail(vec![fault.expected("a member account").actual("the account that manages the organization")]))
}
