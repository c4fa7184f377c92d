//! Standard Webhooks: who sent these exact bytes, and when.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use kit::clock::Timestamp;
use sha2::Sha256;

/// How far a sender's clock, and a delivery's way, may be off.
const TOLERANCE: Duration = Duration::from_secs(300);

/// Two keys are active during a rotation; more than a handful is nobody's rotation.
const MOST_SIGNATURES: usize = 8;

/// The three headers, as they came.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    pub id: &'a str,
    pub timestamp: &'a str,
    pub signatures: &'a str,
}

/// Why does not matter to whoever sent it: every refusal looks the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

/// Accepts what any of `keys` signed in time.
pub fn verify(keys: &[[u8; 32]], envelope: Envelope<'_>, body: &[u8], now: Timestamp) -> Result<(), Refused> {
    let fits = !envelope.id.is_empty() && envelope.id.len() <= 256 && envelope.id.bytes().all(|b| b.is_ascii_graphic());
    let sent_at = envelope.timestamp.parse().map(Timestamp::from_second).map_err(|_| Refused)?;
    if !fits || now.since(sent_at) > TOLERANCE || sent_at.since(now) > TOLERANCE {
        return Err(Refused);
    }
    let mut genuine = false;
    for signature in envelope.signatures.split(' ').take(MOST_SIGNATURES) {
        // A version that we do not know may stand beside one that we do.
        let Some(signature) = signature.strip_prefix("v1,").and_then(|text| STANDARD.decode(text).ok()) else {
            continue;
        };
        for key in keys {
            genuine |= mac(key, envelope, body).verify_slice(&signature).is_ok();
        }
    }
    if genuine { Ok(()) } else { Err(Refused) }
}

fn mac(key: &[u8], envelope: Envelope<'_>, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in [envelope.id.as_bytes(), b".", envelope.timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    mac
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_is_genuine_by_chance(
            id in "\\PC{0,20}", timestamp in "-?[0-9]{0,20}|\\PC{0,8}", signatures in "(v1,[A-Za-z0-9+/=]{0,48} ?){0,9}|\\PC{0,40}",
            body in proptest::collection::vec(any::<u8>(), 0..64),
        ) {
            prop_assert!(!arrives(&id, &timestamp, &signatures, &body));
        }

        #[test]
        fn whatever_is_changed_is_noticed(
            body in proptest::collection::vec(any::<u8>(), 1..64), at in any::<prop::sample::Index>(), bit in 0..8_u8,
        ) {
            let second = (now().micros() / 1_000_000).to_string();
            let signature = sign(&KEY, "m1", &second, &body);
            prop_assert!(arrives("m1", &second, &signature, &body));
            let mut changed = body.clone();
            changed[at.index(body.len())] ^= 1 << bit;
            prop_assert!(!arrives("m1", &second, &signature, &changed));
            prop_assert!(!arrives("m2", &second, &signature, &body));
        }
    }

    const KEY: [u8; 32] = [7; 32];
    const BODY: &[u8] = br#"{"type":"comment.created"}"#;

    fn now() -> Timestamp {
        Timestamp::from_second(1_795_000_000)
    }

    fn sign(key: &[u8], id: &str, timestamp: &str, body: &[u8]) -> String {
        let envelope = Envelope { id, timestamp, signatures: "" };
        format!("v1,{}", STANDARD.encode(mac(key, envelope, body).finalize().into_bytes()))
    }

    fn arrives(id: &str, timestamp: &str, signatures: &str, body: &[u8]) -> bool {
        verify(&[KEY, [9; 32]], Envelope { id, timestamp, signatures }, body, now()).is_ok()
    }

    #[test]
    fn the_specifications_example_verifies() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = sign(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn either_of_two_active_keys_and_any_of_several_signatures_will_do() {
        let at = now().micros() / 1_000_000;
        let good = sign(&KEY, "m1", &at.to_string(), BODY);
        let rotated = sign(&[9; 32], "m1", &at.to_string(), BODY);
        let stranger = sign(&[8; 32], "m1", &at.to_string(), BODY);
        for signatures in [
            good.clone(),
            rotated,
            format!("{stranger} {good}"),
            format!("v2,AAAA {good}"),
            format!("v1a,AAAA  {good} v1,broken!"),
        ] {
            assert!(arrives("m1", &at.to_string(), &signatures, BODY), "{signatures}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let at = (now().micros() / 1_000_000).to_string();
        let good = sign(&KEY, "m1", &at, BODY);
        let stranger = sign(&[8; 32], "m1", &at, BODY);
        let many = format!("{} {good}", [stranger.as_str(); MOST_SIGNATURES].join(" "));
        for (id, timestamp, signatures, body) in [
            ("m2", at.as_str(), good.as_str(), BODY),
            ("m1", at.as_str(), good.as_str(), &BODY[1..]),
            ("m1", at.as_str(), stranger.as_str(), BODY),
            ("m1", at.as_str(), &good[..good.len() - 4], BODY),
            ("m1", at.as_str(), &good[3..], BODY),
            ("m1", at.as_str(), "", BODY),
            ("m1", at.as_str(), many.as_str(), BODY),
        ] {
            assert!(!arrives(id, timestamp, signatures, body), "{id} {timestamp} {signatures}");
        }
        for id in ["", "with space", "ümlaut", &"x".repeat(257)] {
            assert!(!arrives(id, &at, &sign(&KEY, id, &at, BODY), BODY), "{id}");
        }
    }

    #[test]
    fn five_minutes_are_the_limit_in_both_directions_and_no_number_is_too_large() {
        let second = now().micros() / 1_000_000;
        for (offset, accepted) in [(-301, false), (-300, true), (0, true), (300, true), (301, false)] {
            let at = (second + offset).to_string();
            assert_eq!(arrives("m1", &at, &sign(&KEY, "m1", &at, BODY), BODY), accepted, "{offset}");
        }
        let (least, most) = (i64::MIN.to_string(), i64::MAX.to_string());
        for at in [least.as_str(), &most, "-1", "0", "", "now", "1e9", "1795000000.5", "99999999999999999999"] {
            assert!(!arrives("m1", at, &sign(&KEY, "m1", at, BODY), BODY), "{at}");
        }
    }
}
