//! The meaning of `${…}` in settings.

use std::cell::RefCell;

use crate::base::pending;
use crate::stack::diagnostics::Complaint;
use crate::stack::messages::wording;
use crate::stack::read::interpolate::{Scope, ScopeAnswer};
use crate::stack::source::template::Hole;

/// Reads a variable of the process's environment.
pub type Variables<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// The meaning of `${…}` in settings.
pub(super) struct SettingsScope<'a> {
    pub(super) environment: Option<&'a str>,
    pub(super) stack: RefCell<Option<String>>,
    pub(super) variables: &'a Variables<'a>,
    /// True for environments that are not chosen: variables need not be set there.
    pub(super) lenient: bool,
    pub(super) secrets: RefCell<Vec<String>>,
}

impl Scope for SettingsScope<'_> {
    fn value(&self, hole: &Hole) -> Result<ScopeAnswer, Complaint> {
        let later = || {
            pending::text(&crate::base::Reference {
                address: crate::base::Address::new("environments", "other"),
                attribute: "value".to_owned(),
            })
        };
        match hole {
            Hole::Variable(name) => match (self.variables)(name) {
                Some(text) => {
                    self.secrets.borrow_mut().push(text.clone());
                    Ok(ScopeAnswer { text, secret: true, uses: Vec::new() })
                }
                None if self.lenient => Ok(ScopeAnswer::plain(later())),
                None => Err(unset(name)),
            },
            Hole::Word(word) if word == "environment" => match self.environment {
                Some(name) => Ok(ScopeAnswer::plain(name)),
                None if self.lenient => Ok(ScopeAnswer::plain(later())),
                None => Err(no_environment()),
            },
            Hole::Word(word) if word == "stack" => match &*self.stack.borrow() {
                Some(stack) => Ok(ScopeAnswer::plain(stack.clone())),
                None => Err(Complaint::new("unknown-reference", "`${stack}` can't be used in the stack's own name")
                    .hint("write the name out")),
            },
            Hole::Word(word) if matches!(word.as_str(), "region" | "account" | "partition") => {
                let message = format!("`${{{word}}}` is not known yet where the settings are read");
                Err(Complaint::new("unknown-reference", message)
                    .hint("settings may hold `${env:NAME}`, `${environment}` and `${stack}`"))
            }
            Hole::Word(word) => {
                let message = format!("`${{{word}}}` is not known in settings");
                let known = ["environment", "stack"];
                let hint = wording::did_you_mean(word, known)
                    .unwrap_or_else(|| "settings may hold `${env:NAME}`, `${environment}` and `${stack}`".to_owned());
                Err(Complaint::new("unknown-reference", message).hint(hint))
            }
            Hole::Reference(reference) => {
                let message = format!("settings can't refer to resources (`${{{reference}}}`)");
                Err(Complaint::new("unknown-reference", message)
                    .hint("settings may hold `${env:NAME}`, `${environment}` and `${stack}`"))
            }
            Hole::Broken(reason) => Err(Complaint::new("bad-interpolation", *reason)),
        }
    }
}

/// A complaint about a variable that is not set.
pub(in crate::stack) fn unset(name: &str) -> Complaint {
    Complaint::new("unset-variable", format!("the environment variable `{name}` is not set"))
        .hint(format!("set it: `export {name}=…`; `$${{…}}` stands for the text itself"))
}

/// A complaint about `${environment}` without `--env`.
pub(in crate::stack) fn no_environment() -> Complaint {
    Complaint::new("unset-variable", "`${environment}` has no value: no environment was chosen")
        .hint("choose one with `--env NAME`")
}
