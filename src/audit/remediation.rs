//! The remedy of a check, with the resource's own words in it.

use super::{Finding, Remediation};
use crate::base::printable;

/// The words of a remedy that stand for the resource's.
const WORDS: [&str; 4] = ["NAME", "ARN", "REGION", "ACCOUNT"];

impl Remediation {
    /// The remedy of one finding: `NAME`, `ARN`, `REGION` and `ACCOUNT` are replaced by those of the resource. Names are
    /// foreign text: in the command each is one word of a shell, and in the YAML one scalar.
    #[must_use]
    pub fn on(&self, finding: &Finding) -> Self {
        let resource = &finding.resource;
        // In the stack's file a resource has the name of its address.
        let key = finding.address.as_deref().and_then(|address| Some(address.split_once('.')?.1));
        let of = |word: &str, name: &str| match word {
            "NAME" => name.to_owned(),
            "ARN" => resource.arn.clone(),
            "REGION" => resource.region.clone(),
            _ => resource.account.clone(),
        };
        Self {
            yaml: replaced(&self.yaml, |word, _| yaml_scalar(&of(word, key.unwrap_or(&resource.id)))),
            cli: replaced(&self.cli, |word, quote| shell_word(&of(word, &resource.id), quote)),
        }
    }
}

/// A text with its placeholders replaced. The quote that is open at each place is given.
fn replaced(text: &str, with: impl Fn(&str, Option<char>) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quote = None;
    let mut rest = text;
    while !rest.is_empty() {
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (word, after) = rest.split_at(length);
        if WORDS.contains(&word) {
            out.push_str(&with(word, quote));
        } else {
            out.push_str(word);
        }
        let mut chars = after.chars();
        if let Some(c) = chars.next() {
            match quote {
                None if c == '\'' || c == '"' => quote = Some(c),
                Some(open) if open == c => quote = None,
                _ => {}
            }
            out.push(c);
        }
        rest = chars.as_str();
    }
    out
}

/// A text as a part of a shell's word, whatever it contains. Within quotes these are closed before it and opened again.
fn shell_word(text: &str, quote: Option<char>) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=+,%".contains(c);
    let word = if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    } else if printable(text) == text {
        format!("'{}'", text.replace('\'', r"'\''"))
    } else {
        format!("$'{}'", text.chars().map(spelled).collect::<String>())
    };
    quote.map_or_else(|| word.clone(), |quote| format!("{quote}{word}{quote}"))
}

/// A character within `$'…'`: what a terminal would obey is spelled out byte by byte, as bash, zsh and ksh read it.
fn spelled(c: char) -> String {
    let mut buffer = [0; 4];
    let text: &str = c.encode_utf8(&mut buffer);
    if c == '\\' || c == '\'' {
        format!("\\{c}")
    } else if printable(text) == text {
        text.to_owned()
    } else {
        text.bytes().fold(String::new(), |text, byte| text + &format!("\\x{byte:02x}"))
    }
}

/// A text as a scalar of YAML that is read as this very text.
fn yaml_scalar(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let word = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(plain);
    let means_more = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    if word && !means_more.contains(&text.to_ascii_lowercase().as_str()) {
        text.to_owned()
    } else {
        // A JSON string is a double-quoted scalar.
        serde_json::Value::from(text).to_string()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::audit::{Resource, Status};

    fn finding(id: &str, address: Option<&str>) -> Finding {
        let resource = Resource {
            type_name: "AWS::DynamoDB::Table".to_owned(),
            id: id.to_owned(),
            arn: format!("arn:aws:dynamodb:eu-central-1:123456789012:table/{id}"),
            region: "eu-central-1".to_owned(),
            account: "123456789012".to_owned(),
            ..Resource::default()
        };
        Finding {
            check: "ddb-table-pitr".into(),
            status: Status::Fail,
            resource: Arc::new(resource),
            address: address.map(str::to_owned),
            location: None,
            property: None,
            expected: None,
            actual: None,
            evidence: Arc::new([]),
            message: String::new(),
            waiver: None,
            first_seen: None,
            change: None,
        }
    }

    fn remedy(cli: &str) -> Remediation {
        Remediation { yaml: "tables:\n  NAME:\n    region: REGION\n".to_owned(), cli: cli.to_owned() }
    }

    #[test]
    fn remedy_names_the_resource() {
        let remedy = remedy("aws dynamodb x --table-name NAME --region REGION --who ARN --TABLE_NAME NAMES");
        let on = remedy.on(&finding("orders", Some("tables.main")));
        assert_eq!(on.yaml, "tables:\n  main:\n    region: eu-central-1\n");
        let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders";
        assert_eq!(
            on.cli,
            format!("aws dynamodb x --table-name orders --region eu-central-1 --who {arn} --TABLE_NAME NAMES")
        );
        assert_eq!(remedy.on(&finding("orders", None)).yaml, "tables:\n  orders:\n    region: eu-central-1\n");
    }

    #[test]
    fn foreign_name_in_a_remedy_is_one_word_of_a_shell() {
        let sh = |line: &str| {
            let ran = std::process::Command::new("bash").args(["-c", line]).output().expect("a shell");
            String::from_utf8(ran.stdout).expect("text")
        };
        let names = [
            "a b",
            "$(echo x)",
            "`echo x`",
            "it's",
            "\"; echo x; \"",
            "-x",
            "a\\",
            "!x",
            "",
            "a\nb",
            "\u{1b}[31m",
            "a\u{202e}'",
            "*",
        ];
        for name in names {
            let on = remedy(r#"printf '<%s>' NAME "--name=NAME;" '{"Name":"NAME"}'"#).on(&finding(name, None));
            assert_eq!(sh(&on.cli), format!("<{name}><--name={name};><{{\"Name\":\"{name}\"}}>"), "{}", on.cli);
            let key = on.yaml.lines().nth(1).map(|line| line.trim().trim_end_matches(':'));
            assert_eq!(
                serde_json::from_str::<String>(key.unwrap_or_default()).ok().as_deref(),
                Some(name),
                "{}",
                on.yaml
            );
        }
    }

    #[test]
    fn words_that_yaml_reads_otherwise_are_quoted() {
        assert_eq!(
            ["orders", "no", "1e3", "a: b", "-", "a#"].map(yaml_scalar),
            ["orders", "\"no\"", "\"1e3\"", "\"a: b\"", "\"-\"", "\"a#\""]
        );
    }
}
