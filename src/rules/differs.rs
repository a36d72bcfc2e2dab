//! Clauses that engines judge differently, found by the text alone.
//!
//! Rules here are evaluated by the crate `cfn-guard` 3.2, in a pipeline often by AWS's `cfn-guard` 3.1, and by AWS
//! Config with Guard 2. The differences listed here were found by running 2.1.2, 3.1.1 and 3.2.1 on the same rules: the
//! first two agree.

use super::lexer::{TokenKind, Word};

/// A clause that engines judge differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineDifference {
    /// Its bytes in the text.
    pub bytes: (usize, usize),
    /// The difference.
    pub message: String,
    /// The text to write instead.
    pub hint: &'static str,
}

/// Properties that have a number, in the spelling of the template and of AWS Config alike.
/// Source: `CloudFormation` template reference, the five kinds' types.
const NUMBERS: &[&str] = &[
    "BatchSize",
    "BisectBatchSize",
    "CodeSize",
    "MaxCapacity",
    "MaximumBatchingWindowInSeconds",
    "MaximumConcurrency",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "MaxReadRequestUnits",
    "MaxSessionDuration",
    "MaxWriteRequestUnits",
    "MemorySize",
    "MinCapacity",
    "ParallelizationFactor",
    "ReadCapacityUnits",
    "RecoveryPeriodInDays",
    "ReservedConcurrentExecutions",
    "RetentionInDays",
    "ScaleInCooldown",
    "ScaleOutCooldown",
    "Size",
    "TargetValue",
    "Timeout",
    "TumblingWindowInSeconds",
    "WriteCapacityUnits",
];

/// Properties that are true or false.
/// Source: as above.
const TRUTHS: &[&str] = &[
    "BisectBatchOnFunctionError",
    "ContributorInsightsEnabled",
    "DeletionProtectionEnabled",
    "DisableScaleIn",
    "Enabled",
    "PointInTimeRecoveryEnabled",
    "PrivateDnsEnabled",
    "SSEEnabled",
];

/// All such clauses of a text, in their order.
pub(super) fn differences(text: &str, words: &[Word]) -> Vec<EngineDifference> {
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        if let Some(end) = fraction(text, words, at) {
            found.push(EngineDifference {
                bytes: (word.at, end),
                message: format!(
                    "`{}` has a fraction: in cfn-guard 3.2 a whole number may equal it or be in its range, in 3.1 and Guard 2 never",
                    &text[word.at..end]
                ),
                hint: "write a whole number where the property holds whole numbers",
            });
        }
        let negated = |before: &Word| before.what == TokenKind::Not || before.is("not");
        if word.is("empty") {
            let key =
                if before.is_some_and(negated) { at.checked_sub(2).and_then(|key| words.get(key)) } else { before };
            let of = |list: &[&str]| key.is_some_and(|key| list.iter().any(|one| one.eq_ignore_ascii_case(&key.text)));
            let sort = if of(NUMBERS) { Some("a number") } else { of(TRUTHS).then_some("a truth value") };
            if let Some(sort) = sort {
                let message = format!(
                    "the emptiness of {sort}: cfn-guard 3.2 can't decide it; 3.1 and Guard 2 reject the whole file for \
                     a number, and take a truth value as not empty"
                );
                let hint = "ask whether it `exists`, or compare it with a value";
                found.push(EngineDifference { bytes: (word.at, word.end), message, hint });
            }
        }
        if negated(word) && compares_behind(text, words, at) {
            let message =
                "`not` before a comparison: cfn-guard 3.1 and Guard 2 ignore the `not`, and judge the opposite";
            let hint = "write `!=`, `not in` or the opposite operator";
            found.push(EngineDifference { bytes: (word.at, word.end), message: message.to_owned(), hint });
        }
    }
    found
}

/// The end of a number with a fraction, or of a range with one, that begins with a word.
fn fraction(text: &str, words: &[Word], at: usize) -> Option<usize> {
    let word = words.get(at).filter(|word| word.what == TokenKind::Word)?;
    let rest = &text[word.at..];
    if word.text == "r" && rest[1..].starts_with(['(', '[']) {
        let end = rest.find([')', ']']).or_else(|| rest[2..].find('[').map(|end| end + 2))?;
        return rest[..end].contains('.').then_some(word.at + end + 1);
    }
    let length = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let number = rest[..length].trim_end_matches('.');
    let own = word.text.chars().all(|c| c.is_ascii_digit()) && number.contains('.');
    // `a.0.1` is a path, and the bounds of a range were reported already.
    let head = text[..word.at].trim_end().trim_end_matches('-').trim_end();
    let value = head.ends_with(['=', '<', '>']) || (head.ends_with(['[', ',']) && !in_range(text, words, at));
    (own && value).then_some(word.at + number.len())
}

