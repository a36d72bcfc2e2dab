//! A quick look for a source of credentials, before anything is asked for them: the sources of the AWS CLI, in the
//! environment and in its files. No call is made but for a short attempt at the instance's metadata (IMDS).

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::path::Path;
use std::time::Duration;

use aws_config::profile;
use aws_types::os_shim_internal::{Env, Fs};

use super::ConnectOptions;
use super::connect::needs_no_credentials;

/// The time limit of the attempt at IMDS: on an instance it answers within a few milliseconds, and elsewhere nothing does.
const IMDS_LIMIT: Duration = Duration::from_millis(20);

/// The address of IMDS. Source: EC2 User Guide, "Access instance metadata for an EC2 instance".
const IMDS: &str = "169.254.169.254:80";

/// The properties of a profile that give credentials. Source: AWS SDKs and Tools Reference Guide, "Settings reference".
const OF_PROFILES: [&str; 7] = [
    "aws_access_key_id",
    "sso_session",
    "sso_start_url",
    "login_session",
    "credential_process",
    "role_arn",
    "web_identity_token_file",
];

/// Returns whether there is any source of credentials, or none is needed. That it gives any is not known by that.
pub async fn has_credential_source(options: &ConnectOptions) -> bool {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if needs_no_credentials(options) {
        return true;
    }
    if options.profile.is_none() {
        if set("AWS_ACCESS_KEY_ID").is_some() && set("AWS_SECRET_ACCESS_KEY").is_some() {
            return true;
        }
        let token = set("AWS_WEB_IDENTITY_TOKEN_FILE").is_some_and(|file| Path::new(&file).is_file());
        if token && set("AWS_ROLE_ARN").is_some() {
            return true;
        }
        let container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
        if container.iter().any(|name| set(name).is_some()) {
            return true;
        }
    }
    let name = options.profile.clone().or_else(|| set("AWS_PROFILE"));
    // A file that can't be read is the SDK's to report.
    let Ok(set_of_profiles) = profile::load(&Fs::real(), &Env::real(), &<_>::default(), None).await else {
        return true;
    };
    let of = set_of_profiles.get_profile(name.as_deref().unwrap_or("default"));
    if of.is_some_and(|profile| OF_PROFILES.iter().any(|key| profile.get(key).is_some())) {
        return true;
    }
    name.is_none() && answers_as_instance(&set)
}

/// Returns whether IMDS gives a role's credentials: it has a token, and names a role. Other clouds have something at the
/// same address, and an instance need not have a role.
/// Source: EC2 User Guide, "Use the Instance Metadata Service" and "Retrieve security credentials from instance metadata".
fn answers_as_instance(set: &dyn Fn(&str) -> Option<String>) -> bool {
    if set("AWS_EC2_METADATA_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return false;
    }
    let given = set("AWS_EC2_METADATA_SERVICE_ENDPOINT").and_then(|url| address(&url));
    let Some(address) = given.or_else(|| IMDS.parse().ok()) else { return false };
    let token = body(address, "PUT /latest/api/token", "x-aws-ec2-metadata-token-ttl-seconds: 60");
    let role = token.and_then(|token| {
        let with_token = format!("x-aws-ec2-metadata-token: {token}");
        body(address, "GET /latest/meta-data/iam/security-credentials/", &with_token)
    });
    role.is_some_and(|role| !role.is_empty())
}

/// The text of an answer that succeeds, from a server that answers within the time limit.
fn body(address: SocketAddr, request: &str, header: &str) -> Option<String> {
    let mut connection = TcpStream::connect_timeout(&address, IMDS_LIMIT).ok()?;
    connection.set_read_timeout(Some(IMDS_LIMIT)).ok()?;
    connection.set_write_timeout(Some(IMDS_LIMIT)).ok()?;
    let sent =
        format!("{request} HTTP/1.1\r\nhost: {address}\r\n{header}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    connection.write_all(sent.as_bytes()).ok()?;
    let mut answer = [0; 4096];
    let length = connection.read(&mut answer).ok()?;
    let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let is_ok = head.split(' ').nth(1) == Some("200");
    is_ok.then(|| body.lines().next().unwrap_or_default().trim().to_owned())
}

/// The address of a URL with an IP address; a name is not looked up, which could take long.
fn address(url: &str) -> Option<SocketAddr> {
    let authority = url.split_once("://")?.1.split('/').next()?;
    let with_port = if authority.ends_with(']') || !authority.contains(':') {
        format!("{authority}:80")
    } else {
        authority.to_owned()
    };
    with_port.parse::<SocketAddr>().ok().or_else(|| {
        let host = with_port.rsplit_once(':')?.0;
        (host == "localhost").then(|| with_port.to_socket_addrs().ok()?.next()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that answers each request with one of these, in turn.
    fn server(answers: &'static [&'static str]) -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let url = format!("http://{}", listener.local_addr().expect("it has an address"));
        std::thread::spawn(move || {
            for (answer, connection) in answers.iter().zip(listener.incoming()) {
                let mut connection = connection.expect("a client connects");
                drop(connection.read(&mut [0; 1024]));
                drop(connection.write_all(answer.as_bytes()));
            }
        });
        url
    }

    #[test]
    fn metadata_service_counts_where_it_names_a_role() {
        const TOKEN: &str = "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nt";
        let of = |answers| {
            let url = server(answers);
            answers_as_instance(&|name| (name == "AWS_EC2_METADATA_SERVICE_ENDPOINT").then(|| url.clone()))
        };
        assert!(of(&[TOKEN, "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nrole"]));
        assert!(!of(&[TOKEN, "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"]), "no role");
        assert!(!of(&["HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n"]), "another cloud, or turned off");
        assert!(!of(&["something else"]));
        assert!(!answers_as_instance(&|name| (name == "AWS_EC2_METADATA_DISABLED").then(|| "true".to_owned())));
    }

    #[test]
    fn address_of_a_metadata_url_is_read_without_looking_up_names() {
        let of = |url| address(url).map(|address| address.to_string());
        assert_eq!(of("http://127.0.0.1:1338/").as_deref(), Some("127.0.0.1:1338"));
        assert_eq!(of("http://169.254.169.254").as_deref(), Some("169.254.169.254:80"));
        assert_eq!(of("http://[fd00:ec2::254]").as_deref(), Some("[fd00:ec2::254]:80"));
        assert_eq!(of("http://metadata.example.com"), None);
        assert_eq!(of("metadata"), None);
    }
}
