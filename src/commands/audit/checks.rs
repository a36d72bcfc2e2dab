//! `audit checks`: the catalogue, and what it says of single checks.

use std::fmt::Write as _;

use serde_json::json;

use super::args::ChecksArgs;
use super::selection::{self, Choice};
use crate::audit::{Check, Standards, check, severity_name};
use crate::base::counted;
use crate::cli::{Common, Format};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::report::to_json;
use crate::stack::shipped_rules;
use crate::ui::Ui;

pub(super) fn run(args: &ChecksArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let ChecksArgs { checks, area, severity } = args;
    let choice = Choice { checks, skipped: &[], areas: area, severity: *severity };
    let mut found: Vec<Check> = selection::selected(shipped_rules(), choice)?.iter().map(check).collect();
    found.sort_by(|one, other| one.area.cmp(&other.area).then(one.id.cmp(&other.id)));
    match common.format {
        Format::Json => ui.data(&to_json(&json!({"checks": found})))?,
        Format::Text | Format::Table if !checks.is_empty() => {
            let each: Vec<String> = found.iter().map(explained).collect();
            ui.data(&ui.folded(each.join("\n")))?;
        }
        Format::Text | Format::Table => ui.data(&ui.folded(listed(&found)))?,
        _ => {
            let error = CommandError::usage("`audit checks` has no such format");
            return Err(error.hint("`text` and `json` are its formats; docs/rules.md explains each check"));
        }
    }
    Ok(Exit::Done)
}

/// A line for each check, by area.
fn listed(checks: &[Check]) -> String {
    let mut text = String::new();
    let mut area = "";
    for check in checks {
        if check.area != area {
            area = &check.area;
            let gap = if text.is_empty() { "" } else { "\n" };
            let _ = writeln!(text, "{gap}{area}");
        }
        let severity = severity_name(check.severity);
        let _ = writeln!(text, "  {:<34} {severity:<9} {}", check.id, check.title);
    }
    let number = counted(checks.len(), "check", "checks");
    let _ = writeln!(
        text,
        "\n{number}. `--area` and `--severity` choose some; `underpin audit checks NAME` explains one, and its fix."
    );
    text
}

/// A check with all that the catalogue says of it.
fn explained(check: &Check) -> String {
    let Check { id, title, severity, severity_reason, area, risk, remediation, fixable: _, also_touches, standards } =
        check;
    let mut text = format!("{id}: {title}\n");
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "  {name}: {value}");
        }
    };
    line("area", area);
    line("severity", &format!("{}: {severity_reason}", severity_name(*severity)));
    line("risk", risk);
    line("fix", &remediation.text);
    line("the fix also touches", also_touches);
    let Standards { aws_config, security_hub, fsbp: _, prowler, checkov, cis } = standards;
    for (name, all) in
        [("AWS Config", aws_config), ("Security Hub", security_hub), ("Prowler", prowler), ("Checkov", checkov)]
    {
        line(name, &all.join(", "));
    }
    for (version, all) in cis {
        line(&format!("CIS {version}"), &all.join(", "));
    }
    for (name, lines) in [("in the stack's file", &remediation.yaml), ("by the AWS CLI", &remediation.cli)] {
        if !lines.is_empty() {
            let _ = writeln!(text, "  {name}:");
            lines.lines().for_each(|line| {
                let _ = writeln!(text, "    {line}");
            });
        }
    }
    text
}
