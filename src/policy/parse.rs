//! Parses the text of a policy strictly: every error has its JSON path, line and column.

use serde_json::Value;

use super::check::{PolicyKind, Problem, check, placeholders};
use super::document::Document;
use super::locate::{Place, Places};

/// One reason why AWS would not accept a text as a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (`{path}`, line {line}, column {column})")]
pub struct ParseError {
    /// The place in the document: `$.Statement[0].Action`.
    pub path: String,
    /// The line in the text, from one.
    pub line: usize,
    /// The column in the line, from one.
    pub column: usize,
    /// The error.
    pub message: String,
    /// The correct text.
    pub hint: Option<String>,
}

/// Parses a policy document, or returns all errors in it, in the order of the text.
pub fn parse(text: &str, kind: PolicyKind) -> Result<Document, Vec<ParseError>> {
    let value: Value = serde_json::from_str(text).map_err(|error| vec![syntax(&error)])?;
    let places = Places::new(text);
    let twice = places.duplicates().map(|(path, place)| {
        let message = "the key is given twice in its object".to_owned();
        ParseError::new(Problem { path: path.to_owned(), message, hint: None }, place)
    });
    let mut errors: Vec<ParseError> = twice.collect();
    let located = |problem: Problem| {
        let place = places.place(&problem.path);
        ParseError::new(problem, place)
    };
    errors.extend(check(&value, kind).into_iter().map(located));
    if errors.is_empty() {
        return Document::from_value(&value, kind).map_err(|problems| problems.into_iter().map(located).collect());
    }
    errors.sort_by_key(|error| (error.line, error.column));
    Err(errors)
}

/// The variables of a policy document that are no known keys of AWS, each with its place in the text.
pub fn unfilled(text: &str) -> Vec<ParseError> {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let places = Places::new(text);
    let located = |problem: Problem| {
        let place = places.place(&problem.path);
        ParseError::new(problem, place)
    };
    placeholders(&value).into_iter().map(located).collect()
}

impl ParseError {
    fn new(problem: Problem, place: Place) -> Self {
        let (Problem { path, message, hint }, Place { line, column }) = (problem, place);
        Self { path, line, column, message, hint }
    }
}

fn syntax(error: &serde_json::Error) -> ParseError {
    let whole = error.to_string();
    let message = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(message, _)| message);
    let (line, column) = (error.line().max(1), error.column().max(1));
    ParseError { path: "$".to_owned(), line, column, message: format!("not JSON: {message}"), hint: None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::canonical::tests::any_json;
    use super::*;

    fn places(text: &str) -> Vec<(String, usize, usize)> {
        let errors = parse(text, PolicyKind::Identity).err().unwrap_or_default();
        errors.into_iter().map(|error| (error.path, error.line, error.column)).collect()
    }

    #[test]
    fn policy_errors_have_path_line_and_column() {
        let text = r#"{
  "Version": "2012-10-18",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
    {
      "Effect": "allow", "Effect": "Allow",
      "Action": ["s3:*",
        "ä", "GetObject"],
      "Condition": {"Bool": {"aws:\"x\"": "yes"}}
    }
  ]
}"#;
        let expected = [
            ("$.Version", 2, 3),
            ("$.Statement[1]", 5, 5),
            ("$.Statement[1].Effect", 6, 26),
            ("$.Statement[1].Action[1]", 8, 9),
            ("$.Statement[1].Action[2]", 8, 14),
            (r#"$.Statement[1].Condition.Bool["aws:\"x\""]"#, 9, 30),
        ];
        assert_eq!(places(text), expected.map(|(path, line, column)| (path.to_owned(), line, column)));
    }

    #[test]
    fn invalid_json_error_has_line_and_column() {
        assert_eq!(places("{\n  \"Statement\": ,\n}"), [("$".to_owned(), 2, 16)]);
        assert_eq!(places(""), [("$".to_owned(), 1, 1)]);
        let error = parse("{} x", PolicyKind::Scp).err().unwrap_or_default().remove(0);
        assert_eq!(error.to_string(), "not JSON: trailing characters (`$`, line 1, column 4)");
    }

    #[test]
    fn a_policy_is_parsed() {
        let text =
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}}"#;
        let document = parse(text, PolicyKind::Scp).expect("a policy");
        assert_eq!(document.statements.len(), 1);
        assert_eq!(document.statements[0].action, super::super::Clause::Except(vec!["s3:*".to_owned()]));
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_as_policy_without_panic(text in ".{0,60}", value in any_json(), cut in 0_usize..200) {
            _ = parse(&text, PolicyKind::Scp);
            let json = value.to_string();
            let part: String = json.chars().take(cut).collect();
            for text in [&json, &part] {
                _ = parse(text, PolicyKind::Resource);
                _ = Places::new(text);
            }
        }

        #[test]
        fn every_problem_path_has_a_source_location(value in any_json()) {
            let text = serde_json::to_string_pretty(&serde_json::json!({"Statement": [value]})).unwrap_or_default();
            let places = Places::new(&text);
            for problem in check(&serde_json::from_str(&text).unwrap_or_default(), PolicyKind::Identity) {
                prop_assert!(places.has(&problem.path), "{} in {text}", problem.path);
            }
        }
    }
}
