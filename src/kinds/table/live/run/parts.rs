//! The calls that change other settings of a table: backups, expiry, insights, policy, tags.

use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::types::{
    BackupStatus, ContributorInsightsMode, ContributorInsightsStatus, PointInTimeRecoverySpecification,
    PointInTimeRecoveryStatus, TimeToLiveSpecification, TimeToLiveStatus,
};

use super::refusal::{self, NO_POLICY, RECOVERY, RETRYABLE};
use crate::aws::{Aws, CallError, WaitLimits, or_gone, retry_while, until, until_told};
use crate::base::Outputs;
use crate::kinds::table::live::convert::{list, opened, tag as sdk_tag, unbuilt};
use crate::kinds::table::live::describe::{self, failed};
use crate::kinds::table::live::wait::SHORT;
use crate::kinds::table::op::{
    CreateBackup, DeleteResourcePolicy, PutResourcePolicy, TagResource, UntagResource, UpdateContinuousBackups,
    UpdateContributorInsights, UpdateTimeToLive,
};
use crate::policy::same_meaning;

const SERVICE: &str = "dynamodb";

pub(super) async fn backups(input: UpdateContinuousBackups, aws: &Aws) -> Result<Outputs, CallError> {
    let UpdateContinuousBackups { table_name: name, point_in_time_recovery_specification: wanted } = input;
    let on = wanted.point_in_time_recovery_enabled;
    let days = wanted.recovery_period_in_days.and_then(|days| i32::try_from(days).ok());
    let specification = PointInTimeRecoverySpecification::builder()
        .point_in_time_recovery_enabled(on)
        .set_recovery_period_in_days(days)
        .build()
        .map_err(unbuilt)?;
    let call = aws.dynamodb().update_continuous_backups().table_name(&name);
    let call = call.point_in_time_recovery_specification(specification);
    retry_while(SHORT, RECOVERY, || async { call.clone().send().await.map_err(failed("UpdateContinuousBackups")) })
        .await?;
    let what = format!("point-in-time recovery of `{name}` to change");
    until_told(aws, (SERVICE, "UpdateContinuousBackups"), &what, SHORT, || async {
        let told = describe::backups(aws, &name).await?.and_then(|told| told.point_in_time_recovery_description);
        let is_on = told.as_ref().and_then(|told| told.point_in_time_recovery_status.clone())
            == Some(PointInTimeRecoveryStatus::Enabled);
        // An emulator may not return the period.
        let period = told.and_then(|told| told.recovery_period_in_days);
        Ok((is_on == on && (!on || days.is_none() || period.is_none() || period == days)).then_some(()))
    })
    .await?;
    Ok(Outputs::new())
}

/// The time that AWS takes for a change of time to live, in which it accepts no other.
/// Source: API reference, `UpdateTimeToLive`: "It can take up to one hour for the change to fully process."
const COOL_DOWN: Duration = Duration::from_hours(1);

pub(super) async fn expiry(input: UpdateTimeToLive, aws: &Aws) -> Result<Outputs, CallError> {
    let UpdateTimeToLive { table_name: name, time_to_live_specification: wanted } = input;
    let specification = TimeToLiveSpecification::builder()
        .enabled(wanted.enabled)
        .attribute_name(&wanted.attribute_name)
        .build()
        .map_err(unbuilt)?;
    let call = aws.dynamodb().update_time_to_live().table_name(&name).time_to_live_specification(specification);
    retry_while(SHORT, RETRYABLE, || async { call.clone().send().await.map_err(failed("UpdateTimeToLive")) })
        .await
        .map_err(cooling)?;
    let what = format!("time to live of `{name}` to change");
    until_told(aws, (SERVICE, "UpdateTimeToLive"), &what, SHORT, || async {
        let told = describe::expiry(aws, &name).await?;
        // Time to live that is being enabled counts as on: the rest takes up to an hour, and nothing waits for it.
        let on = told.as_ref().is_some_and(|told| {
            matches!(told.time_to_live_status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling))
        });
        let by = told.and_then(|told| told.attribute_name);
        Ok((on == wanted.enabled && (!on || by.as_ref() == Some(&wanted.attribute_name))).then_some(()))
    })
    .await?;
    Ok(Outputs::new())
}

