//! `release`: takes the stack's tags off resources and leaves them as they are.

use super::apply::{ask, carry_out, show};
use super::confirm::{Agreed, ShownPlan};
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
    let mut seen = ShownPlan::by(session.plan(&request)).await?;
    session.known_addresses(&request, &seen.plan)?;
    let plan = loop {
        show(&seen.plan, ui)?;
        if seen.plan.blocked {
            return Ok(Exit::Denied);
        }
        if seen.plan.is_empty() {
            return Ok(Exit::Done);
        }
        if *yes {
            break seen.plan;
        }
        ask(&seen.plan, ui)?;
        match seen.agreed(&mut session, async |session| session.plan(&request).await, ui).await? {
            Agreed::AsShown(plan) => break plan,
            Agreed::Moved(now) => seen = now,
        }
    };
    carry_out(&mut session, plan, &request, ui).await
}
