//! The audience: a crowd of regulars who come back, and people who write once.

pub mod names;

use std::sync::Arc;

use super::dice::{Dice, Streams};
use super::{Language, Profile};

pub type AuthorRef = Arc<Author>;

/// Somebody who writes. On YouTube's wire the name shown is the handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    pub channel_id: String,
    /// With its `@`.
    pub handle: String,
    pub display_name: String,
    pub avatar_url: String,
    pub language: Language,
}

/// How many people come back; between them they write [`REGULAR_SHARE`] of the comments.
const REGULARS: u64 = 150;
const REGULAR_SHARE: f64 = 0.38;

#[derive(Debug)]
pub struct Crowd {
    main: Language,
    regulars: Vec<AuthorRef>,
    /// Running sums of the regulars' Zipf weights.
    weights: Vec<f64>,
    chance: Streams,
    ids: Streams,
}

impl Crowd {
    pub fn new(profile: &Profile, chance: &Streams, ids: &Streams) -> Crowd {
        let mut crowd = Crowd {
            main: profile.language,
            regulars: Vec::new(),
            weights: Vec::new(),
            chance: chance.clone(),
            ids: ids.clone(),
        };
        let mut sum = 0.0;
        for rank in 1..=REGULARS {
            // The most faithful ones write the channel's own language: between them they set the tone.
            let drawn = draw_language(&mut crowd.chance.dice("regular language", &[rank]), profile.language);
            let language = if rank <= 8 { profile.language } else { drawn };
            crowd.regulars.push(crowd.person("regular", &[rank], language));
            // Zipf with exponent 3/4, by the two exact roots instead of a power.
            let root = (rank as f64).sqrt();
            sum += 1.0 / (root * root.sqrt());
            crowd.weights.push(sum);
        }
        crowd
    }

    /// Who wrote a thing: a regular whom `taken` does not name, or somebody new.
    pub fn author(&self, thing: &[u64], taken: &[AuthorRef]) -> AuthorRef {
        let mut dice = self.chance.dice("author", thing);
        if dice.chance(REGULAR_SHARE) {
            let total = self.weights.last().copied().unwrap_or(0.0);
            for _ in 0..3 {
                let point = dice.unit() * total;
                let rank = self.weights.partition_point(|sum| *sum <= point).min(self.regulars.len() - 1);
                let regular = &self.regulars[rank];
                if !taken.iter().any(|author| author.channel_id == regular.channel_id) {
                    return regular.clone();
                }
            }
        }
        let language = draw_language(&mut dice, self.main);
        self.person("visitor", thing, language)
    }

    /// Somebody who only comes to advertise.
    pub fn spammer(&self, thing: &[u64]) -> AuthorRef {
        let mut dice = self.chance.dice("spammer", thing);
        let name = format!("{}{}", dice.word(names::part("spam first")), dice.word(names::part("spam last")));
        let handle = format!("@{}{}", fold(&name), dice.between(10, 9999));
        self.author_named("spammer", thing, handle, name, Language::En)
    }

    fn person(&self, kind: &'static str, thing: &[u64], language: Language) -> AuthorRef {
        let mut dice = self.chance.dice(kind, thing);
        let (handle, display_name) = name(&mut dice, language);
        self.author_named(kind, thing, handle, display_name, language)
    }

    fn author_named(
        &self,
        kind: &str,
        thing: &[u64],
        handle: String,
        display_name: String,
        language: Language,
    ) -> AuthorRef {
        let mut ids = self.ids.dice(kind, thing);
        let channel_id = format!("UC{}", ids.base64url(22));
        let avatar_url = format!("https://yt3.ggpht.com/ytc/{}=s48-c-k-c0x00ffffff-no-rj", ids.base64url(43));
        Arc::new(Author { channel_id, handle, display_name, avatar_url, language })
    }
}

/// The account's own language mostly, English where that is another one, then the neighbours.
fn draw_language(dice: &mut Dice, main: Language) -> Language {
    let own = if main == Language::En { 0.86 } else { 0.78 };
    if dice.chance(own) {
        return main;
    }
    if main != Language::En && dice.chance(0.55) {
        return Language::En;
    }
    let others: Vec<(Language, f64)> =
        [(Language::Es, 5.0), (Language::De, 4.0), (Language::Fr, 2.5), (Language::Pt, 2.0), (Language::It, 1.5)]
            .into_iter()
            .filter(|(language, _)| *language != main)
            .collect();
    let weights: Vec<f64> = others.iter().map(|(_, weight)| *weight).collect();
    others[dice.weighted(&weights)].0
}

fn name(dice: &mut Dice, language: Language) -> (String, String) {
    let (firsts, lasts) = names::of(language, dice.below(100));
    let (first, last) = (dice.word(firsts), dice.word(lasts));
    let initial = last.chars().next().unwrap_or('x');
    let year = dice.between(71, 109) % 100;
    let digits = dice.between(100, 9999);
    let (plain_first, plain_last) = (fold(first), fold(last));
    match dice.weighted(&[26.0, 12.0, 12.0, 10.0, 9.0, 8.0, 15.0, 5.0, 3.0]) {
        0 => (format!("@{plain_first}{plain_last}{digits}"), format!("{first} {last}")),
        1 => (format!("@{plain_first}.{plain_last}{year:02}"), format!("{first} {last}")),
        2 => (format!("@{plain_first}-{}{digits}", fold(&initial.to_string())), format!("{first} {initial}.")),
        3 => (format!("@{plain_first}_{plain_last}_{year:02}"), first.to_owned()),
        4 => (format!("@{plain_last}{plain_first}{year:02}"), format!("{first} {last}")),
        5 => (format!("@the{plain_first}{digits}"), format!("the {plain_first}")),
        6 => {
            let (left, right) = (dice.word(names::part("nick first")), dice.word(names::part("nick last")));
            (format!("@{left}{right}{digits}"), format!("{left} {right}"))
        }
        7 => {
            (format!("@user-{}", dice.base64url(10).to_lowercase().replace(['-', '_'], "x")), format!("{first} {last}"))
        }
        _ => {
            let name = dice.word(names::part("other scripts"));
            (format!("@{}{digits}", name.replace(' ', "-")), name.to_owned())
        }
    }
}

/// What a handle or an address keeps of a name: lower-case ASCII letters.
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for letter in name.to_lowercase().chars() {
        match letter {
            'ä' | 'á' | 'à' | 'â' | 'ã' | 'å' | 'ą' => folded.push('a'),
            'ö' | 'ó' | 'ò' | 'ô' | 'õ' | 'ø' => folded.push('o'),
            'ü' | 'ú' | 'ù' | 'û' => folded.push('u'),
            'é' | 'è' | 'ê' | 'ë' | 'ę' => folded.push('e'),
            'í' | 'ì' | 'î' | 'ï' | 'ı' => folded.push('i'),
            'ç' | 'ć' | 'č' => folded.push('c'),
            'ñ' | 'ń' => folded.push('n'),
            'ş' | 'ś' | 'š' => folded.push('s'),
            'ł' => folded.push('l'),
            'ğ' => folded.push('g'),
            'ý' => folded.push('y'),
            'ż' | 'ž' => folded.push('z'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            letter if letter.is_ascii_alphanumeric() => folded.push(letter),
            _ => {}
        }
    }
    folded
}
