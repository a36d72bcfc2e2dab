//! The description of a workspace's rule, by which it is found again: it names the workspace.
//!
//! Source: EC2 API reference, `IpRange`, `Description`: "Up to 255 characters in length. Allowed characters are a-z, A-Z,
//! 0-9, spaces, and ._-:/()#,@[]+=&;{}!$*".

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::base::hex;
use crate::kinds::security_group_rule::WORKSPACE_DESCRIPTION;

/// The description of an adopted rule, as the script `rds/update-sg-rule` writes it.
pub const ADOPTED_DESCRIPTION: &str = "GITPOD";

/// The longest description.
const LONGEST: usize = 255;

/// The description of the rule of a workspace. Another character than AWS takes is written as `@` and its bytes, and a
/// name that is too long as its digest: two workspaces never share a description.
pub fn description_of(workspace: &str) -> String {
    let mut text = WORKSPACE_DESCRIPTION.to_owned();
    for c in workspace.chars() {
        if c.is_ascii_alphanumeric() || " ._-:/()#,[]+=&;{}!$*".contains(c) {
            text.push(c);
        } else {
            for byte in c.to_string().bytes() {
                let _ = write!(text, "@{byte:02X}");
            }
        }
    }
    // AWS may keep a text without the space at its end.
    if text.len() <= LONGEST && !text.ends_with(' ') {
        return text;
    }
    format!("{WORKSPACE_DESCRIPTION}@sha256:{}", hex(&Sha256::digest(workspace.as_bytes())))
}

/// The workspace that a description names, in the spelling of the description; `None` for another one.
pub fn workspace_in(description: &str) -> Option<&str> {
    description.strip_prefix(WORKSPACE_DESCRIPTION).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn description_names_the_workspace() {
        assert_eq!(description_of("olive-fox-1a2b"), "underpin workspace olive-fox-1a2b");
        assert_eq!(description_of("a@b\"ü"), "underpin workspace a@40b@22@C3@BC");
        assert_eq!(workspace_in("underpin workspace olive-fox-1a2b"), Some("olive-fox-1a2b"));
        assert_eq!(workspace_in("GITPOD"), None);
        assert_eq!(workspace_in("underpin workspace "), None);
    }

    proptest! {
        #[test]
        fn descriptions_are_accepted_by_aws_and_differ(one in ".{1,300}", other in ".{1,300}") {
            let (first, second) = (description_of(&one), description_of(&other));
            prop_assert!(first.len() <= LONGEST);
            let allowed = |c: char| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c);
            prop_assert!(first.chars().all(allowed), "{first}");
            prop_assert_eq!(first == second, one == other);
            prop_assert!(workspace_in(&first).is_some());
        }
    }
}
