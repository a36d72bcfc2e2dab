//! The answer of a call that lists everything, shared by those who ask at the start of a run.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::OnceCell;

use super::CallError;

/// What a listing answered when it was first asked. Looking for what is owned takes this answer at any time;
/// reading takes it once, at the start, and asks afresh from then on, since what is read may have changed.
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
    /// The shared answer; asks if nobody has asked.
    pub async fn get<Fut>(&self, ask: impl FnOnce() -> Fut) -> Result<&[T], CallError>
    where
        Fut: Future<Output = Result<Vec<T>, CallError>>,
    {
        self.answer.get_or_init(ask).await.as_deref().map_err(Clone::clone)
    }

    /// Whether this reader is the first, who may take the shared answer.
    pub fn is_first_reader(&self) -> bool {
        !self.read.swap(true, Ordering::Relaxed)
    }
}
