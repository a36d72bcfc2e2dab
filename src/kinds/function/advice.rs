//! What AWS takes and an author will hardly want: said as warnings when the file is read.

use std::borrow::Cow;
use std::io::Cursor;

use crate::base::{Archives, Problem, pending};
use crate::path;

use super::runtime;
use super::spec::FunctionSpec;

/// All of it.
pub(super) fn advice(spec: &FunctionSpec, archives: &Archives) -> Vec<Problem> {
    let runtime = runtime::said_of(&spec.runtime);
    let runtime = runtime.map(|(message, hint)| Problem::new(path!["runtime"], message).hint(hint));
    runtime.into_iter().chain(handler(spec, archives)).collect()
}

/// Whether the archive has the file that the handler names. A layer may have it, too; and what `runtime` a function
/// of a language is that names classes, the archive does not tell.
/// Source: Developer Guide, "Define Lambda function handler in …" for Python, Node.js and Ruby; "Building a custom
/// runtime" (`bootstrap`).
fn handler(spec: &FunctionSpec, archives: &Archives) -> Option<Problem> {
    let FunctionSpec { runtime, handler, code, layers, .. } = spec;
    if !layers.is_empty() || pending::is_pending(handler) {
        return None;
    }
    let names = entries(&archives.get(&code.sha256)?)?;
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
    // A module may be compiled, too (`x.cpython-313-x86_64-linux-gnu.so`).
    let compiled = |name: &String| {
        name.strip_prefix(&file).is_some_and(|rest| rest.starts_with('.') && rest.strip_suffix(".so").is_some())
    };
    if endings.iter().any(|ending| has(&format!("{file}{ending}"))) || names.iter().any(compiled) {
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

/// The path of a module in a handler such as `dist/index.handler` or `source.Module::Class.method`.
fn before_first_dot(handler: &str) -> Option<String> {
    let start = handler.rfind('/').map_or(0, |slash| slash + 1);
    let dot = handler[start..].find('.')?;
    Some(handler[..start + dot].trim_start_matches("./").to_owned())
}

/// The names of an archive's entries; `None` where it can't be read.
fn entries(archive: &[u8]) -> Option<Vec<String>> {
    let archive = zip::ZipArchive::new(Cursor::new(archive)).ok()?;
    archive.file_names().map(|name| name.ok().map(Cow::into_owned)).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use serde_json::json;

    use super::*;

    /// What is said of a function with this runtime and handler, and these files.
    fn said(runtime: &str, handler: &str, files: &[&str], layers: &[&str]) -> Vec<String> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for file in files {
            writer.start_file(*file, zip::write::SimpleFileOptions::default()).expect("it is begun");
            writer.write_all(b"x").expect("it is written");
        }
        let archives = Archives::default();
        archives.insert("digest", writer.finish().expect("it is whole").into_inner());
        let spec = json!({
            "runtime": runtime, "handler": handler, "code": {"sha256": "digest"}, "role": "r", "layers": layers,
        });
        let spec: FunctionSpec = serde_json::from_value(spec).expect("a function");
        let text =
            |problem: Problem| format!("{}: {} ({})", problem.path, problem.message, problem.hint.unwrap_or_default());
        advice(&spec, &archives).into_iter().map(text).collect()
    }

    #[test]
    fn a_handler_that_the_code_lacks_is_told() {
        let sound = [
            ("python3.13", "main.handler", "main.py"),
            ("python3.13", "app.main.handler", "app/main.py"),
            ("python3.13", "app/main.handler", "app/main.py"),
            ("python3.13", "main.handler", "main/__init__.py"),
            ("python3.13", "main.handler", "main.cpython-313-x86_64-linux-gnu.so"),
            ("nodejs24.x", "dist/index.handler", "dist/index.mjs"),
            ("nodejs24.x", "./index.api.handler", "index.js"),
            ("ruby3.4", "source.Shop::Handler.process", "source.rb"),
            ("provided.al2023", "anything", "bootstrap"),
            ("java25", "shop.Handler::handleRequest", "shop/Handler.class"),
        ];
        for (runtime, handler, file) in sound {
            assert_eq!(said(runtime, handler, &[file], &[]), [""; 0], "{runtime} {handler} {file}");
        }
        assert_eq!(
            said("python3.13", "index.handler", &["main.py", "data.json"], &[]),
            ["handler: the code has no file `index.py` for the handler `index.handler`: no invocation will succeed \
              (did you mean `main.handler`?)"]
        );
        assert_eq!(said("nodejs24.x", "main.handler", &["a.js", "b.js"], &[]).len(), 1);
        assert!(
            said("provided.al2023", "x", &["server"], &[])[0].starts_with("code: the code has no file `bootstrap`")
        );
        let layer = "arn:aws:lambda:eu-central-1:123456789012:layer:wrapper:1";
        assert_eq!(said("python3.13", "wrapper.handler", &["main.py"], &[layer]), [""; 0], "a layer may have it");
    }

    #[test]
    fn runtimes_are_known_deprecated_or_unknown() {
        let of = |runtime: &str| said(runtime, "main.handler", &["main.py"], &[]).join("\n");
        assert_eq!(of("python3.14"), "");
        let old = of("python3.9");
        assert!(old.contains("`python3.9` is past the date") && old.contains("`runtime: python3.14`"), "{old}");
        let slip = of("python3.31");
        assert!(slip.contains("`python3.31` is not one") && slip.contains("did you mean `python3.1"), "{slip}");
    }
}
