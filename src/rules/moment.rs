//! Points in time as AWS's answers write them, and their age in days.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};
use serde_json::Value;

/// The day of a point in time, in UTC: a text (`2026-11-30T08:00:00+00:00`), or seconds since 1970. `None` for anything
/// else, such as `N/A` and `no_information` in a credential report.
pub fn day_of(value: &Value) -> Option<Date> {
    let moment = match value {
        Value::String(text) => match text.parse::<Timestamp>() {
            Ok(moment) => moment,
            Err(_) => return text.get(..10)?.parse().ok(),
        },
        Value::Number(number) => {
            let seconds = number.as_f64()?;
            // Cutting off fractions of a second is meant.
            #[expect(clippy::cast_possible_truncation, reason = "the range is checked by the next call")]
            Timestamp::from_second(seconds as i64).ok()?
        }
        _ => return None,
    };
    Some(moment.to_zoned(TimeZone::UTC).date())
}

/// The days from one day to another; negative if it comes before.
pub fn days_between(from: Date, to: Date) -> i64 {
    from.until((Unit::Day, to)).map_or(0, |span| i64::from(span.get_days()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn points_in_time_are_read_in_every_form() {
        let day = Date::constant(2026, 11, 30);
        for value in [
            json!("2026-11-30T08:00:00+00:00"),
            json!("2026-11-30T23:59:59Z"),
            json!("2026-12-01T00:30:00+02:00"),
            json!("2026-11-30"),
            json!(1_796_025_600),
            json!(1_796_025_600.5),
        ] {
            assert_eq!(day_of(&value), Some(day), "{value}");
        }
        for value in
            [json!("N/A"), json!("no_information"), json!("not_supported"), json!(null), json!(true), json!("é")]
        {
            assert_eq!(day_of(&value), None, "{value}");
        }
        assert_eq!(days_between(Date::constant(2026, 8, 1), day), 121);
        assert_eq!(days_between(day, Date::constant(2026, 11, 29)), -1);
    }
}
