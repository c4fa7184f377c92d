//! Secrets at rest: sealed with XChaCha20-Poly1305 under a key that lives in a file outside the database, and bound to the place where they are stored.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use kit::random::Random;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest, Sha256};

const VERSION: u8 = 1;
const KEY_ID: usize = 8;
const NONCE: usize = 24;
const HEAD: usize = 1 + KEY_ID + NONCE;
const FILE_TAG: &str = "repruv-key-1";

/// A value that no log, error or page may show: it cannot be printed or compared, only [exposed](Secret::expose), and is
/// wiped from memory when nobody needs it any more.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    pub fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<'de> serde::Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// Where a sealed value is stored. A value that was moved to another row, column or owner does not open.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub table: &'a str,
    pub column: &'a str,
    pub row: &'a [u8],
    /// The workspace or user to whom the row belongs.
    pub owner: &'a [u8],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("a stored secret was encrypted with another key")]
    OtherKey,
    #[error("a stored secret was changed or moved")]
    Tampered,
}

#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error("can't read the key file {path}: {error}", path = .0.display(), error = .1)]
    Read(PathBuf, io::Error),
    #[error("can't create the key file {path}: {error}", path = .0.display(), error = .1)]
    Make(PathBuf, io::Error),
    #[error("other users can read the key file {path}: run `chmod 600 {path}`", path = .0.display())]
    Open(PathBuf),
    #[error("{path} isn't a Repruv key file: restore the right one, or point REPRUV_SECRET_KEY_FILE to it", path = .0.display())]
    Format(PathBuf),
}

#[derive(Clone)]
pub struct Vault(Arc<Key>);

