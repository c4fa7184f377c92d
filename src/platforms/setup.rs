//! How an installation is registered at a provider: where, what for, what it costs, and what a registration looks like.

/// What a person is told before they register, and how what they bring back is read.
#[derive(Debug)]
pub struct Setup {
    pub console: Link,
    /// What has to be switched on there.
    pub interfaces: &'static [Link],
    /// Each with what it is for.
    pub scopes: &'static [(&'static str, &'static str)],
    /// What it takes besides: approval, review, days.
    pub costs: &'static [&'static str],
    pub examine: fn(id: &str, secret: &str) -> Vec<Slip>,
}

#[derive(Clone, Copy, Debug)]
pub struct Link {
    pub name: &'static str,
    pub address: &'static str,
}

/// Something in a field that cannot be what belongs there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    pub field: &'static str,
    pub code: &'static str,
    pub text: &'static str,
}

pub const ID: &str = "client_id";
pub const SECRET: &str = "client_secret";

const CONSOLE: Link =
    Link { name: "Google Cloud console, Credentials", address: "https://console.cloud.google.com/apis/credentials" };

const TESTING: &str = "While the consent screen is in testing, Google ends each authorisation after seven days. Publish the \
    app to keep it; until Google has verified it, its consent page warns that it is unverified.";

pub const YOUTUBE: Setup = Setup {
    console: CONSOLE,
    interfaces: &[Link {
        name: "YouTube Data API v3",
        address: "https://console.cloud.google.com/apis/library/youtube.googleapis.com",
    }],
    scopes: &[(
        super::google::YOUTUBE_SCOPE,
        "To read the comments on your videos, to answer them, and to hide those that you choose. Google has no smaller scope that lets an app answer.",
    )],
    costs: &[
        "No money, and no approval for your own channels.",
        TESTING,
        "Google gives each project 10,000 units a day; an answer costs 50.",
    ],
    examine: of_google,
};

pub const BUSINESS: Setup = Setup {
    console: CONSOLE,
    interfaces: &[
        Link {
            name: "My Business Account Management API",
            address: "https://console.cloud.google.com/apis/library/mybusinessaccountmanagement.googleapis.com",
        },
        Link {
            name: "My Business Business Information API",
            address: "https://console.cloud.google.com/apis/library/mybusinessbusinessinformation.googleapis.com",
        },
        Link {
            name: "Google My Business API",
            address: "https://console.cloud.google.com/apis/library/mybusiness.googleapis.com",
        },
    ],
    scopes: &[(
        super::google::BUSINESS_SCOPE,
        "To find the locations that you manage, to read their reviews, and to answer them. Google has no scope for reading alone.",
    )],
    costs: &[
        "No money. But Google has to approve your project first, which takes a few days: ask at developers.google.com/my-business, under Prerequisites. Whoever asks must manage a profile that has been verified for 60 days.",
        TESTING,
    ],
    examine: of_google,
};

const ID_ENDS: &str = ".apps.googleusercontent.com";
/// Far beyond any that Google has made.
const LONGEST: usize = 256;
const SHORTEST_SECRET: usize = 16;

fn of_google(id: &str, secret: &str) -> Vec<Slip> {
    let slip = |field, (code, text)| Slip { field, code, text };
    let (of_id, of_secret) = (wrong_id(id), wrong_secret(secret));
    of_id.map(|wrong| slip(ID, wrong)).into_iter().chain(of_secret.map(|wrong| slip(SECRET, wrong))).collect()
}

type Wrong = (&'static str, &'static str);

/// What can be in neither field.
fn stranger(text: &str) -> Option<Wrong> {
    Some(match text {
        "" => ("required", "Copy it from the provider's console."),
        text if text.starts_with('{') => {
            ("a_file", "That's the whole file. Open it, and copy only the value that belongs here.")
        }
        text if text.starts_with("AIza") => {
            ("api_key", "That's an API key. Make an OAuth client of type “Web application” instead.")
        }
        text if text.starts_with("ya29.") || text.starts_with("1//") => {
            ("a_token", "That's a token of one account. Copy the OAuth client's own values.")
        }
        text if text.starts_with("-----BEGIN") || text.ends_with(".gserviceaccount.com") => {
            ("service_account", "That belongs to a service account. Make an OAuth client of type “Web application”.")
        }
        _ => return None,
    })
}

fn wrong_id(id: &str) -> Option<Wrong> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_name = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let numbered = |name: &str| match name.split_once('-') {
        Some((number, name)) => is_number(number) && is_name(name),
        None => is_number(name),
    };
    stranger(id).or_else(|| match id.strip_suffix(ID_ENDS) {
        _ if id.starts_with("GOCSPX-") => {
            Some(("secret_as_id", "That's the client secret. The client ID ends in .apps.googleusercontent.com."))
        }
        Some(name) if id.len() <= LONGEST && numbered(name) => None,
        Some(_) => Some(("invalid", "Copy the client ID again: something in it is missing, or too much.")),
        None => Some(("invalid", "A client ID ends in .apps.googleusercontent.com. Copy all of it.")),
    })
}

fn wrong_secret(secret: &str) -> Option<Wrong> {
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    stranger(secret).or_else(|| match secret {
        secret if secret.ends_with(ID_ENDS) => Some(("id_as_secret", "That's the client ID. Copy the client secret.")),
        secret if !is_plain(secret) || secret.len() > LONGEST || secret.len() < SHORTEST_SECRET => {
            Some(("invalid", "Copy the client secret again: something in it is missing, or too much."))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: (&str, &str) =
        ("123456789012-a1b2c3d4.apps.googleusercontent.com", "GOCSPX-abcdefghijklmnopqrstuvwxyz12");

    fn found(id: &str, secret: &str) -> Vec<(&'static str, &'static str)> {
        of_google(id, secret).into_iter().map(|slip| (slip.field, slip.code)).collect()
    }

    #[test]
    fn what_google_makes_is_taken() {
        assert_eq!(found(GOOD.0, GOOD.1), []);
        assert_eq!(found("123456789012.apps.googleusercontent.com", "aBcDeFgHiJkLmNoPqRsTuVwX"), [], "of former years");
    }

    #[test]
    fn what_was_mixed_up_is_named() {
        for (id, code) in [
            ("", "required"),
            (GOOD.1, "secret_as_id"),
            ("AIzaSyA-not-a-client", "api_key"),
            ("{\"web\":{\"client_id\":\"1.apps.googleusercontent.com\"}}", "a_file"),
            ("repruv@project.iam.gserviceaccount.com", "service_account"),
            ("ya29.a0AfH6", "a_token"),
            ("123456789012-a1b2c3d4", "invalid"),
            ("12345 6789-a1.apps.googleusercontent.com", "invalid"),
            ("-a1.apps.googleusercontent.com", "invalid"),
        ] {
            assert_eq!(found(id, GOOD.1), [(ID, code)], "{id}");
        }
        for (secret, code) in [
            ("", "required"),
            (GOOD.0, "id_as_secret"),
            ("AIzaSyA-not-a-client", "api_key"),
            ("{\"installed\":{}}", "a_file"),
            ("-----BEGIN PRIVATE KEY-----", "service_account"),
            ("GOCSPX-abc", "invalid"),
            ("GOCSPX-abcdef ghijklmnopq", "invalid"),
        ] {
            assert_eq!(found(GOOD.0, secret), [(SECRET, code)], "{secret}");
        }
        assert_eq!(found(GOOD.1, GOOD.0), [(ID, "secret_as_id"), (SECRET, "id_as_secret")], "both");
    }
}
