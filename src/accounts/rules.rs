//! What may be a password: long enough and not guessed first. No classes of characters, no expiry, nothing cut or changed.

use std::collections::HashSet;

use super::guesses;

/// In code points.
pub const SHORTEST: usize = 15;
pub const LONGEST: usize = 128;
const LONGEST_BYTES: usize = 1024;

/// Whoever guesses tries what is likely first: so many guesses, as a power of two, must not be enough.
const ENOUGH_BITS: f64 = 40.0;

/// Words about this person and place, which whoever attacks them tries first.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub email: &'a str,
    pub name: &'a str,
    pub host: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weak {
    TooShort,
    TooLong,
    Common,
    Personal,
    Repeated,
}

impl Weak {
    pub fn code(self) -> &'static str {
        match self {
            Weak::TooShort => "too_short",
            Weak::TooLong => "too_long",
            Weak::Common => "too_common",
            Weak::Personal => "too_personal",
            Weak::Repeated => "too_repetitive",
        }
    }

    pub fn message(self) -> &'static str {
        match self {
            Weak::TooShort => "Use at least 15 characters. A few random words work best, like the suggestion below.",
            Weak::TooLong => "Use at most 128 characters.",
            Weak::Common => "This is too easy to guess. Use a few words that do not belong together.",
            Weak::Personal => {
                "This is too close to your name, your e-mail address or this site's name. Use other words."
            }
            Weak::Repeated => "This repeats itself, which makes it easy to guess. Use other words.",
        }
    }
}

pub fn check(password: &str, context: &Context<'_>) -> Result<(), Weak> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Weak::TooShort);
    }
    if length > LONGEST || password.len() > LONGEST_BYTES {
        return Err(Weak::TooLong);
    }
    let text: String = password.chars().flat_map(char::to_lowercase).collect();
    if period(&text) < SHORTEST.min(text.chars().count()) / 2 {
        return Err(Weak::Repeated);
    }
    if guesses::bits(&text, &own_words(context)) >= ENOUGH_BITS {
        return Ok(());
    }
    Err(if guesses::bits(&text, &HashSet::new()) < ENOUGH_BITS { Weak::Common } else { Weak::Personal })
}

/// The length of the piece whose repetition makes the text; the text's own when it does not repeat.
fn period(text: &str) -> usize {
    let chars: Vec<char> = text.chars().collect();
    (1..chars.len()).find(|&p| chars[p..].iter().zip(&chars).all(|(a, b)| a == b)).unwrap_or(chars.len())
}

