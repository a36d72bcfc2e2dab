//! Mistakes in YAML's syntax, with words that help to correct them.

use std::sync::Arc;

use saphyr_parser::ScanError;

use crate::stack::diagnostics::Finding;
use crate::stack::source::{Bytes, MAX_DEPTH, Source, Span};

/// The finding of too deep nesting.
pub(crate) fn depth(source: &Arc<Source>, span: Span) -> Finding {
    let message = format!("the file is nested deeper than {MAX_DEPTH} levels");
    Finding::at(source, span, "too-deep", message).hint("a stack needs no more than about ten")
}

/// Turns the parser's error into a finding.
pub(crate) fn finding(source: &Arc<Source>, error: &ScanError, bytes: &Bytes) -> Finding {
    let at = bytes.of(error.marker().index()).min(source.text().len());
    let at = last_content(source, at);
    if error.info().contains("recursion limit") {
        return depth(source, Span::new(at, at + 1));
    }
    if let Some(nul) = source.text().find('\0') {
        let finding = Finding::at(source, Span::new(nul, nul + 1), "yaml-syntax", "the file has a NUL character");
        return finding.hint("remove it; save the file as UTF-8");
    }
    let structural = ["mapping values", "':'", "key", "flow", "',' or", "content", "indentation"];
    let is_structural = structural.iter().any(|word| error.info().contains(word)) && !error.info().contains("quoted");
    let elsewhere = || unclosed(source, at).or_else(|| without_colon(source, at));
    if let Some(finding) = is_structural.then(elsewhere).flatten() {
        return finding;
    }
    let line = source.line_at(at);
    let (message, hint) = words(error.info(), line);
    let span = Span::new(at, at + source.text()[at..].chars().next().map_or(0, char::len_utf8));
    Finding::at(source, span, "yaml-syntax", message).hint(hint)
}

/// A bracket or brace that an earlier line opens and none closes: the text after it is read as part of it.
fn unclosed(source: &Arc<Source>, at: usize) -> Option<Finding> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut quote = None;
    let mut before = ' ';
    let mut comment = false;
    for (place, c) in source.text()[..source.line_start(at)].char_indices() {
        match (quote, c) {
            (_, '\n') if comment => comment = false,
            (Some(end), _) if c == end => quote = None,
            (None, '#') if before.is_whitespace() => comment = true,
            (None, '"' | '\'') if !comment && (before.is_whitespace() || "[{,:".contains(before)) => quote = Some(c),
            (None, '[' | '{') if !comment && (before.is_whitespace() || "[{,:".contains(before)) => {
                open.push((place, c));
            }
            (None, ']' | '}') if !comment => {
                open.pop();
            }
            _ => {}
        }
        before = c;
    }
    let (place, c) = *open.first()?;
    let close = if c == '[' { ']' } else { '}' };
    let message = format!("this `{c}` is not closed");
    let finding = Finding::at(source, Span::new(place, place + 1), "yaml-syntax", message);
    Some(finding.hint(format!("write `{close}` where the {} ends", if c == '[' { "list" } else { "mapping" })))
}

/// A key on the line before without a colon: the text after it is read as part of it.
fn without_colon(source: &Arc<Source>, at: usize) -> Option<Finding> {
    let start = source.line_start(at);
    let above = source.text()[..start].trim_end();
    let line_start = source.line_start(above.len().checked_sub(1)?);
    let line = source.text().get(line_start..above.len())?;
    let word = line.trim();
    let bare =
        !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "_-. ".contains(c)) && !word.starts_with('-');
    let indent = line.len() - line.trim_start().len();
    let here = source.line_at(at);
    let deeper = here.len() - here.trim_start().len() >= indent;
    if !bare || !deeper || !here.contains(':') {
        return None;
    }
    let span = Span::new(line_start + indent, above.len());
    Some(Finding::at(source, span, "yaml-syntax", "a key has no colon after it").hint(format!("write `{word}:`")))
}

/// The end of the text, for an error at the end of the file.
fn last_content(source: &Source, at: usize) -> usize {
    if at < source.text().len() {
        return at;
    }
    source.text().trim_end().char_indices().last().map_or(0, |(at, _)| at)
}

