//! Policy documents as properties: their problems, each at its place, and the text that a call sends.

use serde_json::Value;

use crate::base::{Problem, PropertyPath, Vault, pending};
use crate::policy::{self, PolicyKind};

/// The problems for which AWS would refuse the document at `at`, each at its place within it.
pub fn policy_problems(at: &PropertyPath, document: &Value, kind: PolicyKind) -> Vec<Problem> {
    let problem = |policy::Problem { path, message, hint }| Problem {
        path: json_path(at, &path),
        message: format!("{message} (at `{path}` of the policy)"),
        hint,
        given: Vec::new(),
        of_key: false,
    };
    policy::check(document, kind).into_iter().map(problem).collect()
}

/// The text of a document as a call sends it.
pub fn policy_text(document: &Value) -> String {
    document.to_string()
}

/// The same text with the values in place of the digests of sensitive ones; `None` if the vault never saw one
/// of them. A sealed text within a larger one can't be opened by [`Vault::open_all`].
pub fn unsealed_policy(text: &str, vault: &Vault) -> Option<String> {
    if !text.contains(pending::SEAL_OPEN) {
        return Some(text.to_owned());
    }
    let mut document = serde_json::from_str(text).ok()?;
    vault.open_all(&mut document).ok()?;
    Some(policy_text(&document))
}

/// Follows a JSON path such as `$.Statement[0]["aws:x"]` below `at`; stops where it can't be read.
fn json_path(at: &PropertyPath, path: &str) -> PropertyPath {
    let mut place = at.clone();
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    loop {
        let end;
        if let Some(after) = rest.strip_prefix('.') {
            end = after.find(['.', '[']).unwrap_or(after.len());
            place = place.child(&after[..end]);
            rest = &after[end..];
        } else if let Some(after) = rest.strip_prefix('[') {
            let mut values = serde_json::Deserializer::from_str(after).into_iter::<Value>();
            let Some(Ok(key)) = values.next() else { return place };
            end = values.byte_offset();
            place = place.child(key.as_str().map_or_else(|| key.to_string(), str::to_owned));
            rest = after.get(end..).and_then(|after| after.strip_prefix(']')).unwrap_or_default();
        } else {
            return place;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::path;

    #[test]
    fn policy_problem_has_the_path_of_its_property() {
        let document =
            json!({"Version": "2012-10-17", "Statement": [{"Effect": "Alow", "Action": "*", "Resource": "*"}]});
        let problems = policy_problems(&path!["inline_policies", "a.b"], &document, PolicyKind::Identity);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].path, path!["inline_policies", "a.b", "Statement", "0", "Effect"]);
    }

    #[test]
    fn json_path_is_converted_to_property_path() {
        let at = path!["policy"];
        assert_eq!(json_path(&at, "$"), at);
        assert_eq!(json_path(&at, r#"$.A[12]["b.]c"].D"#), path!["policy", "A", "12", "b.]c", "D"]);
        assert_eq!(json_path(&at, "$.A[x"), path!["policy", "A"]);
    }

    #[test]
    fn sealed_values_are_unsealed_within_policy_documents() {
        let vault = Vault::new([1; 32]);
        let text = policy_text(&json!({"Principal": {"AWS": vault.seal("123456789012")}}));
        assert!(!text.contains("123456789012"));
        assert_eq!(unsealed_policy(&text, &vault).as_deref(), Some(r#"{"Principal":{"AWS":"123456789012"}}"#));
        assert_eq!(unsealed_policy(&text, &Vault::new([2; 32])), None);
    }
}
