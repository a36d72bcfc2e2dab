//! The sentence for an outcome, in the rule's own words where it has some.

use serde_json::Value;

use super::{Parameter, Rule, RuleOutcome};

/// The message about an outcome, in the rule's own words where it has some.
pub fn message(rule: &Rule, outcome: &RuleOutcome) -> String {
    match outcome {
        RuleOutcome::Fail(findings) => {
            let mut messages: Vec<&str> = Vec::new();
            for message in findings.iter().filter_map(|finding| finding.message.as_deref()) {
                if !messages.contains(&message) {
                    messages.push(message);
                }
            }
            // If a value is looked for in an empty set, the engine does not return the clause's message.
            let only = rule.text.message.as_deref().filter(|_| messages.is_empty());
            messages.extend(only);
            if messages.is_empty() {
                format!("this is not the case: {}", rule.title)
            } else {
                with_parameters(rule, messages.join("; "))
            }
        }
        RuleOutcome::Unknown(why) => format!("it is unknown whether {}: {why}", whether(&rule.title)),
        RuleOutcome::Skipped => format!(
            "it is unknown whether {}: the rule was skipped; its condition does not hold or a filter selects nothing; \
             a mistyped path has the same effect",
            whether(&rule.title)
        ),
        RuleOutcome::Pass | RuleOutcome::NotApplicable => rule.title.clone(),
    }
}

/// Fills the values of the rule's parameters into a message, since Guard itself can't.
fn with_parameters(rule: &Rule, message: String) -> String {
    let text = |(name, one): (&String, &Parameter)| {
        let text = match one.value.as_ref()? {
            Value::String(text) => format!("`{text}`"),
            other => other.to_string(),
        };
        Some((name.clone(), text))
    };
    let texts = rule.parameters.iter().filter_map(text);
    texts.fold(message, |message, (name, text)| message.replace(&format!("{{{name}}}"), &text))
}

/// Writes a title within a sentence.
fn whether(title: &str) -> String {
    let mut letters = title.chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
    // A name of an AWS service keeps its capitals.
    let name = letters.clone().next().is_some_and(char::is_uppercase);
    if name { title.to_owned() } else { format!("{first}{}", letters.as_str()) }
}
