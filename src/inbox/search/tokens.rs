//! The one tokenizer of both databases: what a text is made of, so that whoever looks for "creme" finds "Crème".
//!
//! Letters are taken apart (NFKD), lose their accents and their case (all of it: ß is ss), and are put together again.
//! Scripts that put no spaces between words are pairs of neighbours; each emoji is a word of its own, whatever its colour.

use std::ops::Range;

use unicode_normalization::char::{compose, decompose_compatible, is_combining_mark};

/// Grows with every change of what comes out below: the index is then made anew.
pub const VERSION: i64 = 2;

/// Letters of a word; of a longer one, its beginning is known.
const LONGEST: usize = 60;

/// A word of a text, and where it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    pub place: Range<usize>,
    /// The last letter of a run without spaces, which is half of the pair before it too.
    pub is_half: bool,
}

pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 5);
    let mut run: Vec<Letter> = Vec::new();
    let mut kind = Kind::Nothing;
    for letter in fold(text) {
        let next = kind_of(letter.shape, kind);
        if next != kind || next == Kind::Emoji {
            finish(&mut run, kind, &mut tokens);
            kind = next;
        }
        if next != Kind::Nothing {
            run.push(letter);
        }
    }
    finish(&mut run, kind, &mut tokens);
    tokens
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nothing,
    Word,
    Unspaced,
    Emoji,
}

/// A letter as it is compared, and the bytes it comes from.
#[derive(Clone, Copy)]
struct Letter {
    shape: char,
    start: usize,
    end: usize,
}

fn finish(run: &mut Vec<Letter>, kind: Kind, tokens: &mut Vec<Token>) {
    let mut push = |letters: &[Letter], is_half: bool| {
        let (Some(first), Some(last)) = (letters.first(), letters.last()) else { return };
        let text = letters.iter().take(LONGEST).map(|letter| letter.shape).collect();
        tokens.push(Token { text, place: first.start..last.end, is_half });
    };
    match kind {
        Kind::Nothing => {}
        Kind::Word | Kind::Emoji => push(run, false),
        Kind::Unspaced => {
            run.windows(2).for_each(|pair| push(pair, false));
            push(&run[run.len().saturating_sub(1)..], run.len() > 1);
        }
    }
    run.clear();
}

fn kind_of(shape: char, before: Kind) -> Kind {
    if shape.is_ascii() {
        return if shape.is_ascii_alphanumeric() { Kind::Word } else { Kind::Nothing };
    }
    if is_combining_mark(shape) {
        // A vowel sign belongs to what it is written on.
        return if before == Kind::Emoji { Kind::Nothing } else { before };
    }
    if shape.is_alphanumeric() {
        return if is_unspaced(shape) { Kind::Unspaced } else { Kind::Word };
    }
    if is_emoji(shape) { Kind::Emoji } else { Kind::Nothing }
}

/// Letter by letter in the shape that is compared; what is not seen is left out.
fn fold(text: &str) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::with_capacity(text.len());
    for (start, letter) in text.char_indices() {
        let end = start + letter.len_utf8();
        if letter.is_ascii() {
            letters.push(Letter { shape: letter.to_ascii_lowercase(), start, end });
            continue;
        }
        decompose_compatible(letter, |part| {
            for shape in part.to_uppercase().flat_map(char::to_lowercase) {
                add(&mut letters, Letter { shape, start, end });
            }
        });
    }
    letters
}

/// Puts what was taken apart together again, where it is no accent: a syllable of Hangul, a kana and its voice.
fn add(letters: &mut Vec<Letter>, letter: Letter) {
    if is_accent(letter.shape) || is_unseen(letter.shape) {
        // What is marked as found is marked with its accents.
        if let Some(last) =
            letters.last_mut().filter(|last| last.end == letter.start && !last.shape.is_ascii_whitespace())
        {
            last.end = letter.end;
        }
        return;
    }
    if let Some(last) = letters.last_mut().filter(|last| !last.shape.is_ascii())
        && let Some(shape) = compose(last.shape, letter.shape)
    {
        (last.shape, last.end) = (shape, letter.end);
        return;
    }
    letters.push(letter);
}

