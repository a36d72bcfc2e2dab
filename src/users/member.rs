//! A user as the application's items repeat it, and the project's own fixed users.

use serde::Serialize;

/// A user, with what the items of a conversation repeat of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// The primary key in the database, as text.
    pub uuid: String,
    /// The name that is shown.
    pub display_name: String,
    /// The handle: `preferred_username` in Cognito.
    pub handle: String,
}

/// A user that the project itself invented: its parts are known without a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixedMember {
    /// As in [`Member`].
    pub uuid: &'static str,
    /// As in [`Member`].
    pub display_name: &'static str,
    /// As in [`Member`].
    pub handle: &'static str,
}

/// The two invented users of a local workspace, `Person 1` and `Person 2` of a conversation. The project's `db/seed.sql`
/// has the same.
pub const FIXED: [FixedMember; 2] = [
    FixedMember { uuid: "8192268f-d848-5987-976d-0778d3285387", display_name: "Ada Keller", handle: "adakeller" },
    FixedMember { uuid: "148c13fc-3726-50f3-a416-ae854e79e92e", display_name: "Jonas Brandt", handle: "jonasbrandt" },
];

/// The fixed users in the form of those of a database.
pub fn fixed() -> [Member; 2] {
    FIXED.map(|FixedMember { uuid, display_name, handle }| Member {
        uuid: uuid.to_owned(),
        display_name: display_name.to_owned(),
        handle: handle.to_owned(),
    })
}
