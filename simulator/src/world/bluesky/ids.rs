//! Names on the network, as the AT Protocol forms them. Source: <https://atproto.com/specs/tid>, <https://atproto.com/specs/did>.

use kit::clock::Timestamp;
use sha2::{Digest, Sha256};

use crate::world::dice::Dice;

/// Sorts as its numbers do.
const SORTABLE: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

pub fn did(dice: &mut Dice) -> String {
    let letters = (0..24).map(|_| char::from(BASE32[dice.below(32)]));
    format!("did:plc:{}", letters.collect::<String>())
}

/// A record's key: when it was made, to the microsecond, and ten bits that tell apart who made it.
pub fn tid(at: Timestamp, clock: u64) -> String {
    let number = (at.micros().max(0) as u64) << 10 | (clock & 1023);
    (0..13).rev().map(|place| char::from(SORTABLE[(number >> (5 * place) & 31) as usize])).collect()
}

/// A record's content address (CIDv1, DAG-CBOR, SHA-256 in base 32). What is hashed is the record's JSON: nobody can
/// tell without its whole repository.
pub fn cid(record: &str) -> String {
    let mut bytes = vec![0x01, 0x71, 0x12, 0x20];
    bytes.extend(Sha256::digest(record.as_bytes()));
    format!("b{}", base32(&bytes))
}

fn base32(bytes: &[u8]) -> String {
    let (mut text, mut bits, mut held) = (String::new(), 0u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(char::from(BASE32[(bits >> held & 31) as usize]));
        }
    }
    if held > 0 {
        text.push(char::from(BASE32[(bits << (5 - held) & 31) as usize]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_formed_as_the_network_forms_them() {
        assert_eq!(base32(b"foobar"), "mzxw6ytboi");
        assert_eq!(cid("{}").len(), 59);
        assert!(cid("{}").starts_with("bafyrei"));
        let (earlier, later) = (Timestamp::from_second(1_795_000_000), Timestamp::from_second(1_795_000_001));
        assert!(tid(earlier, 1023) < tid(later, 0));
        assert_eq!(tid(earlier, 7).len(), 13);
    }
}
