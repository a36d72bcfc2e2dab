//! The floors of `docs/ARCHITECTURE.md`: imports point downward, and AWS's types stay where AWS is called.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Import, cycles, imports, root, shortest_cycle};

/// The floors, lowest first; those beside each other don't know of each other. The folders of the
/// fourth floor of the documentation are floors of their own.
const FLOORS: &[&[&str]] = &[
    &["base"],
    &["policy"],
    &["aws", "sandbox"],
    &["kind"],
    &["rules", "access_patterns"],
    &["kinds", "stack"],
    &["diff"],
    &["plan"],
    &["guard", "permissions"],
    &["live", "users"],
    &["items"],
    &["workspace"],
    &["apply", "audit"],
    &["report"],
    &["exit"],
    &["error"],
    &["cli"],
    &["ui"],
    &["commands"],
    &["lib", "main"],
];

/// The crates with AWS's types.
const SDK: &[&str] = &["aws_sdk_", "aws_config::", "aws_smithy_", "aws_types", "aws_credential_types"];

/// Folders that the kinds of one service share: they name no kind.
const SHARED: &[&str] = &["ec2_tags", "lambda_tags", "network"];

/// The files that import each other, by their paths in order, each cycle with the reason for it.
const CYCLES: &[(&[&str], &str)] = &[(
    &["stack/read/alternatives.rs", "stack/read/files.rs", "stack/read/walk.rs"],
    "a recursive descent: a property may hold alternatives, or name a file that is read as its value",
)];

/// A source file: its path within `src`, its text, and its lines without comments and unit tests.
struct Source {
    path: String,
    text: String,
    lines: Vec<(usize, String)>,
}

impl Source {
    /// The folder or file right below `src`.
    fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }
}

fn sources() -> Vec<Source> {
    fn files(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() { files(&path, into) } else { into.push(path) }
        }
    }
    let src = root().join("src");
    let mut found = Vec::new();
    files(&src, &mut found);
    found.sort();
    found.iter().filter_map(|path| source(&src, path)).collect()
}

/// Reads a source; `None` if only tests use it.
fn source(src: &Path, path: &Path) -> Option<Source> {
    let name = path.strip_prefix(src).ok()?.to_str().expect("the path is text").to_owned();
    let only_tests = |part: &str| part == "tests" || part == "testing.rs" || part.ends_with("tests.rs");
    if path.extension().is_none_or(|extension| extension != "rs") || name.split('/').any(only_tests) {
        return None;
    }
    let text = fs::read_to_string(path).expect("the file can be read");
    let mut lines = Vec::new();
    let mut above = "";
    for (index, line) in text.lines().enumerate() {
        // Unit tests are at the end of a file.
        if above == "#[cfg(test)]" && line.starts_with("mod ") && line.ends_with('{') {
            break;
        }
        above = line;
        let code = line.split("//").next().unwrap_or_default();
        lines.push((index + 1, code.to_owned()));
    }
    Some(Source { path: name, lines, text })
}

/// The names after `crate::` in a line.
fn named(line: &str) -> impl Iterator<Item = &str> {
    line.split("crate::").skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        &rest[..end]
    })
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

#[test]
fn imports_point_downward() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for source in sources() {
        let Some(own) = floor(source.room()) else { panic!("src/{} stands on no floor", source.path) };
        for (number, line) in &source.lines {
            for other in named(line).filter(|other| *other != source.room()) {
                seen += 1;
                // Macros of the crate (`path!`) have no floor.
                if floor(other).is_some_and(|other| other >= own) {
                    wrong.push(format!("src/{}:{number} uses {other}", source.path));
                }
            }
        }
    }
    assert!(seen > 100, "the imports were found");
    assert!(wrong.is_empty(), "these imports point upward:\n{}", wrong.join("\n"));
}

#[test]
fn every_module_has_a_layer_and_is_in_the_library() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).expect("the library has a root");
    for room in FLOORS.iter().copied().flatten().filter(|room| !["lib", "main"].contains(room)) {
        assert!(lib.contains(&format!("pub mod {room};")), "there is no {room}");
    }
}

