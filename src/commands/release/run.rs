//! Runs `release`.

use super::args::ReleaseArgs;
use crate::cli::{Common, Selection};
use crate::commands::support::approval::{Approval, settle};
use crate::commands::support::confirm::ShownPlan;
use crate::commands::support::planner::{Planner, salt};
use crate::commands::support::request::Request;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

pub(in crate::commands) async fn run(args: &ReleaseArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let ReleaseArgs { addresses, yes, unknown } = args;
    let mut planner = Planner::open(common, ui, salt()?).await?;
    let selection = Selection { unknown: *unknown, ..Selection::default() };
    let request = Request::new(&selection, false).releasing(addresses);
    let seen = ShownPlan::by(planner.plan(&request)).await?;
    planner.known_addresses(&request, &seen.plan)?;
    let approval = if *yes { Approval::Given } else { Approval::Asked };
    settle(&mut planner, &request, seen, approval, ui).await
}
