//! Texts with parameters in braces: `MSG#{message_group_uuid}`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A text in which `{name}` stands for a parameter, and `{{` and `}}` for braces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Template(pub String);

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text that stays as it is.
    Text(String),
    /// The name of a parameter.
    Parameter(String),
}

/// A mistake in a template: the fact, and a way to fix it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TemplateError {
    pub(crate) message: String,
    pub(crate) hint: &'static str,
}

const BRACES: &str = "a parameter is written `{name}`; `{{` and `}}` stand for the braces themselves";

impl Template {
    /// Parses the text.
    pub(crate) fn parse(&self) -> Result<Vec<Part>, TemplateError> {
        let fail = |message: String| Err(TemplateError { message, hint: BRACES });
        let mut parts: Vec<Part> = Vec::new();
        let mut text = String::new();
        let mut rest = self.0.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '{' | '}' if rest.peek() == Some(&c) => {
                    rest.next();
                    text.push(c);
                }
                '{' => {
                    let mut name = String::new();
                    loop {
                        match rest.next() {
                            Some('}') => break,
                            Some('{') | None => return fail(format!("`{}` has a brace that is not closed", self.0)),
                            Some(c) => name.push(c),
                        }
                    }
                    if !is_parameter(&name) {
                        let fact = if name.is_empty() {
                            "a parameter without a name".to_owned()
                        } else {
                            format!("`{{{name}}}`, which is not the name of a parameter")
                        };
                        return Err(TemplateError {
                            message: format!("`{}` has {fact}", self.0),
                            hint: "a name has letters, digits, `_` and `-`, and begins with a letter or `_`; `{{` and \
                                   `}}` stand for the braces themselves",
                        });
                    }
                    if !text.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut text)));
                    }
                    parts.push(Part::Parameter(name));
                }
                '}' => return fail(format!("`{}` has a brace that was not opened", self.0)),
                c => text.push(c),
            }
        }
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        Ok(parts)
    }

    /// Its parts; none if it is not a template, which [`super::check()`] reports.
    pub fn parts(&self) -> Vec<Part> {
        self.parse().unwrap_or_default()
    }

    /// The names of its parameters, in order.
    pub fn parameters(&self) -> impl Iterator<Item = String> {
        self.parts().into_iter().filter_map(|part| match part {
            Part::Parameter(name) => Some(name),
            Part::Text(_) => None,
        })
    }

    /// The parameter, if the template is nothing else.
    pub(crate) fn only_parameter(&self) -> Option<String> {
        match self.parts().as_slice() {
            [Part::Parameter(name)] => Some(name.clone()),
            _ => None,
        }
    }

    /// The text, if there is no parameter in it.
    pub(crate) fn literal(&self) -> Option<String> {
        match self.parts().as_slice() {
            [] => Some(String::new()),
            [Part::Text(text)] => Some(text.clone()),
            _ => None,
        }
    }

    /// The template with arguments in place of its parameters; `None` if one is missing.
    pub(crate) fn filled(&self, arguments: &BTreeMap<String, String>) -> Option<String> {
        let mut text = String::new();
        for part in self.parts() {
            match part {
                Part::Text(literal) => text.push_str(&literal),
                Part::Parameter(name) => text.push_str(arguments.get(&name)?),
            }
        }
        Some(text)
    }
}

fn is_parameter(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && characters.all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(text: &str) -> Result<Vec<Part>, String> {
        Template(text.to_owned()).parse().map_err(|error| error.message)
    }

    #[test]
    fn parameters_stand_in_braces_and_doubled_braces_are_text() {
        let parameter = |name: &str| Part::Parameter(name.to_owned());
        let text = |text: &str| Part::Text(text.to_owned());
        assert_eq!(parts("MSG#{group_uuid}"), Ok(vec![text("MSG#"), parameter("group_uuid")]));
        assert_eq!(parts("{a}{b-1}!"), Ok(vec![parameter("a"), parameter("b-1"), text("!")]));
        assert_eq!(parts("{{a}}{{"), Ok(vec![text("{a}{")]));
        assert_eq!(parts("{{{a}}}"), Ok(vec![text("{"), parameter("a"), text("}")]));
        assert_eq!(parts(""), Ok(vec![]));
    }

    #[test]
    fn broken_braces_are_refused() {
        for text in ["{", "a}", "{}", "{a", "{a{b}}", "{a b}", "{1}", "{a.b}", "}{"] {
            assert!(parts(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_template_once_its_braces_are_doubled(text in "\\PC{0,20}") {
            let template = Template(text.replace('{', "{{").replace('}', "}}"));
            prop_assert_eq!(template.literal(), Some(text.clone()));
            prop_assert_eq!(template.filled(&BTreeMap::new()), Some(text));
        }

        #[test]
        fn parsing_never_panics(text in "[{}a-c_ ]{0,12}") {
            let _ = Template(text).parse();
        }
    }
}
