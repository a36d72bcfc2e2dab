//! A strict reader of the HTML that this program writes, for tests: anything that it does not write is an error.

use std::collections::BTreeMap;

/// A piece of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A tag that opens, with its attributes.
    Open(String, BTreeMap<String, String>),
    /// A tag that closes.
    Close(String),
    /// Text, with its references read.
    Text(String),
}

/// Elements whose content is not markup, and elements without content.
const RAW: [&str; 2] = ["script", "style"];
const VOID: [&str; 2] = ["meta", "link"];

/// The tokens of a document or a part of one.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut rest = text.strip_prefix("<!doctype html>\n").unwrap_or(text);
    while !rest.is_empty() {
        let around = || rest.chars().take(60).collect::<String>();
        if let Some(after) = rest.strip_prefix("</") {
            let (name, after) = after.split_once('>').ok_or_else(|| format!("an open tag: {}", around()))?;
            if open.pop().as_deref() != Some(name) {
                return Err(format!("`{name}` closes something else: {}", around()));
            }
            found.push(Token::Close(name.to_owned()));
            rest = after;
        } else if let Some(after) = rest.strip_prefix('<') {
            let (name, attributes, after) = tag(after).ok_or_else(|| format!("no tag: {}", around()))?;
            rest = after;
            found.push(Token::Open(name.clone(), attributes));
            if RAW.contains(&name.as_str()) {
                let end = rest.find("</").ok_or("raw text does not end")?;
                found.push(Token::Text(rest[..end].to_owned()));
                rest = &rest[end..];
            }
            if !VOID.contains(&name.as_str()) {
                open.push(name);
            }
        } else {
            let (content, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            found.push(Token::Text(read(content)?));
            rest = after;
        }
    }
    if open.is_empty() { Ok(found) } else { Err(format!("these stay open: {open:?}")) }
}

fn tag(text: &str) -> Option<(String, BTreeMap<String, String>, &str)> {
    let end = text.find(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit())?;
    let (name, mut rest) = text.split_at(end);
    let mut attributes = BTreeMap::new();
    while let Some(after) = rest.strip_prefix(' ') {
        let (key, after) = after.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        let plain = key.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
        if !plain || attributes.insert(key.to_owned(), read(value).ok()?).is_some() {
            return None;
        }
        rest = after;
    }
    Some((name.to_owned(), attributes, rest.strip_prefix('>').filter(|_| !name.is_empty())?))
}

fn read(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let (name, after) = rest[at + 1..].split_once(';').ok_or_else(|| format!("a lone `&`: {text}"))?;
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            other => return Err(format!("an unknown reference: {other}")),
        });
        rest = after;
    }
    out.push_str(rest);
    if text.contains(['"', '\'', '>']) { Err(format!("not escaped: {text}")) } else { Ok(out) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reader_refuses_what_is_not_escaped() {
        assert_eq!(tokens("<p class=\"a\">x &lt; y</p>").map(|found| found.len()), Ok(3));
        for text in
            ["<p>a & b</p>", "<p>\"</p>", "<p onclick=x></p>", "<p", "<p></b></p>", "<p>", "<p a=\"1\" a=\"2\"></p>"]
        {
            assert!(tokens(text).is_err(), "{text}");
        }
    }
}
