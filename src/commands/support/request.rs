//! The request that a plan answers.

use std::collections::BTreeSet;

use crate::base::Address;
use crate::cli::Selection;
use crate::guard::Consents;
use crate::stack::OnUnknown;

/// What a plan is made for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) targets: BTreeSet<Address>,
    pub(crate) excludes: BTreeSet<Address>,
    /// What is let go; where there is anything, nothing else is planned.
    pub(crate) releases: BTreeSet<Address>,
    pub(crate) consents: Consents,
    pub(crate) backup: bool,
    pub(crate) destroy: bool,
    /// What an unknown verdict means; `None` for what the file says.
    pub(crate) unknown: Option<OnUnknown>,
    /// When it was asked for: names backups.
    pub(crate) at: String,
}

impl Request {
    pub(crate) fn new(selection: &Selection, destroy: bool) -> Self {
        let Selection {
            target,
            exclude,
            allow_delete,
            allow_replace,
            allow_unprotect,
            allow_adopt,
            no_backup,
            unknown,
        } = selection;
        let set = |addresses: &[Address]| addresses.iter().cloned().collect::<BTreeSet<_>>();
        Self {
            targets: set(target),
            excludes: set(exclude),
            releases: BTreeSet::new(),
            consents: Consents {
                delete: set(allow_delete),
                replace: set(allow_replace),
                unprotect: set(allow_unprotect),
                adopt: set(allow_adopt),
            },
            backup: !no_backup,
            destroy,
            unknown: *unknown,
            at: jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string(),
        }
    }

    /// The same, to let go of these and nothing else.
    pub(crate) fn releasing(self, addresses: &[Address]) -> Self {
        Self { releases: addresses.iter().cloned().collect(), ..self }
    }
}
