//! URIs of files and resources.

use std::fmt::Write as _;
use std::path::Path;

use crate::audit::Resource;

/// A file as a URI reference: a path within the repository stays relative.
pub(in crate::report) fn file_uri(file: &Path) -> String {
    let text = file.to_string_lossy();
    let path = text.split('/').map(segment).collect::<Vec<_>>().join("/");
    if text.starts_with('/') { format!("file://{path}") } else { path }
}

/// A path that stands for a resource: `aws/123456789012/eu-central-1/AWS.DynamoDB.Table/orders`.
pub(super) fn resource_uri(resource: &Resource) -> String {
    let Resource { type_name, id, region, account, .. } = resource;
    let parts = [account, region, &type_name.replace("::", "."), id].map(|part| match part.as_str() {
        // These would be folders of others.
        "" | "." | ".." => format!("%{:02X}", b'-') + &part.replace('.', "%2E"),
        part => segment(part),
    });
    format!("aws/{}", parts.join("/"))
}

/// A part of a path, with all but unreserved characters encoded (RFC 3986, 2.3).
fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_names_are_encoded() {
        assert_eq!(file_uri(Path::new("infra/stack a.yaml")), "infra/stack%20a.yaml");
        assert_eq!(file_uri(Path::new("/srv/stack.yaml")), "file:///srv/stack.yaml");
        assert_eq!(file_uri(Path::new("javascript:alert(1)")), "javascript%3Aalert%281%29");
        let of =
            |id: &str| resource_uri(&Resource { id: id.to_owned(), account: "1".to_owned(), ..Resource::default() });
        assert_eq!(of("../x\u{202e}"), "aws/1/%2D/%2D/..%2Fx%E2%80%AE");
        assert_eq!(of(".."), "aws/1/%2D/%2D/%2D%2E%2E");
    }
}
