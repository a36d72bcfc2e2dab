//! Secrets that are recognised by their form in any place: those within URLs.

use crate::stack::source::Span;

/// The user and password of every URL of a text, and its query.
pub(super) fn secrets(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("://") {
        let start = at + "://".len();
        let line = text[start..].split(['\n', '\r']).next().unwrap_or_default();
        // A password with a space or a quote in it makes the URL invalid, and is still a password.
        let whole = line.find(char::is_whitespace).map_or(line, |end| &line[..end]);
        let place = whole.split(['/', '?', '#', '"', '\'', ',', '}', ']']).next().unwrap_or_default();
        if let Some(end) = place.rfind('@').or_else(|| whole.rfind('@')).or_else(|| broken(line)) {
            found.push(Span::new(start, start + end));
        }
        let url = whole.split(['"', '\'']).next().unwrap_or_default();
        if let Some(query) = url.find('?').filter(|query| query + 1 < url.len()) {
            found.push(Span::new(start + query + 1, start + url.len()));
        }
    }
    found
}

/// The end of a user and password that hold a blank.
fn broken(line: &str) -> Option<usize> {
    let end = line.split("://").next().unwrap_or(line).rfind('@')?;
    let user = line[..end].split(':').next().unwrap_or_default();
    let is_pair = user.len() < end && !user.contains(|c: char| c.is_whitespace() || c == '/');
    is_pair.then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_password_and_query_are_found() {
        let found =
            |text: &str| secrets(text).iter().map(|span| text[span.start..span.end].to_owned()).collect::<Vec<_>>();
        assert_eq!(found("a: http://u:p@h:1/x?token=t&b=c # more"), ["u:p", "token=t&b=c"]);
        assert_eq!(found("a: \"http://u:p w@h\"\nb: https://h/x, https://me@h"), ["u:p w", "me"]);
        assert_eq!(found("{a: 'http://u:p/w@h'}"), ["u:p/w"]);
        assert!(found("https://docs.aws.amazon.com/x\nmail: a@b.c").is_empty());
    }
}
