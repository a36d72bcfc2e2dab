//! TLS to a database: the system's certificates, or those of a file, and no way around them.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::database_url::Encryption;

/// The connector for an encryption; `None` for plain text.
pub(super) fn connector(encryption: &Encryption) -> Result<Option<MakeRustlsConnect>, String> {
    let roots = match encryption {
        Encryption::None => return Ok(None),
        Encryption::Verified { roots: Some(file) } => of_file(file)?,
        Encryption::Verified { roots: None } => of_system()?,
    };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Some(MakeRustlsConnect::new(config)))
}

fn of_system() -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    let (added, _) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        return Err("this system has no certificates to trust (the package ca-certificates)".to_owned());
    }
    Ok(roots)
}

fn of_file(file: &Path) -> Result<RootCertStore, String> {
    let shown = file.display();
    let failed = |why: &dyn std::fmt::Display| format!("the certificates of `sslrootcert`, `{shown}`: {why}");
    let certificates = CertificateDer::pem_file_iter(file).map_err(|error| failed(&error))?;
    let certificates: Vec<_> = certificates.collect::<Result<_, _>>().map_err(|error| failed(&error))?;
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(certificates);
    if added == 0 { Err(failed(&"it holds none in PEM form")) } else { Ok(roots) }
}
