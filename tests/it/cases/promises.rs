//! `docs/PROMISES.md` names tests that exist: a promise whose test was renamed or removed is not proven.

use std::fs;
use std::path::Path;

use crate::support::root;

/// The names in backticks of the second column, with their braces expanded: `a::{b,c}` is `a::b` and `a::c`.
fn proofs(text: &str) -> Vec<String> {
    let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| promise "));
    let proofs = rows.filter_map(|row| row.trim_end_matches('|').rsplit_once(" | ").map(|(_, proof)| proof));
    let quoted = proofs.flat_map(|proof| proof.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>());
    let names = quoted.filter(|name| name.contains("::") || name.starts_with("py "));
    names.flat_map(|name| opened(&name)).collect()
}

fn opened(name: &str) -> Vec<String> {
    match name.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?))) {
        Some((before, (inside, after))) => {
            inside.split(',').flat_map(|one| opened(&format!("{before}{}{after}", one.trim()))).collect()
        }
        None => vec![name.to_owned()],
    }
}

/// The sources below a folder or file, each with its path, joined.
fn sources(path: &Path) -> String {
    if path.is_dir() {
        let entries = fs::read_dir(path).expect("a folder can be read").filter_map(Result::ok);
        return entries.map(|entry| sources(&entry.path())).collect();
    }
    if path.extension().is_none_or(|extension| extension != "rs" && extension != "py") {
        return String::new();
    }
    fs::read_to_string(path).map(|text| format!("{}\n{text}\n", path.display())).unwrap_or_default()
}

/// Returns whether the sources of the name's first segment have a test or module of this name.
fn is_there(name: &str) -> bool {
    let (base, path) = match name.split_once(' ') {
        Some(("py", file)) => return root().join("tests/python").join(file).exists() || in_lambdas(file),
        Some(("it", path)) => (root().join("tests/it/cases"), path),
        _ => (root().join("src"), name),
    };
    let mut segments = path.split("::");
    let first = segments.next().unwrap_or_default();
    let text = sources(&base.join(first)) + &sources(&base.join(format!("{first}.rs")));
    let stands = |segment: &str| {
        if let Some((prefix, _)) = segment.split_once('*') {
            return text.contains(&format!("fn {prefix}"));
        }
        let spellings = [
            format!("fn {segment}("),
            format!("mod {segment};"),
            format!("mod {segment} {{"),
            format!("/{segment}.rs\n"),
            format!("/{segment}/"),
        ];
        spellings.iter().any(|spelling| text.contains(spelling))
    };
    !text.is_empty() && segments.filter(|segment| *segment != "*").all(stands)
}

fn in_lambdas(file: &str) -> bool {
    sources(&root().join("lambdas")).contains(&format!("/{file}\n"))
}

#[test]
fn every_named_test_exists() {
    let text = fs::read_to_string(root().join("docs/PROMISES.md")).expect("the promises can be read");
    let named = proofs(&text);
    assert!(named.len() > 60, "the table is read: {named:?}");
    let missing: Vec<_> = named.iter().filter(|name| !is_there(name)).collect();
    assert!(missing.is_empty(), "docs/PROMISES.md names what is not there: {missing:#?}");
}

#[test]
fn missing_test_is_detected() {
    for name in ["it promises::no_such_test", "guard::no_such_room::*", "nowhere::*", "py test_nothing.py"] {
        assert!(!is_there(name), "{name}");
    }
}
