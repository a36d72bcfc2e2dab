//! The stage of a run, and its report so far: what is known when the deadline comes.

use std::sync::{Arc, Mutex, PoisonError};

use crate::workspace::{Place, StartupReport};

/// The stage of a run, and the report so far: what is known when the deadline comes.
#[derive(Debug, Clone)]
pub(in crate::commands) struct Stage(Arc<Mutex<(&'static str, StartupReport)>>);

impl Stage {
    pub(in crate::commands) fn new(place: Place) -> Self {
        Self(Arc::new(Mutex::new(("starting", StartupReport::new(place)))))
    }

    /// Enters a stage: what is being done, such as `reading the stack file`.
    pub(in crate::commands) fn enter(&self, doing: &'static str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 = doing;
    }

    /// Adds to the report.
    pub(in crate::commands) fn report(&self, add: impl FnOnce(&mut StartupReport)) {
        add(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).1);
    }

    /// Reads both.
    pub(in crate::commands) fn read(&self) -> (&'static str, StartupReport) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
