//! Roles, users, groups and policies of IAM: by the listing of a whole account, page by page.
//!
//! `GetAccountAuthorizationDetails` has nearly all of it, a thousand entries in an answer. What it lacks is read in bulk,
//! too: descriptions and session lengths of roles by `ListRoles`, credentials of users by the credential report, and the
//! documents of AWS's own policies one by one, but only of those that are attached.

mod details;
mod policies;
mod read;
mod role;
mod user;

pub(super) use read::read_global;
