//! `release`: takes the stack's tags off resources and leaves them as they are.

use super::apply::{Approval, settle};
use super::confirm::ShownPlan;
use super::session::{Request, Session, salt};
use crate::cli::{Common, ReleaseArgs, Selection};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

pub(super) async fn run(args: &ReleaseArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let ReleaseArgs { addresses, yes, unknown } = args;
    let mut session = Session::open(common, ui, salt()?).await?;
    let selection = Selection { unknown: *unknown, ..Selection::default() };
    let request = Request::new(&selection, false).releasing(addresses);
    let seen = ShownPlan::by(session.plan(&request)).await?;
    session.known_addresses(&request, &seen.plan)?;
    let approval = if *yes { Approval::Given } else { Approval::Asked };
    settle(&mut session, &request, seen, approval, ui).await
}