fn words(info: &str, line: &str) -> (String, String) {
    let interpolation = line.contains("${") && line.contains(['{', '[']);
    let pair = |message: &str, hint: &str| (message.to_owned(), hint.to_owned());
    if info.contains("tab") || (line.trim_start_matches(' ').starts_with('\t') && info.contains("indentation")) {
        return pair("a tab in place of spaces", "indent with spaces only");
    }
    let unending = ["end of stream", "document indicator", "invalid indentation"];
    if info.contains("quoted scalar") && unending.iter().any(|end| info.contains(end)) {
        return pair(
            "a quoted text does not end",
            "close the quote; a quote within the text is written `''` or `\\\"`",
        );
    }
    if info.contains("escape") || info.contains("hexadecimal") {
        let hint = "within double quotes a backslash is written `\\\\`; single quotes keep everything as it is";
        return pair("YAML does not know this escape in double quotes", hint);
    }
    if info.contains("invalid trailing content") {
        return pair(
            "there is more text after a quoted text",
            "put the whole value in quotes, or the quotes within the value",
        );
    }
    if interpolation && (info.contains("flow") || info.contains("',' or") || info.contains("did not find expected")) {
        let hint = "put a `${…}` between braces or brackets in quotes: `{key: \"${…}\"}`";
        return pair("the braces do not match", hint);
    }
    if info.contains("flow mapping") || info.contains("',' or '}'") {
        return pair("a mapping in braces is malformed", "write `{key: value, key: value}`");
    }
    if info.contains("flow sequence") || info.contains("',' or ']'") {
        return pair("a list in brackets is malformed", "write `[value, value]`");
    }
    if info.contains("misplaced bracket") || info.contains("flow construct") {
        return pair("a bracket or brace is not matched", "close every `[` with `]` and every `{` with `}`");
    }
    if info.contains("mapping values are not allowed") || info.contains("illegal placement of ':'") {
        let hint = "a key begins a line of its own; put a value that holds `: ` in quotes";
        return pair("an unexpected colon: no key can be here", hint);
    }
    if info.contains("simple key expect") {
        return pair("a key has no colon after it", "write `key: value`");
    }
    if info.contains("did not find expected key") || info.contains("invalid indentation") {
        return pair("this line is not indented like its neighbours", "keys of one mapping begin in the same column");
    }
    if info.contains("'-' indicator") || info.contains("block sequence entries are not allowed") {
        return pair(
            "an unexpected `-`: no list element can be here",
            "elements of one list begin in the same column, as `- value`",
        );
    }
    if info.contains("must be followed by a valid YAML whitespace") {
        return pair("a space is missing", "write a space after `:` and after `-`");
    }
    if info.contains("anchor") {
        return pair(
            "an anchor or alias is not known",
            "anchors and aliases are not part of the language: write the value out",
        );
    }
    if info.contains("tag") || info.contains("TAG") {
        return pair("a tag can't be read", "tags are not part of the language: quote a text that begins with `!`");
    }
    if info.contains("directive") || info.contains("document") || info.contains("incompatible") {
        return pair(
            "directives and several documents are not part of the language",
            "remove lines that begin with `%`, `---` or `...`",
        );
    }
    if info.contains("block scalar") {
        return pair(
            "a block text (`|` or `>`) is not well-formed",
            "indent all of its lines by the same number of spaces",
        );
    }
    if info.contains("unprintable") || info.contains("byte order mark") {
        return pair(
            "the file has a character that can't be printed",
            "remove it, or write it as an escape in double quotes",
        );
    }
    if info.contains("unexpected character")
        || info.contains("did not find expected node content")
        || info.contains("plain scalar cannot start")
    {
        let hint = "put a text that begins with one of `@ % & * ! | > { [ , ] } -` or a backtick in quotes";
        return pair("no value can begin like this", hint);
    }
    (format!("this is not YAML: {info}"), "put texts with punctuation in quotes, and indent with spaces".to_owned())
}
