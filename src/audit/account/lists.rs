//! Lists of a region that the documents of several types need, each read once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::sync::OnceCell;

use super::Unread;

/// A list, or the reason why there is none.
pub(super) type List = Result<Arc<[Value]>, Unread>;

/// The lists that were read, by their operations.
#[derive(Debug, Default)]
pub(super) struct Lists(Mutex<BTreeMap<&'static str, Arc<OnceCell<List>>>>);

impl Lists {
    /// The list of an operation; `read` is only awaited by the first who asks.
    pub(super) async fn get(
        &self,
        operation: &'static str,
        read: impl Future<Output = Result<Vec<Value>, Unread>>,
    ) -> List {
        let cell = self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(operation).or_default().clone();
        cell.get_or_init(|| async { read.await.map(Arc::from) }).await.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn list_is_read_once_by_all_who_ask_at_the_same_time() {
        let (lists, reads) = (Lists::default(), AtomicUsize::new(0));
        let read = || async {
            reads.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Ok(vec![Value::Null])
        };
        let (one, other) = tokio::join!(lists.get("x:List", read()), lists.get("x:List", read()));
        assert_eq!((one.map(|list| list.len()), other.map(|list| list.len())), (Ok(1), Ok(1)));
        assert_eq!(lists.get("y:List", read()).await.map(|list| list.len()), Ok(1));
        assert_eq!(reads.into_inner(), 2);
    }
}
