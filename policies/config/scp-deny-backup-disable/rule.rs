//! Backups help only if whoever deletes the data can not delete them, too. The policies of every level from the root to
//! the account are judged by the evaluator that judges plans; a role like any other asks. Service control policies
//! restrict neither the account that manages the organization nor service-linked roles. Source: Organizations user
//! guide, "SCP evaluation".

use crate::policy::Request;
use crate::rules::rust::{Answer, Subject, World};
use crate::rules::service_control::{anything, judge_denied};

/// Fails where an ordinary role may switch off or delete backups. Of `UpdateTable`, which lifts the deletion protection, no
/// condition tells what it changes.
pub(crate) fn judge(organization: &Subject<'_>, _: &World<'_>) -> Answer {
    let region = anything("\u{E004}the region");
    let table = format!("arn:aws:dynamodb:{region}:{}:table/{}", organization.account(), anything("the table"));
    let backup = format!("{table}/backup/{}", anything("the backup"));
    let requests = [("dynamodb:UpdateContinuousBackups", &table), ("dynamodb:DeleteBackup", &backup)];
    judge_denied(organization, requests.map(|(action, on)| (action.to_owned(), Request::new(action, on))))
}
