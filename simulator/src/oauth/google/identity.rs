//! Who somebody is, as Google tells it, and identity tokens (RS256) that say so.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kit::clock::Timestamp;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use serde_json::{Value, json};

use super::{EMAIL, ISSUER, OPENID, PROFILE};
use crate::oauth;
use crate::state::Slot;

/// Of every simulator, and no secret: nobody outside of one trusts it. (`openssl genpkey -algorithm RSA`, as PKCS #8.)
static KEY: LazyLock<RsaKeyPair> =
    LazyLock::new(|| RsaKeyPair::from_pkcs8(include_bytes!("identity_key.der")).expect("the key is well formed"));

const KEY_ID: &str = "simulator-1";

/// An identity token's life, which is an access token's full hour.
const LIFE: i64 = 3600;

pub struct Person {
    /// Google's account ids are 21 digits.
    pub id: String,
    pub email: String,
    pub name: String,
    pub picture: Option<String>,
    pub language: &'static str,
}

impl Person {
    pub fn of(user_id: &str, slot: &Slot) -> Person {
        let (name, handle, picture) = match &slot.channel {
            Some(channel) => {
                let channel = channel.read();
                let own = &channel.youtube().channel;
                (own.title.clone(), own.handle.clone(), Some(own.avatar_url.clone()))
            }
            None => (slot.profile.channel_name.clone(), slot.profile.channel_name.to_lowercase(), None),
        };
        let digits = oauth::hash(user_id).iter().fold(0u128, |number, byte| number << 4 ^ u128::from(*byte));
        let id = format!("1{:020}", digits % 100_000_000_000_000_000_000);
        let local: String = handle.chars().filter(char::is_ascii_alphanumeric).collect();
        let email = format!("{local}.{}@gmail.example", &id[15..]);
        Person { email, id, name, picture, language: slot.profile.language.as_str() }
    }

    /// What the scopes let be told, under OpenID's names.
    pub fn claims(&self, scopes: &[String]) -> Value {
        let has = |wanted: &str| scopes.iter().any(|scope| scope == wanted);
        let mut claims = json!({ "sub": self.id });
        if has(EMAIL) {
            claims["email"] = self.email.clone().into();
            claims["email_verified"] = true.into();
        }
        if has(PROFILE) {
            claims["name"] = self.name.clone().into();
            claims["given_name"] = self.name.clone().into();
            claims["family_name"] = "".into();
        }
        if let Some(picture) = self.picture.clone().filter(|_| has(PROFILE)) {
            claims["picture"] = picture.into();
        }
        claims
    }
}

/// Whether these scopes tell anything of a person.
pub fn may_be_told(scopes: &[String]) -> bool {
    scopes.iter().any(|scope| [OPENID, EMAIL, PROFILE].contains(&scope.as_str()))
}

/// What a token is about, beside its person.
pub struct Occasion<'a> {
    pub client_id: &'a str,
    pub access_token: &'a str,
    pub nonce: Option<&'a str>,
    pub now: Timestamp,
}

pub fn token(person: &Person, scopes: &[String], occasion: &Occasion<'_>) -> String {
    let mut claims = person.claims(scopes);
    let at = occasion.now.micros().div_euclid(1_000_000);
    // The left half of the access token's hash.
    let at_hash = URL_SAFE_NO_PAD.encode(&oauth::hash(occasion.access_token)[..16]);
    for (name, value) in [
        ("iss", json!(ISSUER)),
        ("azp", json!(occasion.client_id)),
        ("aud", json!(occasion.client_id)),
        ("at_hash", json!(at_hash)),
        ("iat", json!(at)),
        ("exp", json!(at + LIFE)),
    ] {
        claims[name] = value;
    }
    if let Some(nonce) = occasion.nonce {
        claims["nonce"] = nonce.into();
    }
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({ "alg": "RS256", "kid": KEY_ID, "typ": "JWT" })), part(&claims));
    let mut signature = vec![0; KEY.public().modulus_len()];
    // The system's randomness blinds the computation; the signature is the same with any.
    KEY.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).expect("the key signs");
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The claims of a token that we signed and that still holds.
pub fn read(token: &str, now: Timestamp) -> Option<Value> {
    let (signed, signature) = token.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let key = components();
    let key = RsaPublicKeyComponents { n: &key.n, e: &key.e };
    key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature).ok()?;
    let (_, claims) = signed.split_once('.')?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    (claims["exp"].as_i64()? > now.micros().div_euclid(1_000_000)).then_some(claims)
}

fn components() -> PublicKeyComponents<Vec<u8>> {
    KEY.public().into()
}

/// As a JSON web key.
pub fn public_key() -> Value {
    let key = components();
    json!({
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID,
        "n": URL_SAFE_NO_PAD.encode(&key.n), "e": URL_SAFE_NO_PAD.encode(&key.e),
    })
}