/// Returns whether a word is within `r[…]`.
fn in_range(text: &str, words: &[Word], at: usize) -> bool {
    let open = words[..at].iter().rposition(|word| word.what == TokenKind::Open);
    let name = open.and_then(|open| open.checked_sub(1)).and_then(|name| words.get(name));
    name.is_some_and(|name| name.text == "r" && text[name.end..].starts_with(['(', '[']))
}

/// Returns whether a path and a comparison operator follow a `not`.
fn compares_behind(text: &str, words: &[Word], at: usize) -> bool {
    let mut next = at + 1;
    let Some(first) = words.get(next).filter(|word| matches!(word.what, TokenKind::Word | TokenKind::Literal)) else {
        return false;
    };
    if ["in", "exists", "empty"].iter().any(|name| first.is(name)) || first.text.starts_with("is_") {
        return false;
    }
    let mut end = first.end;
    while let Some(word) = words.get(next + 1) {
        next += 1;
        let gap = &text[end..word.at];
        if word.what == TokenKind::Open && word.is_bracket(text, '[') && gap.trim().is_empty() {
            let mut depth = 0_usize;
            while let Some(inner) = words.get(next) {
                match inner.what {
                    TokenKind::Open => depth += 1,
                    TokenKind::Close => depth = depth.saturating_sub(1),
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
                next += 1;
            }
            end = words.get(next).map_or(text.len(), |close| close.end);
            continue;
        }
        if gap.trim_start().starts_with('.') {
            end = word.end;
            continue;
        }
        // `some` is part of the path.
        if first.is("some") && next == at + 2 {
            end = word.end;
            continue;
        }
        let sign = gap.trim();
        return matches!(word.what, TokenKind::Equals | TokenKind::Differs)
            || sign.starts_with(['<', '>'])
            || (word.is("in") && !gap.contains('\n'));
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::lexer::words;
    use super::*;

    fn told(text: &str) -> Vec<&str> {
        differences(text, &words(text)).into_iter().map(|one| &text[one.bytes.0..one.bytes.1]).collect()
    }

    #[test]
    fn engine_dependent_clauses_are_found() {
        for (text, clauses) in [
            ("rule a { c.n == 5.0 }", vec!["5.0"]),
            ("rule a { c.n != 5.5 <<5.5>> }", vec!["5.5"]),
            ("rule a { c.n <= -1.5 }", vec!["1.5"]),
            ("rule a { c.n IN r[1.0,9.0] }", vec!["r[1.0,9.0]"]),
            ("rule a { c.n in r(1,9.5) }", vec!["r(1,9.5)"]),
            ("rule a { c.n in [1, 2.5] }", vec!["2.5"]),
            ("let most = 1.5\nrule a { c.n <= %most }", vec!["1.5"]),
            ("rule a { c.ProvisionedThroughput.ReadCapacityUnits !empty }", vec!["empty"]),
            ("rule a { %t.Properties.readCapacityUnits not empty }", vec!["empty"]),
            ("rule a { c.deletionProtectionEnabled empty }", vec!["empty"]),
            ("rule a { not c.s == 'x' }", vec!["not"]),
            ("rule a { not some c.s[ k == 'v' ].t in ['x'] }", vec!["not"]),
            ("rule a { ! c.n < 5 }", vec!["!"]),
        ] {
            assert_eq!(told(text), clauses, "{text}");
        }
        for text in [
            "rule a { c.n == 5 }",
            "rule a { c.n in r[1, 9] c.0.1 == 5 }",
            "rule a { c.Tags !empty c.s != 'x' c.s not in ['5.0'] }",
            "rule a { not c.s exists\n d == 5 }",
            "rule a when not b { c.s == 'x' }\nrule b { not a\n c.s != /1.5/ }",
            "# not a == 5.0\nrule a { c.s == 'x' <<not a == 5.0>> }",
        ] {
            assert_eq!(told(text), Vec::<&str>::new(), "{text}");
        }
    }
}
