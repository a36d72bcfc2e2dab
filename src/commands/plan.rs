//! `plan`: shows what would change.

use super::saved;
use super::session::{Request, Session, salt};
use crate::cli::{Common, Format, PlanArgs};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::plan::Plan;
use crate::report;
use crate::ui::{Ui, write_whole};

pub(super) async fn run(args: &PlanArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let session = Session::open(common, ui, salt()?).await?;
    let request = Request::new(&args.selection, args.destroy);
    let plan = session.plan(&request).await?;
    let saved = saved::to_json(&plan, &request, session.aws.vault())?;
    let text = match ui.format {
        Format::Json => saved.clone(),
        Format::Text | Format::Markdown => render(&plan, ui),
    };
    ui.data(&text)?;
    if let Some(file) = &args.out {
        write_whole(file, &saved)?;
        ui.say(&format!("The plan is saved: underpin apply {}", file.display()));
    } else if let Some(next) = report::what_next(&plan, &file_flag(common)).filter(|_| ui.format == Format::Text) {
        ui.say(&next);
    }
    Ok(exit(&plan, args.detailed_exitcode))
}

/// The plan in a format for people.
pub(super) fn render(plan: &Plan, ui: &Ui) -> String {
    match ui.format {
        Format::Markdown => report::plan_markdown(plan),
        Format::Text | Format::Json => report::plan_text(plan, ui.paint_out()),
    }
}

fn exit(plan: &Plan, detailed: bool) -> Exit {
    if plan.blocked {
        Exit::Denied
    } else if detailed && !plan.is_empty() {
        Exit::Pending
    } else {
        Exit::Done
    }
}

/// The flags that name this stack again, for a command to copy.
fn file_flag(common: &Common) -> String {
    let mut flags = String::new();
    if common.file != std::path::Path::new("stack.yaml") {
        flags.push_str(&format!(" --file {}", common.file.display()));
    }
    if let Some(env) = &common.env {
        flags.push_str(&format!(" --env {env}"));
    }
    if common.sandbox {
        flags.push_str(" --sandbox");
    }
    flags
}
