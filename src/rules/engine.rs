//! The only access to AWS's engine. Its answer is read from text, since the crate does not export its types.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use cfn_guard::{ValidateInput, run_checks};

use super::tree::Tree;

/// The reason why the engine gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The text is not valid Guard.
    #[error("{message} (line {line}, column {column})")]
    Syntax {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// The error.
        message: String,
    },
    /// The text is Guard, but could not be evaluated on the document.
    #[error("{0}")]
    Evaluation(String),
    /// The engine itself failed. Some inputs make it panic (a pattern that takes too long, types that can't be merged),
    /// and a rule of the user's must not end the run.
    #[error("the engine failed on it")]
    Panic,
}

/// Evaluates a text on a document. `None`: the text has no rule, which is not the same as a pass.
///
/// Always with the whole tree: without it the crate cuts reports after 8 KiB.
pub(super) fn run(name: &str, text: &str, document: &str) -> Result<Option<Tree>, EngineError> {
    let data = ValidateInput { content: document, file_name: name };
    let rules = ValidateInput { content: text, file_name: name };
    let answer = quietly(|| run_checks(data, rules, true)).ok_or(EngineError::Panic)?;
    match answer {
        Ok(json) if json.is_empty() => Ok(None),
        Ok(json) => serde_json::from_str(&json)
            .map(Some)
            .map_err(|error| EngineError::Evaluation(format!("the engine's answer can't be read: {error}"))),
        Err(error) => Err(explained(&error.to_string())),
    }
}

/// Reads place and message from the engine's words:
/// `… Error parsing file r at line 1 at column 9, when handling what, fragment …`.
fn explained(said: &str) -> EngineError {
    let number = |after: &str| -> Option<usize> {
        let (_, rest) = said.split_once(after)?;
        rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())].parse().ok()
    };
    match (number(" at line "), number(" at column ")) {
        (Some(line), Some(column)) if said.contains("Error parsing file") => {
            let what = said.split_once("when handling ").map(|(_, rest)| rest);
            let what = what.map(|rest| rest.split_once(", fragment").map_or(rest, |(what, _)| what));
            let message = match what.map(str::trim).filter(|what| !what.is_empty()) {
                Some(what) => format!("this is not Guard: {what}"),
                None => "this is not Guard: a clause or a closing bracket is missing or misspelt".to_owned(),
            };
            EngineError::Syntax { line, column, message }
        }
        _ => EngineError::Evaluation(said.replace('\n', " ").trim().to_owned()),
    }
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Calls `f`; returns `None` if it panics. The message of a panic is not printed on this thread meanwhile.
fn quietly<T>(f: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                before(info);
            }
        }));
    });
    QUIET.set(true);
    let done = panic::catch_unwind(AssertUnwindSafe(f));
    QUIET.set(false);
    done.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_guard_text_has_no_outcome() {
        assert_eq!(run("r", "", "{}"), Ok(None));
        assert_eq!(run("r", "# nothing\n", "{}"), Ok(None));
    }

    #[test]
    fn guard_syntax_errors_have_line_and_column() {
        let Err(EngineError::Syntax { line, column, message }) = run("r", "rule x {\n  a == \n}", "{}") else {
            panic!("a mistake of syntax")
        };
        assert_eq!((line, column), (2, 7), "{message}");
        assert!(message.starts_with("this is not Guard: expecting"), "{message}");
    }

    #[test]
    fn a_panic_of_the_engine_is_an_error() {
        // The pattern backtracks without end, and the engine does not expect the library's error.
        let text = r"rule x { a == /^(?=(a+)+$)(?!x)(a|aa)+\1b$/ }";
        let document = format!(r#"{{"a": "{}"}}"#, "a".repeat(60));
        assert_eq!(run("r", text, &document), Err(EngineError::Panic));
    }
}
