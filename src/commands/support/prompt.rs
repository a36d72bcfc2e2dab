//! The display of a plan before its execution, and the question for consent.

use serde_json::json;

use crate::cli::Format;
use crate::error::CommandError;
use crate::plan::Plan;
use crate::report;
use crate::ui::Ui;

/// The plan in a form for people.
pub(crate) fn render(plan: &Plan, ui: &Ui) -> String {
    match ui.format {
        Format::Markdown => report::plan_markdown(plan),
        _ => ui.folded(report::plan_text(plan, ui.paint_out())),
    }
}

/// Asks whether to carry out the plan; any answer but `yes` is an error.
pub(crate) fn ask(plan: &Plan, ui: &Ui) -> Result<(), CommandError> {
    if !ui.can_ask() {
        return Err(CommandError::usage("there is no terminal to confirm these changes")
            .hint("look at the plan first, then add `--yes`, or apply a saved plan"));
    }
    show_to_who_is_asked(plan, ui);
    let question = format!("Make these {} API calls? Only `yes` will be accepted:", plan.steps.len());
    if ui.ask(&question) == "yes" { Ok(()) } else { Err(CommandError::Declined { yes: "yes".to_owned() }) }
}

/// Shows the plan before it is applied.
pub(crate) fn show(plan: &Plan, ui: &Ui) -> Result<(), CommandError> {
    if ui.format == Format::Json {
        ui.line(&json!({"event": "plan", "plan": plan}).to_string());
        return Ok(());
    }
    ui.data(&render(plan, ui))?;
    if plan.blocked {
        ui.say("Nothing was done: see what is forbidden above.");
    }
    Ok(())
}

/// Shows the plan to the user who is asked, if it was written elsewhere.
pub(crate) fn show_to_who_is_asked(plan: &Plan, ui: &Ui) {
    if !ui.shows_data() {
        ui.say(&ui.folded_err(report::plan_text(plan, ui.paint_err())));
    }
}
