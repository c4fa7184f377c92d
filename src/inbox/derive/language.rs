//! Which language a text is in: by script, by frequent words, by letter triples; short texts go by the account's.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::lexicon::{LEXICONS, LISTED};
use super::text::Text;
use super::{Fact, Reason};

kit::text_enum! {
    /// ISO 639-1. The first six have word lists; the others are told by their script alone.
    pub enum Language {
        English = "en", German = "de", Spanish = "es", French = "fr", Portuguese = "pt", Italian = "it",
        Japanese = "ja", Korean = "ko", Chinese = "zh", Russian = "ru", Ukrainian = "uk", Greek = "el",
        Hebrew = "he", Arabic = "ar", Thai = "th", Hindi = "hi",
    }
}

impl Language {
    /// The language of a tag like `pt-BR`; none when it is not one of ours.
    pub fn of_tag(tag: &str) -> Option<Self> {
        tag.split(['-', '_']).next()?.to_ascii_lowercase().parse().ok()
    }

    pub const fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::German => "German",
            Language::Spanish => "Spanish",
            Language::French => "French",
            Language::Portuguese => "Portuguese",
            Language::Italian => "Italian",
            Language::Japanese => "Japanese",
            Language::Korean => "Korean",
            Language::Chinese => "Chinese",
            Language::Russian => "Russian",
            Language::Ukrainian => "Ukrainian",
            Language::Greek => "Greek",
            Language::Hebrew => "Hebrew",
            Language::Arabic => "Arabic",
            Language::Thai => "Thai",
            Language::Hindi => "Hindi",
        }
    }
}

/// With fewer letters a text is not judged by itself.
const ENOUGH_LETTERS: usize = 8;
/// Of a longer text at least one word in so many must be known (fewer in the account's own language), or at least so many at all.
const ONE_KNOWN_IN: usize = 4;
const ONE_KNOWN_IN_OWN: usize = 7;
const ENOUGH_KNOWN: usize = 5;
/// A known frequent word, in the units of the triples' logarithms.
const STOP_WORD: f32 = 2.5;
const LISTED_WORD: f32 = 2.0;
/// How much the account's own language counts before a word is read.
const PRIOR: f32 = 1.5;
/// Triples overlap, so each says less than it would alone.
const TRIPLE: f32 = 0.25;

type Scores = [f32; LISTED.len()];

pub(super) fn detect(text: &Text<'_>, account: Option<Language>, reasons: &mut Vec<Reason>) -> Option<Language> {
    let mut because = |code: &str, words: Vec<String>| reasons.push(Reason::new(Fact::Language, code, words));
    if text.letters == 0 {
        because("no_letters", Vec::new());
        return None;
    }
    if let Some(language) = by_script(text.source) {
        because(if language.is_some() { "script" } else { "not_recognised" }, Vec::new());
        return language;
    }
    if text.letters < ENOUGH_LETTERS {
        because(if account.is_some() { "too_short" } else { "too_short_to_tell" }, Vec::new());
        return account;
    }
    let mut scores = Scores::default();
    let mut known = Vec::new();
    for word in text.words() {
        if let Some(evidence) = WORDS.get(word) {
            known.push((word, evidence));
            add(&mut scores, evidence, 1.0);
        }
        for triple in triples(word) {
            if let Some(evidence) = TRIPLES.get(&triple) {
                add(&mut scores, evidence, TRIPLE);
            }
        }
    }
    if let Some(place) = account.and_then(|account| LISTED.iter().position(|listed| *listed == account)) {
        scores[place] += PRIOR;
    }
    let best = (0..LISTED.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b]))?;
    let mut telling: Vec<String> = Vec::new();
    for (word, _) in known.into_iter().filter(|(_, evidence)| evidence[best] > 0.0) {
        if telling.len() < ENOUGH_KNOWN && !telling.iter().any(|told| told == word) {
            telling.push(word.to_owned());
        }
    }
    let words = text.words().filter(|word| word.contains(char::is_alphabetic)).count();
    // Many words and hardly one that any of our languages knows: some other language.
    let one_in = if account == Some(LISTED[best]) { ONE_KNOWN_IN_OWN } else { ONE_KNOWN_IN };
    if words >= 4 && telling.len() < ENOUGH_KNOWN && telling.len() * one_in < words {
        because("not_recognised", Vec::new());
        return None;
    }
    if telling.is_empty() {
        because(if account.is_some() { "too_short" } else { "too_short_to_tell" }, Vec::new());
        return account;
    }
    because("words", telling.into_iter().take(4).collect());
    Some(LISTED[best])
}

fn add(scores: &mut Scores, evidence: &Scores, weight: f32) {
    for (score, evidence) in scores.iter_mut().zip(evidence) {
        *score += weight * evidence;
    }
}

/// For each known word, what it says for each language.
static WORDS: LazyLock<HashMap<&'static str, Scores>> = LazyLock::new(|| {
    let mut words: HashMap<&'static str, Scores> = HashMap::new();
    for (place, lexicon) in LEXICONS.iter().enumerate() {
        for (word, is_stop) in lexicon.telling_words() {
            words.entry(word).or_default()[place] = if is_stop { STOP_WORD } else { LISTED_WORD };
        }
    }
    words
});

