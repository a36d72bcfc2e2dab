//! The runtimes of Lambda that were known when this was written: a newer one is accepted, and reported as
//! unknown.
//! Source: Developer Guide, "Lambda runtimes", tables of supported and of deprecated runtimes, as of July 2026, with
//! the dates that they gave for changes until November 2026.

/// Runtimes for archives that are supported, and those in preview.
pub const SUPPORTED: [&str; 21] = [
    "nodejs22.x",
    "nodejs24.x",
    "nodejs26.x",
    "python3.11",
    "python3.12",
    "python3.13",
    "python3.14",
    "python3.15",
    "java8.al2",
    "java8.al2023",
    "java11",
    "java11.al2023",
    "java17",
    "java17.al2023",
    "java21",
    "java25",
    "dotnet10",
    "ruby3.3",
    "ruby3.4",
    "ruby4.0",
    "provided.al2023",
];

/// Runtimes that are past the date of their deprecation, with their replacements.
const DEPRECATED: [(&str, &str); 32] = [
    ("nodejs20.x", "nodejs24.x"),
    ("nodejs18.x", "nodejs24.x"),
    ("nodejs16.x", "nodejs24.x"),
    ("nodejs14.x", "nodejs24.x"),
    ("nodejs12.x", "nodejs24.x"),
    ("nodejs10.x", "nodejs24.x"),
    ("nodejs8.10", "nodejs24.x"),
    ("nodejs6.10", "nodejs24.x"),
    ("nodejs4.3-edge", "nodejs24.x"),
    ("nodejs4.3", "nodejs24.x"),
    ("nodejs", "nodejs24.x"),
    ("python3.10", "python3.14"),
    ("python3.9", "python3.14"),
    ("python3.8", "python3.14"),
    ("python3.7", "python3.14"),
    ("python3.6", "python3.14"),
    ("python2.7", "python3.14"),
    ("java8", "java25"),
    ("dotnet8", "dotnet10"),
    ("dotnet7", "dotnet10"),
    ("dotnet6", "dotnet10"),
    ("dotnet5.0", "dotnet10"),
    ("dotnetcore3.1", "dotnet10"),
    ("dotnetcore2.1", "dotnet10"),
    ("dotnetcore2.0", "dotnet10"),
    ("dotnetcore1.0", "dotnet10"),
    ("go1.x", "provided.al2023"),
    ("ruby3.2", "ruby3.4"),
    ("ruby2.7", "ruby3.4"),
    ("ruby2.5", "ruby3.4"),
    ("provided", "provided.al2023"),
    ("provided.al2", "provided.al2023"),
];

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
    let known = |name: &str| SUPPORTED.contains(&name) || DEPRECATED.iter().any(|(old, _)| *old == name);
    if known(runtime) || crate::base::pending::is_pending(runtime) {
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
    if SUPPORTED.contains(&runtime) {
        return None;
    }
    if let Some((_, instead)) = DEPRECATED.iter().find(|(name, _)| *name == runtime) {
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
    let scored = SUPPORTED.iter().map(|name| (strsim::jaro_winkler(name, runtime), *name));
    scored.filter(|(score, _)| *score > 0.7).max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, name)| name)
}
