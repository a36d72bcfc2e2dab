//! `audit --fix-plan`: a plan of what can be fixed safely in place.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::args::AuditArgs;
use super::judgement::judged;
use super::lines::{document, missing, path, yaml};
use super::subject::Subject;
use crate::audit::{Fixable, Part, Report, Status, parts, remedy};
use crate::base::Address;
use crate::base::shell_quoted;
use crate::cli::{Common, Format, Selection};
use crate::commands::support::planner::Planner;
use crate::commands::support::prompt::render;
use crate::commands::support::request::{Fix, Request, unite};
use crate::commands::support::shell::place_flags;
use crate::commands::support::{outputs, saved};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::kinds::REGISTRY;
use crate::plan::Desired;
use crate::report;
use crate::stack::yaml_values;
use crate::ui::{Readers, Ui, write_whole};

/// What can be fixed.
#[derive(Default)]
struct Fixes {
    /// What is fixed, by the resource of the stack.
    of_stack: BTreeMap<Address, Fix>,
    /// Failures whose remedy has a word that somebody has to choose.
    to_decide: BTreeSet<String>,
    /// Resources that no stack has, each with the checks that fail.
    hand_made: BTreeMap<String, Vec<String>>,
}

pub(super) async fn run(args: &AuditArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    if let Some(file) = &args.out {
        outputs::is_free(file, common)?;
    }
    let subject = Subject::open(args, common, ui).await?;
    let Subject::Stack(planner) = &subject else {
        let error = CommandError::usage("a plan fixes the resources of a stack, and there is no stack file");
        return Err(error.hint("name one with `--file`; without one, the report has the call that fixes each finding"));
    };
    let report = judged(&subject, args, common, ui).await?;
    let fixes = fixes(&report);
    tell(&fixes, planner, ui);
    if fixes.of_stack.is_empty() {
        ui.say("Nothing that can be fixed safely in place fails on the stack's resources.");
        return Ok(Exit::Done);
    }
    plan(planner, fixes, args, common, ui).await
}

async fn plan(
    planner: &Planner,
    fixes: Fixes,
    args: &AuditArgs,
    common: &Common,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    let mut request = Request::new(&Selection::default(), false);
    request.targets = fixes.of_stack.keys().cloned().collect();
    request.fixes = fixes.of_stack;
    let plan = planner.plan(&request).await?;
    let saved = saved::to_json(&plan, &request, common, planner.connection.aws.vault())?;
    match ui.format {
        Format::Json => ui.data(&saved)?,
        _ => ui.data(&render(&plan, ui))?,
    }
    if let Some(file) = &args.out {
        // It holds the salt of its digests: with both, short secrets can be guessed.
        write_whole(file, &saved, Readers::Owner)?;
        let file = shell_quoted(&file.display().to_string());
        let next = report::what_next(&plan, &format!("underpin apply {file}{}", place_flags(common)));
        ui.say(&next.map_or_else(|| "The plan is saved.".to_owned(), |next| format!("The plan is saved. {next}")));
    } else if !plan.is_empty() {
        ui.say("To carry it out, save it with `--out FILE`, and apply that file.");
    }
    Ok(if plan.blocked { Exit::Denied } else { Exit::Done })
}

fn fixes(report: &Report) -> Fixes {
    let mut fixes = Fixes::default();
    for finding in report.findings.iter().filter(|finding| finding.status == Status::Fail) {
        let Some(check) = report.check(finding).filter(|check| check.fixable == Fixable::Auto) else { continue };
        let address = finding.address.as_deref().and_then(|text| text.parse::<Address>().ok());
        let Some(address) = address else {
            // Only what the language has can be declared.
            if REGISTRY.kinds().all(|kind| kind.type_name() != finding.resource.type_name) {
                continue;
            }
            let one = format!("{} {}", finding.resource.type_name, finding.resource.id);
            fixes.hand_made.entry(one).or_default().push(check.id.clone());
            continue;
        };
        let values = yaml_values(&remedy(check, finding).yaml);
        // The lines are about one resource of a section.
        let at = |values: &Value| path(&address).iter().try_fold(values.clone(), |place, key| place.get(key).cloned());
        let named = values.as_ref().and_then(at);
        let Some(properties) = named.filter(|properties| properties.is_object() && !has_blank(properties)) else {
            let one = format!("{address}: {}", check.title);
            fixes.to_decide.insert(one);
            continue;
        };
        let into = fixes
            .of_stack
            .entry(address)
            .or_insert_with(|| Fix { properties: Value::Object(serde_json::Map::new()), checks: BTreeSet::new() });
        unite(&mut into.properties, &properties);
        into.checks.insert(check.id.clone());
    }
    fixes
}

