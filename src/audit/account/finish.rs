//! The last steps, once everything is read.

use super::key_users::KeyUsers;
use super::{AccountDocuments, Wanted, key_uses, trails};

/// Leaves one document of what several regions show, and writes the members that need documents of other types.
pub(super) fn finish((mut documents, key_users): (AccountDocuments, KeyUsers), wanted: &Wanted) -> AccountDocuments {
    trails::once(&mut documents);
    key_uses::mark(&mut documents, &key_users, wanted);
    documents
}
