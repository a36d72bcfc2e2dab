//! The connection to a Postgres database before it is made: its place, its encryption, and which of the named databases
//! is meant.

use std::net::IpAddr;
use std::path::PathBuf;

use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

use super::url_parts::{DatabaseUrlError, Options, options};
use crate::base::printable;

/// The folder of Postgres's socket on Debian and its relatives, where libpq connects if no host is named.
const SOCKETS: &str = "/var/run/postgresql";

/// The port if none is named. Source: Postgres's documentation, "Connection and Authentication".
const PORT: &str = "5432";

/// The variable of the usual database, and that of the production one.
const USUAL: &str = "CONNECTION_URL";
const PRODUCTION: &str = "PROD_CONNECTION_URL";

/// The environment that may use the production database.
const PRODUCTION_ENVIRONMENT: &str = "prod";

/// The encryption of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encryption {
    /// None: only to this machine.
    None,
    /// TLS; the server's certificate must be valid for its host.
    Verified {
        /// A file of certificates in PEM form that are trusted in place of the system's.
        roots: Option<PathBuf>,
    },
}

/// The connection string of a database. Its password is in no error, and not in its debug form.
#[derive(Clone)]
pub struct DatabaseUrl {
    config: Config,
    encryption: Encryption,
    servers: Vec<(String, String)>,
    database: String,
    from: String,
    loopback: bool,
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DatabaseUrl({})", self.place())
    }
}

impl DatabaseUrl {
    /// Reads a connection string in one of libpq's two forms: a URL, or `key=value` pairs. `from` names its source in
    /// errors, such as "`--database-url`".
    ///
    /// `sslmode` is read strictly: to another machine the connection is always encrypted and the server's certificate
    /// always checked, also with `allow`, `prefer` and `require`, where libpq may do neither; `disable` is an error.
    /// On this machine TLS is used for `require`, `verify-ca` and `verify-full`.
    pub fn parse(text: &str, from: &str) -> Result<Self, DatabaseUrlError> {
        let mut options = options(text, from)?;
        let malformed = |why| DatabaseUrlError::Malformed { from: from.to_owned(), why };
        if options.get("host").or(options.get("hostaddr")).is_none_or(String::is_empty) {
            let usual = if std::path::Path::new(SOCKETS).is_dir() { SOCKETS } else { "localhost" };
            options.insert("host".to_owned(), usual.to_owned());
        }
        let named = |key: &str| options.get(key).map(|value| value.split(',').map(str::to_owned).collect::<Vec<_>>());
        // Calls go to `hostaddr`, whatever the host's name; the certificate is checked for `host`.
        let hosts = [named("host"), named("hostaddr")].into_iter().flatten().flatten().collect::<Vec<_>>();
        let loopback = hosts.iter().all(|host| is_loopback(host));
        let sockets = named("host").is_some_and(|hosts| hosts.iter().all(|host| is_socket(host)));
        let ports = named("port").unwrap_or_default();
        let port = |at: usize| ports.get(at).or(ports.last()).filter(|port| !port.is_empty());
        let servers = named("host").or(named("hostaddr")).unwrap_or_default().into_iter().enumerate();
        let servers: Vec<_> =
            servers.map(|(at, host)| (host, port(at).map_or(PORT, String::as_str).to_owned())).collect();
        let roots = options.remove("sslrootcert").or_else(|| variable("PGSSLROOTCERT"));
        let roots = roots.filter(|roots| roots != "system" && !roots.is_empty()).map(PathBuf::from);
        let mode = options.remove("sslmode").or_else(|| variable("PGSSLMODE"));
        let encryption = match mode.as_deref().unwrap_or("prefer") {
            _ if sockets && loopback => Encryption::None,
            "disable" if !loopback => {
                let host = servers.iter().map(|(host, _)| host).find(|host| !is_loopback(host));
                let host = host.map_or_else(|| "its address".to_owned(), |host| format!("`{}`", printable(host)));
                return Err(DatabaseUrlError::PlainText { from: from.to_owned(), host });
            }
            "disable" | "allow" | "prefer" if loopback => Encryption::None,
            "allow" | "prefer" | "require" | "verify-ca" | "verify-full" => Encryption::Verified { roots },
            _ => return Err(malformed("`sslmode` is none of disable, prefer, require, verify-ca and verify-full")),
        };
        options.entry("application_name".to_owned()).or_insert_with(|| "underpin".to_owned());
        let mut config: Config =
            rewritten(&options).parse().map_err(|_| malformed("the value of one of its options is not valid"))?;
        config.ssl_mode(if encryption == Encryption::None { SslMode::Disable } else { SslMode::Require });
        let database = config.get_dbname().or(config.get_user()).unwrap_or_default().to_owned();
        Ok(Self { config, encryption, servers, database, from: from.to_owned(), loopback })
    }

