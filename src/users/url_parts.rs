//! The two spellings of a Postgres connection string, taken apart: a URL, and `key=value` pairs.
//!
//! Both are read here and not by the driver, since the driver reads less than libpq does: it takes the first `@` of a
//! URL as the end of the password, so that the rest of a password is taken for a host and would be printed in errors;
//! and it refuses `sslmode=verify-full` and `sslrootcert`. Source: Postgres's documentation, "Connection Strings".

use std::collections::BTreeMap;

/// The options of a connection string, by libpq's names.
pub(super) type Options = BTreeMap<String, String>;

/// The reason why a connection string is not taken. It holds no part of the string but names of options.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseUrlError {
    /// It has neither of the two forms.
    #[error("{from} is not a Postgres URL: {why}")]
    Malformed {
        /// The source of the string, such as a variable.
        from: String,
        /// The part that is wrong.
        why: &'static str,
    },
    /// An option that is not known or not supported.
    #[error("{from} has the option `{option}`, which {why}")]
    Option {
        /// The source of the string.
        from: String,
        /// The option's name.
        option: String,
        /// The reason.
        why: String,
    },
    /// Plain text to another machine.
    #[error("{from} says `sslmode=disable`, and {host} is not this machine")]
    PlainText {
        /// The source of the string.
        from: String,
        /// The host.
        host: String,
    },
    /// No string was given, and a variable that would hold it is not set.
    #[error("no database is named: {0}")]
    Missing(&'static str),
    /// The database may be the production one, and the environment is another.
    #[error("{from} names {place}, {why}")]
    Production {
        /// The source of the string.
        from: String,
        /// Host, port and database.
        place: String,
        /// The reason to take it for the production database.
        why: &'static str,
    },
}

impl DatabaseUrlError {
    /// The remediation.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => {
                "write `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`; in the password `@` is written `%40`, `/` `%2F`, \
                 `?` `%3F` and `%` `%25`. The present value may hold a secret, and is not shown"
            }
            Self::Option { .. } => {
                "see Postgres's documentation, \"Parameter Key Words\"; the present value may hold a secret, and is \
                 not shown"
            }
            Self::PlainText { .. } => {
                "leave `sslmode` out, or say `sslmode=verify-full`: what leaves this machine is always encrypted, and the \
                 server's certificate is always checked"
            }
            Self::Missing(_) => "give `--database-url`, or set the variable",
            Self::Production { .. } => {
                "choose the production environment with `--env prod`, or name a database of this machine"
            }
        }
    }
}

/// The options that are read, and those that have no meaning here and may stand in a string that others use as well.
const TAKEN: &[&str] = &[
    "user",
    "password",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "options",
    "application_name",
    "sslmode",
    "sslrootcert",
    "sslnegotiation",
    "connect_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "tcp_user_timeout",
    "target_session_attrs",
    "channel_binding",
    "load_balance_hosts",
];
const WITHOUT_MEANING: &[&str] =
    &["client_encoding", "fallback_application_name", "gssencmode", "sslsni", "sslcompression"];
const UNSUPPORTED: &[&str] = &[
    "gssdelegation",
    "gsslib",
    "krbsrvname",
    "max_protocol_version",
    "min_protocol_version",
    "oauth_client_id",
    "oauth_issuer",
    "passfile",
    "replication",
    "require_auth",
    "requirepeer",
    "requiressl",
    "service",
    "servicefile",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcertmode",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslpassword",
];

/// Takes a connection string apart; `from` names its source in errors.
pub(super) fn options(text: &str, from: &str) -> Result<Options, DatabaseUrlError> {
    let malformed = |why| DatabaseUrlError::Malformed { from: from.to_owned(), why };
    let text = text.trim();
    let pairs = if text.is_empty() {
        return Err(malformed("it is empty"));
    } else if let Some(rest) = text.strip_prefix("postgresql://").or_else(|| text.strip_prefix("postgres://")) {
        of_url(rest).map_err(malformed)?
    } else if text.contains("://") && !text.split("://").next().is_some_and(|before| before.contains('=')) {
        return Err(malformed("it begins with another scheme than `postgresql://`"));
    } else {
        of_pairs(text).map_err(malformed)?
    };
    let mut options = Options::new();
    for (key, value) in pairs {
        if WITHOUT_MEANING.contains(&key.as_str()) {
            continue;
        }
        if UNSUPPORTED.contains(&key.as_str()) {
            let why = "is not supported here".to_owned();
            return Err(DatabaseUrlError::Option { from: from.to_owned(), option: key, why });
        }
        // An unknown option may be a part of a password that was not encoded, and is not named.
        if !TAKEN.contains(&key.as_str()) {
            return Err(malformed("it has an option that Postgres does not have"));
        }
        // Postgres takes the last of several.
        options.insert(key, value);
    }
    if options.values().any(|value| value.contains('\0')) {
        return Err(malformed("it holds a zero byte"));
    }
    Ok(options)
}

type Pairs = Vec<(String, String)>;

