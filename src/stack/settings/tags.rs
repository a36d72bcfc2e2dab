//! AWS's limits on tags, and the merging of a resource's tags over the stack's.
//!
//! Source: AWS Tagging Best Practices and User Guide, "Tag naming limits and requirements": keys of 1 to 128 and
//! values of up to 256 characters, letters, digits, spaces and `_ . : / = + - @`, at most 50 to a resource.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::stack::diagnostics::{Complaint, Reports};
use crate::stack::schema::settings::MOST_TAGS;
use crate::stack::source::tree::Node;
use crate::stack::source::{Source, Span};

/// A tag's value.
#[derive(Clone, PartialEq, Eq)]
pub struct TagText {
    /// The text.
    pub text: String,
    /// True if it comes from the process's environment and is never shown.
    pub secret: bool,
    /// The values of environment variables that may be in it.
    pub heard: Vec<String>,
}

impl fmt::Debug for TagText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.secret { f.write_str("(sensitive)") } else { self.text.fmt(f) }
    }
}

/// Checks the tags of a mapping; `value` returns a key's value once it is interpolated, unless it is pending.
pub(crate) fn check(node: &Node, source: &Arc<Source>, reports: &Reports, value: &dyn Fn(&str) -> Option<String>) {
    for entry in node.entries() {
        if let Some(complaint) = key(&entry.key) {
            reports.push(complaint.at(source, entry.key_span));
        }
        if let Some(complaint) = value(&entry.key).and_then(|text| self::value(&text)) {
            reports.push(complaint.at(source, entry.value.span));
        }
    }
}

/// Reports more tags than AWS allows.
pub(crate) fn count<T>(tags: &BTreeMap<String, T>, source: &Arc<Source>, span: Span, reports: &Reports) {
    if tags.len() > MOST_TAGS {
        let complaint = Complaint::new("too-many-tags", format!("there are {} tags", tags.len()));
        let complaint = complaint.label(format!("expected at most {MOST_TAGS}"));
        let hint = "AWS takes 50 tags on a resource, and three of them are `underpin:stack`, `underpin:address` and `underpin:scope`";
        reports.push(complaint.hint(hint).at(source, span));
    }
}

fn allowed(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c)
}

fn key(key: &str) -> Option<Complaint> {
    let lower = key.to_lowercase();
    if let Some(prefix) = ["underpin:", "aws:"].into_iter().find(|prefix| lower.starts_with(prefix)) {
        let whose = if prefix == "aws:" { "AWS" } else { "underpin" };
        return Some(
            Complaint::new("bad-tag", format!("the tag key `{key}` begins with `{prefix}`, which is {whose}'s own"))
                .hint("choose another key"),
        );
    }
    let length = key.chars().count();
    if length > 128 {
        return Some(
            Complaint::new("bad-tag", format!("the tag key has {length} characters")).label("expected at most 128"),
        );
    }
    alphabet(key, "key")
}

fn value(value: &str) -> Option<Complaint> {
    let length = value.chars().count();
    if length > 256 {
        return Some(
            Complaint::new("bad-tag", format!("the tag's value has {length} characters")).label("expected at most 256"),
        );
    }
    alphabet(value, "value")
}

fn alphabet(text: &str, what: &str) -> Option<Complaint> {
    let c = text.chars().find(|c| !allowed(*c))?;
    let message = format!("the tag's {what} holds `{}`, which AWS does not allow", c.escape_debug());
    Some(Complaint::new("bad-tag", message).hint("AWS allows letters, digits, spaces and `_ . : / = + - @`"))
}
