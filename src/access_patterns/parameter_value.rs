//! The values that a parameter may have, by its type and its format.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::pattern::Format;
use super::table_keys::ScalarType;

/// Returns what is expected of a value that does not fit.
pub(super) fn fits(text: &str, kind: ScalarType, format: Option<Format>) -> Result<(), &'static str> {
    let fits = match kind {
        ScalarType::S if text.is_empty() => return Err("a text that is not empty"),
        ScalarType::S => return format.map_or(Ok(()), |format| has_format(text, format)),
        ScalarType::N => is_number(text),
        ScalarType::B => !text.is_empty() && STANDARD.decode(text).is_ok(),
        ScalarType::Bool => matches!(text, "true" | "false"),
    };
    if fits { Ok(()) } else { Err(kind.noun()) }
}

/// Returns whether a text is a number of `DynamoDB`: decimal, of up to 38 digits, between 1E-130 and 9.99…E+125.
/// Source: Developer Guide, "Supported data types", "Number".
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let Ok(exponent) = exponent.parse::<i32>() else { return false };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) || all.len() > 400 {
        return false;
    }
    let significant = all.trim_matches('0');
    if significant.is_empty() {
        return true;
    }
    let leading = all.len() - all.trim_start_matches('0').len();
    let length = |text: &str| i32::try_from(text.len()).unwrap_or(i32::MAX);
    let magnitude = exponent.saturating_add(length(whole)) - 1 - i32::try_from(leading).unwrap_or(0);
    significant.len() <= 38 && (-130..=125).contains(&magnitude)
}

fn has_format(text: &str, format: Format) -> Result<(), &'static str> {
    let date = |text: &str| text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok();
    let (fits, expected) = match format {
        Format::Uuid => (uuid::Uuid::try_parse(text).is_ok(), "a UUID such as `5ae290ed-55d1-47a0-bc6d-fe2bc2700399`"),
        Format::Time => {
            (text.parse::<jiff::Timestamp>().is_ok(), "a time with its offset, such as `2026-11-30T16:53:01Z`")
        }
        Format::Date => (date(text), "a day such as `2026-11-30`"),
        Format::Month => (text.len() == 7 && date(&format!("{text}-01")), "a month such as `2026-11`"),
        Format::Year => (text.len() == 4 && date(&format!("{text}-01-01")), "a year such as `2026`"),
    };
    if fits { Ok(()) } else { Err(expected) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_dynamodb() {
        for text in
            ["0", "-5", "1.5", "1e3", "+7", ".5", "5.", "0.000", "99999999999999999999999999999999999999", "1E125"]
        {
            assert!(is_number(text), "{text}");
        }
        for text in [
            "",
            "x",
            "1x",
            "0x5",
            "NaN",
            "inf",
            "1e",
            "1e126",
            "1e-131",
            "--1",
            ".",
            "1 ",
            "1_000",
            "1,5",
            "123456789012345678901234567890123456789",
        ] {
            assert!(!is_number(text), "{text}");
        }
    }

    #[test]
    fn values_are_held_against_type_and_format() {
        let ok = |text: &str, kind, format| fits(text, kind, format).is_ok();
        assert!(ok("2026-11-30", ScalarType::S, Some(Format::Date)));
        assert!(!ok("2026-11-31", ScalarType::S, Some(Format::Date)));
        assert!(!ok("2026-11-30T00:00:00Z", ScalarType::S, Some(Format::Date)));
        assert!(
            ok("2026-11", ScalarType::S, Some(Format::Month)) && !ok("2026-13", ScalarType::S, Some(Format::Month))
        );
        assert!(ok("2026", ScalarType::S, Some(Format::Year)) && !ok("26", ScalarType::S, Some(Format::Year)));
        assert!(ok("2026-11-30T16:53:01+00:00", ScalarType::S, Some(Format::Time)));
        assert!(!ok("2026-11-30T16:53:01", ScalarType::S, Some(Format::Time)));
        assert!(!ok("5ae290ed", ScalarType::S, Some(Format::Uuid)));
        assert!(ok("aGk=", ScalarType::B, None) && !ok("hi!", ScalarType::B, None));
        assert!(ok("true", ScalarType::Bool, None) && !ok("yes", ScalarType::Bool, None));
        assert!(!ok("", ScalarType::S, None));
    }
}