    /// The driver's form.
    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// The encryption.
    pub fn encryption(&self) -> &Encryption {
        &self.encryption
    }

    /// The name of the database.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The same server, another database.
    pub(super) fn with_database(&self, name: &str) -> Self {
        let mut other = self.clone();
        other.config.dbname(name);
        name.clone_into(&mut other.database);
        other
    }

    /// Host, port and database for messages, without user and password.
    pub fn place(&self) -> String {
        let server = |(host, port): &(String, String)| {
            if is_socket(host) { printable(host) } else { format!("{}:{port}", printable(host)) }
        };
        let servers: Vec<String> = self.servers.iter().map(server).collect();
        format!("the database `{}` at {}", printable(&self.database), servers.join(", "))
    }

    /// Returns whether every host is this machine: `localhost`, an address of loopback, or a Unix socket.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Returns whether both name a server at the same host and port; all names of this machine are one host.
    pub fn shares_a_server_with(&self, other: &Self) -> bool {
        let server = |(host, port): &(String, String)| {
            let host = if is_loopback(host) { "localhost".to_owned() } else { host.to_ascii_lowercase() };
            (host, port.clone())
        };
        self.servers.iter().any(|mine| other.servers.iter().any(|theirs| server(mine) == server(theirs)))
    }

    /// Refuses a database that may be the production one, for work in another environment.
    ///
    /// A server of this machine that `PROD_CONNECTION_URL` names is one, too: the end of a tunnel, for instance.
    pub fn not_production(&self, production: Option<&Self>) -> Result<(), DatabaseUrlError> {
        let why = if !self.loopback {
            "which is not on this machine, so it may be the production database"
        } else if production.is_some_and(|production| self.shares_a_server_with(production)) {
            "which is on the server that `PROD_CONNECTION_URL` names"
        } else {
            return Ok(());
        };
        Err(DatabaseUrlError::Production { from: self.from.clone(), place: self.place(), why })
    }
}

/// The production database, if `PROD_CONNECTION_URL` names one.
pub fn production_url(variable: &dyn Fn(&str) -> Option<String>) -> Result<Option<DatabaseUrl>, DatabaseUrlError> {
    let text = variable(PRODUCTION).filter(|text| !text.is_empty());
    text.map(|text| DatabaseUrl::parse(&text, "the variable `PROD_CONNECTION_URL`")).transpose()
}

