//! Why Google refuses an answer, in words that help to write another.
//!
//! The names are those of `reviewReply.policyViolation`
//! (<https://developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews#ReviewReply>); the set is open.

const KNOWN: [(&str, &str); 14] = [
    ("ADVERTISING_AND_SOLICITATION", "it reads as advertising. Leave out links, phone numbers and offers"),
    ("OFF_TOPIC", "it isn't about this review. Answer what the reviewer wrote"),
    ("OFFENSIVE", "some of its words may offend. Say it more gently"),
    ("HARASSMENT", "it may read as an attack on the reviewer. Stick to what happened"),
    ("HATE_SPEECH", "some of its wording counts as hate speech"),
    ("PERSONAL_INFO", "it contains personal information. Leave out names, addresses and numbers of people"),
    ("OBSCENITY_AND_PROFANITY", "it contains swear words"),
    ("GIBBERISH_AND_REPETITIVE", "it repeats itself or makes no sense to Google. Write whole sentences"),
    ("MISINFORMATION", "Google thinks something in it isn't true"),
    ("IMPERSONATION", "it seems to speak for somebody else"),
    ("FAKE_ENGAGEMENT", "Google doesn't think it's genuine"),
    ("GENERIC_VIOLATION", "it breaks one of Google's content policies"),
    ("MODERATION_ERROR", "Google's review of it failed. Send it once more"),
    ("LOCATION_SUSPENDED", "Google has suspended this location's profile"),
];

/// A whole sentence.
pub fn reason(violation: Option<&str>) -> String {
    let Some(name) = violation.filter(|name| !name.is_empty()) else {
        return "Google rejected this reply and gave no reason.".to_owned();
    };
    match KNOWN.iter().find(|(known, _)| *known == name) {
        Some((_, words)) => format!("Google rejected this reply: {words}."),
        None => format!("Google rejected this reply: {}.", name.to_lowercase().replace('_', " ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_told_in_words_and_an_unknown_one_as_it_is_called() {
        for (name, _) in KNOWN {
            let words = reason(Some(name));
            assert!(!words.contains('_') && words.ends_with('.'), "{words}");
        }
        assert_eq!(reason(Some("TOO_POLITE")), "Google rejected this reply: too polite.");
        for none in [None, Some("")] {
            assert_eq!(reason(none), "Google rejected this reply and gave no reason.");
        }
    }
}
