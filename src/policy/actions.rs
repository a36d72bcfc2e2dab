//! The names of AWS's services and of many of their actions, to find spelling errors.
//!
//! The names are those of AWS's service authorization reference (`scripts/authorization-reference`). AWS adds to them
//! all the time, so a name that is missing here may still be correct.

const NAMES: &str = include_str!("actions.txt");

/// The result of looking up an action's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// The action exists.
    Known,
    /// The service exists; its actions are not listed here.
    Unlisted,
    /// The service has no such action; with the most similar name, if there is one.
    NoAction(Option<String>),
    /// There is no such service; with the most similar name, if there is one.
    NoService(Option<String>),
}

/// The services with the names of their actions, as far as these are listed.
pub(super) fn services() -> impl Iterator<Item = (&'static str, std::str::Split<'static, char>)> {
    NAMES.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let (service, actions) = line.split_once(' ').unwrap_or((line, ""));
        let mut words = actions.split(' ');
        if actions.is_empty() {
            // Splitting nothing gives an empty word.
            words.next();
        }
        (service, words)
    })
}

/// Looks up the name of an action, such as `dynamodb:DeleteTable`.
pub fn name_of(action: &str) -> Name {
    let (service, name) = action.split_once(':').unwrap_or((action, ""));
    let lines = || NAMES.lines().filter(|line| !line.starts_with('#'));
    let services = || lines().filter_map(|line| line.split(' ').next());
    let Some(line) = lines().find(|line| line.split(' ').next().is_some_and(|one| one.eq_ignore_ascii_case(service)))
    else {
        return Name::NoService(near(service, services()).map(|near| format!("{near}:{name}")));
    };
    let mut words = line.split(' ');
    let service = words.next().unwrap_or_default();
    if words.clone().next().is_none() {
        return Name::Unlisted;
    }
    if words.clone().any(|one| one.eq_ignore_ascii_case(name)) {
        return Name::Known;
    }
    Name::NoAction(near(name, words).map(|near| format!("{service}:{near}")))
}

/// The most similar name, if one is similar enough.
fn near<'n>(given: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let distance = |name: &str| strsim::damerau_levenshtein(&name.to_lowercase(), &given.to_lowercase());
    let nearest = names.min_by_key(|name| distance(name))?;
    (distance(nearest) <= 1 + given.chars().count() / 6).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelled_actions_are_distinguished_from_unlisted_ones() {
        for known in ["dynamodb:DeleteTable", "DynamoDB:deletetable", "application-autoscaling:RegisterScalableTarget"]
        {
            assert_eq!(name_of(known), Name::Known, "{known}");
        }
        assert_eq!(name_of("wellarchitected:AnythingAtAll"), Name::Unlisted);
        let meant = |action: &str| match name_of(action) {
            Name::NoAction(near) | Name::NoService(near) => near,
            other => panic!("{action} is {other:?}"),
        };
        assert_eq!(meant("dynamodb:DeleteTabel").as_deref(), Some("dynamodb:DeleteTable"));
        assert_eq!(meant("dynamdb:DeleteTable").as_deref(), Some("dynamodb:DeleteTable"));
        assert_eq!(meant("dynamodb:Frobnicate"), None);
        assert_eq!(meant("foobar:Bar"), None);
    }
}