/// The parts of a URL after its scheme.
fn of_url(rest: &str) -> Result<Pairs, &'static str> {
    let mut pairs = Pairs::new();
    let (credentials, rest) = match rest.matches('@').count() {
        0 => (None, rest),
        1 => rest.split_once('@').map_or((None, rest), |(before, after)| (Some(before), after)),
        _ => return Err("it has more than one `@`"),
    };
    if let Some(credentials) = credentials {
        if credentials.contains(['/', '?', '#']) {
            return Err("`/`, `?` or `#` stands before the `@`");
        }
        let (user, password) =
            credentials.split_once(':').map_or((credentials, None), |(user, password)| (user, Some(password)));
        if !user.is_empty() {
            pairs.push(("user".to_owned(), decoded(user)?));
        }
        if let Some(password) = password.filter(|password| !password.is_empty()) {
            pairs.push(("password".to_owned(), decoded(password)?));
        }
    }
    let (rest, query) = rest.split_once('?').map_or((rest, None), |(before, query)| (before, Some(query)));
    let (authority, database) = rest.split_once('/').map_or((rest, None), |(before, path)| (before, Some(path)));
    if !authority.is_empty() {
        let (hosts, ports) = hosts(authority)?;
        pairs.push(("host".to_owned(), hosts.join(",")));
        if ports.iter().any(|port| !port.is_empty()) {
            pairs.push(("port".to_owned(), ports.join(",")));
        }
    }
    if let Some(database) = database.filter(|database| !database.is_empty()) {
        pairs.push(("dbname".to_owned(), decoded(database)?));
    }
    for pair in query.into_iter().flat_map(|query| query.split('&')).filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').ok_or("an option after `?` has no `=`")?;
        pairs.push((decoded(key)?, decoded(value)?));
    }
    Ok(pairs)
}

/// The hosts of a URL, and the port of each, which may be empty.
fn hosts(authority: &str) -> Result<(Vec<String>, Vec<String>), &'static str> {
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for one in authority.split(',') {
        let (host, port) = if let Some(v6) = one.strip_prefix('[') {
            let (host, after) = v6.split_once(']').ok_or("a `[` has no `]`")?;
            let port = if after.is_empty() { Some("") } else { after.strip_prefix(':') };
            (host, port.ok_or("after `]` a port is expected")?)
        } else {
            one.split_once(':').unwrap_or((one, ""))
        };
        if !port.is_empty() && port.parse::<u16>().is_err() {
            return Err("the port is not a number");
        }
        hosts.push(decoded(host)?);
        ports.push(port.to_owned());
    }
    Ok((hosts, ports))
}

/// Decodes `%XX`.
fn decoded(text: &str) -> Result<String, &'static str> {
    const WHY: &str = "a `%` is not followed by two hexadecimal digits of a text in UTF-8";
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first != b'%' {
            bytes.push(*first);
            rest = after;
            continue;
        }
        let digits = after.get(..2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit)).ok_or(WHY)?;
        let digits = std::str::from_utf8(digits).map_err(|_| WHY)?;
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| WHY)?);
        rest = &after[2..];
    }
    String::from_utf8(bytes).map_err(|_| WHY)
}

/// The `key=value` pairs: values with blanks are in single quotes, `\` escapes.
fn of_pairs(text: &str) -> Result<Pairs, &'static str> {
    let mut pairs = Pairs::new();
    let mut chars = text.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.peek().is_none() {
            return Ok(pairs);
        }
        let mut key = String::new();
        while let Some(c) = chars.next_if(|c| *c != '=' && !c.is_whitespace()) {
            key.push(c);
        }
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.next() != Some('=') || key.is_empty() {
            return Err("`postgresql://…`, or pairs of the form `key=value`, are expected");
        }
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        let mut value = String::new();
        let quoted = chars.next_if_eq(&'\'').is_some();
        loop {
            match chars.next_if(|c| quoted || !c.is_whitespace()) {
                Some('\'') if quoted => break,
                Some('\\') => value.push(chars.next().ok_or("a `\\` is at its end")?),
                Some(c) => value.push(c),
                None if quoted => return Err("a quoted value does not end"),
                None => break,
            }
        }
        pairs.push((key, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match options(text, "X") {
            Ok(options) => options.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" "),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn urls_and_pairs_give_the_same_options() {
        for (url, pairs) in [
            ("postgresql://u:p%40ss@localhost:5432/app", "host=localhost port=5432 user=u password=p@ss dbname=app"),
            ("postgres://localhost", "host=localhost"),
            ("postgresql:///app?host=/run/pg&user=u", "dbname=app host=/run/pg user=u"),
            ("postgresql://%2Frun%2Fpg/app", "host = /run/pg  dbname = 'app'"),
            ("postgresql://u@[::1]:1/a%20b", r"user=u host=::1 port=1 dbname='a b'"),
            ("postgresql://a:1,b:2/d?sslmode=verify-full", "host=a,b port=1,2 dbname=d sslmode=verify-full"),
            ("postgresql://u:p:w@h", "host=h user=u password=p:w"),
            ("postgresql://h/d?gssencmode=disable&password=it's", r"host=h dbname=d password=it\'s"),
        ] {
            assert_eq!(read(url), read(pairs), "{url}");
            assert!(!read(url).contains("is not"), "{}", read(url));
        }
    }

    #[test]
    fn malformed_strings_are_refused_without_being_shown() {
        let secret = "hunter2";
        for text in [
            "",
            "mysql://u:hunter2@h/d",
            "postgresql+psycopg://u:hunter2@h/d",
            "postgresql://u:p@hunter2@h/d",
            "postgresql://u:p/hunter2@h/d",
            "postgresql://u:p?hunter2=x@h/d",
            "postgresql://u:p@h/d?hunter2=x",
            "postgresql://u:p@h/d?hunter2",
            "postgresql://u:p@h:hunter2/d",
            "postgresql://u:hunter2%zz@h/d",
            "postgresql://u:hunter2%ff@h/d",
            "postgresql://u:p@[::1/hunter2",
            "host=h password=a hunter2",
            "host=h password='hunter2",
            "host=h hunter2=x",
            "hunter2",
        ] {
            let shown = read(text);
            assert!(shown.starts_with("X is not a Postgres URL: "), "{text}: {shown}");
            assert!(!shown.contains(secret), "{text}: {shown}");
        }
        assert_eq!(read("postgresql://h/d?sslcert=x"), "X has the option `sslcert`, which is not supported here");
    }
}