/// The database that is meant: the given one, else that of `PROD_CONNECTION_URL` in the environment `prod`, else that of
/// `CONNECTION_URL`; `None` if none is named. What may be the production database is refused in another environment.
pub fn selected_url(
    given: Option<&str>,
    environment: Option<&str>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<DatabaseUrl>, DatabaseUrlError> {
    let is_production = environment == Some(PRODUCTION_ENVIRONMENT);
    if let Some(text) = given {
        let url = DatabaseUrl::parse(text, "`--database-url`")?;
        if !is_production {
            url.not_production(production_url(variable)?.as_ref())?;
        }
        return Ok(Some(url));
    }
    if is_production {
        return production_url(variable);
    }
    let Some(text) = variable(USUAL).filter(|text| !text.is_empty()) else { return Ok(None) };
    let url = DatabaseUrl::parse(&text, "the variable `CONNECTION_URL`")?;
    url.not_production(production_url(variable)?.as_ref())?;
    Ok(Some(url))
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Returns whether a host is the folder of a Unix socket, or an abstract one.
fn is_socket(host: &str) -> bool {
    host.starts_with(['/', '@'])
}

/// Returns whether a host is this machine. Source: RFC 6761, section 6.3: `localhost` is always loopback.
fn is_loopback(host: &str) -> bool {
    let address = host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback());
    is_socket(host) || host.eq_ignore_ascii_case("localhost") || address
}

/// The options as `key=value` pairs, which the driver reads.
fn rewritten(options: &Options) -> String {
    let quoted = |value: &str| value.replace('\\', r"\\").replace('\'', r"\'");
    options.iter().map(|(key, value)| format!("{key}='{}'", quoted(value))).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<DatabaseUrl, String> {
        DatabaseUrl::parse(text, "X").map_err(|error| error.to_string())
    }

    fn encryption(text: &str) -> String {
        match parsed(text) {
            Ok(url) => format!("{:?}", url.encryption()),
            Err(error) => error,
        }
    }

    #[test]
    fn place_names_host_port_and_database_and_no_password() {
        for (text, place) in [
            ("postgresql://u:hunter2@db.example.com/app", "the database `app` at db.example.com:5432"),
            ("postgresql://u:hunter2@a:1,b/app", "the database `app` at a:1, b:5432"),
            ("postgresql://u:hunter2@[::1]:7/", "the database `u` at ::1:7"),
            ("host=/run/pg user=u password=hunter2 dbname=d", "the database `d` at /run/pg"),
            ("hostaddr=127.0.0.1 user=u dbname=d", "the database `d` at 127.0.0.1:5432"),
        ] {
            let url = parsed(text).expect("it is a URL");
            assert_eq!(url.place(), place);
            assert!(!format!("{url:?}").contains("hunter2"));
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for text in [
            "postgresql://u@localhost/d",
            "postgresql://u@LOCALHOST/d",
            "postgresql://u@127.8.8.8/d",
            "postgresql://u@[::1]/d",
            "postgresql://u@%2Frun%2Fpg/d",
            "host=localhost,127.0.0.1 hostaddr=127.0.0.1,::1 user=u",
        ] {
            assert!(parsed(text).expect("it is a URL").is_loopback(), "{text}");
        }
        for text in [
            "postgresql://u@db/d",
            "postgresql://u@localhost.example.com/d",
            "postgresql://u@127.0.0.1.example.com/d",
            "postgresql://u@0.0.0.0/d",
            "postgresql://u@localhost,db.example.com/d",
            "postgresql://u@localhost/d?hostaddr=10.0.0.1",
            "postgresql://u@localhost/d?host=db.example.com",
            "host=localhost host=db.example.com user=u",
        ] {
            assert!(!parsed(text).expect("it is a URL").is_loopback(), "{text}");
        }
    }

    #[test]
    fn connections_to_other_machines_are_always_encrypted_and_verified() {
        for mode in ["", "?sslmode=allow", "?sslmode=prefer", "?sslmode=require", "?sslmode=verify-ca"] {
            assert_eq!(encryption(&format!("postgresql://u@db/d{mode}")), "Verified { roots: None }", "{mode}");
        }
        assert_eq!(encryption("postgresql://u@db/d?sslrootcert=ca.pem"), "Verified { roots: Some(\"ca.pem\") }");
        assert_eq!(encryption("postgresql://u@db/d?sslrootcert=system"), "Verified { roots: None }");
        assert_eq!(
            encryption("postgresql://u:hunter2@db/d?sslmode=disable"),
            "X says `sslmode=disable`, and `db` is not this machine"
        );
        assert_eq!(
            encryption("postgresql://u@localhost/d?hostaddr=10.0.0.1&sslmode=disable"),
            "X says `sslmode=disable`, and its address is not this machine"
        );
        for mode in ["", "?sslmode=disable", "?sslmode=prefer"] {
            assert_eq!(encryption(&format!("postgresql://u@localhost/d{mode}")), "None", "{mode}");
        }
        assert_eq!(encryption("postgresql://u@localhost/d?sslmode=require"), "Verified { roots: None }");
        assert_eq!(encryption("postgresql://u@%2Frun/d?sslmode=require"), "None");
        assert!(encryption("postgresql://u@localhost/d?sslmode=none").contains("`sslmode` is none of"));
    }

    fn selected(given: Option<&str>, env: Option<&str>, usual: &str, production: &str) -> String {
        let variable = |name: &str| match name {
            "CONNECTION_URL" => Some(usual.to_owned()),
            "PROD_CONNECTION_URL" => Some(production.to_owned()),
            _ => None,
        };
        match selected_url(given, env, &variable) {
            Ok(url) => url.map(|url| url.place()).unwrap_or_default(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn production_database_is_refused_outside_its_environment() {
        const LOCAL: &str = "postgresql://u:p@localhost/app";
        const FAR: &str = "postgresql://u:p@db.example.com/app";
        let local = "the database `app` at localhost:5432";
        let far = "the database `app` at db.example.com:5432";
        assert_eq!(selected(None, None, "", ""), "");
        assert_eq!(selected(None, None, LOCAL, FAR), local);
        assert_eq!(selected(None, Some("local"), LOCAL, FAR), local);
        assert_eq!(selected(None, Some("prod"), LOCAL, FAR), far);
        assert_eq!(selected(None, Some("prod"), LOCAL, ""), "", "the usual database is no production one");
        assert_eq!(selected(Some(FAR), Some("prod"), LOCAL, LOCAL), far);
        for env in [None, Some("local"), Some("staging"), Some("production")] {
            assert!(selected(Some(FAR), env, LOCAL, "").contains("`--database-url` names the database `app` at db."));
            assert!(selected(None, env, FAR, "").contains("the variable `CONNECTION_URL` names"));
            // The end of a tunnel.
            for same in [LOCAL, "postgresql://x:y@127.0.0.1:5432/other", "host=::1 dbname=z user=u"] {
                let shown = selected(None, env, same, LOCAL);
                assert!(shown.ends_with("which is on the server that `PROD_CONNECTION_URL` names"), "{shown}");
            }
        }
        assert_eq!(selected(None, None, LOCAL, "postgresql://u@localhost:6432/app"), local, "another server");
    }
}
