//! The runtimes of Lambda that were known when this was written: a newer one is accepted, and reported as
//! unknown.
//! `runtimes.csv` has them, with AWS's dates and their source.

/// The runtimes with their days, one a line, newer ones first in each family; see the comment at its top.
const DATA: &str = include_str!("runtimes.csv");

/// The day for which this version knows the runtimes.
const AS_OF: &str = "2026-11-30";

/// A runtime that was known when this was written.
struct Runtime {
    name: &'static str,
    /// The day of its deprecation (ISO 8601), if one was announced.
    deprecated: Option<&'static str>,
    /// The runtime to write in place of it.
    instead: Option<&'static str>,
}

/// All known runtimes.
fn known() -> impl Iterator<Item = Runtime> {
    let lines = DATA.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines.filter_map(|line| {
        let some = |text: &'static str| Some(text).filter(|text| !text.is_empty());
        let mut fields = line.split(',');
        let (name, deprecated) = (fields.next()?, fields.next()?);
        Some(Runtime { name, deprecated: some(deprecated), instead: fields.nth(2).and_then(some) })
    })
}

/// Runtimes for archives that are supported, and those in preview.
pub fn supported() -> Vec<&'static str> {
    known().filter(|one| one.deprecated.is_none_or(|day| day > AS_OF)).map(|one| one.name).collect()
}

/// A function that returns whether a text can be the version of a family of runtimes.
type IsVersion = fn(&str) -> bool;

/// The families of runtimes, each with the check of the version that follows the name.
const FAMILIES: [(&str, IsVersion); 7] = [
    ("nodejs", |version| {
        let (number, rest) = digits(version);
        version.is_empty() || (!number.is_empty() && rest.starts_with('.') && rest.len() > 1)
    }),
    ("python", with_minor),
    ("java", |version| ends_or_goes_on(digits(version))),
    ("dotnet", |version| ends_or_goes_on(digits(version.strip_prefix("core").unwrap_or(version)))),
    ("ruby", with_minor),
    ("go", |version| digits(version).1 == ".x"),
    ("provided", |version| version.is_empty() || version.starts_with('.')),
];

/// Returns whether a text is a number, a dot, a number, and perhaps a base image after another dot.
fn with_minor(version: &str) -> bool {
    let (major, rest) = digits(version);
    !major.is_empty() && rest.strip_prefix('.').is_some_and(|minor| ends_or_goes_on(digits(minor)))
}

/// Returns whether there is a number, followed by nothing or a dot.
fn ends_or_goes_on((number, rest): (&str, &str)) -> bool {
    !number.is_empty() && (rest.is_empty() || rest.starts_with('.'))
}

/// The digits at the beginning of a text, and the rest.
fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// The reason why a text can't be a runtime: a misspelt family, or a version that its family never has. An unknown
/// family may be a new one.
pub(super) fn refused(runtime: &str) -> Option<(String, String)> {
    if known().any(|one| one.name == runtime) || crate::base::pending::is_pending(runtime) {
        return None;
    }
    let family = runtime.split(|c: char| !c.is_ascii_lowercase()).next().unwrap_or_default();
    let wrong = match FAMILIES.iter().find(|(name, _)| family == *name || (*name == "dotnet" && family == "dotnetcore"))
    {
        Some((name, is_version)) => !is_version(&runtime[name.len()..]),
        None => FAMILIES.iter().any(|(name, _)| strsim::jaro_winkler(name, family) > 0.85),
    };
    let hint = nearest(runtime).map(|near| format!("did you mean `{near}`?"));
    let hint = hint.unwrap_or_else(|| "for instance `python3.14`".to_owned());
    wrong.then(|| (format!("`{runtime}` is not the name of a runtime"), hint))
}

/// The warning about a runtime, and the runtime to write instead.
pub(super) fn said_of(runtime: &str) -> Option<(String, String)> {
    if supported().contains(&runtime) {
        return None;
    }
    if let Some(Runtime { instead: Some(instead), .. }) = known().find(|one| one.name == runtime) {
        let message = format!(
            "the runtime `{runtime}` is past AWS's deprecation date: it gets no more security updates, and soon \
             functions with it can't be created or updated"
        );
        return Some((message, format!("write `runtime: {instead}`")));
    }
    let message = format!("the runtime `{runtime}` is not known to this version of underpin");
    Some((
        message,
        nearest(runtime).map_or_else(
            || "a newer runtime is accepted as it is".to_owned(),
            |near| format!("did you mean `{near}`? A newer runtime is accepted as it is"),
        ),
    ))
}

/// The supported runtime whose name is most similar.
fn nearest(runtime: &str) -> Option<&'static str> {
    let scored = supported().into_iter().map(|name| (strsim::jaro_winkler(name, runtime), name));
    scored.filter(|(score, _)| *score > 0.7).max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, name)| name)
}