/// Adds, to the error for a change that comes too early, the time from which it can be made.
fn cooling(error: CallError) -> CallError {
    // Source: measured, "Time to live has been modified multiple times within a fixed interval".
    let early = error.is(&["ValidationException"])
        && (error.message.contains("fixed interval") || error.message.contains("multiple times"));
    if !early {
        return error;
    }
    let at = jiff::Timestamp::try_from(SystemTime::now() + COOL_DOWN).map(|at| at.strftime("%H:%M UTC").to_string());
    let message = format!(
        "{}: AWS allows one change of time to live in about an hour; run again after {}",
        error.message,
        at.unwrap_or_else(|_| "an hour".to_owned())
    );
    CallError { message, ..error }
}

pub(super) async fn insights(input: UpdateContributorInsights, aws: &Aws) -> Result<Outputs, CallError> {
    let UpdateContributorInsights {
        table_name: name,
        index_name: index,
        contributor_insights_action: action,
        contributor_insights_mode: mode,
    } = input;
    let call = aws
        .dynamodb()
        .update_contributor_insights()
        .table_name(&name)
        .set_index_name(index.clone())
        .contributor_insights_action(action.as_str().into())
        .set_contributor_insights_mode(mode.as_deref().map(Into::into));
    retry_while(SHORT, RETRYABLE, || async { call.clone().send().await.map_err(failed("UpdateContributorInsights")) })
        .await?;
    let wanted = action == "ENABLE";
    let what = format!("contributor insights of `{name}` to change");
    until("UpdateContributorInsights", &what, SHORT, || async {
        let all = describe::insights(aws, &name).await?;
        let told = all.iter().find(|summary| summary.index_name == index);
        let told_mode =
            told.and_then(|told| told.contributor_insights_mode.as_ref()).map(ContributorInsightsMode::as_str);
        match told.and_then(|told| told.contributor_insights_status.clone()) {
            Some(ContributorInsightsStatus::Failed) => {
                let message = format!("AWS reports that contributor insights of `{name}` failed");
                Err(CallError::unexpected("UpdateContributorInsights", message))
            }
            Some(ContributorInsightsStatus::Enabled) => {
                let same = mode.is_none() || told_mode.is_none() || mode.as_deref() == told_mode;
                Ok((wanted && same).then_some(()))
            }
            None | Some(ContributorInsightsStatus::Disabled) => Ok((!wanted).then_some(())),
            Some(_) => Ok(None),
        }
    })
    .await?;
    Ok(Outputs::new())
}

pub(super) async fn put_policy(input: PutResourcePolicy, aws: &Aws) -> Result<Outputs, CallError> {
    let PutResourcePolicy { resource_arn: arn, policy } = input;
    let policy = opened(&policy, "PutResourcePolicy", aws)?;
    let call = aws.dynamodb().put_resource_policy().resource_arn(&arn).policy(&policy);
    let send = || {
        let call = call.clone();
        async { call.send().await.map_err(failed("PutResourcePolicy")) }
    };
    retry_while(WaitLimits::seconds(60), refusal::POLICY, send).await?;
    let wanted: serde_json::Value = serde_json::from_str(&policy)
        .map_err(|error| CallError::unexpected("PutResourcePolicy", format!("the policy is not JSON: {error}")))?;
    until_told(aws, (SERVICE, "PutResourcePolicy"), "the resource policy to appear", SHORT, || async {
        let told = describe::policy(aws, &arn).await?;
        Ok(told.is_some_and(|told| same_meaning(&told, &wanted)).then_some(()))
    })
    .await?;
    Ok(Outputs::new())
}

