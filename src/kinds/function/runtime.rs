//! The runtimes that Lambda has, as far as was known when this was written: one that is newer is taken, and said to
//! be unknown.
//! Source: Developer Guide, "Lambda runtimes", tables of supported and of deprecated runtimes, as of July 2026, with
//! the dates that they gave for what was to come by November 2026.

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

/// Runtimes that are past the date of their deprecation, with what takes their place.
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

/// What is to be said of a runtime, and what to write in its place.
pub(super) fn said_of(runtime: &str) -> Option<(String, String)> {
    if SUPPORTED.contains(&runtime) {
        return None;
    }
    if let Some((_, instead)) = DEPRECATED.iter().find(|(name, _)| *name == runtime) {
        let message = format!(
            "the runtime `{runtime}` is past the date that AWS gave for its deprecation: it gets no more security \
             updates, and functions with it can't be made or changed for much longer"
        );
        return Some((message, format!("write `runtime: {instead}`")));
    }
    let near = SUPPORTED.iter().max_by(|one, other| {
        let score = |name: &str| strsim::jaro_winkler(name, runtime);
        score(one).total_cmp(&score(other))
    });
    let message = format!("the runtime `{runtime}` is not one that this version of underpin knows of");
    Some((
        message,
        near.map(|near| format!("did you mean `{near}`? A newer runtime is taken as it is")).unwrap_or_default(),
    ))
}
