//! bcrypt: only for passwords that were hashed by the system that Repruv replaces, until their owners sign in.

use super::Password;

/// What one verification may cost at most; beyond it an imported hash would hold up everybody's sign-in.
const COSTLIEST: u32 = 14;

/// Whether the text is a hash that [`verify`] can judge.
pub fn is_usable(hash: &str) -> bool {
    cost(hash).is_some()
}

/// The logarithm of the rounds, of a hash that is well formed and not too costly.
pub fn cost(hash: &str) -> Option<u32> {
    let rest = hash.strip_prefix("$2a$").or_else(|| hash.strip_prefix("$2b$")).or_else(|| hash.strip_prefix("$2y$"))?;
    let (cost, body) = rest.split_once('$')?;
    let is_body = body.len() == 53 && body.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'.' || c == b'/');
    let cost = (cost.len() == 2).then(|| cost.parse::<u32>().ok())??;
    (is_body && (4..=COSTLIEST).contains(&cost)).then_some(cost)
}

/// As the former system did: only the first 72 bytes count.
pub fn verify(password: &Password, hash: &str) -> bool {
    is_usable(hash) && bcrypt::verify(password.reveal(), hash).unwrap_or(false)
}

/// The work of verifying a hash of cost `to` for whoever has one of cost `from`, or none: both take as long.
pub fn make_up(password: &Password, from: Option<u32>, to: u32) {
    // 2^from + (2^from + 2^(from+1) + … + 2^(to-1)) = 2^to.
    let costs = match from {
        Some(from) => from..to,
        None => to..to + 1,
    };
    for cost in costs {
        let _ = std::hint::black_box(bcrypt::bcrypt(cost, [0; 16], &first_72(password)));
    }
}

/// As [`bcrypt::verify`] cuts and ends it.
fn first_72(password: &Password) -> Vec<u8> {
    let mut bytes = password.reveal().as_bytes().to_vec();
    bytes.push(0);
    bytes.truncate(72);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by crypt(3) of libxcrypt from "correct horse".
    const HASH: &str = "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e";

    #[test]
    fn a_hash_of_the_former_system_opens_for_its_password_only() {
        assert!(verify(&Password::new("correct horse"), HASH));
        assert!(!verify(&Password::new("correct horsf"), HASH));
        assert!(!verify(&Password::new(""), HASH));
        assert!(verify(&Password::new("correct horse"), &HASH.replace("$2b$", "$2y$")));
    }

    #[test]
    fn only_whole_hashes_of_bearable_cost_are_usable() {
        assert_eq!(cost(HASH), Some(4));
        let other = |from: &str, to: &str| HASH.replace(from, to);
        for bad in [
            "",
            "!",
            "$2b$",
            "plain",
            &HASH[..59],
            &other("$04$", "$31$"),
            &other("$2b$", "$1$"),
            &other("$04$", "$4$"),
        ] {
            assert!(!is_usable(bad), "{bad}");
            assert!(!verify(&Password::new("correct horse"), bad), "{bad}");
        }
    }
}
