//! Words of a command line that a user can copy.

use crate::base::shell_quoted;

/// The flag that names this file, if it is needed, for a command to copy.
pub(crate) fn file_flag(file: &std::path::Path) -> String {
    if file == std::path::Path::new("stack.yaml") {
        String::new()
    } else {
        format!(" --file {}", shell_quoted(&file.display().to_string()))
    }
}

/// The flags that name this stack, account and region again.
#[cfg(feature = "aws")]
pub(crate) fn place_flags(common: &crate::cli::Common) -> String {
    let crate::cli::Common { file, env, endpoint_url, region, profile, sandbox, .. } = common;
    let file = (file != std::path::Path::new("stack.yaml")).then(|| file.display().to_string());
    let endpoint_url = endpoint_url.as_deref().map(crate::aws::without_secrets);
    let named =
        [("file", &file), ("env", env), ("endpoint-url", &endpoint_url), ("region", region), ("profile", profile)];
    let mut text = String::new();
    for (name, value) in named {
        text.extend(value.iter().map(|value| format!(" --{name} {}", shell_quoted(value))));
    }
    if *sandbox {
        text.push_str(" --sandbox");
    }
    text
}