pub(super) async fn delete_policy(input: DeleteResourcePolicy, aws: &Aws) -> Result<Outputs, CallError> {
    let DeleteResourcePolicy { resource_arn: arn } = input;
    let call = aws.dynamodb().delete_resource_policy().resource_arn(&arn);
    let send = || async { call.clone().send().await.map_err(failed("DeleteResourcePolicy")) };
    or_gone(retry_while(SHORT, RETRYABLE, send).await, NO_POLICY)?;
    until_told(aws, (SERVICE, "DeleteResourcePolicy"), "the resource policy to be gone", SHORT, || async {
        Ok(describe::policy(aws, &arn).await?.is_none().then_some(()))
    })
    .await?;
    Ok(Outputs::new())
}

/// Sets tags. They lag by seconds. Source: API reference, `TagResource`: "eventually consistent".
pub(super) async fn tag(input: TagResource, aws: &Aws) -> Result<Outputs, CallError> {
    let TagResource { resource_arn: arn, tags } = input;
    let call = aws.dynamodb().tag_resource().resource_arn(&arn).set_tags(Some(list(&tags, sdk_tag)?));
    retry_while(SHORT, RETRYABLE, || async { call.clone().send().await.map_err(failed("TagResource")) }).await?;
    until_told(aws, (SERVICE, "TagResource"), "the tags to appear", SHORT, || async {
        let told = describe::tags(aws, &arn).await?;
        Ok(tags.iter().all(|tag| told.get(&tag.key) == Some(&tag.value)).then_some(()))
    })
    .await?;
    Ok(Outputs::new())
}

pub(super) async fn untag(input: UntagResource, aws: &Aws) -> Result<Outputs, CallError> {
    let UntagResource { resource_arn: arn, tag_keys } = input;
    let call = aws.dynamodb().untag_resource().resource_arn(&arn).set_tag_keys(Some(tag_keys.clone()));
    retry_while(SHORT, RETRYABLE, || async { call.clone().send().await.map_err(failed("UntagResource")) }).await?;
    until_told(aws, (SERVICE, "UntagResource"), "the tags to be gone", SHORT, || async {
        let told = describe::tags(aws, &arn).await?;
        Ok((!tag_keys.iter().any(|key| told.contains_key(key))).then_some(()))
    })
    .await?;
    Ok(Outputs::new())
}

/// The time limit of a backup.
const BACKUP: WaitLimits = WaitLimits::seconds(6 * 60 * 60);

/// Makes a backup and waits for it: a table can't be deleted while its backup is being made.
/// Source: DynamoDB Developer Guide, "Using on-demand backup and restore".
pub(super) async fn backup(input: CreateBackup, aws: &Aws) -> Result<Outputs, CallError> {
    let CreateBackup { table_name: name, backup_name } = input;
    let call = aws.dynamodb().create_backup().table_name(&name).backup_name(&backup_name);
    let send = || async { call.clone().send().await.map_err(failed("CreateBackup")) };
    let answer = retry_while(BACKUP, refusal::BACKUP, send).await.map_err(|error| {
        if error.is_unsupported() {
            let message = format!("{}; this endpoint does not support backups: leave the backup out", error.message);
            CallError { message, ..error }
        } else {
            error
        }
    })?;
    let Some(details) = answer.backup_details else {
        return Err(CallError::unexpected("CreateBackup", "the answer has nothing about the backup"));
    };
    let arn = details.backup_arn;
    let what = format!("the backup `{backup_name}` to be available");
    until("CreateBackup", &what, BACKUP, || async {
        let told = aws.dynamodb().describe_backup().backup_arn(&arn).send().await;
        let told = told.map_err(failed("DescribeBackup"))?.backup_description.and_then(|told| told.backup_details);
        match told.map(|told| told.backup_status) {
            Some(BackupStatus::Available) => Ok(Some(())),
            Some(BackupStatus::Deleted) => {
                Err(CallError::unexpected("CreateBackup", format!("the backup `{backup_name}` was deleted")))
            }
            _ => Ok(None),
        }
    })
    .await?;
    Ok(Outputs::new())
}
