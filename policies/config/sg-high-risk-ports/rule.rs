//! Databases, mail, file sharing and administration have no business on the Internet.
//!
//! The ports are those of EC2.19 of Security Hub, and 110 and 5000, which Prowler's check has, too.
//! Source: Security Hub user guide, "[EC2.19] Security groups should not allow unrestricted access to ports with high risk".

use crate::base::OpenPorts;
use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const AT: &str = "/configuration/ipPermissions";

const PORTS: [(u16, &str); 24] = [
    (20, "FTP"),
    (21, "FTP"),
    (22, "SSH"),
    (23, "Telnet"),
    (25, "SMTP"),
    (110, "POP3"),
    (135, "RPC"),
    (143, "IMAP"),
    (445, "CIFS"),
    (1433, "SQL Server"),
    (1434, "SQL Server"),
    (3000, "development servers"),
    (3306, "MySQL"),
    (3389, "Remote Desktop"),
    (4333, "ahsp"),
    (5000, "development servers"),
    (5432, "PostgreSQL"),
    (5500, "fcp-addr-srvr1"),
    (5601, "OpenSearch Dashboards"),
    (8080, "proxies"),
    (8088, "HTTP of old"),
    (8888, "HTTP of old"),
    (9200, "OpenSearch"),
    (9300, "OpenSearch"),
];

/// Fails for each permission that opens such a port to everybody.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    let mut faults = Vec::new();
    for (n, permission) in subject.list(AT)?.iter().enumerate() {
        let Some(open) = OpenPorts::of(permission) else { continue };
        let found: Vec<String> = PORTS
            .iter()
            .filter(|(port, _)| open.opens_tcp(*port))
            .map(|(port, name)| format!("{port} ({name})"))
            .collect();
        if let Some(first) = found.first() {
            let more = if found.len() > 1 { format!(" and {} more", found.len() - 1) } else { String::new() };
            let message = format!("everybody on the Internet reaches port {first}{more}");
            let actual = format!("{} from {}", open.words(), open.sources.join(", "));
            faults.push(Fault::new(format!("{AT}/{n}"), message).expected("known addresses").actual(actual));
        }
    }
    Ok(Verdict::of(faults))
}