struct Key {
    id: [u8; KEY_ID],
    bytes: [u8; 32],
    cipher: XChaCha20Poly1305,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Vault {
    /// Opens the key file, or makes it (readable by its owner alone) where there is none.
    pub fn open(path: &Path, random: &Random) -> Result<Self, KeyFileError> {
        match fs::read_to_string(path) {
            Ok(text) => {
                let mode = fs::metadata(path).map_err(|error| KeyFileError::Read(path.into(), error))?.permissions();
                if mode.mode() & 0o077 != 0 {
                    return Err(KeyFileError::Open(path.into()));
                }
                read_key(&text).map(Self::with_key).ok_or_else(|| KeyFileError::Format(path.into()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = random.bytes::<32>();
                match make_key_file(path, &key) {
                    Ok(()) => Ok(Self::with_key(key)),
                    // Another process made it in between: that one counts.
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Self::open(path, random),
                    Err(error) => Err(KeyFileError::Make(path.into(), error)),
                }
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(KeyFileError::Format(path.into())),
            Err(error) => Err(KeyFileError::Read(path.into(), error)),
        }
    }

    pub fn with_key(bytes: [u8; 32]) -> Self {
        let digest = Sha256::new().chain_update(b"repruv key id").chain_update(bytes).finalize();
        let id = digest[..KEY_ID].try_into().expect("a SHA-256 is longer than a key id");
        Self(Arc::new(Key { id, bytes, cipher: XChaCha20Poly1305::new(&bytes.into()) }))
    }

    pub fn seal(&self, place: Place<'_>, plain: &[u8], random: &Random) -> Vec<u8> {
        let nonce = random.bytes::<NONCE>();
        let aad = self.bound_to(place);
        let sealed = self
            .0
            .cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &aad })
            .expect("a secret is far shorter than the cipher's limit");
        [&[VERSION][..], &self.0.id, &nonce, &sealed].concat()
    }

    pub fn open_sealed(&self, place: Place<'_>, sealed: &[u8]) -> Result<Secret, Broken> {
        if !self.sealed(sealed) {
            return Err(if sealed.len() < HEAD { Broken::Tampered } else { Broken::OtherKey });
        }
        let nonce: [u8; NONCE] = sealed[1 + KEY_ID..HEAD].try_into().expect("the head was measured above");
        let aad = self.bound_to(place);
        let plain = self
            .0
            .cipher
            .decrypt(&XNonce::from(nonce), Payload { msg: &sealed[HEAD..], aad: &aad })
            .map_err(|_| Broken::Tampered)?;
        String::from_utf8(plain).map(Secret::new).map_err(|_| Broken::Tampered)
    }

    /// Whether this key sealed the value, by the key id in its head.
    pub fn sealed(&self, sealed: &[u8]) -> bool {
        sealed.len() >= HEAD && sealed[0] == VERSION && sealed[1..=KEY_ID] == self.0.id
    }

    /// A key of its own for each purpose and subject, which need not be stored.
    pub fn derive(&self, purpose: &str, subject: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0.bytes).expect("HMAC takes a key of any length");
        for part in [purpose.as_bytes(), subject] {
            mac.update(&length(part));
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    fn bound_to(&self, place: Place<'_>) -> Vec<u8> {
        let mut aad = vec![VERSION];
        for part in [&self.0.id[..], place.table.as_bytes(), place.column.as_bytes(), place.row, place.owner] {
            aad.extend(length(part));
            aad.extend(part);
        }
        aad
    }
}

/// Lengths keep ("ab", "c") and ("a", "bc") apart.
fn length(part: &[u8]) -> [u8; 8] {
    (part.len() as u64).to_le_bytes()
}

fn read_key(text: &str) -> Option<[u8; 32]> {
    let encoded = text.trim_end().strip_prefix(FILE_TAG)?.strip_prefix(' ')?;
    URL_SAFE_NO_PAD.decode(encoded).ok()?.try_into().ok()
}

fn make_key_file(path: &Path, key: &[u8; 32]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{FILE_TAG} {}", URL_SAFE_NO_PAD.encode(key))?;
    file.sync_all()?;
    match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(folder) => fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'static> =
        Place { table: "platform_connections", column: "access_token", row: b"row", owner: b"owner" };

    #[test]
    fn a_secret_opens_only_where_it_was_put() {
        let (vault, random) = (Vault::with_key([7; 32]), Random::seeded(1));
        let sealed = vault.seal(PLACE, b"ya29.token", &random);
        assert_eq!(vault.open_sealed(PLACE, &sealed).unwrap().expose(), "ya29.token");
        for elsewhere in [
            Place { table: "oauth_flows", ..PLACE },
            Place { column: "refresh_token", ..PLACE },
            Place { row: b"other", ..PLACE },
            Place { owner: b"other", ..PLACE },
        ] {
            assert_eq!(vault.open_sealed(elsewhere, &sealed).unwrap_err(), Broken::Tampered);
        }
        assert_eq!(Vault::with_key([8; 32]).open_sealed(PLACE, &sealed).unwrap_err(), Broken::OtherKey);
    }

    #[test]
    fn no_bit_can_be_changed() {
        let (vault, random) = (Vault::with_key([7; 32]), Random::seeded(1));
        let sealed = vault.seal(PLACE, b"secret", &random);
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(vault.open_sealed(PLACE, &changed).is_err(), "bit {bit}");
        }
        for end in 0..sealed.len() {
            assert!(vault.open_sealed(PLACE, &sealed[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn sealing_twice_shows_nothing_in_common() {
        let (vault, random) = (Vault::with_key([7; 32]), Random::seeded(1));
        assert_ne!(vault.seal(PLACE, b"secret", &random)[HEAD..], vault.seal(PLACE, b"secret", &random)[HEAD..]);
    }

    #[test]
    fn the_key_file_is_made_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        let sealed = Vault::open(&path, &Random::seeded(1)).unwrap().seal(PLACE, b"secret", &Random::seeded(2));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let again = Vault::open(&path, &Random::seeded(3)).unwrap();
        assert_eq!(again.open_sealed(PLACE, &sealed).unwrap().expose(), "secret");
    }

    #[test]
    fn a_wrong_key_file_is_named_in_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        let key = make_key_file(&path, &[1; 32]);
        key.unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let message = Vault::open(&path, &Random::seeded(1)).unwrap_err().to_string();
        assert!(message.contains("chmod 600") && !message.contains('\n'), "{message}");

        for content in ["", "repruv-key-1", "repruv-key-1 c2hvcnQ", "repruv-key-2 AAAA", "-----BEGIN PRIVATE KEY-----"]
        {
            fs::write(&path, content).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            let message = Vault::open(&path, &Random::seeded(1)).unwrap_err().to_string();
            assert!(message.contains("isn't a Repruv key file") && !message.contains('\n'), "{message}");
        }
        let message = Vault::open(folder.path(), &Random::seeded(1)).unwrap_err().to_string();
        assert!(message.starts_with("can't read the key file"), "{message}");
    }

    #[test]
    fn a_secret_does_not_print_itself() {
        assert_eq!(format!("{:?}", Secret::new("canary")), "Secret(…)");
    }
}
