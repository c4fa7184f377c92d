//! A review's words and their translation, which Google puts into one text.

const TRANSLATED: &str = "(Translated by Google)";
const ORIGINAL: &str = "(Original)";

/// What the reviewer wrote, and what Google's machine made of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Comment {
    pub text: String,
    pub translation: Option<String>,
}

impl Comment {
    /// The original comes first where it is in the owner's language; then the mark stands on a line by itself.
    fn with_translation_behind(comment: &str) -> Option<Self> {
        let at = on_a_line(comment, TRANSLATED)?;
        let (text, translation) = (comment[..at].trim(), comment[at + TRANSLATED.len()..].trim());
        let is_whole = !text.is_empty() && !translation.is_empty();
        is_whole.then(|| Self { text: text.to_owned(), translation: Some(translation.to_owned()) })
    }

    /// A text that begins with Google's mark is a translation. Where a line says by itself that the original follows,
    /// it does; where none does, the first such mark counts. A translation without its original is all there is.
    pub fn read(comment: &str) -> Self {
        let whole = || Self { text: comment.trim().to_owned(), translation: None };
        let Some(rest) = comment.trim_start().strip_prefix(TRANSLATED) else {
            return Self::with_translation_behind(comment).unwrap_or_else(whole);
        };
        let (translation, original) = match on_a_line(rest, ORIGINAL).or_else(|| rest.find(ORIGINAL)) {
            Some(at) => (rest[..at].trim(), rest[at + ORIGINAL.len()..].trim()),
            None => (rest.trim(), ""),
        };
        match (translation.is_empty(), original.is_empty()) {
            (_, false) => {
                let translation = Some(translation.to_owned()).filter(|words| !words.is_empty());
                Self { text: original.to_owned(), translation }
            }
            (false, true) => Self { text: translation.to_owned(), translation: None },
            (true, true) => whole(),
        }
    }
}

fn on_a_line(text: &str, mark: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim() == mark {
            return Some(at + line.find(mark)?);
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(comment: &str) -> (String, Option<String>) {
        let Comment { text, translation } = Comment::read(comment);
        (text, translation)
    }

    #[test]
    fn a_translation_stands_beside_what_was_written() {
        for (comment, text, translation) in [
            ("Nice", "Nice", None),
            ("(Translated by Google) Ok\n\n(Original)\nОк", "Ок", Some("Ok")),
            (
                "(Translated by Google) Two\n\nparagraphs\n\n(Original)\nZwei\n\nAbsätze",
                "Zwei\n\nAbsätze",
                Some("Two\n\nparagraphs"),
            ),
            ("(Translated by Google) Good (Original) Gut", "Gut", Some("Good")),
            ("(Translated by Google) Alone", "Alone", None),
            ("Muy bueno\n\n(Translated by Google)\nVery good", "Muy bueno", Some("Very good")),
            ("Muy bueno\n\n(Translated by Google)\n", "Muy bueno\n\n(Translated by Google)", None),
            ("(Original)\nsaid the menu", "(Original)\nsaid the menu", None),
            ("They wrote (Translated by Google) on the wall", "They wrote (Translated by Google) on the wall", None),
            (
                "(Translated by Google) The (Original) burger\n\n(Original)\nDer (Original) Burger",
                "Der (Original) Burger",
                Some("The (Original) burger"),
            ),
            ("(Translated by Google) A\n\n(Original)\nB\n\n(Original)\nC", "B\n\n(Original)\nC", Some("A")),
            ("(Translated by Google) \n\n(Original)\n", "(Translated by Google) \n\n(Original)", None),
        ] {
            assert_eq!(read(comment), (text.to_owned(), translation.map(str::to_owned)), "{comment}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_translated_comes_back_as_it_was_written(text in "\\S(.*\\S)?", translation in "\\S(.*\\S)?") {
            prop_assume!(text.trim() == text && translation.trim() == translation);
            let comment = format!("{TRANSLATED} {translation}\n\n{ORIGINAL}\n{text}");
            prop_assert_eq!(read(&comment), (text, Some(translation)));
        }

        #[test]
        fn a_translation_behind_is_found(text in "[^\\s(](.*[^\\s)])?", translation in "\\S(.*\\S)?") {
            prop_assume!(text.trim() == text && translation.trim() == translation && !text.contains(TRANSLATED));
            let comment = format!("{text}\n\n{TRANSLATED}\n{translation}");
            prop_assert_eq!(read(&comment), (text, Some(translation)));
        }

        #[test]
        fn no_text_is_lost(comment in ".*") {
            let (text, _) = read(&comment);
            prop_assert_eq!(text.is_empty(), comment.trim().is_empty());
        }
    }
}
