//! Randomness as a parameter: the operating system's, or a seeded stream for tests.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A source of random bytes. Clones of a seeded source share one stream.
#[derive(Clone, Debug)]
pub struct Random(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// SHA-256 in counter mode: reproducible on every version of every dependency.
    Seeded(Arc<Mutex<(u64, u64)>>),
}

impl Random {
    pub fn system() -> Self {
        Self(Source::System)
    }

    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new(Mutex::new((seed, 0)))))
    }

    /// # Panics
    /// When the operating system has no randomness to give: nothing safe can be done then.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "the one place that asks the system for randomness")]
            Source::System => getrandom::fill(&mut bytes).expect("the operating system gives random bytes"),
            Source::Seeded(state) => {
                let mut state = state.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                for chunk in bytes.chunks_mut(32) {
                    let block = Sha256::new().chain_update(state.0.to_le_bytes()).chain_update(state.1.to_le_bytes());
                    chunk.copy_from_slice(&block.finalize()[..chunk.len()]);
                    state.1 += 1;
                }
            }
        }
        bytes
    }

    pub fn u64(&self) -> u64 {
        u64::from_le_bytes(self.bytes())
    }

    /// Uniform in 0..1.
    pub fn unit(&self) -> f64 {
        (self.u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// 256 random bits as 43 characters of base64url.
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_a_system_does_not() {
        assert_eq!(Random::seeded(7).token(), Random::seeded(7).token());
        assert_ne!(Random::seeded(7).token(), Random::seeded(8).token());
        assert_ne!(Random::system().token(), Random::system().token());
        let unit = Random::seeded(1).unit();
        assert!((0.0..1.0).contains(&unit));
    }
}
