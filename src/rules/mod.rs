//! Rules of AWS Config in AWS's Guard language: their form, the texts they may have, and their outcomes for a document.
//!
//! Pure. Responsible for the meaning of Guard's answers; reads no file, and knows neither plans nor stacks.

mod differs;
mod engine;
mod footprint;
mod judgement;
mod lexer;
mod outcome;
mod placeholder;
mod rule;
mod sections;
mod text;
mod tree;
mod unknown_rewrite;

pub use differs::EngineDifference;
pub use engine::EngineError;
pub use judgement::{Document, Items, TemplateJudgement, judge_one, judge_template};
pub use outcome::{Finding, RuleOutcome};
pub use rule::{Enforcement, Input, Lint, Parameter, ParameterType, Rule, RuleSet, Severity, Unanswered};
pub use text::{GuardBlock, GuardPart, GuardText, TextError};

#[cfg(test)]
mod apart_tests;
#[cfg(test)]
mod known_tests;
