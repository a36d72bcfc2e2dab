//! A template as YAML.
//!
//! Every text is quoted as JSON quotes it, which YAML reads alike, unless it is a word that no version of YAML takes for
//! anything but a text: `CloudFormation` and its tools read YAML 1.1, in which `on`, `12:30` and `2012-10-17` are none.

use std::fmt::Write as _;

use serde_json::Value;

use crate::base::escaped;

/// Writes a document.
pub(super) fn text(document: &Value) -> String {
    let mut text = String::new();
    block(&mut text, 0, document);
    text
}

/// Writes a value that is not empty as a block, each line with its end.
fn block(text: &mut String, depth: usize, value: &Value) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, item) in map {
                let _ = write!(text, "{indent}{}:", scalar(key));
                after_key(text, depth, item);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                let mut inner = String::new();
                block(&mut inner, depth + 1, item);
                // The first line of the item stands behind its hyphen.
                let _ = write!(text, "{indent}- {}", inner.trim_start_matches(' '));
            }
        }
        flat => {
            let _ = writeln!(text, "{indent}{}", inline(flat));
        }
    }
}

fn after_key(text: &mut String, depth: usize, value: &Value) {
    let is_block = match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    if is_block {
        text.push('\n');
        block(text, depth + 1, value);
    } else {
        let _ = writeln!(text, " {}", inline(value));
    }
}

fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        other => other.to_string(),
    }
}

/// A text, bare if nothing can take it for anything else.
fn scalar(text: &str) -> String {
    const WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let is_bare = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c) || c == ':')
        && !text.ends_with(':')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if is_bare { text.to_owned() } else { escaped(&plain_breaks(&Value::from(text).to_string())).into_owned() }
}

/// Line breaks of Unicode, which YAML would take for those of the file, as escapes.
fn plain_breaks(quoted: &str) -> String {
    quoted.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029").replace('\u{85}', "\\u0085")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_that_yaml_takes_for_something_else_are_quoted() {
        let texts = ["on", "12:30", "0123", "~", "a: b", "- x", "#", "", "a\u{85}\u{2028}b\u{202e}"];
        let document = json!({"Version": "2012-10-17", "On": texts, "E": {}, "L": []});
        let written = "Version: \"2012-10-17\"\n\"On\":\n  - \"on\"\n  - \"12:30\"\n  - \"0123\"\n  - \"~\"\n  - \"a: b\"\n  \
                       - \"- x\"\n  - \"#\"\n  - \"\"\n  - \"a\\u0085\\u2028b\\u202e\"\nE: {}\nL: []\n";
        assert_eq!(text(&document), written);
        let nested = json!({"a": [[1, {"b": true, "c": [null]}], "AWS::AccountId"]});
        let written = "a:\n  - - 1\n    - b: true\n      c:\n        - null\n  - AWS::AccountId\n";
        assert_eq!(text(&nested), written);
    }
}
