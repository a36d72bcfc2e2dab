//! Reads values that conditions don't compare as text: numbers, points in time, truth values, bytes, addresses.

use std::cmp::Ordering;
use std::net::IpAddr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use super::operator::Comparison;

/// A value of a condition, read as its operator compares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    Number(Number),
    Moment(Timestamp),
    Truth(bool),
    Bytes(Vec<u8>),
    Range(Range),
}

impl Wanted {
    /// Reads a value; `None` if it lacks the form that the comparison needs, or is compared as text.
    pub(super) fn parse(comparison: Comparison, text: &str) -> Option<Self> {
        match comparison {
            Comparison::Numeric(_) => Number::parse(text).map(Self::Number),
            Comparison::Date(_) => moment(text).map(Self::Moment),
            Comparison::Bool | Comparison::Null => truth(text).map(Self::Truth),
            Comparison::Binary => BASE64_STANDARD.decode(text).ok().map(Self::Bytes),
            Comparison::Ip => Range::parse(text).map(Self::Range),
            Comparison::StringEquals
            | Comparison::StringEqualsIgnoreCase
            | Comparison::StringLike
            | Comparison::Arn => None,
        }
    }

    /// The values that the comparison needs, if a text lacks their form.
    pub(super) fn refusal(comparison: Comparison, text: &str) -> Option<&'static str> {
        let form = match comparison {
            Comparison::Numeric(_) => "numbers",
            Comparison::Date(_) => "dates (ISO 8601, or seconds since 1970)",
            Comparison::Bool | Comparison::Null => "`true` and `false`",
            Comparison::Binary => "bytes in base 64",
            Comparison::Ip => "addresses and ranges (CIDR)",
            Comparison::StringEquals
            | Comparison::StringEqualsIgnoreCase
            | Comparison::StringLike
            | Comparison::Arn => return None,
        };
        Self::parse(comparison, text).is_none().then_some(form)
    }
}

/// A decimal number, compared exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Number(i128);

impl Number {
    const PLACES: usize = 18;

    /// Reads up to 18 digits on each side of the point.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let fits = |part: &str| part.len() <= Self::PLACES && all_digits(part);
        if !fits(whole) || !fits(fraction) || (whole.is_empty() && fraction.is_empty()) {
            return None;
        }
        let scaled: i128 = format!("{whole}{fraction:0<width$}", width = Self::PLACES).parse().ok()?;
        Some(Self(if negative { -scaled } else { scaled }))
    }
}

/// Reads a date in one of W3C's forms of ISO 8601, or in seconds since 1970. A date without zone is in UTC.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    if text.len() != 4
        && let Ok(seconds) = text.parse::<i64>()
    {
        return Timestamp::from_second(seconds).ok();
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    let whole = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    // Hours and minutes without seconds are one of the forms, also with a zone.
    let civil: DateTime = match whole.parse() {
        Ok(civil) => civil,
        Err(_) => {
            return whole.strip_suffix('Z')?.parse::<DateTime>().ok().and_then(utc);
        }
    };
    utc(civil)
}

fn utc(civil: DateTime) -> Option<Timestamp> {
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

fn truth(text: &str) -> Option<bool> {
    [("true", true), ("false", false)].into_iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|it| it.1)
}

/// A range of addresses in CIDR notation; a single address is a range of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    base: IpAddr,
    prefix: u32,
}

impl Range {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (base, prefix) = match text.split_once('/') {
            None => (text, None),
            Some((base, prefix)) if prefix.bytes().all(|byte| byte.is_ascii_digit()) => {
                (base, Some(prefix.parse().ok()?))
            }
            Some(_) => return None,
        };
        let base: IpAddr = base.parse().ok()?;
        let width = if base.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(width);
        (prefix <= width).then_some(Self { base, prefix })
    }

    /// Returns whether an address is in the range; IPv4 and IPv6 never match each other.
    pub(super) fn contains(&self, address: IpAddr) -> bool {
        match (self.base, address) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                let differing = u32::from(base) ^ u32::from(address);
                differing.checked_shr(32 - self.prefix).unwrap_or(0) == 0
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                let differing = u128::from(base) ^ u128::from(address);
                differing.checked_shr(128 - self.prefix).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// Returns whether an order holds.
pub(super) fn holds(order: super::operator::Order, ordering: Ordering) -> bool {
    use super::operator::Order;
    match order {
        Order::Equal => ordering.is_eq(),
        Order::Less => ordering.is_lt(),
        Order::LessOrEqual => ordering.is_le(),
        Order::Greater => ordering.is_gt(),
        Order::GreaterOrEqual => ordering.is_ge(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact() {
        let number = |text| Number::parse(text);
        assert_eq!(number("10"), number("10.00"));
        assert_eq!(number("-0"), number("0"));
        assert!(number("-2") < number("-1.5") && number("9") < number("10"));
        assert!(number("9007199254740993") > number("9007199254740992"), "beyond floating point");
        for text in ["", ".", "-", "1e3", "0x1", "1 ", "ten", "1.2.3", "1234567890123456789"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn every_date_format_is_parsed() {
        let first = moment("2020-01-01T00:00:00Z");
        assert!(first.is_some());
        for same in [
            "2020",
            "2020-01",
            "2020-01-01",
            "2020-01-01T00:00Z",
            "2020-01-01T01:00+01:00",
            "2020-01-01T00:00:00.000Z",
            "2020-01-01T00:00:00",
            "20200101T000000Z",
            "1577836800",
        ] {
            assert_eq!(moment(same), first, "{same}");
        }
        for wrong in ["", "yesterday", "2020-13-01", "2020-01-01T25:00:00Z", "202a", "é"] {
            assert_eq!(moment(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ip_ranges_contain_their_addresses() {
        let holds = |range: &str, address: &str| {
            let address = address.parse().expect("an address");
            Range::parse(range).is_some_and(|range| range.contains(address))
        };
        assert!(holds("203.0.113.0/24", "203.0.113.255") && !holds("203.0.113.0/24", "203.0.114.0"));
        assert!(holds("203.0.113.7/24", "203.0.113.1"), "bits of the host are left aside");
        assert!(holds("10.0.0.1", "10.0.0.1") && !holds("10.0.0.1", "10.0.0.2"), "/32 by default");
        assert!(holds("0.0.0.0/0", "9.9.9.9") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("2001:DB8:1234:5678::/64", "2001:db8:1234:5678::1") && holds("::/0", "2001::"));
        for wrong in ["", "10.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.*"] {
            assert_eq!(Range::parse(wrong), None, "{wrong}");
        }
    }
}
