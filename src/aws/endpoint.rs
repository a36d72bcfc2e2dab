//! The URLs of endpoints: their form, the host that they point to, and the part of them that may be shown.

/// The endpoint of the environment's variable for all services, else of the one for DynamoDB.
pub(super) fn endpoint_of_environment() -> Option<String> {
    ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|url| !url.is_empty()))
}

/// Returns whether a text is accepted as the URL of an endpoint.
pub(super) fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    // Source: RFC 3986, section 2: a URL consists of printable ASCII without these characters.
    let allowed = |c: char| c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c);
    host.is_some_and(|host| !host.is_empty()) && text.chars().all(allowed)
}

/// The scheme of a URL, and its host and port.
fn scheme_and_host(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    Some((scheme, authority.rsplit_once('@').map_or(authority, |(_, host)| host)))
}

/// Scheme, host and port of a URL.
pub(super) fn place_of(url: &str) -> String {
    scheme_and_host(url).map(|(scheme, host)| format!("{scheme}://{host}")).unwrap_or_default()
}

/// A URL without its possible secrets: a name and a password before the host, a query after the path.
pub fn without_secrets(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let path = rest.find('/').map_or("", |at| &rest[at..]);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if scheme.is_empty() { String::new() } else { format!("{}{path}", place_of(url)) }
}

/// Returns whether a URL points to this machine.
pub fn is_loopback(url: &str) -> bool {
    let Some((_, host)) = scheme_and_host(url) else { return false };
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoint_must_be_an_http_url() {
        for url in ["http://localhost:8000", "https://dynamodb.eu-central-1.amazonaws.com/", "http://u:p@[::1]:1/x"] {
            assert!(is_url(url), "{url}");
        }
        for text in ["", "localhost:8000", "http://", "http:///x", "http://a b", "ftp://x", "http://ä"] {
            assert!(!is_url(text), "{text}");
        }
    }

    #[test]
    fn endpoint_is_shown_without_credentials_path_and_query() {
        assert_eq!(place_of("http://user:secret@[::1]:4566/path?key=secret"), "http://[::1]:4566");
        assert_eq!(
            place_of("https://vpce-1.dynamodb.eu-central-1.vpce.amazonaws.com"),
            "https://vpce-1.dynamodb.eu-central-1.vpce.amazonaws.com"
        );
    }

    #[test]
    fn url_is_printed_without_credentials_and_query() {
        assert_eq!(without_secrets("http://u:p@127.0.0.1:1/a/b?key=x#y"), "http://127.0.0.1:1/a/b");
        assert_eq!(without_secrets("http://u:p@127.0.0.1:1"), "http://127.0.0.1:1");
        assert_eq!(without_secrets("http://127.0.0.1:1/"), "http://127.0.0.1:1/");
        assert_eq!(without_secrets("http://h?x=y"), "http://h");
        assert_eq!(without_secrets("no url"), "");
    }

    #[test]
    fn loopback_hosts_are_recognized_and_lookalikes_are_not() {
        for url in ["http://localhost:8000", "http://127.0.0.1:5000/x", "https://[::1]:1/", "http://127.9.9.9"] {
            assert!(is_loopback(url), "{url}");
        }
        for url in ["http://localhost.example.com", "http://127.0.0.1@example.com/", "http://10.0.0.1", "localhost"] {
            assert!(!is_loopback(url), "{url}");
        }
    }
}
