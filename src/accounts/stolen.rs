//! Passwords that were stolen elsewhere: a file of hashes which whoever runs Repruv may keep beside it. Nothing is asked
//! over a network.
//!
//! A line is the SHA-1 of a password in hexadecimal, and whatever follows a colon; lines are sorted. Have I Been Pwned offers
//! such a file ("ordered by hash").

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use sha1::{Digest as _, Sha1};

use super::Password;
use crate::app::App;
use crate::web::errors::{Error, FieldErrors, Result};

/// Of a hash in hexadecimal.
const HASH: usize = 40;
/// Twice the longest line.
const WINDOW: usize = 256;

/// Refuses a password that stands in the file, where there is one.
pub async fn refuse(app: &App, field: &'static str, password: &Password) -> Result<()> {
    let Some(path) = app.config.stolen_passwords.clone() else { return Ok(()) };
    let hash = hash(password.reveal());
    let found = tokio::task::spawn_blocking(move || holds(&path, &hash)).await.map_err(Error::internal)?;
    match found.map_err(Error::internal)? {
        true => Err(FieldErrors::one(field, "stolen", "This password was stolen somewhere else. Use another.").into()),
        false => Ok(()),
    }
}

fn hash(password: &str) -> String {
    Sha1::digest(password).iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Halves the file until the line is found, or is not there.
fn holds(path: &Path, hash: &str) -> io::Result<bool> {
    let file = File::open(path)?;
    let (mut low, mut high) = (0, file.metadata()?.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let (start, line) = line_at(&file, middle)?;
        let key = line.get(..HASH).unwrap_or(&line).to_ascii_uppercase();
        match key.as_slice().cmp(hash.as_bytes()) {
            std::cmp::Ordering::Equal => return Ok(true),
            std::cmp::Ordering::Less => low = start + line.len() as u64 + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    Ok(false)
}

/// The line that this byte belongs to, and where it starts.
fn line_at(file: &File, byte: u64) -> io::Result<(u64, Vec<u8>)> {
    let from = byte.saturating_sub(WINDOW as u64 / 2);
    let mut window = [0; WINDOW];
    let read = file.read_at(&mut window, from)?;
    let window = &window[..read];
    let at = (byte - from) as usize;
    let start = window[..at.min(read)].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let end = window[start..].iter().position(|byte| *byte == b'\n').map_or(read, |end| start + end);
    Ok((from + start as u64, window[start..end].to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_and_nothing_else() {
        let directory = tempfile::tempdir().expect("a directory");
        for count in [0_u32, 1, 2, 3, 50] {
            for end in ["\n", "\r\n"] {
                let mut lines: Vec<_> =
                    (0..count).map(|n| format!("{}:{}", hash(&format!("password {n}")), n * 977)).collect();
                lines.sort();
                let path = directory.path().join("stolen.txt");
                std::fs::write(&path, lines.iter().map(|line| format!("{line}{end}")).collect::<String>())
                    .expect("a file");
                for n in 0..60 {
                    let found = holds(&path, &hash(&format!("password {n}"))).expect("it can be read");
                    assert_eq!(found, n < count, "password {n} of {count}");
                }
            }
        }
        assert!(holds(&directory.path().join("nowhere"), &hash("x")).is_err());
    }
}