fn own_words(context: &Context<'_>) -> HashSet<String> {
    let (local, domain) = context.email.split_once('@').unwrap_or((context.email, ""));
    let pieces = |text: &str| -> Vec<String> {
        text.to_lowercase().split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect()
    };
    let whole = [context.email, local, domain, context.host].map(str::to_lowercase);
    let mut words = Vec::from(whole);
    words.push("repruv".to_owned());
    words.extend([local, domain, context.name, context.host].into_iter().flat_map(pieces));
    words.push(pieces(context.name).concat());
    words.push(pieces(local).concat());
    words.retain(|word| word.chars().count() >= 3);
    words.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANN: Context<'_> =
        Context { email: "ann.baker@mail.example", name: "Ann Baker", host: "reviews.annsbakery.example" };

    #[test]
    fn length_counts_code_points() {
        assert_eq!(check("vwkzqhtmrcfbxj", &ANN), Err(Weak::TooShort));
        assert_eq!(check("vwkzqhtmrcfbxjd", &ANN), Ok(()));
        let faces = ["🦊", "🐻", "🐼", "🐨", "🐯", "🦁", "🐮", "🐷", "🐸", "🐵", "🐔", "🐧", "🐦", "🦆", "🦅"];
        assert_eq!(check(&faces[..14].concat(), &ANN), Err(Weak::TooShort));
        assert_eq!(check(&faces.concat(), &ANN), Ok(()));
        // Seven letters with a combining mark are fourteen code points.
        assert_eq!(check("a\u{301}b\u{301}c\u{301}d\u{301}e\u{301}f\u{301}g\u{301}", &ANN), Err(Weak::TooShort));
        assert_eq!(check("a\u{301}b\u{301}c\u{301}d\u{301}e\u{301}f\u{301}g\u{301}h", &ANN), Ok(()));
        let long: String = ('!'..).filter(|c| c.is_alphanumeric()).take(129).collect();
        assert_eq!(check(&long, &ANN), Err(Weak::TooLong));
        let longest: String = long.chars().take(128).collect();
        assert_eq!(check(&longest, &ANN), Ok(()));
    }

    #[test]
    fn what_is_tried_first_is_refused_with_its_reason() {
        for common in [
            "passwordpassword1",
            "Password1234567890",
            "p4ssw0rd p4ssw0rd 1",
            "P@$$w0rd-P@$$w0rd!2",
            "123456789012345",
            "qwertyuiop123456",
            "qwertyuiopasdfgh",
            "abcdefghijklmno",
            "1q2w3e4r5t6y7u8i",
            "letmeinletmein2024",
            "iloveyou-iloveyou-1",
            "correcthorsebatterystaple",
            "sunshine-monkey-dragon",
            "qazwsxedcrfvtgb",
            "QAZwsxEDCrfvTGB",
            "zaqxswcdevfrbgt",
            "1qazxsw23edcvfr4",
            "poiuytrewqlkjhgf",
            "ponmlkjihgfedcba",
            "098765432109876",
            "thisismypassword",
            "letmeintothesite",
            "iloveyoumorethan",
            "ihatepasswords12",
            "Th1s1sMyP4ssw0rd",
            "manchesterunited",
            "manchestercity1!",
            "dallascowboys2024",
            "harrypotter2001!",
            "michael-jennifer",
            "january february",
            "summer2023winter",
            "Welcome2024Welcome",
            "administrator123",
            "football-baseball",
        ] {
            let refused = check(common, &ANN);
            assert!(matches!(refused, Err(Weak::Common | Weak::Repeated)), "{common}: {refused:?}");
        }
        for own in [
            "ann.baker@mail.example",
            "AnnBakerAnnBaker",
            "annbaker20252026!",
            "repruv-repruv-2026",
            "Repruv.AnnsBakery.1",
            "reviews.annsbakery.example",
        ] {
            assert!(matches!(check(own, &ANN), Err(Weak::Personal | Weak::Repeated)), "{own}: {:?}", check(own, &ANN));
        }
        for repeated in ["aaaaaaaaaaaaaaaa", "xyxyxyxyxyxyxyxy", "kfgkfgkfgkfgkfgk"] {
            assert_eq!(check(repeated, &ANN), Err(Weak::Repeated), "{repeated}");
        }
    }

    #[test]
    fn no_class_of_characters_is_asked_for() {
        for good in [
            "maple river lantern quiet",
            "every-ann-likes-good-coffee",
            "8295017364920571",
            "ÄÖÜäöüß ŁĘĄ ńóź",
            "明日は山へ行ってパンを焼こうと思います",
            "!?%&/()=#+*~^<>|",
            "               x+yqvw",
        ] {
            assert_eq!(check(good, &ANN), Ok(()), "{good}");
        }
    }

    proptest! {
        #[test]
        fn random_text_of_the_right_length_passes(password in "[b-df-hj-np-tv-xz]{15,128}") {
            // Random consonants contain no listed word of weight, and do not repeat.
            prop_assert_eq!(check(&password, &ANN), Ok(()));
        }

        #[test]
        fn any_input_is_judged_without_a_panic(password in "\\PC{0,200}", email in "\\PC{0,40}") {
            let _ = check(&password, &Context { email: &email, name: &email, host: "h" });
        }
    }
}
