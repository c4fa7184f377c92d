//! DATABASE_URL for PostgreSQL: libpq's words, as far as they are kept, and a clear refusal of the others.

use std::sync::Arc;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{self, CryptoProvider};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::super::{Error, Result};

/// A silent connection is asked for a sign of life after this; three without an answer end it.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(10);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(3);
const KEEPALIVE_RETRIES: u32 = 3;
/// What was sent and is not acknowledged for so long ends the connection: the network is cut.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(5);

/// Where PostgreSQL is and how it is spoken to.
#[derive(Clone)]
pub(in crate::db) struct Address {
    pub config: Config,
    pub tls: MakeRustlsConnect,
}

impl Address {
    pub fn parse(url: &str) -> Result<Self> {
        let wrong = |text: String| Error::Unavailable(format!("DATABASE_URL is not usable: {text}"));
        let (rest, tls) = take_tls(url).map_err(wrong)?;
        let mut config: Config = rest.parse().map_err(|error| {
            let cause = std::error::Error::source(&error).map_or(String::new(), |cause| format!(": {cause}"));
            wrong(format!("{error}{cause}"))
        })?;
        config.ssl_mode(tls.mode);
        if config.get_application_name().is_none() {
            config.application_name("repruv");
        }
        if !rest.contains("keepalives") {
            config.keepalives_idle(KEEPALIVE_IDLE);
            config.keepalives_interval(KEEPALIVE_INTERVAL);
            config.keepalives_retries(KEEPALIVE_RETRIES);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(TCP_USER_TIMEOUT);
        }
        Ok(Self { config, tls: MakeRustlsConnect::new(client_config(tls.trust).map_err(wrong)?) })
    }
}

struct Tls {
    mode: SslMode,
    trust: Trust,
}

/// Whose certificate is good enough.
enum Trust {
    /// Anybody's: keeps out who listens, not who answers in the server's place. libpq's `prefer` and `require`.
    Anybody,
    System,
    File(String),
}

/// Separates `sslmode` and `sslrootcert` from the rest, which the driver reads.
fn take_tls(url: &str) -> Result<(String, Tls), String> {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let (mut mode, mut root, mut rest) = (None, None, Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = || percent_decode_str(value).decode_utf8_lossy().into_owned();
        match key {
            "sslmode" => mode = Some(value()),
            "sslrootcert" => root = Some(value()),
            "sslcert" | "sslkey" | "sslpassword" | "sslcrl" | "sslcrldir" => {
                return Err(format!("{key} is not supported: sign in with a password, over sslmode=verify-full"));
            }
            _ => rest.push(pair),
        }
    }
    let rest = if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
    let tls = match (mode.as_deref().unwrap_or("prefer"), root) {
        ("verify-full", None) => Tls { mode: SslMode::Require, trust: Trust::System },
        ("verify-full", Some(root)) if root == "system" => Tls { mode: SslMode::Require, trust: Trust::System },
        ("verify-full", Some(root)) => Tls { mode: SslMode::Require, trust: Trust::File(root) },
        (_, Some(_)) => return Err("sslrootcert needs sslmode=verify-full".into()),
        ("disable", None) => Tls { mode: SslMode::Disable, trust: Trust::Anybody },
        ("prefer", None) => Tls { mode: SslMode::Prefer, trust: Trust::Anybody },
        ("require", None) => Tls { mode: SslMode::Require, trust: Trust::Anybody },
        ("verify-ca", None) => return Err("sslmode=verify-ca is not supported: take verify-full".into()),
        (other, None) => {
            return Err(format!("sslmode={other} is not one of disable, prefer, require, verify-full"));
        }
    };
    Ok((rest, tls))
}

fn client_config(trust: Trust) -> Result<ClientConfig, String> {
    let provider = Arc::new(crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS: {error}"))?;
    let mut config = match trust {
        Trust::Anybody => {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody(provider))).with_no_client_auth()
        }
        Trust::System => builder.with_root_certificates(system_roots()?).with_no_client_auth(),
        Trust::File(path) => builder.with_root_certificates(roots_of(&path)?).with_no_client_auth(),
    };
    // Asked for by servers that speak TLS from the first byte (sslnegotiation=direct).
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(config)
}

fn system_roots() -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    match roots.is_empty() {
        true => Err("this system has no root certificates: install ca-certificates, or name a sslrootcert".into()),
        false => Ok(roots),
    }
}

fn roots_of(path: &str) -> Result<RootCertStore, String> {
    let unusable = |error: &dyn std::fmt::Display| format!("sslrootcert {path}: {error}");
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unusable(&error))? {
        let certificate = certificate.map_err(|error| unusable(&error))?;
        roots.add(certificate).map_err(|error| unusable(&error))?;
    }
    if roots.is_empty() { Err(unusable(&"there is no certificate in it")) } else { Ok(roots) }
}

/// Takes every certificate, but still proof that the server holds its key.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        crypto::verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        crypto::verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(query: &str) -> String {
        Address::parse(&format!("postgres://u@localhost/d?{query}"))
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn what_is_not_kept_is_refused_by_name() {
        for (query, says) in [
            ("sslmode=allow", "sslmode=allow is not one of"),
            ("sslmode=verify-ca", "take verify-full"),
            ("sslmode=require&sslrootcert=/x", "needs sslmode=verify-full"),
            ("sslmode=verify-full&sslrootcert=/nowhere", "/nowhere"),
            ("sslcert=/x", "sslcert is not supported"),
            ("colour=red", "colour"),
        ] {
            assert!(refusal(query).contains(says), "{query}: {}", refusal(query));
        }
    }

    #[test]
    fn the_driver_is_given_the_rest() {
        for query in
            ["", "sslmode=disable", "sslmode=prefer", "sslmode=require&connect_timeout=3", "sslmode=verify-full"]
        {
            assert_eq!(refusal(query), "", "{query}");
        }
        let (rest, tls) = take_tls("postgres://h/d?sslmode=verify%2Dfull&application_name=x").unwrap();
        assert_eq!((rest.as_str(), tls.mode), ("postgres://h/d?application_name=x", SslMode::Require));
    }
}
