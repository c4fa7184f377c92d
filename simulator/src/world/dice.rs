//! Chance, reproducible on every machine: independent ChaCha8 streams, and distributions by plain arithmetic.
//!
//! `f64::ln` and `exp` differ in the last bit between systems' mathematics libraries, and a library's sampling may change between its
//! versions. A seed has to mean one world for ever, so both are spelled out here with operations that IEEE 754 fixes exactly.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// A family of independent streams, one for each (purpose, thing): adding a draw to one never moves another.
#[derive(Debug, Clone)]
pub struct Streams(ChaCha8Rng);

impl Streams {
    pub fn new(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self(ChaCha8Rng::from_seed(hash.finalize().into()))
    }

    pub fn dice(&self, purpose: &str, thing: &[u64]) -> Dice {
        let mut stream = purpose.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| mix(hash ^ u64::from(byte)));
        for part in thing {
            stream = mix(stream ^ *part);
        }
        let mut rng = self.0.clone();
        rng.set_stream(stream);
        Dice(rng)
    }
}

/// The finaliser of SplitMix64: every input bit reaches every output bit.
pub fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// One stream of chance; a copy throws the same.
#[derive(Clone)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// Uniform in 0..n; 0 when n is 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.0.next_u64()) * n as u128) >> 64) as usize
    }

    /// Uniform in low..=high.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as usize) as i64
    }

    /// Uniform in 0..1.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    /// One of several words parted by `|`.
    pub fn word<'a>(&mut self, words: &'a str) -> &'a str {
        let count = words.bytes().filter(|byte| *byte == b'|').count() + 1;
        words.split('|').nth(self.below(count)).unwrap_or(words)
    }

    /// An index, drawn in proportion to the weights.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return index;
            }
        }
        weights.len() - 1
    }

    /// Standard normal, as the sum of twelve uniforms: true to a few parts in a thousand out to three sigma.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    pub fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * exp(self.normal() * sigma)
    }

    /// Log-uniform between two positive bounds.
    pub fn log_uniform(&mut self, low: f64, high: f64) -> f64 {
        low * exp(self.unit() * ln(high / low))
    }

    /// Discrete Pareto, at least 1.
    pub fn pareto(&mut self, alpha: f64) -> u64 {
        exp(-ln(1.0 - self.unit()) / alpha).min(1e9) as u64
    }

    /// How many tries until the first success, at least 1 and at most 40.
    pub fn geometric(&mut self, success: f64) -> u64 {
        1 + (0..39).take_while(|_| !self.chance(success)).count() as u64
    }

    /// `length` characters of base64url, six bits each.
    pub fn base64url(&mut self, length: usize) -> String {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut text = String::with_capacity(length);
        let mut bits = 0;
        for index in 0..length {
            if index % 10 == 0 {
                bits = self.0.next_u64();
            }
            text.push(char::from(ALPHABET[(bits & 63) as usize]));
            bits >>= 6;
        }
        text
    }
}

/// e^x, by range reduction and Taylor's series; 0 below and huge above what the world ever asks.
pub fn exp(x: f64) -> f64 {
    let x = x.clamp(-700.0, 700.0);
    let halvings = (x / std::f64::consts::LN_2).round();
    let rest = x - halvings * std::f64::consts::LN_2;
    let series = (1..=14).rev().fold(1.0, |sum, n| 1.0 + sum * rest / f64::from(n));
    series * f64::from_bits(((1023 + halvings as i64) as u64) << 52)
}

/// ln x for positive normal x, by the series of the inverse hyperbolic tangent.
pub fn ln(x: f64) -> f64 {
    let bits = x.max(f64::MIN_POSITIVE).to_bits();
    let exponent = (bits >> 52) as i64 - 1023;
    let mantissa = f64::from_bits((bits & ((1 << 52) - 1)) | (1023 << 52));
    let ratio = (mantissa - 1.0) / (mantissa + 1.0);
    let square = ratio * ratio;
    let series = (0..=16).rev().fold(0.0, |sum, n| sum * square + 1.0 / f64::from(2 * n + 1));
    exponent as f64 * std::f64::consts::LN_2 + 2.0 * ratio * series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spelled_out_functions_agree_with_the_systems() {
        for x in [-30.0, -1.0, -0.1, 0.0, 0.3, 1.0, 12.5] {
            assert!((exp(x) / f64::exp(x) - 1.0).abs() < 1e-12, "exp {x}");
        }
        for x in [1e-9, 0.4, 1.0, 1.999, 2.0, 7.5, 1e12] {
            assert!((ln(x) - f64::ln(x)).abs() < 1e-11, "ln {x}");
        }
    }

    #[test]
    fn streams_repeat_and_do_not_touch_one_another() {
        let streams = Streams::new(&[b"seed"]);
        let first = streams.dice("text", &[1, 2]).base64url(22);
        assert_eq!(streams.dice("text", &[1, 2]).base64url(22), first);
        for other in [
            streams.dice("text", &[2, 1]),
            streams.dice("likes", &[1, 2]),
            Streams::new(&[b"see", b"d"]).dice("text", &[1, 2]),
        ] {
            let mut other = other;
            assert_ne!(other.base64url(22), first);
        }
    }

    #[test]
    fn draws_have_their_shapes() {
        let mut dice = Streams::new(&[b"shapes"]).dice("any", &[]);
        let draws = 4000;
        let mut logs: Vec<f64> = (0..draws).map(|_| dice.log_normal(3.0, 1.3)).collect();
        logs.sort_by(f64::total_cmp);
        assert!((2.7..3.3).contains(&logs[draws / 2]), "median {}", logs[draws / 2]);
        let ones = (0..draws).filter(|_| dice.geometric(0.55) == 1).count() as f64 / draws as f64;
        assert!((0.52..0.58).contains(&ones), "{ones}");
        let heavy = (0..draws).filter(|_| dice.pareto(1.8) >= 10).count() as f64 / draws as f64;
        assert!((0.008..0.026).contains(&heavy), "10^-1.8 is 0.016, got {heavy}");
        assert!((0..draws).all(|_| dice.below(3) < 3));
    }
}
