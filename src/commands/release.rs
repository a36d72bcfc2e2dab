//! `release`: removes the stack's tags from resources and leaves them as they are.

use super::support::approval::{Approval, settle};
use super::support::confirm::ShownPlan;
use super::support::planner::{Planner, salt};
use super::support::request::Request;
use crate::cli::{Common, ReleaseArgs, Selection};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

pub(super) async fn run(args: &ReleaseArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let ReleaseArgs { addresses, yes, unknown } = args;
    let mut planner = Planner::open(common, ui, salt()?).await?;
    let selection = Selection { unknown: *unknown, ..Selection::default() };
    let request = Request::new(&selection, false).releasing(addresses);
    let seen = ShownPlan::by(planner.plan(&request)).await?;
    planner.known_addresses(&request, &seen.plan)?;
    let approval = if *yes { Approval::Given } else { Approval::Asked };
    settle(&mut planner, &request, seen, approval, ui).await
}
