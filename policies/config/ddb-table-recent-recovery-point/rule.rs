//! A plan alone is no backup: jobs fail, and selections change. Only a recovery point of the last days shows that the table
//! is backed up.
//!
//! Gives the verdict of `DYNAMODB_LAST_BACKUP_RECOVERY_POINT_CREATED`, with its age in whole days.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const AT: &str = "/supplementaryConfiguration/LastBackupTime";

/// Passes where the last recovery point is at most as old as the parameter says.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    let most = world.parameter("recoveryPointAgeValue").and_then(Value::as_i64).unwrap_or(1);
    let expected = format!("at most {most} days ago");
    let Some(time) = subject.get(AT)? else {
        // A table that AWS Backup protects has a time; whether it does may be unknown.
        subject.is("/supplementaryConfiguration/ProtectedByBackup")?;
        let fault = Fault::new(AT, "AWS Backup has no recovery point of the table").expected(expected);
        return Ok(Verdict::Fail(vec![fault]));
    };
    let day = day(time).ok_or_else(|| Unknown(format!("the time of the last backup, `{time}`, can't be read")))?;
    let age = day.duration_until(world.today()).as_hours() / 24;
    if age <= most {
        return Ok(Verdict::Pass);
    }
    let message = format!("the last recovery point is {age} days old");
    Ok(Verdict::Fail(vec![Fault::new(AT, message).expected(expected).actual(day.to_string())]))
}

/// The day of a time in UTC: seconds since 1970, or a text.
fn day(time: &Value) -> Option<Date> {
    let time: Timestamp = match time {
        Value::String(text) => text.parse().ok()?,
        other => Timestamp::from_duration(jiff::SignedDuration::try_from_secs_f64(other.as_f64()?).ok()?).ok()?,
    };
    Some(time.to_zoned(TimeZone::UTC).date())
}
