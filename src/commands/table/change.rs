//! A change of one item: the call, and its answer as JSON.

use serde::{Serialize, Serializer};

use crate::apply::Interrupt as _;
use crate::base::count;
use crate::cli::Format;
use crate::commands::support::progress::Signals;
use crate::exit::Exit;
use crate::items::{ConsumedCapacity, Item, PlainItem, TypedItem};
use crate::ui::Ui;

/// An item in the form that the format asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct ShownItem<'a> {
    pub(super) item: &'a Item,
    /// The attributes that come first.
    pub(super) first: &'a [String],
    pub(super) format: Format,
}

impl Serialize for ShownItem<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { item, first, format } = *self;
        if format == Format::DynamodbJson {
            TypedItem { item, first }.serialize(serializer)
        } else {
            PlainItem { item, first }.serialize(serializer)
        }
    }
}

/// The items that were put or deleted.
#[derive(Debug, Serialize)]
pub(super) struct ShownChange<'a> {
    items: Vec<ShownItem<'a>>,
    count: usize,
    /// The item that was replaced; null if none was.
    replaced: Option<ShownItem<'a>>,
    consumed_capacity: Option<&'a ConsumedCapacity>,
}

impl<'a> ShownChange<'a> {
    pub(super) fn new(
        items: Vec<ShownItem<'a>>,
        replaced: Option<ShownItem<'a>>,
        consumed_capacity: Option<&'a ConsumedCapacity>,
    ) -> Self {
        Self { count: items.len(), items, replaced, consumed_capacity }
    }
}

/// The consumed capacity in a sentence, if it is to be shown.
pub(super) fn consumed(units: Option<&ConsumedCapacity>) -> String {
    units.map(|units| format!(" Consumed {}.", count(units.capacity_units, "capacity unit"))).unwrap_or_default()
}

/// Makes a call that changes something; `None` if the user asks to stop meanwhile.
pub(super) async fn finished<T>(call: impl Future<Output = T>) -> Option<T> {
    let mut signals = Signals::listen();
    tokio::select! {
        answer = call => Some(answer),
        () = signals.asked() => None,
    }
}

/// Reports that a call was not waited for.
pub(super) fn left_open(verb: &str, ui: &Ui) -> Exit {
    ui.say(&format!("interrupted: the item may have been {verb}; running it again is safe"));
    Exit::Interrupted
}
