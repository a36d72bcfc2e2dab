//! The name by which a workspace's own rule is found again.

use super::{Detected, Place, detect};

/// The variable that names the workspace where nothing else does, or in place of it.
pub const NAME_VARIABLE: &str = "UNDERPIN_WORKSPACE_NAME";

/// The name of this workspace: given, or of its place's own variable, or of user and machine; `None` if nothing tells.
/// Without a user, as in some containers, it is the machine's alone.
/// It stays the same when the workspace is started again: the instance id of Gitpod Classic does not.
pub fn workspace_name(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let set = |name: &str| variable(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if let Some(name) = set(NAME_VARIABLE) {
        return Some(name);
    }
    let Detected { place, id } = detect(&variable);
    let id = if place == Place::GitpodClassic { set("GITPOD_WORKSPACE_ID").or(id) } else { id };
    id.or_else(|| {
        let machine = set("HOSTNAME")?;
        let user = set("USER").or_else(|| set("LOGNAME"));
        Some(user.map_or_else(|| machine.clone(), |user| format!("{user}@{machine}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(variables: &[(&str, &str)]) -> Option<String> {
        workspace_name(|name| variables.iter().find(|(one, _)| *one == name).map(|(_, text)| (*text).to_owned()))
    }

    #[test]
    fn workspace_keeps_its_name_from_one_start_to_the_next() {
        let gitpod = [("GITPOD_WORKSPACE_ID", "olive-fox-1"), ("GITPOD_INSTANCE_ID", "5f0c")];
        assert_eq!(name(&gitpod), Some("olive-fox-1".to_owned()));
        assert_eq!(name(&[("GITPOD_ENVIRONMENT_ID", "0197"), ("USER", "a")]), Some("0197".to_owned()));
        assert_eq!(name(&[("CODESPACES", "true"), ("CODESPACE_NAME", "fuzzy-dog")]), Some("fuzzy-dog".to_owned()));
        assert_eq!(name(&[("USER", "ada"), ("HOSTNAME", "desk")]), Some("ada@desk".to_owned()));
        assert_eq!(name(&[("UNDERPIN_WORKSPACE_NAME", "mine"), ("CODESPACE_NAME", "x")]), Some("mine".to_owned()));
        assert_eq!(name(&[("HOSTNAME", "desk")]), Some("desk".to_owned()));
        assert_eq!(name(&[("USER", "ada")]), None);
    }
}
