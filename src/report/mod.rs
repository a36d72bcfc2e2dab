//! Renderers: data in, text out. They decide nothing.

mod access_patterns;
mod audit;
mod denial;
mod escape;
mod explain;
mod fold;
mod graph;
mod items;
mod json;
mod line;
mod markdown;
mod outcome;
mod paint;
mod plan_junit;
mod plan_sarif;
mod posture;
mod reach;
mod text;
mod users;
mod value;
mod verdicts;

pub use access_patterns::patterns_text;
pub use audit::{
    Shown, audit_asff, audit_csv, audit_html, audit_junit, audit_markdown, audit_ocsf, audit_sarif, audit_text,
};
pub use denial::denial_lines;
pub use explain::{ANY_RESOURCE, explained, explanation};
pub use fold::folded;
pub use graph::{dot, mermaid};
pub use items::{ItemsForm, ItemsText, ShowCapacity, item_lines, items_line, text_table};
pub use json::{plan_json, to_json};
pub use line::verdicts_text;
pub use markdown::plan_markdown;
pub use outcome::{Goal, report_text, what_next};
pub use paint::Paint;
pub use plan_junit::plan_junit;
pub use plan_sarif::plan_sarif;
pub use reach::reach_text;
pub use text::plan_text;
pub use users::{SyncShown, attributes_text, sync_text, user_text, users_text};
