//! Edits, as a reader sees them.

use kit::random::Random;

use super::{MOST, Piece, What, between, words};

/// `[-removed-]` and `{+added+}` in the text.
fn shown(before: &str, after: &str) -> String {
    let one = |Piece { what, text }: &Piece| match what {
        What::Kept => text.clone(),
        What::Removed => format!("[-{text}-]"),
        What::Added => format!("{{+{text}+}}"),
    };
    between(before, after).iter().map(one).collect()
}

#[test]
fn a_changed_word_stands_beside_what_it_was() {
    for (before, after, expected) in [
        ("The cat sat.", "The dog sat.", "The [-cat-]{+dog+} sat."),
        ("the cat sat", "a dog sat", "[-the cat-]{+a dog+} sat"),
        ("Nice video", "Nice video. EDIT: thanks!", "Nice video{+. EDIT: thanks!+}"),
        ("I don't like it", "I like it", "I [-don't -]like it"),
        ("same", "same", "same"),
        ("", "new", "{+new+}"),
        ("old", "", "[-old-]"),
        ("two\nlines", "two\n\nlines", "two[-\n-]{+\n\n+}lines"),
    ] {
        assert_eq!(shown(before, after), expected);
    }
}

#[test]
fn scripts_without_spaces_are_compared_letter_by_letter_and_letters_are_never_cut() {
    for (before, after, expected) in [
        ("我喜欢这个视频", "我讨厌这个视频", "我[-喜欢-]{+讨厌+}这个视频"),
        ("この動画が好き", "この動画が大好き", "この動画が{+大+}好き"),
        ("أحب هذا الفيديو", "أكره هذا الفيديو", "[-أحب-]{+أكره+} هذا الفيديو"),
        ("שלום לך", "שלום לכם", "שלום [-לך-]{+לכם+}"),
        ("ok 👍🏽", "ok 👍🏿", "ok [-👍🏽-]{+👍🏿+}"),
        ("hi 👩‍🚀!", "hi 👩‍🌾!", "hi [-👩‍🚀-]{+👩‍🌾+}!"),
        ("🇩🇪🇫🇷", "🇩🇪🇮🇹", "🇩🇪[-🇫🇷-]{+🇮🇹+}"),
        ("cafe\u{301} noir", "cafe noir", "[-cafe\u{301}-]{+cafe+} noir"),
        ("กาแฟดี", "กาแฟดีมาก", "กาแฟดี{+มาก+}"),
    ] {
        assert_eq!(shown(before, after), expected);
    }
}

#[test]
fn both_texts_can_be_read_from_the_pieces_whatever_they_are() {
    let random = Random::seeded(7);
    let signs = [
        "a",
        "b",
        "it's",
        " ",
        "  ",
        "\n",
        "。",
        "我",
        "ą",
        "e\u{301}",
        "👩‍🚀",
        "🇩🇪",
        "\u{200d}",
        "\u{301}",
        "ש",
        "-",
        "12",
    ];
    let below = |most: usize| random.u64() as usize % most;
    let text = || (0..below(24)).map(|_| signs[below(signs.len())]).collect::<String>();
    for _ in 0..3_000 {
        let (before, after) = (text(), text());
        let pieces = between(&before, &after);
        let but = |not: What| {
            pieces.iter().filter(|piece| piece.what != not).map(|piece| piece.text.as_str()).collect::<String>()
        };
        assert_eq!((but(What::Added), but(What::Removed)), (before.clone(), after.clone()), "{before:?} {after:?}");
        assert_eq!(words(&before).concat(), before);
    }
}

#[test]
fn a_long_text_that_is_wholly_another_is_not_compared_word_by_word() {
    let numbers = |from: usize| (from..from + 4 * MOST).map(|n| format!("{n} ")).collect::<String>();
    let (before, after) = (format!("First {} last", numbers(10_000)), format!("First {} last", numbers(50_000)));
    let whats = between(&before, &after).into_iter().map(|piece| piece.what).collect::<Vec<_>>();
    assert_eq!(whats, [What::Kept, What::Removed, What::Added, What::Kept]);
    let typo = before.replace("10005", "five").replace("11000", "thousand");
    assert_eq!(between(&before, &typo).len(), 7, "a few changes of a long text are found wherever they are");
}
