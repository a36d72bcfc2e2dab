//! Types whose resources one call lists, with calls about each: the parts that all of them have in common.

use futures::StreamExt as _;
use futures::stream;
use serde_json::{Value, json};

use super::lists::List;
use super::{Collector, Document, Reader, Unread};

/// Resources that are read at the same time; the reader's pace holds their calls.
const AT_ONCE: usize = 16;

impl Reader {
    /// A list that is asked for without an input, and that the documents of several types need: read once.
    ///
    /// # Errors
    /// The reason why a page could not be read; then there is no list.
    pub(super) async fn list(&self, operation: &'static str) -> List {
        self.shared.lists.get(operation, Box::pin(self.all(operation, json!({})))).await
    }
}

/// The resources of a type; `None`, and recorded, if they could not be listed.
pub(super) fn list<L>(
    type_name: &'static str,
    answer: Result<L, Unread>,
    reader: &Reader,
    into: &Collector<'_>,
) -> Option<L>
where
    L: AsRef<[Value]> + Default,
{
    match answer {
        Ok(items) => {
            into.expect(items.as_ref().len());
            Some(items)
        }
        // A service that is not in use has no resources.
        Err(unread) if unread.is_absent() => Some(L::default()),
        Err(unread) => {
            into.list_unread(&[type_name], reader, &unread);
            None
        }
    }
}

/// Reads the document of each item, several at once; `None` for what is gone by now.
pub(super) async fn each<'i, F>(items: &'i [Value], into: &Collector<'_>, read: impl Fn(&'i Value) -> F)
where
    F: Future<Output = Option<Document>>,
{
    let mut documents = stream::iter(items).map(read).buffer_unordered(AT_ONCE);
    while let Some(document) = documents.next().await {
        if let Some(document) = document {
            into.push(document.finish());
        }
    }
}
