//! The addresses that complete a word: those of the stack file, and those of orphans, which only the account knows.

use std::collections::BTreeSet;
use std::ffi::OsStr;

use clap_complete::engine::CompletionCandidate;

use super::typed::TypedLine;
use crate::base::Address;
use crate::cli::Common;
use crate::commands::support::stack_file::{offline, variable};
use crate::kinds::REGISTRY;
use crate::stack::{Document, NamedResource};

/// A search for the orphans of a stack whose addresses begin with a text. It finds what it can in a short time.
pub(super) type OrphanSearch = fn(&Common, &[NamedResource], &str) -> Vec<Address>;

/// The addresses that an option is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// Those of the file, then orphans.
    All,
    /// Orphans first: they are what a plan deletes.
    Deleted,
    /// Those of the file alone: orphans are deleted, and nothing else is done to them.
    Declared,
}

impl Subject {
    fn of(id: &str) -> Self {
        match id {
            "allow_delete" => Self::Deleted,
            "allow_replace" | "allow_unprotect" | "allow_adopt" => Self::Declared,
            _ => Self::All,
        }
    }
}

/// The addresses that complete a word of an option or argument, without those that it has already.
pub(super) fn addresses(line: &TypedLine, id: &str, word: &OsStr, search: OrphanSearch) -> Vec<CompletionCandidate> {
    let (Some(word), Some(document)) = (word.to_str(), document(&line.common)) else { return Vec::new() };
    let declared = document.named_resources(
        line.common.env.as_deref(),
        &|settings| offline(&line.common, settings),
        &REGISTRY,
        &variable,
    );
    let subject = Subject::of(id);
    let orphans = if subject == Subject::Declared { Vec::new() } else { search(&line.common, &declared, word) };
    let orphans: BTreeSet<Address> = orphans.into_iter().collect();
    let orphans = orphans.iter().map(|address| candidate(address, ", no longer in the file"));
    let declared = declared.iter().map(|resource| candidate(&resource.address, ""));
    let all: Vec<_> =
        if subject == Subject::Deleted { orphans.chain(declared).collect() } else { declared.chain(orphans).collect() };
    let given: BTreeSet<String> = line.given(id).iter().map(ToString::to_string).collect();
    all.into_iter()
        .flatten()
        .filter(|(text, _)| text.starts_with(word) && !given.contains(text))
        .map(|(_, it)| it)
        .collect()
}

/// The environments of the stack file that complete a word.
pub(super) fn environments(line: &TypedLine, word: &OsStr) -> Vec<CompletionCandidate> {
    let (Some(word), Some(document)) = (word.to_str(), document(&line.common)) else { return Vec::new() };
    let names = document.environments().into_iter().filter(|name| is_plain(name) && name.starts_with(word));
    names.map(CompletionCandidate::new).collect()
}

/// The stack file, if there is one. A pipe is not read: what stands in it is gone for the command itself.
fn document(common: &Common) -> Option<Document> {
    common.file.is_file().then(|| Document::read(&common.file, &REGISTRY).ok()).flatten()
}

/// An address with its description; `None` if it can't be offered.
fn candidate(address: &Address, remark: &str) -> Option<(String, CompletionCandidate)> {
    let text = address.to_string();
    let noun = REGISTRY.kind(address.section())?.noun();
    is_plain(&text).then(|| (text.clone(), CompletionCandidate::new(text).help(Some(format!("{noun}{remark}").into()))))
}

/// Returns whether a text means itself to every shell. Others are not offered: bash puts a candidate into the line as it
/// is, and a name in a file or a tag of somebody else must not become a command.
pub(super) fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || "-_./:@=+,%~".contains(c))
}