#[test]
fn sdk_types_stay_in_aws_and_live_modules() {
    let may = |path: &str| {
        let parts: Vec<&str> = path.split('/').collect();
        matches!(parts.as_slice(), ["aws" | "live", ..] | ["items", "live", ..] | ["users", "pool.rs"])
            || matches!(parts.as_slice(), ["kinds", _, room, ..] if room.starts_with("live"))
    };
    let mut wrong = Vec::new();
    let mut seen = 0;
    for source in sources() {
        for (number, line) in source.lines.iter().filter(|(_, line)| SDK.iter().any(|name| line.contains(name))) {
            seen += 1;
            if !may(&source.path) {
                wrong.push(format!("src/{}:{number} {}", source.path, line.trim()));
            }
        }
    }
    assert!(seen > 30, "uses of the SDK were found");
    assert!(wrong.is_empty(), "types of AWS's SDK in:\n{}", wrong.join("\n"));
}

#[test]
fn only_the_list_and_the_commands_name_kinds() {
    let mut wrong = Vec::new();
    // A workspace's own rule is one of its kind.
    let free = ["kinds", "commands", "workspace"];
    for source in sources().iter().filter(|source| !free.contains(&source.room())) {
        let named = source.lines.iter().filter(|(_, line)| line.contains("crate::kinds"));
        wrong.extend(named.map(|(number, line)| format!("src/{}:{number} {}", source.path, line.trim())));
    }
    assert!(wrong.is_empty(), "concrete kinds are named in:\n{}", wrong.join("\n"));
}

#[test]
fn kinds_do_not_import_each_other() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| source.room() == "kinds") {
        let own = source.path.split('/').nth(1).unwrap_or_default();
        for (number, line) in &source.lines {
            let others = line.split("crate::kinds::").skip(1);
            let others =
                others.filter(|rest| !rest.starts_with(own) && !SHARED.iter().any(|room| rest.starts_with(room)));
            wrong.extend(others.map(|rest| format!("src/{}:{number} uses {rest}", source.path)));
        }
    }
    assert!(wrong.is_empty(), "a kind uses another:\n{}", wrong.join("\n"));
}

#[test]
fn files_import_each_other_only_where_it_is_listed() {
    let sources = sources();
    let texts: Vec<(&str, &str)> = sources.iter().map(|one| (one.path.as_str(), one.text.as_str())).collect();
    let imports = imports(&texts);
    assert!(imports.len() > 1000, "the imports were found");
    let found = cycles(&imports);
    let listed = CYCLES.iter().map(|(files, _)| files.iter().map(|file| (*file).to_owned()).collect::<Vec<_>>());
    let listed: BTreeSet<Vec<String>> = listed.collect();
    let line = |Import { from, to, path }: &Import| format!("\n  src/{from} names `{path}` of src/{to}");
    let closing = |files: &Vec<String>| shortest_cycle(files, &imports).into_iter().map(line).collect::<String>();
    let new =
        found.difference(&listed).map(|files| format!("{} import each other:{}", files.join(", "), closing(files)));
    let gone =
        listed.difference(&found).map(|files| format!("{} are no cycle: remove them from the list", files.join(", ")));
    let wrong: Vec<String> = new.chain(gone).collect();
    assert!(wrong.is_empty(), "move what both need into a file below them:\n{}", wrong.join("\n"));
}

#[test]
fn imports_lead_to_the_file_that_defines_the_item() {
    let found = imports(&[
        ("lib.rs", "pub mod a; pub mod b;"),
        ("a/mod.rs", "mod high; mod low; pub use low::{Low, helper as other}; pub(crate) use high::high;"),
        (
            "a/high.rs",
            "use super::{Low, other}; use crate::b;
             pub(crate) fn high<'a>(_: &'a Low) { b::call(); std::mem::drop(vec![super::low::DEEP]) }",
        ),
        (
            "a/low.rs",
            "pub struct Low; pub fn helper() { Low::helper() } pub const DEEP: u8 = 1;
             #[cfg(test)] use super::high; #[cfg(test)] mod tests { use super::super::high; }",
        ),
        ("b.rs", "pub fn call() { crate::a::high(\"crate::a::Low\") /* crate::a::Low */ }"),
    ]);
    let lines: Vec<String> = found.iter().map(|one| format!("{} {} {}", one.from, one.path, one.to)).collect();
    assert_eq!(
        lines,
        [
            "a/high.rs super::Low a/low.rs",
            "a/high.rs super::low::DEEP a/low.rs",
            "a/high.rs super::other a/low.rs",
            "a/high.rs b::call b.rs",
            "b.rs crate::a::high a/high.rs",
        ]
    );
    let cycle = vec!["a/high.rs".to_owned(), "b.rs".to_owned()];
    assert_eq!(shortest_cycle(&cycle, &found).len(), 2);
    assert_eq!(cycles(&found), BTreeSet::from([cycle]));
}
