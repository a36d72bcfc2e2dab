//! Rules of AWS Config in AWS's Guard language, and in Rust where that can't say it: their form, the texts they may have,
//! and their outcomes for the subjects that plans and audits supply.
//!
//! Pure. Responsible for the meaning of Guard's answers; reads no file, and knows neither plans nor stacks.

mod declarations;
mod differs;
mod engine;
mod explanation;
mod footprint;
pub mod held_policies;
mod judge;
mod judgement;
mod kept;
mod lexer;
mod message;
pub mod metric_alarm;
pub mod moment;
mod outcome;
mod placeholder;
mod request_context;
mod rule;
pub mod rust;
mod sections;
pub mod service_control;
mod subject;
mod templates;
mod text;
mod thin;
pub mod trail;
mod tree;
mod unknown_rewrite;

pub use declarations::Declarations;
pub use differs::EngineDifference;
pub use engine::EngineError;
pub use explanation::{Explanation, Fix};
pub use judge::{Among, Evaluation, Terms, judge, spread};
pub use judgement::{Document, Items, TemplateJudgement, judge_one, judge_template};
pub use kept::{BULK, Kept, Texts};
pub use message::message;
pub use outcome::{Finding, RuleOutcome};
pub use request_context::{RequestContext, requested_region};
pub use rule::{Enforcement, Input, Lint, Parameter, ParameterType, Rule, RuleSet, Severity, Unanswered};
pub use subject::{Before, Rendered, Subject};
pub use templates::Templates;
pub use text::{GuardBlock, GuardPart, GuardText, TextError};
pub use thin::Looks;

#[cfg(test)]
mod apart_tests;
#[cfg(test)]
mod known_tests;
#[cfg(test)]
mod rust_tests;
