//! `apply`: makes what is live what the file says.

use serde_json::json;

use super::confirm::{Agreed, ShownPlan};
use super::plan::render;
use super::progress::{Progress, Signals};
use super::saved;
use super::session::{Request, Session, salt};
use super::verification;
use crate::apply::{self, Applier, ApplyReport, Interrupt};
use crate::cli::{ApplyArgs, Common, Format};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::guard;
use crate::kinds::LIVE;
use crate::plan::Plan;
use crate::report::{self, Goal};
use crate::ui::Ui;

pub(super) async fn run(args: &ApplyArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let saved = args.plan.as_deref().map(saved::read).transpose()?;
    let fresh_salt = salt()?;
    let mut session = Session::open(common, ui, saved.as_ref().map_or(fresh_salt, |saved| saved.salt)).await?;
    let mut request = Request::new(&args.selection, false);
    let said = request.clone();
    if let Some(saved) = &saved {
        let mut theirs = saved.request.clone();
        theirs.consents.delete.append(&mut request.consents.delete);
        theirs.consents.replace.append(&mut request.consents.replace);
        theirs.consents.unprotect.append(&mut request.consents.unprotect);
        theirs.consents.adopt.append(&mut request.consents.adopt);
        theirs.unknown = request.unknown.or(theirs.unknown);
        request = theirs;
    }
    let seen = ShownPlan::by(session.plan(&request)).await?;
    if let Some(saved) = &saved {
        saved.same_place(&seen.plan, common)?;
        // Where nothing was read, nothing can have moved: the guardrail speaks.
        if !session.is_out_of_place() {
            saved.same_as(&seen.plan)?;
        }
    }
    // What a saved plan names may be gone: that made it stale, and is no slip of the user's.
    session.known_addresses(&said, &seen.plan)?;
    // A saved plan was looked at when it was saved.
    let approval = if args.yes || saved.is_some() { Approval::Given } else { Approval::Asked };
    settle(&mut session, &request, seen, approval, ui).await
}

/// The approval of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Approval {
    /// Given beforehand: by `--yes`, or when the plan was saved.
    Given,
    /// Asked for at the prompt.
    Asked,
}

/// Shows a plan, asks for approval until the answer is about the plan as it then is, and carries it out.
pub(super) async fn settle(
    session: &mut Session,
    request: &Request,
    mut seen: ShownPlan,
    approval: Approval,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    let plan = loop {
        show(&seen.plan, ui)?;
        if seen.plan.blocked {
            return Ok(Exit::Denied);
        }
        if seen.plan.is_empty() {
            return Ok(Exit::Done);
        }
        if approval == Approval::Given {
            break seen.plan;
        }
        ask(&seen.plan, ui)?;
        match seen.agreed(session, async |session| session.plan(request).await, ui).await? {
            Agreed::AsShown(plan) => break plan,
            Agreed::Moved(now) => seen = now,
        }
    };
    carry_out(session, plan, request, ui).await
}

/// Asks whether to carry out what was shown; anything but a yes is an error.
fn ask(plan: &Plan, ui: &Ui) -> Result<(), CommandError> {
    if !ui.can_ask() {
        return Err(CommandError::usage("nobody can be asked whether to make these changes")
            .hint("look at the plan first, then say `--yes`, or apply a saved plan"));
    }
    show_to_who_is_asked(plan, ui);
    let question = format!("Make these {} API calls? Only `yes` is taken for a yes:", plan.steps.len());
    if ui.ask(&question) == "yes" { Ok(()) } else { Err(CommandError::Declined { yes: "yes".to_owned() }) }
}

/// Shows the plan before it is applied.
pub(super) fn show(plan: &Plan, ui: &Ui) -> Result<(), CommandError> {
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

/// Whoever is asked has seen the plan, wherever it was written.
pub(super) fn show_to_who_is_asked(plan: &Plan, ui: &Ui) {
    if !ui.shows_data() {
        ui.say(&ui.folded_err(report::plan_text(plan, ui.paint_err())));
    }
}

/// Applies a plan that was shown and consented to, looks at AWS again, and reports.
pub(super) async fn carry_out(
    session: &mut Session,
    plan: Plan,
    request: &Request,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    let Ok(approved) = guard::approve(plan) else { return Ok(Exit::Denied) };
    let applier = Applier {
        kinds: LIVE,
        aws: &session.aws,
        owner: &session.owner,
        ignore_tags: &session.stack.settings.ignore_tags,
    };
    let mut progress = Progress::new(ui, approved.plan());
    let mut signals = Signals::listen();
    let mut report = apply::apply(applier, &approved, &mut signals, &mut |event| progress.tell(event)).await;
    progress.finish();
    session.explain_denials(&mut report, approved.plan()).await;
    if report.failures.is_empty() && !report.interrupted {
        // What was done is reported, whatever comes of the last look.
        tokio::select! {
            seen = verification::verify(session, request, approved.plan(), &report) => match seen {
                Ok(seen) => {
                    report.differences = seen.differences;
                    report.not_taken.extend(seen.not_taken);
                }
                Err(error) => {
                    report.not_verified = Some(error.sentence());
                    if let CommandError::Denied { denial, failed: _ } = error {
                        report.denial = Some(denial);
                    }
                }
            },
            () = signals.asked() => {
                report.interrupted = true;
                report.not_verified = Some("interrupted".to_owned());
            }
        }
    } else if report.ended_well() {
        // All calls were made by the time that the interrupt took effect, and nobody has looked.
        report.not_verified = Some("interrupted".to_owned());
    }
    let searched = approved.plan().not_searched.is_empty();
    let whole = request.targets.is_empty() && request.excludes.is_empty();
    let goal = match (request.destroy, whole, searched) {
        _ if !request.releases.is_empty() => Goal::Release,
        (false, true, _) => Goal::Apply,
        (false, false, _) => Goal::ApplyTargets,
        (true, false, _) => Goal::DestroyTargets,
        (true, true, true) => Goal::Destroy,
        (true, true, false) => Goal::DestroyFound,
    };
    match ui.format {
        Format::Json => ui.line(&json!({"event": "report", "report": report}).to_string()),
        Format::Text | Format::Markdown => {
            ui.say(&ui.folded_err(report::report_text(&report, goal, ui.paint_err())));
            let lines = report.denial.iter().flat_map(|denial| report::denial_lines(denial, ui.paint_err()));
            lines.for_each(|line| ui.say(&ui.folded_err(line)));
        }
    }
    Ok(exit(&report))
}

fn exit(report: &ApplyReport) -> Exit {
    if report.interrupted {
        Exit::Interrupted
    } else if report.ended_well() {
        Exit::Done
    } else if report.did_nothing() {
        Exit::Error
    } else {
        Exit::Incomplete
    }
}
