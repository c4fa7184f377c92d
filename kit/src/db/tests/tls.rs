//! TLS to PostgreSQL, with a server whose certificate is our own.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use super::super::{Db, Options};
use crate::clock::Clock;
use crate::testing::Cluster;

/// A root certificate, and a certificate for `localhost` that it signed, with its key: PEM.
struct Certificates {
    root: String,
    server: String,
    key: String,
}

fn certificates() -> Certificates {
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root_key = KeyPair::generate().unwrap();
    let root_pem = root.self_signed(&root_key).unwrap().pem();
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let server = server.signed_by(&key, &Issuer::new(root, root_key)).unwrap();
    Certificates { root: root_pem, server: server.pem(), key: key.serialize_pem() }
}

/// Whether the connection is encrypted; or why there is none.
fn is_encrypted(url: String) -> Result<bool, String> {
    let mut options = Options::new(url, Clock::system());
    options.connections = 1;
    let db = Db::open(options).map_err(|error| error.to_string())?;
    let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let answer = db.read_blocking(move |conn| conn.one::<bool>(sql, &[])).map_err(|error| error.to_string());
    db.close();
    answer
}

#[test]
fn tls_is_spoken_as_asked_and_a_wrong_certificate_is_refused() {
    let (ours, foreign) = (certificates(), certificates());
    let cluster = Cluster::with_tls(&ours.server, &ours.key);
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (root, other_root) = (file("root.pem", &ours.root), file("other.pem", &foreign.root));
    let ask = |host: &str, query: String| is_encrypted(format!("{}?{query}", cluster.tcp_url(host, "postgres")));

    assert_eq!(ask("localhost", "sslmode=disable".into()), Ok(false));
    assert_eq!(ask("localhost", "sslmode=prefer".into()), Ok(true));
    assert_eq!(ask("localhost", "sslmode=require".into()), Ok(true));
    assert_eq!(ask("localhost", format!("sslmode=verify-full&sslrootcert={root}")), Ok(true));
    for (host, query) in [
        ("localhost", format!("sslmode=verify-full&sslrootcert={other_root}")),
        ("127.0.0.1", format!("sslmode=verify-full&sslrootcert={root}")),
    ] {
        let refused = ask(host, query.clone()).unwrap_err();
        assert!(refused.contains("certificate"), "{host}, {query}: {refused}");
    }
    // Wherever there are roots, ours is not among them.
    assert!(ask("localhost", "sslmode=verify-full&sslrootcert=system".into()).is_err());
}
