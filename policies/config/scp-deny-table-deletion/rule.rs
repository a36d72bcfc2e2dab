//! Deletion protection can be lifted by whoever may change the table; a service control policy only from outside the
//! account. The policies of every level from the root to the account are judged by the evaluator that judges plans; a
//! role like any other asks. Service control policies restrict neither the account that manages the organization nor
//! service-linked roles. Source: Organizations user guide, "SCP evaluation".

use crate::policy::Request;
use crate::rules::rust::{Answer, Subject, World};
use crate::rules::service_control::{anything, judge_denied};

/// Fails where an ordinary role may delete a table.
pub(crate) fn judge(organization: &Subject<'_>, _: &World<'_>) -> Answer {
    let table = format!(
        "arn:aws:dynamodb:{}:{}:table/{}",
        anything("\u{E004}the region"),
        organization.account(),
        anything("the table")
    );
    judge_denied(organization, [("dynamodb:DeleteTable".to_owned(), Request::new("dynamodb:DeleteTable", &table))])
}
