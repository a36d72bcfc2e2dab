//! Runs `plan`.

use super::args::PlanArgs;
use crate::base::shell_quoted;
use crate::cli::{Common, Format, Selection};
use crate::commands::support::planner::{Planner, salt};
use crate::commands::support::prompt::render;
use crate::commands::support::request::Request;
use crate::commands::support::shell::place_flags;
use crate::commands::support::{outputs, saved};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::plan::Plan;
use crate::report;
use crate::ui::{Readers, Ui, write_whole};

pub(in crate::commands) async fn run(args: &PlanArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    if let Some(file) = &args.out {
        outputs::is_free(file, common)?;
    }
    let planner = Planner::open(common, ui, salt()?).await?;
    let request = Request::new(&args.selection, args.destroy).releasing(&args.release);
    let plan = planner.plan(&request).await?;
    planner.known_addresses(&request, &plan)?;
    let saved = saved::to_json(&plan, &request, common, planner.connection.aws.vault())?;
    let text = match ui.format {
        Format::Json | Format::DynamodbJson => saved.clone(),
        Format::Sarif => report::plan_sarif(&plan, &common.file),
        Format::Junit => report::plan_junit(&plan),
        _ => render(&plan, ui),
    };
    ui.data(&text)?;
    if let Some(file) = &args.out {
        // It holds the salt of its digests: with both, short secrets can be guessed.
        write_whole(file, &saved, Readers::Owner)?;
        let file = shell_quoted(&file.display().to_string());
        let next = report::what_next(&plan, &format!("underpin apply {file}{}", place_flags(common)));
        ui.say(&match next {
            Some(_) if plan.blocked => {
                "The plan is saved, but can't be applied: see what is forbidden above.".to_owned()
            }
            Some(next) => format!("The plan is saved. {next}"),
            None => "The plan is saved. There is nothing to do.".to_owned(),
        });
    } else if let Some(next) = report::what_next(&plan, &again(args, common)).filter(|_| ui.format == Format::Text) {
        ui.say(&next);
    }
    Ok(exit(&plan, args.detailed_exitcode))
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

/// The command that carries out the plan, for a user to copy.
fn again(args: &PlanArgs, common: &Common) -> String {
    let Selection { target, exclude, allow_delete, allow_replace, allow_unprotect, allow_adopt, no_backup, unknown } =
        &args.selection;
    let command = match (args.destroy, args.release.is_empty()) {
        (true, _) => "destroy",
        (false, true) => "apply",
        (false, false) => "release",
    };
    let mut text = format!("underpin {command}{}", place_flags(common));
    text.extend(args.release.iter().map(|address| format!(" {}", shell_quoted(&address.to_string()))));
    let addresses = [
        ("target", target),
        ("exclude", exclude),
        ("allow-delete", allow_delete),
        ("allow-replace", allow_replace),
        ("allow-unprotect", allow_unprotect),
        ("allow-adopt", allow_adopt),
    ];
    for (name, addresses) in addresses {
        text.extend(addresses.iter().map(|address| format!(" --{name} {}", shell_quoted(&address.to_string()))));
    }
    if *no_backup {
        text.push_str(" --no-backup");
    }
    text.extend(unknown.iter().map(|meaning| format!(" --unknown {meaning}")));
    text
}
