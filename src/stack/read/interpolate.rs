//! Interpolation of one scalar: its text with values in place of every `${…}` that underpin fills in.

use std::sync::Arc;

use crate::base::{Reference, pending};
use crate::stack::diagnostics::{Complaint, Reports};
use crate::stack::source::template::{self, Hole, Part};
use crate::stack::source::tree::{Node, Scalar};
use crate::stack::source::{Source, Span};

/// The value of one `${…}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ScopeAnswer {
    /// The text; pending if it is not known yet.
    pub(crate) text: String,
    /// True if it comes from the process's environment.
    pub(crate) secret: bool,
    /// The references in it, and whether each is known.
    pub(crate) uses: Vec<(Reference, bool)>,
}

impl ScopeAnswer {
    /// A value that is known and may be shown.
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// The meaning of `${…}` at a place.
pub(crate) trait Scope {
    /// The value of one `${…}`.
    fn value(&self, hole: &Hole) -> Result<ScopeAnswer, Complaint>;
}

/// A scalar's text after interpolation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filled {
    /// The text.
    pub(crate) text: String,
    /// True if it was written without quotes.
    pub(crate) plain: bool,
    /// True if any part was interpolated.
    pub(crate) interpolated: bool,
    /// True if any part comes from the process's environment.
    pub(crate) secret: bool,
    /// The values of environment variables in it.
    pub(crate) heard: Vec<String>,
    /// The references in it, and whether each is known.
    pub(crate) uses: Vec<(Reference, bool)>,
}

impl Filled {
    /// Returns whether some of the text is known only after apply.
    pub(crate) fn is_pending(&self) -> bool {
        pending::is_pending(&self.text)
    }

    /// Returns whether all of the text is references that are known only after apply.
    pub(crate) fn is_only_pending(&self) -> bool {
        pending::parts(&self.text).iter().all(|part| matches!(part, pending::Part::Pending(_)))
    }
}

/// Fills a scalar; `None` after an error, which is then reported.
pub(crate) fn fill(
    node: &Node,
    scalar: &Scalar,
    source: &Arc<Source>,
    scope: &dyn Scope,
    reports: &Reports,
) -> Option<Filled> {
    let mut filled = Filled { plain: scalar.plain, ..Filled::default() };
    if !scalar.text.contains("${") {
        filled.text.clone_from(&scalar.text);
        return Some(filled);
    }
    let mut sound = true;
    for part in template::parts(&scalar.text) {
        match part {
            Part::Literal(text) => filled.text.push_str(&text),
            Part::Hole { hole, written, ordinal } => {
                filled.interpolated = true;
                match value(&hole, &written, scope) {
                    Ok(ScopeAnswer { text, secret, uses }) => {
                        filled.text.push_str(&text);
                        filled.secret |= secret;
                        filled.heard.extend(secret.then_some(text));
                        filled.uses.extend(uses);
                    }
                    Err(complaint) => {
                        sound = false;
                        reports.push(complaint.at(source, place(node, source, ordinal, &written)));
                    }
                }
            }
        }
    }
    sound.then_some(filled)
}

fn value(hole: &Hole, written: &str, scope: &dyn Scope) -> Result<ScopeAnswer, Complaint> {
    match hole {
        Hole::Broken(reason) => {
            let open = reason.contains("closing") || written.contains("${");
            let shown = format!("${{{written}{}", if open { "" } else { "}" });
            let complaint = Complaint::new("bad-interpolation", format!("`{shown}` can't be read: {reason}"));
            let hint = "write `${section.name.attribute}`, `${region}` or `${env:NAME}`; `$${` stands for `${` itself";
            Err(complaint.hint(hint))
        }
        hole => {
            let told = scope.value(hole)?;
            let reserved = |c: char| pending::is_reserved(c) && told.secret;
            if told.text.contains(reserved) {
                return Err(Complaint::new(
                    "reserved-character",
                    format!("the value of `${{{written}}}` holds a reserved character"),
                )
                .hint("U+E000 to U+E003 mark unknown and sensitive values within underpin"));
            }
            Ok(told)
        }
    }
}

/// The place of the `${…}` with this ordinal within a scalar.
fn place(node: &Node, source: &Source, ordinal: usize, written: &str) -> Span {
    let raw = source.slice(node.span);
    let Some((at, _)) = raw.match_indices("${").nth(ordinal) else { return node.span };
    let start = node.span.start + at;
    let end = match raw[at + 2..].strip_prefix(written) {
        Some(after) => at + 2 + written.len() + usize::from(after.starts_with('}')),
        None => raw[at..].find('}').map_or(raw.len(), |end| at + end + 1),
    };
    Span::new(start, node.span.start + end)
}
