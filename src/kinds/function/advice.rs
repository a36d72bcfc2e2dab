//! Warnings, when the file is read, about values that AWS accepts and that an author will hardly want.

use crate::base::{Archives, Problem};
use crate::kind::Context;
use crate::path;

use super::spec::FunctionSpec;
use super::{handler, layers, permissions, runtime};

/// The longest timeout of a function that Lambda runs itself.
/// Source: Developer Guide, "Configure Lambda function timeout".
const LONGEST_TIMEOUT: u32 = 900;

/// All warnings.
pub(super) fn advice(spec: &FunctionSpec, cx: &Context<'_>, archives: &Archives) -> Vec<Problem> {
    let runtime = runtime::said_of(&spec.runtime);
    let runtime = runtime.map(|(message, hint)| Problem::new(path!["runtime"], message).hint(hint));
    let mut found: Vec<_> = runtime.into_iter().chain(handler::advice(spec, archives)).collect();
    found.extend(timeout(spec.timeout));
    found.extend(layers::advice(&spec.layers, cx.env));
    found.extend(permissions::advice(spec.permissions.as_ref()));
    found
}

/// The warning about a long timeout. Source: API reference, `CreateFunction`, `Timeout` (botocore 1.44.8): 5,400 for
/// functions on Lambda Managed Instances, in asynchronous invocations and triggers (Amazon MQ and `DocumentDB` aside).
fn timeout(seconds: u32) -> Option<Problem> {
    (seconds > LONGEST_TIMEOUT).then(|| {
        let message = format!(
            "a timeout of {seconds} seconds is above 900, which AWS's Developer Guide (\"Configure Lambda function \
             timeout\") gives as the maximum: AWS may refuse it"
        );
        Problem::new(path!["timeout"], message).hint(
            "the API reference (`CreateFunction`, `Timeout`) has up to 5,400 for functions on Lambda Managed Instances, \
             and there for asynchronous invocations and triggers only; with other functions write 900 or less",
        )
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use serde_json::json;

    use super::*;
    use crate::base::Environment;

    /// The warnings about a function with this runtime and handler, and these files.
    fn said(runtime: &str, handler: &str, files: &[&str], layers: &[&str]) -> Vec<String> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for file in files {
            writer.start_file(*file, zip::write::SimpleFileOptions::default()).expect("it is begun");
            let function = handler.rsplit('.').next().unwrap_or_default();
            writer.write_all(function.as_bytes()).expect("it is written");
        }
        let archives = Archives::default();
        archives.insert("digest", writer.finish().expect("it is whole").into_inner());
        let spec = json!({
            "runtime": runtime, "handler": handler, "code": {"sha256": "digest"}, "role": "r", "layers": layers,
        });
        let spec: FunctionSpec = serde_json::from_value(spec).expect("a function");
        let text =
            |problem: Problem| format!("{}: {} ({})", problem.path, problem.message, problem.hint.unwrap_or_default());
        let env = Environment::new("123456789012", "eu-central-1");
        let cx = Context { name: "f", env: &env, facts: None };
        advice(&spec, &cx, &archives).into_iter().map(text).collect()
    }

    #[test]
    fn handler_missing_in_the_code_is_a_warning() {
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
    fn deprecated_and_unknown_runtimes_are_warnings() {
        let of = |runtime: &str| said(runtime, "main.handler", &["main.py"], &[]).join("\n");
        assert_eq!(of("python3.14"), "");
        let old = of("python3.9");
        assert!(
            old.contains("`python3.9` is past AWS's deprecation date") && old.contains("`runtime: python3.14`"),
            "{old}"
        );
        let new = of("rust1.x");
        assert!(new.contains("`rust1.x` is not known"), "a new family is taken: {new}");
        for newer in ["python4.0", "nodejs30.x", "java33.al2027", "dotnet12", "ruby5.1", "provided.al2027", "custom"] {
            assert!(runtime::refused(newer).is_none() && of(newer).contains("is not known"), "{newer}");
        }
        for wrong in
            ["python", "python3", "python3.13x", "nodejs26", "node22.x", "pyton3.13", "java", "dotnet", "ruby3"]
        {
            assert!(runtime::refused(wrong).is_some_and(|(_, hint)| hint.contains("did you mean")), "{wrong}");
        }
        for known in runtime::supported().into_iter().chain(["nodejs", "nodejs4.3-edge", "python2.7", "dotnetcore3.1"])
        {
            assert_eq!(runtime::refused(known), None, "{known}");
        }
        let slip = of("python3.31");
        assert!(slip.contains("`python3.31` is not known") && slip.contains("did you mean `python3.1"), "{slip}");
    }

    #[test]
    fn handler_function_missing_in_its_file_is_a_warning() {
        let of = |runtime: &str, file: &str, text: &str| {
            let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
            writer.start_file(file, zip::write::SimpleFileOptions::default()).expect("it is begun");
            writer.write_all(text.as_bytes()).expect("it is written");
            let archives = Archives::default();
            archives.insert("digest", writer.finish().expect("it is whole").into_inner());
            let spec = json!({
                "runtime": runtime, "handler": "main.handler", "code": {"sha256": "digest"}, "role": "r",
            });
            handler::advice(&serde_json::from_value(spec).expect("a function"), &archives)
                .map(|problem| problem.message)
        };
        let told = of("python3.13", "main.py", "def handle(event, _): pass\n").unwrap_or_default();
        assert!(told.contains("`main.py` does not name the function `handler`"), "{told}");
        assert!(of("nodejs24.x", "main.mjs", "export const run = () => {}").is_some());
        for text in
            ["def handler(event, _): pass", "from x import *", "globals()['hand' + 'ler'] = 1", "handler = make()"]
        {
            assert_eq!(of("python3.13", "main.py", text), None, "{text}");
        }
        for text in ["exports.handler = f", "module.exports = require('./x')", "export * from './x.mjs'"] {
            assert_eq!(of("nodejs24.x", "main.js", text), None, "{text}");
        }
    }

    #[test]
    fn timeout_above_900_seconds_is_a_warning_with_source() {
        assert!(timeout(900).is_none());
        let told = timeout(901).expect("a warning");
        assert!(told.message.contains("Developer Guide") && told.hint.is_some_and(|hint| hint.contains("5,400")));
    }
}
