//! The forms of secrets: keys and tokens that a text shows by how they are written.
//!
//! The forms are those that their issuers document, so that their services can find leaked ones. A text that only stands for
//! a secret (`${TOKEN}`, `<password>`, AWS's own examples that end in `EXAMPLE`) is none.

use std::sync::LazyLock;

use regex_lite::Regex;

/// A form of secrets.
struct Form {
    name: &'static str,
    /// A text that every secret of this form has, in lower case: lines without it are passed by quickly.
    mark: &'static [&'static str],
    pattern: Regex,
}

/// The forms.
///
/// Sources: IAM User Guide, "IAM identifiers", "Understanding unique ID prefixes"; RFC 7468 (PEM); GitHub Docs, "GitHub's
/// token formats"; GitLab Docs, "Token overview", "Token prefixes"; Slack's "Token types"; Stripe's "API keys"; RFC 7519 (JWT);
/// RFC 3986, 3.2.1 (user information).
static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let form = |name, mark, pattern: &str| Some(Form { name, mark, pattern: Regex::new(pattern).ok()? });
    let all = [
        form(
            "an access key of AWS",
            &["akia", "asia"][..],
            r"(?:^|[^A-Z0-9])((?:AKIA|ASIA)[A-Z0-9]{16})(?:$|[^A-Z0-9])",
        ),
        form(
            "a secret access key of AWS",
            &["secret"],
            r#"(?i)aws.{0,20}secret.{0,20}['"=:\s]([A-Za-z0-9/+]{40})(?:$|[^A-Za-z0-9/+=])"#,
        ),
        form("a private key", &["private key-----"], r"(-----BEGIN [A-Z ]*PRIVATE KEY-----)"),
        form("a token of GitHub", &["gh", "github_pat_"], r"(gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})"),
        form("a token of GitLab", &["glpat-"], r"(glpat-[A-Za-z0-9_-]{20})"),
        form("a token of Slack", &["xox"], r"(xox[abprs]-[A-Za-z0-9-]{10,})"),
        form("a key of Stripe", &["_live_"], r"([sr]k_live_[A-Za-z0-9]{10,})"),
        form("a signed token (JWT)", &["eyj"], r"(eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})"),
        form(
            "a password within an address",
            &["://"],
            r#"[a-z][a-z0-9+.-]*://[^:/@\s'"]*:([^:/@\s'"]{3,})@[A-Za-z0-9]"#,
        ),
        form(
            "a password, key or token that is assigned",
            &["passw", "secret", "apikey", "api_key", "api-key", "token"],
            r#"(?i)(?:passw(?:or)?d|secret|secret_?key|api[_-]?key|(?:access|auth|api)_?token)['"]?\]?\s*(?::|=|=>|:=)\s*['"]([^'"\s]{8,})['"]"#,
        ),
    ];
    all.into_iter().flatten().collect()
});

/// The name of the form of a secret that a line of text has; `None` if it shows none.
pub fn secret_form(line: &str) -> Option<&'static str> {
    let lower = line.to_lowercase();
    let marked = FORMS.iter().filter(|form| form.mark.iter().any(|mark| lower.contains(mark)));
    marked
        .filter(|form| {
            let is_secret =
                |found: regex_lite::Captures<'_>| found.get(1).is_some_and(|text| !stands_for_one(form, text.as_str()));
            form.pattern.captures_iter(line).any(is_secret)
        })
        .map(|form| form.name)
        .next()
}

/// Returns whether a text only stands for a secret.
fn stands_for_one(form: &Form, text: &str) -> bool {
    let template = text.contains(['{', '}', '<', '>', '$', '%', '*']) || text.contains("...");
    // What people assign to a variable of such a name is often a name or a sentence; a password has letters and others.
    let mixed = text.chars().any(char::is_alphabetic)
        && text.chars().any(|c| !c.is_alphabetic() && c != '_' && c != '-' && c != '.');
    let place = text.starts_with("arn:") || text.contains("://") || text.starts_with('/');
    let assigned = form.mark.contains(&"passw");
    text.ends_with("EXAMPLE") || text.ends_with("EXAMPLEKEY") || template || (assigned && (!mixed || place))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts that no scanner of this repository shall take for secrets are put together here.
    fn joined(parts: &[&str]) -> String {
        parts.concat()
    }

    #[test]
    fn secrets_are_recognized_by_their_form() {
        for (line, name) in [
            (joined(&["key = '", "AKIA", "2222333344445555", "'"]), "an access key of AWS"),
            (
                joined(&["AWS_SECRET_ACCESS_KEY=", "abcdefghij", "0123456789", "ABCDEFGHIJ", "0123456789"]),
                "a secret access key of AWS",
            ),
            (joined(&["-----BEGIN ", "RSA PRIVATE KEY-----"]), "a private key"),
            (joined(&["x = \"", "ghp_", &"a1".repeat(18), "\""]), "a token of GitHub"),
            (joined(&["glp", "at-", &"x".repeat(20)]), "a token of GitLab"),
            (joined(&["xox", "b-1234567890-abc"]), "a token of Slack"),
            (joined(&["sk_", "live_", "0123456789ab"]), "a key of Stripe"),
            (
                joined(&["eyJ", "hbGciOiJIUzI1NiJ9", ".eyJ", "zdWIiOiIxMjM0In0", ".c2lnbmF0dXJl"]),
                "a signed token (JWT)",
            ),
            (
                joined(&["url = 'postgres://app:", "correct-horse", "@db.example.org/app'"]),
                "a password within an address",
            ),
            (joined(&["DB_PASSWORD = \"", "correct-horse-7", "\""]), "a password, key or token that is assigned"),
            (joined(&["{\"api_key\": \"", "k3yk3yk3y", "\"}"]), "a password, key or token that is assigned"),
        ] {
            assert_eq!(secret_form(&line), Some(name), "{line}");
        }
    }

    #[test]
    fn texts_that_stand_for_secrets_are_none() {
        for line in [
            "key = 'AKIAIOSFODNN7EXAMPLE'",
            "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "url = f'postgres://{user}:{password}@{host}/app'",
            "url = 'postgres://app:${PASSWORD}@db/app'",
            "password = os.environ['DB_PASSWORD']",
            "DB_PASSWORD = \"<your password>\"",
            "secret = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-1a2b3c'",
            "PASSWORD_MESSAGE = 'the password is wrong'",
            "token = next(tokens)",
            "api_key = 'your-api-key-here'",
            "https://example.org/a:b@c",
            "def handler(event, context): return event",
            "",
        ] {
            assert_eq!(secret_form(line), None, "{line}");
        }
    }
}
