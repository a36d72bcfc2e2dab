//! The listing of all event source mappings of a region.

use aws_sdk_lambda::types::EventSourceMappingConfiguration;

use super::Aws;

impl Aws {
    /// All mappings of the region, if at most `pages` calls tell them; `None` if it takes more, or if it is refused:
    /// then those of each function have to be listed. A page has 100 mappings at most.
    /// Source: Lambda API reference, `ListEventSourceMappings`.
    pub async fn event_source_mappings(&self, pages: usize) -> Option<Vec<EventSourceMappingConfiguration>> {
        let mut answers = self.lambda().list_event_source_mappings().into_paginator().send();
        let mut found = Vec::new();
        for _ in 0..pages {
            match answers.next().await {
                Some(Ok(page)) => found.extend(page.event_source_mappings.unwrap_or_default()),
                Some(Err(_)) => return None,
                None => return Some(found),
            }
        }
        answers.next().await.is_none().then_some(found)
    }
}