/// Returns whether values have a word in brackets or in capitals, which stands for one that somebody has to choose
/// (`<OWNER>`, `TEAM`).
fn has_blank(value: &Value) -> bool {
    let is_blank = |word: &str| {
        let letters = word.chars().filter(char::is_ascii_uppercase).count();
        letters > 2 && word.chars().all(|c| c.is_ascii_uppercase() || c == '_')
    };
    let in_brackets = |text: &str| parts(text).iter().any(|part| matches!(part, Part::Word(_)));
    let any =
        |text: &str| in_brackets(text) || text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(is_blank);
    match value {
        Value::String(text) => any(text),
        Value::Array(items) => items.iter().any(has_blank),
        Value::Object(map) => map.iter().any(|(key, value)| any(key) || has_blank(value)),
        _ => false,
    }
}

/// The lines that the file needs, without those that it has.
fn lines(fixes: &Fixes, wanted: &[Desired]) -> String {
    let of_file = |address: &Address| wanted.iter().find(|one| one.address == *address).map(|one| &one.body);
    let mut needed = BTreeMap::new();
    for (address, fix) in &fixes.of_stack {
        if let Some(rest) = missing(of_file(address).unwrap_or(&Value::Null), &fix.properties) {
            needed.insert(address.clone(), rest);
        }
    }
    if needed.is_empty() { String::new() } else { yaml(&document(&needed)) }
}

/// Prints what has to be written into the file, and what no stack has.
fn tell(fixes: &Fixes, planner: &Planner, ui: &Ui) {
    let lines = lines(fixes, &planner.project.wanted);
    if !lines.is_empty() {
        ui.say(&format!(
            "The plan changes what is live, and not the file. Write these lines into the file: else the next apply undoes the fix.\n{}",
            lines.trim_end()
        ));
    } else if !fixes.of_stack.is_empty() {
        ui.say("The file already says what the plan fixes: no line has to be written.");
    }
    if !fixes.to_decide.is_empty() {
        let each: Vec<String> = fixes.to_decide.iter().map(|one| format!("  {one}")).collect();
        ui.say(&format!(
            "These need a value that somebody has to choose: the report has their lines.\n{}",
            each.join("\n")
        ));
    }
    if !fixes.hand_made.is_empty() {
        let each = fixes.hand_made.iter().map(|(resource, checks)| format!("  {resource}: {}", checks.join(", ")));
        let each = each.collect::<Vec<_>>().join("\n");
        ui.say(&format!(
            "No stack has these; declare them with the same name, and `underpin apply` adopts and fixes them. The report has \
             the call that fixes each by hand.\n{each}"
        ));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::has_blank;

    #[test]
    fn words_in_capitals_are_values_to_choose() {
        for blank in [
            json!({"owner": "<OWNER>"}),
            json!({"<POLICY>": {}}),
            json!({"owner": "TEAM"}),
            json!(["arn:aws:s3:::BUCKET"]),
            json!({"PERMISSION": {}}),
            json!("MY_KEY"),
        ] {
            assert!(has_blank(&blank), "{blank}");
        }
        for chosen in
            [json!({"mode": "on_demand"}), json!(true), json!(14), json!({"a": ["Active", "arn:aws:iam::1:role/x"]})]
        {
            assert!(!has_blank(&chosen), "{chosen}");
        }
    }
}
