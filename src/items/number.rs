//! Numbers of DynamoDB: decimal texts of at most 38 digits, which no binary floating-point number holds.

use std::borrow::Cow;

/// The number of significant digits that a number may have.
/// Source: DynamoDB Developer Guide, "Supported data types and naming rules", "Number".
const DIGITS: usize = 38;

/// The largest and the smallest power of ten of the first digit. Source: the same.
const POWERS: std::ops::RangeInclusive<i64> = -130..=125;

/// The reason why a text is not a number that DynamoDB holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// The text is no decimal number.
    #[error("it is not a decimal number")]
    NotANumber,
    /// It has too many digits.
    #[error("it has {0} significant digits, and DynamoDB holds 38")]
    TooManyDigits(usize),
    /// It is too large or too close to zero.
    #[error("it is outside of what DynamoDB holds: 1E-130 to 9.99…E+125, and zero")]
    OutOfRange,
}

/// A decimal number by its parts: `0.digits × 10^power`, with neither leading nor trailing zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Decimal<'t> {
    negative: bool,
    /// The digits with the decimal point, if it is among them.
    digits: &'t str,
    /// The power of ten of the first digit.
    power: i64,
}

impl<'t> Decimal<'t> {
    /// Parses a text; `Ok(None)` is zero.
    fn parse(text: &'t str) -> Result<Option<Self>, NumberError> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent_of(exponent)?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
            return Err(NumberError::NotANumber);
        }
        let is_zero = |c: char| c == '0' || c == '.';
        let digits = mantissa.trim_start_matches(is_zero);
        if digits.is_empty() {
            return Ok(None);
        }
        let first = mantissa.len() - digits.len();
        let point = whole.len();
        let signed = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        // Before the point, the last digit has the power 0; behind it, the first one has -1.
        let power = if first < point { signed(point - first) - 1 } else { -signed(first - point) };
        let digits =
            if mantissa.contains('.') { digits.trim_end_matches(is_zero) } else { digits.trim_end_matches('0') };
        Ok(Some(Self { negative, digits, power: power.saturating_add(exponent) }))
    }

    /// The digits without the decimal point.
    fn digits(&self) -> impl Iterator<Item = char> + 't {
        self.digits.chars().filter(char::is_ascii_digit)
    }
}

/// Parses an exponent; one that no `i64` holds is out of range all the same.
fn exponent_of(text: &str) -> Result<i64, NumberError> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::NotANumber);
    }
    let large = if text.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 };
    Ok(text.parse().unwrap_or(large))
}

/// Checks that DynamoDB can hold a number without a change of its value.
pub(super) fn check(text: &str) -> Result<(), NumberError> {
    let Some(decimal) = Decimal::parse(text)? else { return Ok(()) };
    let digits = decimal.digits().count();
    if digits > DIGITS {
        return Err(NumberError::TooManyDigits(digits));
    }
    if POWERS.contains(&decimal.power) { Ok(()) } else { Err(NumberError::OutOfRange) }
}

/// The one spelling of a number, so that equal numbers have equal texts: `1.50` and `15E-1` are `15E0`.
pub(super) fn canonical(text: &str) -> String {
    match Decimal::parse(text) {
        Ok(Some(decimal)) => {
            let sign = if decimal.negative { "-" } else { "" };
            format!("{sign}{}E{}", decimal.digits().collect::<String>(), decimal.power)
        }
        Ok(None) => "0".to_owned(),
        Err(_) => text.to_owned(),
    }
}

/// The size of a number in an item, in bytes: one for each two significant digits, one more, and one for the sign.
/// Source: DynamoDB Developer Guide, "DynamoDB item sizes and formats".
pub(super) fn size(text: &str) -> usize {
    match Decimal::parse(text) {
        Ok(Some(decimal)) => decimal.digits().count().div_ceil(2) + 1 + usize::from(decimal.negative),
        _ => 1,
    }
}

/// The same number as JSON writes it; `None` for a text that is no number. Digits are kept: a spelling that JSON has,
/// too, stays as it is.
pub(super) fn json(text: &str) -> Option<Cow<'_, str>> {
    let decimal = Decimal::parse(text).ok()?;
    if is_json(text) {
        return Some(Cow::Borrowed(text));
    }
    let Some(decimal) = decimal else { return Some(Cow::Borrowed("0")) };
    let mut digits: String = decimal.digits().collect();
    if digits.len() > 1 {
        digits.insert(1, '.');
    }
    let sign = if decimal.negative { "-" } else { "" };
    let exponent = if decimal.power == 0 { String::new() } else { format!("E{}", decimal.power) };
    Some(Cow::Owned(format!("{sign}{digits}{exponent}")))
}

/// Returns whether a text fits JSON's grammar of numbers, of which the digits and the exponent are known to be good.
/// Source: RFC 8259, section 6.
fn is_json(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let mantissa = unsigned.split(['e', 'E']).next().unwrap_or_default();
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    !whole.is_empty() && !whole.starts_with('+') && (whole == "0" || !whole.starts_with('0')) && !fraction.is_empty()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_outside_of_the_documented_limits_are_refused() {
        let nines = "9".repeat(38);
        for good in ["0", "-0", "1", "-1.5", "+7", ".5", "5.", "1e125", "1E-130", &nines, "000123.4500", "0E999"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in ["", "-", "+", ".", "1e", "e5", "1.2.3", "0x1", "NaN", "Infinity", "1 ", "١", "1e+-5", "1_000"] {
            assert_eq!(check(bad), Err(NumberError::NotANumber), "{bad}");
        }
        assert_eq!(check(&format!("{nines}1")), Err(NumberError::TooManyDigits(39)));
        assert_eq!(check(&format!("{nines}0")), Ok(()), "a trailing zero is no significant digit");
        for far in ["1E126", "1E-131", "-1E126", "1E99999999999999999999", "0.1E-130"] {
            assert_eq!(check(far), Err(NumberError::OutOfRange), "{far}");
        }
    }

    #[test]
    fn json_form_keeps_all_digits_and_fits_the_grammar() {
        for same in ["0", "-1.5", "12345678901234567890123456789012345678", "1E+125", "0.1e-5", "10", "-0"] {
            assert_eq!(json(same).as_deref(), Some(same));
        }
        for (text, form) in
            [("+7", "7"), (".5", "5E-1"), ("5.", "5"), ("007", "7"), ("00.10", "1E-1"), ("-.025", "-2.5E-2")]
        {
            assert_eq!(json(text).as_deref(), Some(form), "{text}");
        }
        assert_eq!(json("x"), None);
    }

    #[test]
    fn equal_numbers_have_one_canonical_text() {
        for same in ["1.5", "1.50", "15E-1", "+01.5", "0.15e1"] {
            assert_eq!(canonical(same), "15E0", "{same}");
        }
        assert_eq!([canonical("0"), canonical("-0.00"), canonical("0e7")], ["0", "0", "0"]);
        assert_ne!(canonical("10"), canonical("1"));
        assert_eq!(canonical("100"), "1E2");
    }

    proptest! {
        #[test]
        fn json_form_of_any_number_parses_to_the_same_number(text in "[-+]?[0-9]{0,9}\\.?[0-9]{0,9}([eE][-+]?[0-9]{1,2})?") {
            if let Some(form) = json(&text) {
                prop_assert!(serde_json::from_str::<f64>(&form).is_ok(), "{} of {}", form, text);
                prop_assert_eq!(canonical(&form), canonical(&text));
            } else {
                prop_assert_eq!(check(&text), Err(NumberError::NotANumber));
            }
        }
    }
}
