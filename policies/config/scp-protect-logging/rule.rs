//! The record must not be in the hands of whom it is about. The policies of every level from the root to the account
//! are judged by the evaluator that judges plans; a role like any other asks. Service control policies restrict neither
//! the account that manages the organization nor service-linked roles. Source: Organizations user guide, "SCP
//! evaluation".

use crate::policy::Request;
use crate::rules::rust::{Answer, Subject, World};
use crate::rules::service_control::{anything, judge_denied};

/// Fails where an ordinary role may stop or delete a trail or a recorder.
pub(crate) fn judge(organization: &Subject<'_>, _: &World<'_>) -> Answer {
    let (region, account) = (anything("\u{E004}the region"), organization.account());
    let trail = format!("arn:aws:cloudtrail:{region}:{account}:trail/{}", anything("the trail"));
    let recorder = format!("arn:aws:config:{region}:{account}:configuration-recorder/{}", anything("the recorder"));
    let requests = [
        ("cloudtrail:StopLogging", &trail),
        ("cloudtrail:DeleteTrail", &trail),
        ("config:StopConfigurationRecorder", &recorder),
        ("config:DeleteConfigurationRecorder", &recorder),
    ];
    judge_denied(organization, requests.map(|(action, on)| (action.to_owned(), Request::new(action, on))))
}
