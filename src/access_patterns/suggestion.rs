//! Suggestions of names for what was probably meant.

/// The nearest of some names, as a question, else all of them.
pub(super) fn meant<'n>(word: &str, names: impl Iterator<Item = &'n str> + Clone) -> Option<String> {
    let near = names.clone().map(|name| (strsim::jaro_winkler(&name.to_lowercase(), &word.to_lowercase()), name));
    let best = near.max_by(|(one, _), (other, _)| one.total_cmp(other)).filter(|(score, _)| *score > 0.87);
    if let Some((_, name)) = best {
        return Some(format!("did you mean `{name}`?"));
    }
    let all: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    (!all.is_empty()).then(|| format!("known here: {}", all.join(", ")))
}
