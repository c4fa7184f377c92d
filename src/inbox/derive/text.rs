//! A text in words, once for all rules.

use super::emoji;

/// A text's words, lower-cased, with the marks that rules ask for.
pub(super) struct Text<'a> {
    pub source: &'a str,
    lowered: String,
    words: Vec<Word>,
    pub letters: usize,
    pub emoji: Vec<char>,
    pub exclamations: usize,
    /// Runs of question marks outside a link.
    pub question_marks: usize,
    pub has_link: bool,
    /// A link to where nobody but advertisers lives, or one that hides where it leads.
    pub has_odd_link: bool,
    /// "@somebody" after the first word: at the start it only says who is answered.
    pub has_handle: bool,
    pub has_phone_number: bool,
    /// A sum of money: a currency's sign and a digit.
    pub has_money: bool,
}

#[derive(Clone, Copy)]
struct Word {
    start: u32,
    end: u32,
    /// Counts commas, full stops and the like before the word: negation ends there.
    clause: u32,
    /// Written with a letter three times or more in a row ("sooo"), kept here as two.
    stretched: bool,
    /// Written with a capital inside its clause.
    is_name: bool,
}

impl<'a> Text<'a> {
    pub fn read(source: &'a str) -> Self {
        let mut text = Text {
            source,
            lowered: String::with_capacity(source.len() + 8),
            words: Vec::with_capacity(source.len() / 5 + 1),
            letters: 0,
            emoji: Vec::new(),
            exclamations: 0,
            question_marks: 0,
            has_link: false,
            has_odd_link: false,
            has_handle: false,
            has_phone_number: has_phone_number(source),
            has_money: has_money(source),
        };
        let mut clause = 0;
        for (index, chunk) in source.split_whitespace().enumerate() {
            if is_link(chunk) {
                text.has_link = true;
                text.has_odd_link |= is_odd_link(chunk);
            } else {
                text.has_handle |= index > 0 && chunk.len() > 3 && chunk.starts_with('@');
                let first_word = text.words.len();
                text.read_chunk(chunk, &mut clause);
                text.mark_name(chunk, first_word);
            }
        }
        text
    }

    /// A word inside a clause with a capital before small letters.
    fn mark_name(&mut self, chunk: &str, index: usize) {
        let mut letters = chunk.chars().filter(|c| c.is_alphabetic());
        let is_written_so =
            letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase);
        if is_written_so && index < self.words.len() && !self.starts_clause(index) {
            self.words[index].is_name = true;
        }
    }

    fn read_chunk(&mut self, chunk: &str, clause: &mut u32) {
        let mut start = None;
        let mut run = (char::MAX, 0);
        let mut stretched = false;
        let mut asked = false;
        for c in chunk.chars() {
            let c = if matches!(c, '’' | '‘' | '´' | '`') { '\'' } else { c };
            if c.is_alphanumeric() || (c == '\'' && start.is_some()) {
                self.letters += usize::from(c.is_alphabetic());
                let begin = *start.get_or_insert(self.lowered.len());
                for lower in c.to_lowercase() {
                    run = if run.0 == lower { (lower, run.1 + 1) } else { (lower, 1) };
                    let is_stretch = run.1 > 2 && lower.is_alphabetic();
                    stretched |= is_stretch;
                    if !is_stretch {
                        self.lowered.push(lower);
                    }
                }
                start = Some(begin);
                continue;
            }
            self.end_word(&mut start, *clause, &mut stretched);
            run = (char::MAX, 0);
            self.question_marks += usize::from(matches!(c, '?' | '？') && !std::mem::replace(&mut asked, true));
            self.exclamations += usize::from(c == '!');
            *clause +=
                u32::from(matches!(c, ',' | '.' | ';' | ':' | '!' | '?' | '¿' | '¡' | '…' | '(' | ')' | '–' | '—'));
            if emoji::is_emoji(c) {
                self.emoji.push(c);
            }
        }
        self.end_word(&mut start, *clause, &mut stretched);
    }

    fn end_word(&mut self, start: &mut Option<usize>, clause: u32, stretched: &mut bool) {
        let Some(begin) = start.take() else { return };
        while self.lowered.ends_with('\'') {
            self.lowered.pop();
        }
        // Texts are bounded far below 4 GiB by every platform; a longer one only loses words.
        if let (Ok(start), Ok(end)) = (u32::try_from(begin), u32::try_from(self.lowered.len()))
            && start < end
        {
            self.words.push(Word { start, end, clause, stretched: std::mem::take(stretched), is_name: false });
        }
        self.lowered.push(' ');
    }

    pub fn len(&self) -> usize {
        self.words.len()
    }

    pub fn word(&self, index: usize) -> &str {
        self.words.get(index).map_or("", |word| &self.lowered[word.start as usize..word.end as usize])
    }

    pub fn words(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.word(index))
    }

    pub fn clause(&self, index: usize) -> u32 {
        self.words.get(index).map_or(0, |word| word.clause)
    }

    pub fn starts_clause(&self, index: usize) -> bool {
        index == 0 || self.clause(index) != self.clause(index - 1)
    }

    /// Written as names are ("my Pi Zero"), or a German noun.
    pub fn is_name(&self, index: usize) -> bool {
        self.words.get(index).is_some_and(|word| word.is_name)
    }

    pub fn is_stretched(&self, index: usize) -> bool {
        self.words.get(index).is_some_and(|word| word.stretched)
    }

    /// Words joined by single spaces.
    pub fn phrase(&self, start: usize, len: usize) -> String {
        (start..start + len).map(|index| self.word(index)).collect::<Vec<_>>().join(" ")
    }
}

/// With "www." or a scheme, or a name that only an address has: a usual ending, a path, digits or hyphens before the dot.
fn is_link(chunk: &str) -> bool {
    const ENDINGS: [&str; 17] = [
        "com", "net", "org", "io", "ly", "me", "xyz", "shop", "co", "gg", "tv", "ru", "link", "site", "club", "online",
        "top",
    ];
    if ["http://", "https://", "www."].iter().any(|start| chunk.starts_with(start)) {
        return true;
    }
    let (host, path) = chunk.split_once('/').unwrap_or((chunk, ""));
    let host = host.trim_end_matches(['.', ',', '!', '?', ')', ';', ':']);
    let Some((name, ending)) = host.rsplit_once('.') else { return false };
    let is_name = name.len() > 1 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    let is_ending = ending.len() > 1 && ending.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_usual = ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known));
    let is_odd =
        name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.contains(|c: char| c.is_ascii_digit() || c == '-');
    is_name && is_ending && (is_usual || !path.is_empty() || is_odd)
}

fn is_odd_link(chunk: &str) -> bool {
    const PLACES: [&str; 13] = [
        ".shop", ".xyz", ".site", ".gg", ".link", ".club", ".online", ".top", "bit.ly/", "tinyurl.", "t.me/", "wa.me/",
        "cutt.ly",
    ];
    let chunk = chunk.to_ascii_lowercase();
    PLACES.iter().any(|place| chunk.contains(place))
}

/// A plus sign and at least eight digits, perhaps with spaces, dots, brackets and hyphens.
fn has_phone_number(source: &str) -> bool {
    source.split('+').skip(1).any(|after| {
        let digits = after
            .bytes()
            .take_while(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'.' | b'(' | b')'))
            .filter(u8::is_ascii_digit)
            .count();
        digits >= 8
    })
}

fn has_money(source: &str) -> bool {
    source.split(['$', '€', '£']).skip(1).any(|after| after.trim_start().starts_with(|c: char| c.is_ascii_digit()))
}
