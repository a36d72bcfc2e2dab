//! The answer of a call that lists everything, shared by several readers at the start of a run.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::OnceCell;

use super::CallError;

/// The first answer of a listing. The search for owned resources takes this answer at any time; a read
/// takes it once, at the start, and calls again from then on, since the resources may have changed.
#[derive(Debug)]
pub struct CachedListing<T> {
    answer: OnceCell<Result<Vec<T>, CallError>>,
    read: AtomicBool,
}

impl<T> Default for CachedListing<T> {
    fn default() -> Self {
        Self { answer: OnceCell::new(), read: AtomicBool::new(false) }
    }
}

impl<T> CachedListing<T> {
    /// The shared answer; makes the call if it has not been made.
    pub async fn get<Fut>(&self, ask: impl FnOnce() -> Fut) -> Result<&[T], CallError>
    where
        Fut: Future<Output = Result<Vec<T>, CallError>>,
    {
        self.answer.get_or_init(ask).await.as_deref().map_err(Clone::clone)
    }

    /// Returns whether this reader is the first, which may take the shared answer.
    pub fn is_first_reader(&self) -> bool {
        !self.read.swap(true, Ordering::Relaxed)
    }
}
