//! Word lists: text files beside this one, parsed once and kept.
//!
//! A line that begins with `--` is a remark, one that begins with `==` names a section; every other is an entry.

use std::collections::HashMap;

use crate::world::{Language, Niche};

pub type Lines = &'static [&'static str];

/// A slot's name and its words, parted by `|`.
pub type Table = (&'static str, &'static str);

/// One file.
pub struct Words(HashMap<&'static str, Lines>);

impl Words {
    fn parse(text: &'static str) -> Self {
        let mut sections = HashMap::<&str, Vec<&str>>::new();
        let mut section = "";
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with("--")) {
            match line.strip_prefix("== ") {
                Some(name) => section = name,
                None => sections.entry(section).or_default().push(line),
            }
        }
        Self(sections.into_iter().map(|(name, lines)| (name, &*lines.leak())).collect())
    }

    /// Leaves out the lines for others: one that begins with a tag like `(roaster) ` is only for who bears it.
    fn only(mut self, tags: [&str; 2], own: &str) -> Self {
        for lines in self.0.values_mut() {
            let kept = lines.iter().filter_map(|line| {
                let tag = tags.iter().find(|tag| line.strip_prefix('(').is_some_and(|line| line.starts_with(*tag)));
                match tag {
                    None => Some(*line),
                    Some(tag) if *tag == own => line.split_once(") ").map(|(_, line)| line),
                    Some(_) => None,
                }
            });
            *lines = kept.collect::<Vec<_>>().leak();
        }
        self
    }

    /// A section's entries; none of one that is not there.
    pub fn lines(&self, section: &str) -> Lines {
        self.0.get(section).copied().unwrap_or_default()
    }

    /// The only entry of a section.
    pub fn line(&self, section: &str) -> &'static str {
        self.lines(section).first().copied().unwrap_or_default()
    }

    /// Entries like `name: words`.
    pub fn table(&self, section: &str) -> &'static [Table] {
        let entries = self.lines(section).iter().filter_map(|line| line.split_once(": "));
        entries.collect::<Vec<_>>().leak()
    }
}

pub fn of_language(language: Language) -> Words {
    Words::parse(match language {
        Language::En => include_str!("en.txt"),
        Language::De => include_str!("de.txt"),
        Language::Es => include_str!("es.txt"),
        Language::Fr => include_str!("fr.txt"),
        Language::Pt => include_str!("pt.txt"),
        Language::It => include_str!("it.txt"),
    })
}

pub fn of_niche(niche: Niche) -> Words {
    Words::parse(match niche {
        Niche::TechReviews => include_str!("tech.txt"),
        Niche::Gaming => include_str!("gaming.txt"),
        Niche::Beauty => include_str!("beauty.txt"),
        Niche::Fitness => include_str!("fitness.txt"),
        Niche::Cooking => include_str!("cooking.txt"),
        Niche::Travel => include_str!("travel.txt"),
        Niche::Education => include_str!("education.txt"),
        Niche::Comedy => include_str!("comedy.txt"),
        Niche::Music => include_str!("music.txt"),
        Niche::Lifestyle => include_str!("lifestyle.txt"),
    })
}

/// What is said about a restaurant, and what its owner answers.
pub fn of_restaurant(language: Language) -> Words {
    Words::parse(match language {
        Language::En => concat!(
            include_str!("restaurant-en.txt"),
            include_str!("restaurant-en-frames.txt"),
            include_str!("restaurant-answers.txt")
        ),
        Language::De => include_str!("restaurant-de.txt"),
        Language::Es => include_str!("restaurant-es.txt"),
        Language::Fr => include_str!("restaurant-fr.txt"),
        Language::Pt => include_str!("restaurant-pt.txt"),
        Language::It => include_str!("restaurant-it.txt"),
    })
}

/// What is posted and answered on Bluesky.
pub fn of_bluesky(language: Language) -> Words {
    Words::parse(match language {
        Language::En => include_str!("bluesky-en.txt"),
        Language::De => include_str!("bluesky-de.txt"),
        Language::Es => include_str!("bluesky-es.txt"),
        Language::Fr => include_str!("bluesky-fr.txt"),
        Language::Pt => include_str!("bluesky-pt.txt"),
        Language::It => include_str!("bluesky-it.txt"),
    })
}

/// What is said about a shop for coffee, and what its owner answers: the `roaster`'s who has a café, or the `store`'s of a maker.
pub fn of_shop(language: Language, tag: &str) -> Words {
    let words = Words::parse(match language {
        Language::En => {
            concat!(include_str!("shop-en.txt"), include_str!("shop-en-frames.txt"), include_str!("shop-answers.txt"))
        }
        Language::De => include_str!("shop-de.txt"),
        Language::Es => include_str!("shop-es.txt"),
        Language::Fr => include_str!("shop-fr.txt"),
        Language::Pt => include_str!("shop-pt.txt"),
        Language::It => include_str!("shop-it.txt"),
    });
    words.only(["roaster", "store"], tag)
}

/// What is said of the kettle that leaks, and what its maker answers.
pub fn of_kettle(language: Language) -> Words {
    Words::parse(match language {
        Language::En => include_str!("kettle-en.txt"),
        Language::De => include_str!("kettle-de.txt"),
        Language::Es => include_str!("kettle-es.txt"),
        Language::Fr => include_str!("kettle-fr.txt"),
        Language::Pt => include_str!("kettle-pt.txt"),
        Language::It => include_str!("kettle-it.txt"),
    })
}

pub fn of_spam() -> Words {
    Words::parse(include_str!("spam.txt"))
}

pub fn of_names() -> Words {
    Words::parse(include_str!("names.txt"))
}
