//! What few choose: niche, language and seed, folded away until somebody looks for them or one of them was refused.

use maud::{Markup, html};

use super::Typed;
use crate::demo::{DemoLanguage, Niche, Profile, Story};
use crate::web::ui::forms::{Field, Select};

pub fn choices(typed: &Typed) -> Markup {
    let Typed { niche, language, seed, .. } = typed;
    let is_refused = typed.niche_error.is_some() || typed.language_error.is_some() || typed.seed_error.is_some();
    let is_chosen = [niche, language, seed].into_iter().any(|typed| !typed.is_empty());
    let niches = Niche::ALL
        .iter()
        .fold(Select::new("niche", "Niche", niche).option("", "As the story has it"), |select, niche| {
            select.option(niche.as_str(), niche_name(*niche))
        });
    let niches = niches.help("What a growing creator's channel is about. The other stories have their own.");
    let languages = DemoLanguage::ALL.iter().fold(
        Select::new("language", "Language", language).option("", language_name(DemoLanguage::default())),
        |select, language| match *language {
            DemoLanguage::English => select,
            language => select.option(language.as_str(), language_name(language)),
        },
    );
    let languages = languages.help("What most people write. Some write another one, as everywhere.");
    let seed = Field::text("seed", "Seed")
        .value(seed)
        .help("The same number always gives the same demo. Leave empty for a new one.")
        .error(typed.seed_error.as_deref());
    html! {
        details data-test="more-choices" open[is_refused || is_chosen] {
            summary { "More choices" }
            div.stack {
                (niches.error(typed.niche_error))
                (languages.error(typed.language_error))
                (seed)
            }
        }
    }
}

/// Only a creator has one that means something: the other stories say themselves what they are about.
pub fn niche_told(profile: &Profile) -> &str {
    match (profile.story, profile.niche.parse()) {
        (Story::Creator, Ok(niche)) => niche_name(niche),
        (Story::Creator, Err(_)) => &profile.niche,
        _ => "As the story has it",
    }
}

const fn niche_name(niche: Niche) -> &'static str {
    match niche {
        Niche::Beauty => "Beauty",
        Niche::Comedy => "Comedy",
        Niche::Cooking => "Coffee and cooking",
        Niche::Education => "Education",
        Niche::Fitness => "Fitness",
        Niche::Gaming => "Gaming",
        Niche::Lifestyle => "Lifestyle",
        Niche::Music => "Music",
        Niche::TechReviews => "Tech reviews",
        Niche::Travel => "Travel",
    }
}

pub const fn language_name(language: DemoLanguage) -> &'static str {
    match language {
        DemoLanguage::English => "English",
        DemoLanguage::German => "German",
        DemoLanguage::Spanish => "Spanish",
        DemoLanguage::French => "French",
        DemoLanguage::Italian => "Italian",
        DemoLanguage::Portuguese => "Portuguese",
    }
}