/// For each letter triple, its log-probability in each language over the mean of all: learnt from the lists and samples.
static TRIPLES: LazyLock<HashMap<u64, Scores>> = LazyLock::new(|| {
    let mut counts: HashMap<u64, Scores> = HashMap::new();
    let mut totals = Scores::default();
    for (place, lexicon) in LEXICONS.iter().enumerate() {
        let sample = lexicon.sample.join(" ");
        let sample = Text::read(&sample);
        // Running text counts thrice: the lists hold each word once, however frequent it is.
        let words = sample.words().map(|word| (word, 3.0)).chain(lexicon.all_words().map(|word| (word, 1.0)));
        for (word, weight) in words {
            for triple in triples(word) {
                counts.entry(triple).or_default()[place] += weight;
                totals[place] += weight;
            }
        }
    }
    let smoothing = 0.5;
    let kinds = counts.len() as f32;
    for scores in counts.values_mut() {
        for (score, total) in scores.iter_mut().zip(totals) {
            *score = ((*score + smoothing) / (total + smoothing * kinds)).ln();
        }
        let mean = scores.iter().sum::<f32>() / LISTED.len() as f32;
        for score in scores.iter_mut() {
            *score -= mean;
        }
    }
    counts
});

/// The letter triples of a word, with a space before and after it.
fn triples(word: &str) -> impl Iterator<Item = u64> {
    let mut window = u64::from(b' ');
    let mut letters = 1;
    word.chars().chain([' ']).filter_map(move |c| {
        window = (window << 21 | u64::from(u32::from(c))) & ((1 << 63) - 1);
        letters += 1;
        (letters >= 3).then_some(window)
    })
}

/// The language of a script that is (nearly) one language's own, when most letters are in it.
fn by_script(source: &str) -> Option<Option<Language>> {
    if source.is_ascii() {
        return None;
    }
    let mut counts = [(Language::Japanese, 0), (Language::Korean, 0), (Language::Chinese, 0), (Language::Russian, 0)]
        .into_iter()
        .chain([Language::Greek, Language::Hebrew, Language::Arabic, Language::Thai, Language::Hindi].map(|l| (l, 0)))
        .collect::<Vec<_>>();
    let mut latin = 0;
    for c in source.chars().filter(|c| c.is_alphabetic()) {
        let language = match u32::from(c) {
            0x3040..=0x30FF => Language::Japanese,
            0xAC00..=0xD7AF | 0x1100..=0x11FF => Language::Korean,
            0x4E00..=0x9FFF => Language::Chinese,
            0x0400..=0x04FF => Language::Russian,
            0x0370..=0x03FF => Language::Greek,
            0x0590..=0x05FF => Language::Hebrew,
            0x0600..=0x06FF => Language::Arabic,
            0x0E00..=0x0E7F => Language::Thai,
            0x0900..=0x097F => Language::Hindi,
            _ => {
                latin += 1;
                continue;
            }
        };
        counts.iter_mut().filter(|(counted, _)| *counted == language).for_each(|(_, count)| *count += 1);
    }
    let japanese = counts[0].1;
    let (language, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    if count == 0 || count <= latin {
        return None;
    }
    if is_a_neighbour(source) {
        return Some(None);
    }
    Some(Some(match language {
        // Japanese mixes its own letters with Chinese ones; Ukrainian has four letters that Russian lacks.
        Language::Chinese if japanese > 0 => Language::Japanese,
        Language::Russian if source.contains(['і', 'ї', 'є', 'ґ', 'І', 'Ї', 'Є']) => Language::Ukrainian,
        language => language,
    }))
}

// Persian and Urdu; Serbian and Macedonian; Marathi.
const NEIGHBOURS_LETTERS: [char; 22] =
    ['پ', 'چ', 'ژ', 'گ', 'ک', 'ی', 'ٹ', 'ڈ', 'ڑ', 'ں', 'ے', 'ہ', 'ђ', 'ј', 'љ', 'њ', 'ћ', 'џ', 'ѓ', 'ќ', 'ѕ', 'ळ'];
const NEIGHBOURS_WORDS: [&str; 44] = [
    // Bulgarian
    "това",
    "благодаря",
    "благодаря ви",
    "къде",
    "много",
    "със",
    "през",
    "защо",
    "какво",
    "или",
    "ще",
    "съм",
    "беше",
    "няма",
    "този",
    "тази",
    "тези",
    "клипче",
    "полезно",
    "интересно",
    "трябва",
    "мога",
    "ги",
    "ви", // Serbian and Macedonian
    "хвала",
    "сам",
    "си",
    "баш",
    "где",
    "шта",
    "што",
    "пуно",
    "вам",
    "брате",
    "овим",
    "ово",
    "је",
    "је ли",
    // Marathi
    "आहे",
    "आहेत",
    "खूप",
    "मला",
    "धन्यवाद दादा",
    "तुम्ही",
];

/// In the script of Arabic, Russian or Hindi, and yet another language: by letters that those three lack, and by words that only
/// their neighbours have.
fn is_a_neighbour(source: &str) -> bool {
    let is_word = |word: &str| NEIGHBOURS_WORDS.contains(&word);
    let lowered = source.to_lowercase();
    let words = lowered.split(|c: char| !c.is_alphanumeric() && !('\u{900}'..='\u{97F}').contains(&c));
    // Two letters that no Russian word has together: "ъ" between consonants.
    let is_bulgarian = |word: &str| {
        let letters = word.chars().collect::<Vec<_>>();
        letters.windows(2).any(|pair| pair[0] == 'ъ' && !matches!(pair[1], 'е' | 'ё' | 'ю' | 'я' | 'и'))
    };
    let mut known = 0;
    for word in words.filter(|word| !word.is_empty()) {
        if word.contains(NEIGHBOURS_LETTERS) || is_bulgarian(word) {
            return true;
        }
        known += usize::from(is_word(word));
    }
    known >= 2 || (known == 1 && !lowered.contains(['ы', 'э', 'ё', 'ь']) && source.chars().count() < 40)
}