/// Accents of alphabets. The vowel signs of India's and its neighbours' scripts, and a kana's voice, are letters.
fn is_accent(letter: char) -> bool {
    is_combining_mark(letter)
        && matches!(u32::from(letter),
            0x300..=0x8ff | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff | 0xfe00..=0xfe0f | 0xfe20..=0xfe2f
            | 0xe0100..=0xe01ef)
}

/// Joiners, soft hyphens, marks of direction, the colours of skin.
fn is_unseen(letter: char) -> bool {
    matches!(u32::from(letter),
        0xad | 0x200c..=0x200f | 0x202a..=0x202e | 0x2060..=0x2069 | 0xfeff | 0x1f3fb..=0x1f3ff | 0xe0020..=0xe007f)
}

/// A single sign of a script without spaces: whoever looks for it means every word that has it.
pub fn is_lone_sign(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(is_unspaced) && letters.next().is_none()
}

/// Han, kana, and the scripts of Thai, Lao, Burmese and Khmer.
pub fn is_unspaced(letter: char) -> bool {
    matches!(u32::from(letter),
        0xe00..=0xeff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3005..=0x3007 | 0x3040..=0x30ff | 0x31f0..=0x31ff
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

fn is_emoji(letter: char) -> bool {
    matches!(u32::from(letter), 0x2190..=0x21ff | 0x231a..=0x23ff | 0x25a0..=0x27bf | 0x2900..=0x297f | 0x2b00..=0x2bff
        | 0x1f000..=0x1faff)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        tokens(text).into_iter().map(|token| token.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_word_is_the_same_however_it_is_written() {
        for (written, known) in [
            ("Crème BRÛLÉE", "creme brulee"),
            ("Ärger auf der Straße", "arger auf der strasse"),
            ("PHỞ İstanbul ΟΔΟΣ ὁδός", "pho istanbul οδοσ οδοσ"),
            ("ёлка Йод", "елка иод"),
            ("ﬁne ＡＢＣ x²", "fine abc x2"),
            ("أحمد مُحَمَّد", "احمد محمد"),
            ("don't at 4:05", "don t at 4 05"),
            ("한국어 좋아요", "한국어 좋아요"),
            ("soft\u{ad}ware e\u{301}t\u{e9}", "software ete"),
        ] {
            assert_eq!(words(written), known, "{written}");
        }
    }

    #[test]
    fn scripts_without_spaces_are_pairs() {
        assert_eq!(words("味道不错!"), "味道 道不 不错 错");
        assert_eq!(words("ラーメンが好き"), "ラー ーメ メン ンが が好 好き き");
        assert_eq!(words("ｶﾞﾗｽ"), words("ガラス"));
        assert_eq!(words("iPhone用户 味"), "iphone 用户 户 味");
        assert_eq!(words("हिन्दी में"), "हिन्दी में");
    }

    #[test]
    fn each_emoji_is_a_word_whatever_its_colour() {
        assert_eq!(words("so good😍😍 ❤️👍🏽"), "so good 😍 😍 ❤ 👍");
        assert_eq!(words("👩‍🍳"), "👩 🍳");
    }

    #[test]
    fn what_comes_out_stays_as_it_is() {
        for text in ["Ǆ ŉ ẞ ΐ ﬃ Ω ㈱ ㎞ ½ ꙗ Ꭰ ე", "ｶﾞ が 각 कि ไทย", "é\u{301}\u{327} 🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣"]
        {
            let once = words(text);
            let again = tokens(&once).into_iter().filter(|token| !token.is_half || once.contains(&token.text));
            for token in again {
                assert_eq!(words(&token.text).split(' ').next(), Some(token.text.as_str()), "{text}");
            }
        }
    }

    #[test]
    fn a_word_knows_where_it_stands() {
        let text = "Une CRE\u{300}ME, 味道";
        let of = |index: usize| &text[tokens(text)[index].place.clone()];
        assert_eq!((of(1), of(2), of(3)), ("CRE\u{300}ME", "味道", "道"));
    }
}
