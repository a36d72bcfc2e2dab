//! The check of a function's handler against its code.

use std::borrow::Cow;
use std::io::{Cursor, Read as _};

use crate::base::{Archives, Problem, pending};
use crate::path;

use super::spec::FunctionSpec;

/// The problem that the archive lacks the handler's file. A layer may have it, too; and the archive does not show the
/// handler of a language whose `runtime` names classes.
/// Source: Developer Guide, "Define Lambda function handler in …" for Python, Node.js and Ruby; "Building a custom
/// runtime" (`bootstrap`).
pub(super) fn advice(spec: &FunctionSpec, archives: &Archives) -> Option<Problem> {
    let FunctionSpec { runtime, handler, code, layers, .. } = spec;
    if !layers.is_empty() || pending::is_pending(handler) {
        return None;
    }
    let archive = archives.get(&code.sha256)?;
    let names = entries(&archive)?;
    let has = |file: &str| names.iter().any(|name| name == file);
    let (file, endings): (String, &[&str]) = if runtime.starts_with("python") {
        let (module, _) = handler.rsplit_once('.')?;
        (module.replace('.', "/"), &[".py", "/__init__.py"])
    } else if runtime.starts_with("nodejs") {
        (before_first_dot(handler)?, &[".js", ".mjs", ".cjs"])
    } else if runtime.starts_with("ruby") {
        (before_first_dot(handler)?, &[".rb"])
    } else if runtime.starts_with("provided") {
        if has("bootstrap") {
            return None;
        }
        let message = "the code has no file `bootstrap`, which this runtime starts: no invocation will succeed";
        return Some(Problem::new(path!["code"], message).hint("name the executable `bootstrap`, at the top"));
    } else {
        return None;
    };
    // A module may also be compiled (`x.cpython-313-x86_64-linux-gnu.so`).
    let compiled = |name: &String| {
        name.strip_prefix(&file).is_some_and(|rest| rest.starts_with('.') && rest.strip_suffix(".so").is_some())
    };
    if let Some(found) = endings.iter().map(|ending| format!("{file}{ending}")).find(|name| has(name)) {
        return undefined(spec, &found, &text(&archive, &found)?);
    }
    if names.iter().any(compiled) {
        return None;
    }
    let wanted = format!("{file}{}", endings[0]);
    let message = format!("the code has no file `{wanted}` for the handler `{handler}`: no invocation will succeed");
    let problem = Problem::new(path!["handler"], message);
    let function = handler.rsplit('.').next().unwrap_or_default();
    let others: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(endings[0])).collect();
    Some(match others.as_slice() {
        [only] => problem.hint(format!("did you mean `{only}.{function}`?")),
        _ => problem
            .hint(format!("a handler is the file without its ending, a dot, and the function: `{file}.{function}`")),
    })
}

/// The problem that a file never names the handler's function. A mention anywhere counts, and so does code that
/// may define names without spelling them.
/// Source: the error of the runtimes in that case: `Runtime.HandlerNotFound`.
fn undefined(spec: &FunctionSpec, file: &str, text: &str) -> Option<Problem> {
    let (_, function) = spec.handler.rsplit_once('.')?;
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let dynamic: &[&str] = if spec.runtime.starts_with("python") {
        &["import *", "globals", "setattr", "exec", "__getattr__"]
    } else if spec.runtime.starts_with("nodejs") {
        &["require", "Object.assign", "defineProperty", "export *", "exports["]
    } else {
        return None;
    };
    let named = text.split(|c| !is_word(c)).any(|word| word == function);
    if function.is_empty() || !function.chars().all(is_word) || named || dynamic.iter().any(|way| text.contains(way)) {
        return None;
    }
    let message =
        format!("`{file}` does not name the function `{function}` of the handler: no invocation will succeed");
    Some(Problem::new(path!["handler"], message).hint(format!("define `{function}` there, or name another function")))
}

/// The text of a file in an archive; `None` if it can't be read as text.
fn text(archive: &[u8], name: &str) -> Option<String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).ok()?;
    let mut text = String::new();
    archive.by_name(name).ok()?.take(LARGEST_SOURCE).read_to_string(&mut text).ok()?;
    (text.len() as u64 != LARGEST_SOURCE).then_some(text)
}

/// The bytes of the largest file that is read.
const LARGEST_SOURCE: u64 = 1024 * 1024;

/// The path of a module in a handler such as `dist/index.handler` or `source.Module::Class.method`.
fn before_first_dot(handler: &str) -> Option<String> {
    let start = handler.rfind('/').map_or(0, |slash| slash + 1);
    let dot = handler[start..].find('.')?;
    Some(handler[..start + dot].trim_start_matches("./").to_owned())
}

/// The names of an archive's entries; `None` if it can't be read.
fn entries(archive: &[u8]) -> Option<Vec<String>> {
    let archive = zip::ZipArchive::new(Cursor::new(archive)).ok()?;
    archive.file_names().map(|name| name.ok().map(Cow::into_owned)).collect()
}
